//! The form of what a record gains. It is written by hand beside the types that are written out (`enrich/`), and closed
//! where they are, so that a member which one of them lacks fails the test that validates annotations of real records.

use super::described;
use crate::rule::Level;
use serde_json::{Map, Value, json};

pub(super) fn schema() -> Value {
    let levels = Level::ALL.map(Level::name);
    super::schema(
        "Trailsieve annotation",
        "The field that a record gains, `trailsieve` unless named otherwise.",
        json!({
            "type": "object",
            "required": ["v"],
            "properties": {
                "v": { "const": 1 },
                "unjudged": described(json!({ "type": "string" }), "Why the record was not judged; then nothing else."),
                "heartbeat": described(heartbeat(), "From Fluent Bit's module, now and then: what it did so far."),
                "level": described(json!({ "enum": levels }), "The highest of the findings."),
                "rules": described(json!({ "type": "array", "items": { "type": "string" } }),
                    "The names of the rules that found something."),
                "findings": { "type": "array", "minItems": 1, "items": finding(&levels) },
                "signin": signin(),
            },
            "additionalProperties": false,
            "dependentRequired": {
                "level": ["rules", "findings"], "rules": ["level", "findings"], "findings": ["level", "rules"],
            },
        }),
    )
}

/// Numbers of records, and how often the detector had to be replaced.
fn heartbeat() -> Value {
    let names = ["records", "flagged", "unjudged", "malformed", "oversized", "not_cloudtrail", "restarts"];
    let numbers: Map<String, Value> =
        names.iter().map(|&name| (name.to_owned(), json!({ "type": "integer", "minimum": 0 }))).collect();
    json!({ "type": "object", "required": names, "properties": numbers, "additionalProperties": false })
}

fn finding(levels: &[&str]) -> Value {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let fields = json!({ "type": "object" });
    json!({
        "type": "object",
        "required": ["rule", "id", "title", "level", "outcome", "tags", "fields"],
        "properties": {
            "rule": described(json!({ "type": "string" }), "The rule's name."),
            "id": described(json!({ "type": "string" }), "The rule's identity, which stays when it is renamed."),
            "title": { "type": "string" },
            "level": { "enum": levels },
            "outcome": described(
                outcome(),
                "What became of the call, where a dry run is a failure; of a sign-in, the same as in `signin.result`.",
            ),
            "tags": texts,
            "fields": described(fields, "The values that the rule shows; long ones are cut, secrets are left out."),
        },
    })
}

fn outcome() -> Value {
    json!({ "enum": ["success", "failure", "pending", "unknown"] })
}

/// Who, when, where, how, and what came of it.
fn signin() -> Value {
    let text = || json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["kind", "event", "who", "where", "how", "result"],
        "additionalProperties": false,
        "properties": {
            "kind": { "enum": ["root", "iam-user", "absent-user", "federated", "mfa-check", "switched-role",
                               "role-exit", "role-renew", "signin-token", "account-change", "other"] },
            "event": text(),
            "when": described(text(), "In UTC, as in 2026-11-21T08:00:00Z."),
            "who": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "type": text(), "name": text(), "masked": { "const": true }, "alias": text(), "role": text(),
                    "session": text(), "source_identity": text(), "issuer": text(), "arn": text(), "account": text(),
                    "id": text(),
                },
            },
            "where": {
                "type": "object",
                "required": ["kind"],
                "additionalProperties": false,
                "properties": {
                    "address": text(), "region": text(),
                    "kind": { "enum": ["ip", "service", "aws-internal", "label", "unknown"] },
                },
            },
            "how": {
                "type": "object",
                "required": ["mfa"],
                "additionalProperties": false,
                "properties": {
                    "mfa": { "enum": ["used", "not-used", "asked", "not-asked", "identity-provider", "unknown"] },
                    "mfa_type": text(), "user_agent": text(), "mobile": { "type": "boolean" }, "login_url": text(),
                    "saml_provider": text(), "session_created": text(),
                    "switch": {
                        "type": "object",
                        "additionalProperties": false,
                        "properties": {
                            "from": text(), "from_account": text(), "to": text(), "to_account": text(),
                            "cross_account": { "type": "boolean" }, "renewed_by": text(),
                        },
                    },
                },
            },
            "result": {
                "type": "object",
                "required": ["outcome"],
                "additionalProperties": false,
                "properties": {
                    "outcome": outcome(),
                    "reason": { "enum": ["failed-authentication", "no-such-user", "denied-by-policy", "other"] },
                    "error_code": text(), "message": text(),
                },
            },
        },
    })
}
