//! Conditions in words: the one place that says what a rule asks, for explanations and for whoever lists rules.
//!
//! Takes a condition of either language, gives English on one line. It must not say more than the condition asks: what
//! holds of a record is for the engine to know.

use super::question::Question;
use crate::record::path::{Path, Step};
use crate::rule::condition::{Comparison, Condition, Standing, Test};
use crate::rule::{Adjustment, Effect, Rule};

/// The longest text of a whole condition, in bytes: what a person still reads. The tree of an explanation has the rest.
const MAX_CONDITION: usize = 2000;

/// What a rule asks together with its filters and overrides.
pub(super) fn merged(rule: &Rule) -> String {
    let mut text = String::new();
    write_part(&rule.condition, rule.adjustments.is_empty(), &mut text);
    for adjustment in &rule.adjustments {
        write_adjustment(adjustment, &mut text);
    }
    if text.len() > MAX_CONDITION {
        text.truncate(text.floor_char_boundary(MAX_CONDITION));
        text.push('…');
    }
    text
}

/// A field as its language writes it.
pub(super) fn field(path: &Path) -> String {
    let steps = match path.0.as_slice() {
        [Step::Field(name)] => return name.clone(),
        steps => steps,
    };
    let mut text = "$".to_owned();
    for step in steps {
        match step {
            Step::Member(key) | Step::Field(key) => {
                let (before, behind) = if key.chars().all(is_bare) { (".", "") } else { ("['", "']") };
                [before, key, behind].iter().for_each(|part| text.push_str(part));
            }
            Step::AnyMember => text.push_str(".*"),
            Step::Element(number) => text.push_str(&format!("[{number}]")),
            Step::AnyElement => text.push_str("[*]"),
        }
    }
    text
}

/// What a key may hold in a CloudWatch selector without being quoted.
fn is_bare(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')
}

/// How two fields relate.
pub(super) fn pair(one: &Path, other: &Path, comparison: Comparison) -> String {
    let (one, other) = (field(one), field(other));
    let verb = match comparison.place {
        Standing::Whole => "is the same as",
        Standing::Within => "contains",
        Standing::AtStart => "begins with",
        Standing::AtEnd => "ends with",
    };
    let case = if comparison.cased { "exact case" } else { "any case" };
    format!("{one} {verb} {other} ({case})")
}

/// What a field is when this test does *not* hold of it, where that can be said without a "not".
pub(super) fn denied(condition: &Condition) -> Option<(&Path, &'static str)> {
    match condition {
        Condition::Test(path, Test::Present) => Some((path, "is absent")),
        Condition::Test(path, Test::NotNull) => Some((path, "is absent or null")),
        _ => None,
    }
}

/// Tests of one field that ask the same of it with different texts.
pub(super) fn one_of(parts: &[Condition]) -> Option<(&Path, Vec<Question>)> {
    let mut field = None;
    let mut questions: Vec<Question> = Vec::new();
    for part in parts {
        let Condition::Test(path, test) = part else { return None };
        let question = Question::of(test);
        let is_alike = questions.first().is_none_or(|first| first.is_like(&question));
        if *field.get_or_insert(path) != path || !is_alike || question.operand.is_empty() {
            return None;
        }
        questions.push(question);
    }
    field.filter(|_| questions.len() > 1).map(|path| (path, questions))
}

/// The sentence for them.
pub(super) fn sentence(path: &Path, questions: &[Question]) -> String {
    /// Alternatives that are told.
    const TOLD: usize = 24;
    let mut text = match path.0.as_slice() {
        [] => "a text of the record".to_owned(),
        _ => field(path),
    };
    let Some(Question { verb, relation, remark, .. }) = questions.first() else { return text };
    text.push(' ');
    text.push_str(verb);
    text.push_str(relation);
    for (number, question) in questions.iter().take(TOLD).enumerate().filter(|(_, told)| !told.operand.is_empty()) {
        text.push_str(match number {
            0 if questions.len() > 1 => " one of ",
            0 => " ",
            _ => ", ",
        });
        text.push_str(&question.operand);
    }
    if questions.len() > TOLD {
        text.push_str(&format!(" and {} more", questions.len() - TOLD));
    }
    text.push_str(remark);
    text
}

fn write_adjustment(adjustment: &Adjustment, text: &mut String) {
    let source = &adjustment.source;
    let (begin, when) = match (adjustment.effect, &adjustment.when) {
        // A filter keeps what it names and suppresses the rest.
        (Effect::Suppress, Condition::Not(kept)) => (format!(" and ({source}: "), &**kept),
        (Effect::Suppress, when) => (format!(" and not ({source}: "), when),
        (Effect::SetLevel(level), when) => (format!("; level {} if ({source}: ", level.name()), when),
    };
    text.push_str(&begin);
    write_part(when, true, text);
    text.push(')');
}

/// Recursion is bounded as conditions are; what no longer counts is not written, so that a long condition takes no long
/// time. `alone`: nothing stands beside it.
fn write_part(condition: &Condition, alone: bool, text: &mut String) {
    if text.len() > MAX_CONDITION {
        return;
    }
    match condition {
        Condition::Named(name, _) => text.push_str(name),
        Condition::Not(part) => match denied(part) {
            Some((path, what)) => enclosed(alone, text, |text| text.push_str(&format!("{} {what}", field(path)))),
            None => {
                text.push_str("not ");
                write_part(part, false, text);
            }
        },
        _ => enclosed(alone, text, |text| match condition {
            Condition::And(parts) => write_list(parts, "and", "anything", text),
            Condition::Or(parts) => match one_of(parts) {
                Some((path, questions)) => text.push_str(&sentence(path, &questions)),
                None => write_list(parts, "or", "nothing", text),
            },
            Condition::Test(path, test) => text.push_str(&sentence(path, &[Question::of(test)])),
            Condition::Pair(one, other, comparison) => text.push_str(&pair(one, other, *comparison)),
            Condition::Named(..) | Condition::Not(_) => {}
        }),
    }
}

fn enclosed(alone: bool, text: &mut String, write: impl FnOnce(&mut String)) {
    if alone {
        return write(text);
    }
    text.push('(');
    write(text);
    text.push(')');
}

fn write_list(parts: &[Condition], word: &str, none: &str, text: &mut String) {
    if parts.is_empty() {
        text.push_str(none);
    }
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            text.push_str(&format!(" {word} "));
        }
        write_part(part, parts.len() == 1, text);
    }
}
