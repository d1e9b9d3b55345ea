//! Why a rule matches a record, or why it does not: each part of its condition, whether it holds, and the values seen.
//!
//! Takes a rule and a record, gives one JSON object on one line:
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

use crate::cloudtrail::Cloudtrail;
use crate::detect::{CompileError, Compiler, Evaluation};
use crate::detector::why_not;
use crate::enrich::{Seen, json};
use crate::record::{Scanner, one_line};
use crate::rule::{Effect, Rule};
use told::Told;
use tree::{Node, Planter};

/// Explains what the rule, which is on or off, makes of the record. The error says why that record cannot be judged.
pub(crate) fn explain(rule: &Rule, enabled: bool, record: &[u8]) -> Result<String, String> {
    let mut compiler = Compiler::new();
    let Asked { condition, adjustments } = ask(rule, &mut compiler).map_err(|error| error.to_string())?;
    let cloudtrail = Cloudtrail::new(&mut compiler);
    let seen = Seen::new(&mut |path| compiler.slot(path));
    let rules = compiler.build().map_err(|error| error.to_string())?;
    let mut scanner = Scanner::new(rules.projection());
    let mut evaluation = Evaluation::new(rules);

    let record = one_line(record);
    let view = match scanner.scan(&record) {
        Ok(view) if cloudtrail.wrote(view) => view,
        rejected => return Err(format!("the record {}", why_not(rejected.err()))),
    };
    let holding: Vec<_> = evaluation.matches(view).to_vec();
    let level =
        holding.iter().find(|matched| matched.rule == THE_RULE).map(|matched| matched.level.unwrap_or(rule.level));
    let suppressed = evaluation.suppressed().first().map(|suppressed| suppressed.adjustment);
    let told = Told { view, seen: &seen, holding: holding.iter().map(|matched| matched.rule).collect() };

    let mut out = String::new();
    let verdict = match (level, suppressed) {
        (Some(_), _) => "match",
        (None, Some(_)) => "suppressed",
        (None, None) => "no_match",
    };
    let suppressed_by = suppressed.and_then(|number| rule.adjustments.get(number)).map(|by| &by.source);
    out.push_str(&format!(
        r#"{{"format":1,"rule":{},"title":{},"language":{},"enabled":{enabled},"condition":{},"verdict":"{verdict}","#,
        json::text(&rule.name),
        json::text(&rule.title),
        json::text(&rule.language),
        json::text(&wording::merged(rule)),
    ));
    out.push_str(&format!(r#""level":{},"suppressed_by":{},"parts":"#, json::text(&level), json::text(&suppressed_by)));
    told.parts(&condition, &mut out);
    out.push_str(r#","adjustments":["#);
    for (number, (adjustment, when)) in rule.adjustments.iter().zip(&adjustments).enumerate() {
        if number > 0 {
            out.push(',');
        }
        let (effect, level) = match adjustment.effect {
            Effect::Suppress => ("suppress", None),
            Effect::SetLevel(level) => ("set_level", Some(level)),
        };
        // Behind one that suppresses, nothing is left to be adjusted.
        let is_reached = suppressed.is_none_or(|last| number <= last);
        let applied = verdict != "no_match" && is_reached && told.holds(when.number);
        out.push_str(&format!(
            r#"{{"source":{},"effect":"{effect}","level":{},"applied":{applied},"parts":"#,
            json::text(&adjustment.source),
            json::text(&level)
        ));
        told.parts(when, &mut out);
        out.push('}');
    }
    out.push_str("]}");
    Ok(out)
}

/// The number of the rule itself among all that the engine is asked.
const THE_RULE: usize = 0;

/// What the engine is asked besides the rule itself.
struct Asked<'r> {
    condition: Node<'r>,
    /// When each of the rule's adjustments applies.
    adjustments: Vec<Node<'r>>,
}

fn ask<'r>(rule: &'r Rule, compiler: &mut Compiler) -> Result<Asked<'r>, CompileError> {
    compiler.add(&rule.condition, &rule.adjustments)?;
    let mut planter = Planter { compiler, added: THE_RULE + 1 };
    let condition = planter.node(&rule.condition)?;
    let adjustments = rule.adjustments.iter().map(|adjustment| planter.node(&adjustment.when));
    Ok(Asked { condition, adjustments: adjustments.collect::<Result<_, _>>()? })
}

#[cfg(test)]
mod tests;
