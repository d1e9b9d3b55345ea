//! `tests:` of a rule file: records that the rule must and must not match. Takes the YAML node, gives the records as
//! JSON text; whether the rule keeps its word is for the self-test to see.

use super::diagnostic::{Code, Diagnostic, quoted};
use super::yaml::{Body, Entry, Kind, Node, place_of};
use super::{json, suggest};
use serde::de::IgnoredAny;
use std::collections::HashSet;

const LISTS: [&str; 2] = ["match", "no_match"];
const MEMBERS: [&str; 2] = ["name", "record"];

/// One record of a rule's `tests:`.
#[derive(Clone, Debug)]
pub struct RuleTest {
    /// What this record shows.
    pub name: String,
    /// The record, JSON text.
    pub record: String,
    /// Whether the rule must match it.
    pub matches: bool,
    /// Where it stands in the file: line and column, from 1.
    pub position: (u32, u32),
}

/// The records of both lists. `source` is the text of the file.
pub(crate) fn read(tests: &Node, source: &str, mistakes: &mut Vec<Diagnostic>) -> Vec<RuleTest> {
    let mut cases = Vec::new();
    let mut names = HashSet::new();
    for list in members(tests, &LISTS, "`tests:` is a map of `match:` and `no_match:`", mistakes) {
        let Body::List(items) = &list.value.body else {
            let message = format!("`{}:` must be a list of records, found {}", list.key, list.value.body.described());
            mistakes.push(Diagnostic::new(list.value.at, Code::RuleTests, message, "begin each record with `- name:`"));
            continue;
        };
        for item in items {
            let Some((name, record)) = case(item, source, mistakes) else { continue };
            if !names.insert(name.clone()) {
                let message = format!("two records of this rule have the name {}", quoted(&name));
                mistakes.push(Diagnostic::new(item.at, Code::RuleTests, message, "say what each of them shows"));
            }
            let position = (item.at.line, item.at.column);
            cases.push(RuleTest { name, record, matches: list.key == "match", position });
        }
    }
    cases
}

fn case(item: &Node, source: &str, mistakes: &mut Vec<Diagnostic>) -> Option<(String, String)> {
    let before = mistakes.len();
    let (mut name, mut record) = (None, None);
    for member in members(item, &MEMBERS, "a test is a map of `name:` and `record:`", mistakes) {
        match (member.key.as_str(), &member.value.body) {
            ("name", Body::Scalar(scalar)) if scalar.kind != Kind::Null => name = Some(scalar.text.clone()),
            ("record", Body::Map(_)) => record = Some(json::text(&member.value)),
            ("record", Body::Scalar(scalar)) if scalar.kind == Kind::Text => match json_mistake(&scalar.text) {
                None => record = Some(scalar.text.clone()),
                Some((offset, what)) => {
                    let at = place_of(source, member.value.at, scalar, offset);
                    let help = "give one JSON object as text, or a YAML map";
                    mistakes.push(Diagnostic::new(at, Code::RuleTests, format!("the record is no JSON: {what}"), help));
                }
            },
            (key, body) => {
                let wanted = if key == "name" { "a text" } else { "a map or JSON text" };
                let message = format!("`{key}:` must be {wanted}, found {}", body.described());
                mistakes.push(Diagnostic::new(member.value.at, Code::RuleTests, message, ""));
            }
        }
    }
    let missing = if name.is_none() { "name" } else { "record" };
    let case = name.zip(record);
    if case.is_none() && mistakes.len() == before {
        let help = "each test has a `name:`, which says what it shows, and a `record:`";
        mistakes.push(Diagnostic::new(item.at, Code::RuleTests, format!("this test has no `{missing}:`"), help));
    }
    case
}

/// The entries of a map that has these keys only; here a key that is not known is a mistake, near or far.
fn members<'n>(node: &'n Node, known: &[&'static str], form: &str, mistakes: &mut Vec<Diagnostic>) -> Vec<&'n Entry> {
    let entries = match &node.body {
        Body::Map(entries) => entries.as_slice(),
        other => {
            let message = format!("{form}, found {}", other.described());
            mistakes.push(Diagnostic::new(node.at, Code::RuleTests, message, ""));
            &[]
        }
    };
    let mut accepted = Vec::new();
    for entry in entries {
        if known.contains(&entry.key.as_str()) {
            accepted.push(entry);
            continue;
        }
        let message = format!("{form}; {} is not known here", quoted(&entry.key));
        let help = suggest::did_you_mean(&entry.key, known.iter().copied());
        mistakes.push(Diagnostic::new(entry.at, Code::RuleTests, message, help));
    }
    accepted
}

/// At which byte the text stops being one JSON object, and why.
fn json_mistake(text: &str) -> Option<(usize, String)> {
    let begin = text.len() - text.trim_start().len();
    if !text.trim_start().starts_with('{') {
        return Some((begin, "a record begins with `{`".to_owned()));
    }
    let error = serde_json::from_str::<IgnoredAny>(text).err()?;
    let line_start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let offset = (line_start + error.column().saturating_sub(1)).min(text.len());
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or_default().to_owned();
    Some((offset, what))
}
