//! Search identifiers and a condition over them → [`Condition`].

use super::grammar::{self, Expression, Parsed};
use super::{Mistake, Source, all_of, any_of, not, selection};
use crate::rule::condition::Condition;
use crate::rule::diagnostic::{Code, Notes, Position, quoted};
use crate::rule::glob;
use crate::rule::suggest::did_you_mean_or;
use crate::rule::yaml::{Body, Entry, Kind, Node};
use std::cell::Cell;

/// How many tests one condition may come to: an identifier that is named twice counts twice. The longest list in public
/// rules has 4,432 values.
const MAX_TESTS: usize = 1 << 16;

/// A detection on its own: a map of identifiers with its `condition:`, or what a single identifier would hold. Gives
/// `None` where a mistake was noted.
pub(crate) fn detection(node: &Node, source: Source<'_>, notes: &mut Notes) -> Option<Condition> {
    match &node.body {
        Body::Map(entries) if entries.iter().any(|entry| entry.key == "condition") => {
            let condition = entries.iter().find(|entry| entry.key == "condition");
            let others = entries.iter().filter(|entry| entry.key != "condition");
            identifiers(others, condition, node.at, source, notes).map(|read| read.condition)
        }
        _ => selection::read(node, source, notes),
    }
}

/// What identifiers and their condition say.
pub(crate) struct Read {
    pub(crate) condition: Condition,
    /// The condition says `not`.
    pub(crate) negates: bool,
}

/// Reads search identifiers and the condition over them; `at` is where both stand. Gives `None` where a mistake was
/// noted.
pub(crate) fn identifiers<'n>(
    entries: impl Iterator<Item = &'n Entry>,
    condition: Option<&Entry>,
    at: Position,
    source: Source<'_>,
    notes: &mut Notes,
) -> Option<Read> {
    let before = notes.mistakes.len();
    let identifiers = Identifiers {
        all: entries.map(|entry| Identifier::read(entry, source, notes)).collect(),
        tests_left: Cell::new(Some(MAX_TESTS)),
    };
    let Some(condition) = condition else {
        let help = "say which identifiers must match, as in `condition: selection and not filter`";
        notes.refuse(at, Code::SigmaCondition, "`condition:` is missing", help);
        return None;
    };
    let nodes = match &condition.value.body {
        Body::List(items) if !items.is_empty() => {
            let message = "a list of conditions is read as alternatives";
            notes.warn(condition.value.at, Code::SigmaCondition, message, "join them with `or`");
            items.as_slice()
        }
        _ => std::slice::from_ref(&condition.value),
    };
    let (mut alternatives, mut negates) = (Vec::new(), false);
    for node in nodes {
        let Some((condition, own)) = identifiers.condition(node, source, notes) else { continue };
        negates |= own;
        alternatives.push(condition);
    }
    if notes.mistakes.len() > before {
        return None;
    }
    for unused in identifiers.all.iter().filter(|identifier| !identifier.used.get()) {
        let message = format!("the condition does not use {}", quoted(unused.name));
        notes.warn(unused.at, Code::SigmaUnused, message, "add it to the condition, or take it out");
    }
    Some(Read { condition: any_of(alternatives), negates })
}

struct Identifiers<'n> {
    all: Vec<Identifier<'n>>,
    /// How many more tests the condition may come to; `None` once that they are too many has been told.
    tests_left: Cell<Option<usize>>,
}

struct Identifier<'n> {
    name: &'n str,
    at: Position,
    /// Nothing where there was a mistake in it.
    condition: Condition,
    tests: usize,
    used: Cell<bool>,
}

impl<'n> Identifier<'n> {
    fn read(entry: &'n Entry, source: Source<'_>, notes: &mut Notes) -> Self {
        let condition = if entry.key == "timeframe" {
            let help = "counting over time needs a document with `correlation:`; give an identifier another name";
            notes.refuse(entry.at, Code::SigmaTimeframe, "`timeframe:` belonged to Sigma's first version", help);
            None
        } else {
            selection::read(&entry.value, source, notes)
        };
        let condition = condition.unwrap_or(Condition::Or(Vec::new()));
        let tests = condition.tests();
        Self { name: &entry.key, at: entry.at, condition, tests, used: Cell::new(false) }
    }
}

impl Identifiers<'_> {
    /// The condition that a text states, and whether it says `not`.
    fn condition(&self, node: &Node, source: Source<'_>, notes: &mut Notes) -> Option<(Condition, bool)> {
        let scalar = match &node.body {
            Body::Scalar(scalar) if scalar.kind == Kind::Text => scalar,
            other => {
                let message = format!("`condition:` must be a text, found {}", other.described());
                notes.refuse(node.at, Code::SigmaCondition, message, "as in `selection and not 1 of filter_*`");
                return None;
            }
        };
        match grammar::parse(&scalar.text) {
            Err(mistake) => {
                mistake.tell(source, node, scalar, notes);
                None
            }
            Ok(Parsed { expression, shouted }) => {
                for (at, word) in shouted {
                    let message = format!("the keyword {} is not in lower case", quoted(word));
                    notes.warn(
                        source.place(node, scalar, at),
                        Code::SigmaCondition,
                        message,
                        "other readers refuse it",
                    );
                }
                let before = notes.mistakes.len();
                let mut tell = |mistake: Mistake| mistake.tell(source, node, scalar, notes);
                let condition = self.resolve(&expression, &mut tell);
                (notes.mistakes.len() == before).then(|| (condition, expression.negates()))
            }
        }
    }

    /// Recursion is bounded by the grammar.
    fn resolve(&self, expression: &Expression<'_>, tell: &mut impl FnMut(Mistake)) -> Condition {
        match expression {
            Expression::Any(parts) => any_of(parts.iter().map(|part| self.resolve(part, tell)).collect()),
            Expression::All(parts) => all_of(parts.iter().map(|part| self.resolve(part, tell)).collect()),
            Expression::Not(part) => not(self.resolve(part, tell)),
            Expression::Name(at, name) => match self.all.iter().find(|identifier| identifier.name == *name) {
                Some(identifier) => self.named(identifier, *at, tell),
                None => {
                    let message = format!("there is no identifier {}", quoted(name));
                    tell(Mistake::new(*at, Code::SigmaIdentifier, message, self.nearest(name)));
                    Condition::Or(Vec::new())
                }
            },
            Expression::Of { at, all, pattern } => {
                let fits = |identifier: &&Identifier<'_>| is_meant(*pattern, identifier.name);
                let meant: Vec<_> = self.all.iter().filter(fits).collect();
                if meant.is_empty() {
                    let pattern = pattern.unwrap_or("them");
                    let message = format!("no identifier fits {}", quoted(pattern));
                    tell(Mistake::new(
                        *at,
                        Code::SigmaIdentifier,
                        message,
                        self.nearest(pattern.trim_end_matches('*')),
                    ));
                }
                let parts = meant.into_iter().map(|identifier| self.named(identifier, *at, tell)).collect();
                if *all { all_of(parts) } else { any_of(parts) }
            }
        }
    }

    fn named(&self, identifier: &Identifier<'_>, at: usize, tell: &mut impl FnMut(Mistake)) -> Condition {
        identifier.used.set(true);
        let before = self.tests_left.get();
        let left = before.and_then(|left| left.checked_sub(identifier.tests));
        self.tests_left.set(left);
        if left.is_some() {
            return Condition::Named(identifier.name.to_owned(), Box::new(identifier.condition.clone()));
        }
        if before.is_some() {
            let message = format!("the condition comes to too many tests (limit {MAX_TESTS})");
            tell(Mistake::new(at, Code::SigmaLimit, message, "name each identifier once, or divide the rule"));
        }
        Condition::Or(Vec::new())
    }

    fn nearest(&self, name: &str) -> String {
        let names = || self.all.iter().map(|identifier| identifier.name);
        did_you_mean_or(name, names(), || {
            let names: Vec<_> = names().take(8).map(quoted).collect();
            match names.as_slice() {
                [] => "write it beside the condition, as in `selection: {eventName: CreateUser}`".to_owned(),
                names => format!("the condition may name {}", names.join(", ")),
            }
        })
    }
}

/// `them` and patterns pass over names that begin with `_`, unless the pattern does, too.
fn is_meant(pattern: Option<&str>, name: &str) -> bool {
    let pattern = pattern.unwrap_or("*");
    (pattern.starts_with('_') || !name.starts_with('_')) && glob::matches(pattern, name)
}
