//! What a CloudWatch Logs filter pattern means, said as plainly as possible.
//!
//! The oracle of the core's rule language. It takes a pattern's text and a record's [`tree`](crate::tree) and says
//! whether they match, straight from the digest of AWS's documentation: one function for each sentence of it, no
//! index, no sharing, no short cut. It shares no code with the core and knows nothing of how the core does it.
#![expect(clippy::indexing_slicing, reason = "tables as long as the text, indexed by its positions")]

pub(crate) mod number;
mod parse;
mod regex;

pub use parse::parse;

use crate::tree::{Kind, Node, Step};
use number::Number;
use regex::Regex;
use std::cmp::Ordering;

/// A pattern, read.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// `a && b`
    Both(Box<Pattern>, Box<Pattern>),
    /// `a || b`
    Either(Box<Pattern>, Box<Pattern>),
    /// A selector and what is asked of each value that it reaches.
    Compare(Vec<Step>, Question),
}

/// What is asked of the values that a selector reaches.
#[derive(Clone, Debug)]
pub enum Question {
    /// `NOT EXISTS`: it reaches nothing at all.
    NotExists,
    /// `IS NULL`
    IsNull,
    /// `IS TRUE` and `IS FALSE`
    Is(bool),
    /// `= term`
    Equal(Term),
    /// `!= term`
    Unequal(Term),
    /// `< number` and its like: which orderings satisfy it.
    Ordered(Vec<Ordering>, Number),
}

/// What stands to the right of `=` or `!=`.
#[derive(Clone, Debug)]
pub enum Term {
    /// `"text"`, with `*` as wildcard.
    Quoted(String),
    /// `text`, with `*` as wildcard; a number if it reads like one.
    Bare(String),
    /// `%expression%`
    Regex(Regex),
}

/// Whether the record matches. Only an object can.
pub fn matches(pattern: &Pattern, record: &Node<'_>) -> bool {
    matches!(record.kind, Kind::Object(_)) && holds(pattern, record)
}

fn holds(pattern: &Pattern, record: &Node<'_>) -> bool {
    match pattern {
        Pattern::Both(one, other) => holds(one, record) && holds(other, record),
        Pattern::Either(one, other) => holds(one, record) || holds(other, record),
        Pattern::Compare(selector, Question::NotExists) => record.at(selector).is_empty(),
        Pattern::Compare(selector, question) => record.at(selector).into_iter().any(|value| satisfies(value, question)),
    }
}

fn satisfies(value: &Node<'_>, question: &Question) -> bool {
    match question {
        Question::NotExists => false,
        Question::IsNull => value.kind == Kind::Null,
        Question::Is(wanted) => value.kind == Kind::Boolean(*wanted),
        Question::Equal(term) => equals(value, term) == Some(true),
        Question::Unequal(term) => equals(value, term) == Some(false),
        Question::Ordered(accepted, bound) => match value.kind {
            Kind::Number(text) => Number::read(text).is_some_and(|number| accepted.contains(&number.cmp(bound))),
            _ => false,
        },
    }
}

/// Whether a value equals a term; `None` for a value that can be neither equal nor unequal to it: `null`, objects and
/// arrays always, booleans for every term but a lone `*`, which asks no more than that a scalar be there.
fn equals(value: &Node<'_>, term: &Term) -> Option<bool> {
    if let (Kind::Boolean(_), Term::Quoted(text) | Term::Bare(text)) = (&value.kind, term) {
        return (!text.is_empty() && text.chars().all(|character| character == '*')).then_some(true);
    }
    let text = value.text()?;
    Some(match term {
        Term::Quoted(pattern) => wildcard(pattern, text),
        Term::Regex(regex) => regex.is_found_in(text),
        Term::Bare(pattern) => match (&value.kind, Number::read(pattern)) {
            (Kind::Number(written), Some(wanted)) => Number::read(written) == Some(wanted),
            _ => wildcard(pattern, text),
        },
    })
}

/// Whether the text is the pattern with something, or nothing, in place of each `*`.
fn wildcard(pattern: &str, text: &str) -> bool {
    let text = text.as_bytes();
    // For each length: whether the pattern so far can be that much of the text.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for wanted in pattern.bytes() {
        if wanted == b'*' {
            let first = reached.iter().position(|&is| is).unwrap_or(reached.len());
            reached[first..].fill(true);
        } else {
            for length in (0..text.len()).rev() {
                reached[length + 1] = reached[length] && text[length] == wanted;
            }
            reached[0] = false;
        }
    }
    reached[text.len()]
}
