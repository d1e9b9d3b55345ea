//! Sigma, specification 2.1: YAML nodes → [`Condition`].
//!
//! Takes a detection as the YAML reader gives it, gives its condition or every mistake with its place. Everything that
//! the specification allows is read; what it leaves open is decided once, where it is read, and refused where two
//! readers could take it differently. An item is existential, so `not` is true of a record without the field: its
//! negation is the negation of the whole item, never of its test.

mod action;
mod cidr;
mod detection;
mod encoding;
mod field;
mod filter;
mod grammar;
mod item;
mod modifiers;
mod pattern;
mod regex;
mod selection;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use action::resolve as resolve_actions;
pub(crate) use detection::{detection, identifiers};
pub(crate) use filter::{Concerned, Filtering, read as filter};
pub(crate) use regex::Expressions;

use super::condition::{Condition, single_or};
use super::diagnostic::{Code, Notes, Position};
use super::names::Names;
use super::yaml::{Node, Scalar, place_of};
use std::collections::BTreeMap;

/// The values of the operator's placeholders, for the modifier `expand`.
pub(crate) type Placeholders = BTreeMap<String, Vec<String>>;

/// What reading a detection needs beside its node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'s> {
    /// The text of the file, in which places are found.
    pub(crate) text: &'s str,
    pub(crate) placeholders: &'s Placeholders,
    pub(crate) expressions: &'s Expressions,
    /// By which the names in it are looked at; built-in rules are not.
    pub(crate) names: Option<&'s Names>,
}

impl Source<'_> {
    /// The place of the character at this byte of a scalar's text.
    fn place(self, node: &Node, scalar: &Scalar, offset: usize) -> Position {
        place_of(self.text, node.at, scalar, offset)
    }
}

/// One mistake within a text, at this byte of it.
#[derive(Debug)]
struct Mistake {
    at: usize,
    code: Code,
    message: String,
    help: String,
}

impl Mistake {
    #[cold]
    #[inline(never)]
    fn new(at: usize, code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { at, code, message: message.into(), help: help.into() }
    }

    /// Notes it at its place in the file.
    fn tell(self, source: Source<'_>, node: &Node, scalar: &Scalar, notes: &mut Notes) {
        notes.refuse(source.place(node, scalar, self.at), self.code, self.message, self.help);
    }
}

fn any_of(parts: Vec<Condition>) -> Condition {
    single_or(parts, Condition::Or)
}

fn all_of(parts: Vec<Condition>) -> Condition {
    single_or(parts, Condition::And)
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}
