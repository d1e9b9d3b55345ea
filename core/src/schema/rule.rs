//! The form of a document in a rule file.

use super::{described, text};
use crate::rule::{KEYS, KINDS, Level, MAX_TITLE, STATUSES};
use serde_json::{Map, Value, json};

pub(super) fn schema() -> Value {
    let properties: Map<String, Value> = KEYS.iter().map(|key| ((*key).to_owned(), property(key))).collect();
    let kinds: Vec<Value> = KINDS.iter().chain(&["action"]).map(|kind| json!({ "required": [kind] })).collect();
    super::schema(
        "Trailsieve rule",
        "A rule in Sigma or with a CloudWatch Logs filter pattern, or a Sigma filter.",
        json!({
            "type": "object",
            "properties": properties,
            "anyOf": kinds,
            "allOf": [
                { "if": { "not": { "required": ["action"] } }, "then": { "required": ["title"] } },
                { "if": { "anyOf": [{ "required": ["detection"] }, { "required": ["filter"] }],
                          "not": { "required": ["action"] } },
                  "then": { "required": ["logsource"] } },
            ],
            "$defs": { "tests": tests() },
        }),
    )
}

fn property(key: &str) -> Value {
    let list = || json!({ "type": "array", "items": text() });
    let (form, description) = match key {
        "action" => {
            (json!({ "enum": ["global", "reset", "repeat"] }), "Says something of other documents in the file.")
        }
        "alarm" => (json!({ "type": "object" }), "A CloudWatch alarm; kept for a later version."),
        "author" => (text(), "Who wrote it."),
        "correlation" => (json!({ "type": "object" }), "Not read by this version."),
        "date" | "modified" => (text(), "As in 2026-11-21."),
        "description" => (text(), "Why it matters and what to check."),
        "detection" => (
            json!({ "type": "object", "required": ["condition"], "minProperties": 2,
                    "properties": { "condition": { "type": ["string", "array"], "items": { "type": "string" } } },
                    "additionalProperties": { "type": ["object", "array", "string", "number", "boolean"] } }),
            "Search identifiers, and the condition that joins them.",
        ),
        "enabled" => (json!({ "type": "boolean" }), "On, unless false."),
        "falsepositives" => (list(), "What it finds that is harmless."),
        "fields" => (list(), "What a person needs to see of the record: names with dots."),
        "filter" => (
            json!({ "type": "object", "required": ["rules", "condition"],
                    "properties": { "condition": { "type": "string" }, "intent": { "const": "keep" } } }),
            "Suppresses what the rules named in it find.",
        ),
        "filter_pattern" => (json!({ "type": "string" }), "A CloudWatch Logs filter pattern for JSON, in quotes."),
        "generate" => (json!({ "type": "boolean" }), "Of correlations; not read by this version."),
        "id" => (text(), "Its identity across renames, a UUID; unique in a pack."),
        "level" => (json!({ "enum": Level::ALL.map(Level::name) }), "How grave a match is; medium without it."),
        "license" => (text(), "The licence of the rule."),
        "logsource" => (
            json!({ "type": "object",
                    "properties": { "product": text(), "service": text(), "category": text(), "definition": text() } }),
            "Which records it is for: {product: aws, service: cloudtrail}.",
        ),
        "name" => (text(), "By which filters refer to it; unique in a pack."),
        "references" => (list(), "Where to read more."),
        "related" => (json!({ "type": "array" }), "Other rules that it has to do with."),
        "scope" => (list(), "Where it is meant to be used."),
        "status" => (json!({ "enum": STATUSES }), "How sure its author is."),
        "tags" => (list(), "As in attack.t1136.003, cis.3.0-4.4."),
        "taxonomy" => (json!({ "const": "sigma" }), "Sigma's own, the only one that is read."),
        "tests" => (json!({ "$ref": "#/$defs/tests" }), "Records that it must and must not match."),
        "title" => (json!({ "type": ["string", "number", "boolean"], "maxLength": MAX_TITLE }), "What it finds."),
        _ => return json!({}),
    };
    described(form, description)
}

fn tests() -> Value {
    let record = json!({ "type": ["object", "string"], "description": "A CloudTrail record: JSON text, or a map." });
    let name = described(text(), "What this record shows; unique within the rule.");
    let cases = json!({
        "type": "array",
        "items": { "type": "object", "required": ["name", "record"], "additionalProperties": false,
                   "properties": { "name": name, "record": record } },
    });
    json!({ "type": "object", "additionalProperties": false, "properties": { "match": cases, "no_match": cases } })
}
