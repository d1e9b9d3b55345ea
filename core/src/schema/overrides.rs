//! The form of an overrides file.

use super::{described, text};
use crate::rule::Level;
use crate::rule::overrides::{EFFECTS, FILE_KEYS, KEYS};
use serde_json::{Map, Value, json};

pub(super) fn schema() -> Value {
    let entry: Map<String, Value> = KEYS.iter().map(|key| ((*key).to_owned(), property(key))).collect();
    let effects: Vec<Value> = EFFECTS.iter().map(|effect| json!({ "required": [effect] })).collect();
    let entry = json!({
        "type": "object",
        "properties": entry,
        "additionalProperties": false,
        "required": ["rule", "reason"],
        "anyOf": effects,
        "not": { "required": ["accounts", "not_accounts"] },
    });
    let sections: Map<String, Value> = FILE_KEYS.iter().map(|key| ((*key).to_owned(), section(key, &entry))).collect();
    super::schema(
        "Trailsieve overrides",
        "What an operator says of rules: levels, exceptions, on or off.",
        json!({ "type": "object", "properties": sections, "additionalProperties": false }),
    )
}

fn section(key: &str, entry: &Value) -> Value {
    match key {
        "placeholders" => described(
            json!({ "type": "object", "additionalProperties": { "type": "array", "items": text() } }),
            "Texts for Sigma's modifier expand.",
        ),
        "overrides" => described(json!({ "type": "array", "items": entry }), "Later entries overrule earlier ones."),
        _ => json!({}),
    }
}

fn property(key: &str) -> Value {
    let accounts = || json!({ "type": "array", "minItems": 1, "items": { "type": ["string", "number"] } });
    let (form, description) = match key {
        "rule" => (text(), "Names of rules; * stands for any characters, ? for one."),
        "reason" => (text(), "Why."),
        "level" => (json!({ "enum": Level::ALL.map(Level::name) }), "The level of what the rules find."),
        "enabled" => (json!({ "type": "boolean" }), "On or off, whatever the rule's file says."),
        "unless" => (json!({ "type": ["object", "array"] }), "Which matches are none: a Sigma detection."),
        "accounts" => (accounts(), "Only records of these accounts."),
        "not_accounts" => (accounts(), "Only records of other accounts than these."),
        "expires" => (text(), "Only events up to the end of this day in UTC, or before this date and time."),
        _ => return json!({}),
    };
    described(form, description)
}
