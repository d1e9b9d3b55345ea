//! Why a rule matches a record, or why it does not: each part of its condition, whether it holds, and the values seen.
//!
//! Takes a rule, and one record after another; gives for each one JSON object on one line:
//!
//! `{"format":1,"rule","title","language","enabled","condition","verdict","level","suppressed_by","parts","adjustments"}`
//!
//! - `condition`: what is asked in words, filters and overrides included; `verdict`: `match`, `no_match` or
//!   `suppressed`; `level` and `suppressed_by` (a source) are `null` where there is none.
//! - `parts`: the condition's tree, each part before those that it is made of:
//!   `{"depth","kind","holds","name","text","seen","held_by"}`. `kind` is `all`, `any`, `not` or `test`; `name` is there
//!   where the rule gives one (`selection`). A test tells under `seen` the values of each field that it asks, and under
//!   `held_by` which of several alternatives held.
//! - `adjustments`: `{"source","effect","level","applied","parts"}`, in the order in which they apply; `effect` is
//!   `suppress` or `set_level`.
//!
//! Whether a part holds is asked of the engine itself, which judges each part as if it were a rule. Members may be
//! added, never changed.

mod question;
mod told;
mod tree;
mod wording;
mod writing;

use crate::cloudtrail::Cloudtrail;
use crate::detect::{CompileError, Compiler, Evaluation};
use crate::detector::why_not;
use crate::enrich::Seen;
use crate::record::{Scanner, one_line};
use crate::rule::{Effect, Level, Rule};
use told::Told;
use tree::{Node, Planter};
use writing::{member, text_member};

/// Explains what one rule makes of records.
#[derive(Debug)]
pub struct Explainer<'r> {
    rule: &'r Rule,
    enabled: bool,
    condition: Node<'r>,
    /// When each of the rule's adjustments applies.
    adjustments: Vec<Node<'r>>,
    cloudtrail: Cloudtrail,
    seen: Seen,
    scanner: Scanner,
    evaluation: Evaluation,
}

/// The number of the rule itself among all that the engine is asked.
const THE_RULE: usize = 0;

impl<'r> Explainer<'r> {
    /// For a rule that is on or off.
    #[cold]
    pub(crate) fn new(rule: &'r Rule, enabled: bool) -> Result<Self, CompileError> {
        let mut compiler = Compiler::new();
        compiler.add(&rule.condition, &rule.adjustments);
        let mut planter = Planter { compiler: &mut compiler, added: THE_RULE + 1 };
        let condition = planter.node(&rule.condition)?;
        let mut adjustments = Vec::new();
        for adjustment in &rule.adjustments {
            adjustments.push(planter.node(&adjustment.when)?);
        }
        let cloudtrail = Cloudtrail::new(|path| compiler.slot(path));
        let seen = Seen::new(&mut |path| compiler.slot(path));
        let rules = compiler.build()?;
        let scanner = Scanner::new(rules.projection());
        let evaluation = Evaluation::new(rules);
        Ok(Self { rule, enabled, condition, adjustments, cloudtrail, seen, scanner, evaluation })
    }

    /// Explains one record. The error says why it cannot be judged.
    #[cold]
    pub fn explain(&mut self, record: &[u8]) -> Result<String, String> {
        let rule = self.rule;
        let record = one_line(record);
        let view = match self.scanner.scan(&record) {
            Ok(view) if self.cloudtrail.wrote(view) => view,
            rejected => return Err(format!("the record {}", why_not(rejected.err()))),
        };
        let holding: Vec<_> = self.evaluation.matches(view).to_vec();
        let matched = holding.iter().find(|matched| matched.rule == THE_RULE);
        let level = matched.map(|matched| matched.level.unwrap_or(rule.level));
        let suppressed = self.evaluation.suppressed().first().map(|suppressed| suppressed.adjustment);
        let told = Told { view, seen: &self.seen, holding: holding.iter().map(|matched| matched.rule).collect() };
        let verdict = match (level, suppressed) {
            (Some(_), _) => "match",
            (None, Some(_)) => "suppressed",
            (None, None) => "no_match",
        };
        let suppressed_by = suppressed.and_then(|number| rule.adjustments.get(number)).map(|by| by.source.as_str());

        let mut out = r#"{"format":1"#.to_owned();
        text_member("rule", Some(&rule.name), &mut out);
        text_member("title", Some(&rule.title), &mut out);
        text_member("language", Some(rule.language.name()), &mut out);
        member("enabled", if self.enabled { "true" } else { "false" }, &mut out);
        text_member("condition", Some(&wording::merged(rule)), &mut out);
        text_member("verdict", Some(verdict), &mut out);
        text_member("level", level.map(Level::name), &mut out);
        text_member("suppressed_by", suppressed_by, &mut out);
        member("parts", "", &mut out);
        told.parts(&self.condition, &mut out);
        member("adjustments", "[", &mut out);
        for (number, (adjustment, when)) in rule.adjustments.iter().zip(&self.adjustments).enumerate() {
            let (effect, level) = match adjustment.effect {
                Effect::Suppress => ("suppress", None),
                Effect::SetLevel(level) => ("set_level", Some(level.name())),
            };
            // Behind one that suppresses, nothing is left to be adjusted.
            let is_reached = suppressed.is_none_or(|last| number <= last);
            let applied = verdict != "no_match" && is_reached && told.holds(when.number);
            out.push_str(if number > 0 { ",{" } else { "{" });
            text_member("source", Some(&adjustment.source), &mut out);
            text_member("effect", Some(effect), &mut out);
            text_member("level", level, &mut out);
            member("applied", if applied { "true" } else { "false" }, &mut out);
            member("parts", "", &mut out);
            told.parts(when, &mut out);
            out.push('}');
        }
        out.push_str("]}");
        Ok(out)
    }
}

#[cfg(test)]
mod tests;
