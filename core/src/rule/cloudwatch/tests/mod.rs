//! Tests of filter patterns: what they mean, what is refused and with which words, and that layout changes nothing.
//! Verdicts on records are compared with an independent evaluator elsewhere.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod layout;
mod meaning;
mod refusal;

use super::Mistake;
use crate::rule::condition::Condition;

fn compile(pattern: &str) -> Result<Condition, Vec<Mistake>> {
    super::compile(pattern, &mut |_, _, _| {})
}

fn meaning(pattern: &str) -> Condition {
    compile(pattern).unwrap_or_else(|mistakes| panic!("{pattern}: {mistakes:?}"))
}
