//! The oracle of ECS: what the schema, and an Elasticsearch behind it, ask of the documents that are written. It is
//! written from their rules alone and knows nothing of CloudTrail.

#![expect(clippy::indexing_slicing, reason = "members that are absent read as null")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Types that each category allows.
const TYPES: [(&str, &str); 12] = [
    ("api", "access admin allowed change creation deletion denied end info start user"),
    ("authentication", "start end info"),
    ("configuration", "access change creation deletion info"),
    ("database", "access change info error"),
    ("file", "access change creation deletion info"),
    ("host", "access change end info start"),
    ("iam", "admin change creation deletion group info user"),
    ("intrusion_detection", "allowed denied info"),
    ("network", "access allowed connection denied end info protocol start"),
    ("package", "access change deletion info installation start"),
    ("process", "access change end info start"),
    ("session", "start end info"),
];

/// Always arrays, however many values there are.
const ARRAYS: [&str; 10] = [
    "/event/category",
    "/event/type",
    "/related/user",
    "/related/ip",
    "/tags",
    "/threat/tactic/id",
    "/threat/tactic/name",
    "/threat/technique/id",
    "/threat/technique/name",
    "/threat/technique/subtechnique/id",
];

/// Never arrays nor objects.
const TEXTS: [&str; 26] = [
    "/@timestamp",
    "/ecs/version",
    "/data_stream/dataset",
    "/event/kind",
    "/event/action",
    "/event/outcome",
    "/event/provider",
    "/event/id",
    "/event/reason",
    "/cloud/account/id",
    "/cloud/region",
    "/user/id",
    "/user/name",
    "/user/target/name",
    "/user/target/id",
    "/user/changes/name",
    "/group/name",
    "/source/address",
    "/source/ip",
    "/user_agent/original",
    "/error/code",
    "/error/message",
    "/aws/cloudtrail/request_parameters",
    "/aws/cloudtrail/response_elements",
    "/aws/cloudtrail/user_identity/arn",
    "/aws/cloudtrail/user_identity/session_context/mfa_authenticated",
];

/// Everything that is wrong with a document.
pub fn mistakes(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let text = |place: &str| document.pointer(place).and_then(Value::as_str);
    for place in ["/@timestamp", "/ecs/version", "/event/kind", "/event/category", "/event/type", "/event/outcome"] {
        if document.pointer(place).is_none() {
            found.push(format!("{place} is missing"));
        }
    }
    for place in ARRAYS {
        let value = document.pointer(place);
        let is_texts = |value: &Value| {
            value.as_array().is_some_and(|array| !array.is_empty() && array.iter().all(Value::is_string))
        };
        if !value.is_none_or(is_texts) {
            found.push(format!("{place} is no array of texts"));
        }
    }
    for place in TEXTS {
        if document.pointer(place).is_some_and(|value| value.as_str().is_none_or(str::is_empty)) {
            found.push(format!("{place} is no text"));
        }
    }
    if text("/source/ip").is_some_and(|ip| ip.parse::<IpAddr>().is_err()) {
        found.push("source.ip is no address".to_owned());
    }
    if !matches!(text("/event/kind"), Some("event" | "alert")) {
        found.push("event.kind is another word".to_owned());
    }
    if !matches!(text("/event/outcome"), Some("success" | "failure" | "unknown")) {
        found.push("event.outcome is another word".to_owned());
    }
    let words = |place: &str| -> Vec<&str> {
        document.pointer(place).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let categories = words("/event/category");
    for category in &categories {
        if !TYPES.iter().any(|(known, _)| known == category) {
            found.push(format!("event.category {category} is none"));
        }
    }
    for kind in words("/event/type") {
        let allows = |category: &&str| {
            TYPES.iter().any(|(known, types)| known == category && types.split(' ').any(|it| it == kind))
        };
        if !categories.iter().any(allows) {
            found.push(format!("event.type {kind} is not allowed in {categories:?}"));
        }
    }
    for part in ["tactic", "technique", "technique/subtechnique"] {
        let length =
            |list: &str| document.pointer(&format!("/threat/{part}/{list}")).and_then(Value::as_array).map(Vec::len);
        if let (Some(ids), Some(names)) = (length("id"), length("name"))
            && ids != names
        {
            found.push(format!("threat.{part} has {ids} ids and {names} names"));
        }
    }
    if !document["aws"]["cloudtrail"]["read_only"].is_null() && !document["aws"]["cloudtrail"]["read_only"].is_boolean()
    {
        found.push("aws.cloudtrail.read_only is no boolean".to_owned());
    }
    found
}

/// The kinds of values that one index has seen at each place; a place in a flattened field is none.
#[derive(Debug, Default)]
pub struct Mapping(BTreeMap<String, &'static str>);

impl Mapping {
    /// Adds a document. Gives the places at which it does not fit those before it, as an index would refuse it there.
    pub fn add(&mut self, document: &Value) -> Vec<String> {
        let mut conflicts = Vec::new();
        self.visit(document, "", &mut conflicts);
        conflicts
    }

    fn visit(&mut self, value: &Value, place: &str, conflicts: &mut Vec<String>) {
        if place.starts_with(".aws.cloudtrail.flattened.") {
            return;
        }
        let kind = match value {
            Value::Null => return,
            Value::Array(elements) => {
                return elements.iter().for_each(|element| self.visit(element, place, conflicts));
            }
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| self.visit(value, &format!("{place}.{name}"), conflicts));
                "object"
            }
            Value::String(_) => "text",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
        };
        if *self.0.entry(place.to_owned()).or_insert(kind) != kind {
            conflicts.push(format!("{place} is {kind}"));
        }
    }
}
