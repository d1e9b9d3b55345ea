//! One finding: what a rule says, written once when the pack is compiled, and what one record adds to it.

use super::fields::Found;
use super::json;
use super::outcome::Outcome;
use crate::rule::{Level, Rule};

/// The parts of a finding that are the same for every record, as JSON text.
#[derive(Debug)]
pub(super) struct Finding {
    /// What the rule says; an override may say another one of a record.
    pub(super) level: Level,
    /// The rule's name.
    pub(super) name_json: String,
    /// From the opening brace to the level.
    head: String,
    /// From behind the outcome to the first of `fields`.
    tail: String,
    /// The numbers of the rule's fields.
    pub(super) fields: Vec<usize>,
}

impl Finding {
    /// Writes what the rule says.
    pub(super) fn new(rule: &Rule, fields: Vec<usize>) -> Self {
        let (name, tags) = (json::text(&rule.name), json::text(&rule.tags));
        let (id, title) = (json::text(&rule.id), json::text(&rule.title));
        Self {
            head: format!(r#"{{"rule":{name},"id":{id},"title":{title},"level":""#),
            tail: format!(r#"","tags":{tags},"fields":{{"#),
            level: rule.level,
            name_json: name,
            fields,
        }
    }

    /// Appends the finding of one record.
    pub(super) fn write(&self, out: &mut String, level: Level, outcome: Outcome, found: &Found<'_, '_>) {
        out.push_str(&self.head);
        out.push_str(level.name());
        out.push_str(r#"","outcome":""#);
        out.push_str(outcome.name());
        out.push_str(&self.tail);
        let mut before = "";
        for &number in &self.fields {
            if found.write(number, before, out) {
                before = ",";
            }
        }
        out.push_str("}}");
    }
}
