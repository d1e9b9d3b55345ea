//! One finding: what a rule says, written once when the pack is compiled, and what one record adds to it.

use super::fields::{Fields, Found};
use super::json;
use super::outcome::Outcome;
use crate::rule::{Level, Rule};

/// The parts of a finding that are the same for every record, as JSON text.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) level: Level,
    pub(super) level_json: String,
    /// The rule's name.
    pub(super) name_json: String,
    /// From the opening brace to the first of `fields`, for either outcome.
    success: String,
    failure: String,
    /// The numbers of the rule's fields.
    pub(super) fields: Vec<usize>,
}

impl Finding {
    /// Writes what the rule says.
    pub(super) fn new(rule: &Rule, fields: Vec<usize>) -> Self {
        let (name, level) = (json::text(&rule.name), json::text(&rule.level));
        let (id, title, tags) = (json::text(&rule.id), json::text(&rule.title), json::text(&rule.tags));
        let begin = |outcome: Outcome| {
            let outcome = json::text(&outcome);
            format!(
                r#"{{"rule":{name},"id":{id},"title":{title},"level":{level},"outcome":{outcome},"tags":{tags},"fields":{{"#
            )
        };
        Self {
            success: begin(Outcome::Success),
            failure: begin(Outcome::Failure),
            level: rule.level,
            level_json: level,
            name_json: name,
            fields,
        }
    }

    /// Appends the finding of one record.
    pub(super) fn write(&self, out: &mut String, outcome: Outcome, fields: &Fields, found: &Found<'_>) {
        out.push_str(match outcome {
            Outcome::Success => &self.success,
            Outcome::Failure => &self.failure,
        });
        let mut is_first = true;
        for &number in &self.fields {
            if let Some(shown) = found.get(number) {
                if !is_first {
                    out.push(',');
                }
                is_first = false;
                out.push_str(fields.name_json(number));
                out.push(':');
                shown.write(out);
            }
        }
        out.push_str("}}");
    }
}
