//! What rules make of records, without the languages in which they are written; here what becomes of a match.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

mod expression;
mod index;
mod sigma;

use super::{Compiler, Evaluation, Match, Suppressed};
use crate::record::Scanner;
use crate::record::path::{Path, Step};
use crate::rule::condition::{Condition, Matcher, Test};
use crate::rule::{Adjustment, Effect, Level};

/// `$.key = "value"`.
fn is(key: &str, value: &str) -> Condition {
    let test = Test::Text { matcher: Matcher::Exact(value.to_owned()), negated: false };
    Condition::Test(Path(vec![Step::Member(key.to_owned())]), test)
}

/// A field as Sigma names it.
fn field(name: &str) -> Path {
    Path(vec![Step::Field(name.to_owned())])
}

/// The record itself.
fn whole() -> Path {
    Path(Vec::new())
}

/// Whether a condition is true of a record.
fn holds(condition: &Condition, record: &str) -> bool {
    !evaluate(&[(condition.clone(), Vec::new())], record).0.is_empty()
}

fn adjustment(when: Condition, effect: Effect) -> Adjustment {
    Adjustment { source: String::new(), when, effect }
}

fn evaluate(rules: &[(Condition, Vec<Adjustment>)], record: &str) -> (Vec<Match>, Vec<Suppressed>) {
    let mut compiler = Compiler::new();
    rules.iter().for_each(|(condition, adjustments)| compiler.add(condition, adjustments));
    let set = compiler.build().unwrap();
    let mut scanner = Scanner::new(set.projection());
    let mut evaluation = Evaluation::new(set);
    // What is known of another record must not count.
    evaluation.matches(scanner.scan(br#"{"a":"1","b":"2","c":"3"}"#).unwrap());
    let matches = evaluation.matches(scanner.scan(record.as_bytes()).unwrap()).to_vec();
    (matches, evaluation.suppressed().to_vec())
}

#[test]
fn adjustments_apply_in_their_order_to_matches_alone() {
    let adjustments = vec![
        adjustment(is("b", "2"), Effect::SetLevel(Level::Low)),
        adjustment(is("b", "2"), Effect::SetLevel(Level::High)),
        adjustment(is("c", "3"), Effect::Suppress),
        adjustment(Condition::And(Vec::new()), Effect::SetLevel(Level::Critical)),
        adjustment(is("c", "3"), Effect::Suppress),
    ];
    let rules = vec![
        (is("z", "0"), vec![adjustment(Condition::And(Vec::new()), Effect::Suppress)]),
        (Condition::Named("selection".to_owned(), Box::new(is("a", "1"))), adjustments[..2].to_vec()),
        (is("a", "1"), adjustments),
        (is("b", "2"), Vec::new()),
    ];
    let level = |rule, level| Match { rule, level };
    let (matches, suppressed) = evaluate(&rules, r#"{"b":"2","a":"1"}"#);
    assert_eq!(matches, [level(1, Some(Level::High)), level(2, Some(Level::Critical)), level(3, None)]);
    assert_eq!(suppressed, []);
    let (matches, suppressed) = evaluate(&rules, r#"{"c":"3","a":"1"}"#);
    assert_eq!(matches, [level(1, None)]);
    assert_eq!(suppressed, [Suppressed { rule: 2, adjustment: 2 }]);
}
