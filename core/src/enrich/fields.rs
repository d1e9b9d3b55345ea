//! The `fields` of a finding: the values of a record that the rule's author wants a person to see.
//!
//! A field is a dotted name as Sigma writes it. Objects are walked by key (a key may hold dots itself, so every split
//! is tried) and arrays by all their elements. What is shown is bounded, and secrets are withheld.

use super::json;
use super::limits::{MAX_NESTING, MAX_SUBTREE};
use super::reading::top_level;
use super::secrets::Secrets;
use super::shown::Shown;
use crate::record::path::Path;
use crate::record::subtree::{elements, members};
use crate::record::{Slot, Value, View};
use std::collections::BTreeSet;

/// All fields that any rule names, each once, those in the same member of the record beside each other.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<Field>);

#[derive(Debug)]
struct Field {
    name_json: String,
    /// The record's member.
    top: String,
    slot: Slot,
    /// What follows its dot.
    rest: Option<String>,
    /// The member itself is secret.
    withheld: bool,
}

/// What one record holds of some fields, by their numbers.
#[derive(Debug)]
pub(super) struct Found(Vec<(usize, Shown)>);

impl Fields {
    /// Collects the fields of all rules.
    pub(super) fn new<'r>(names: impl Iterator<Item = &'r String>, slot_of: &mut dyn FnMut(&Path) -> Slot) -> Self {
        let distinct: BTreeSet<(&str, Option<&str>)> = names.map(|name| split(name)).collect();
        let field = |(top, rest): (&str, Option<&str>)| Field {
            name_json: json::text(&rest.map_or_else(|| top.to_owned(), |rest| format!("{top}.{rest}"))),
            slot: top_level(slot_of, top),
            withheld: Secrets::new(None).is_secret_key(top),
            top: top.to_owned(),
            rest: rest.map(str::to_owned),
        };
        Self(distinct.into_iter().map(field).collect())
    }

    /// The number of a field that was collected.
    pub(super) fn number_of(&self, name: &str) -> Option<usize> {
        let (top, rest) = split(name);
        self.0.binary_search_by(|field| (field.top.as_str(), field.rest.as_deref()).cmp(&(top, rest))).ok()
    }

    /// A field's name as a JSON string.
    pub(super) fn name_json(&self, number: usize) -> &str {
        self.0.get(number).map_or("", |field| &field.name_json)
    }

    /// Looks up the fields with these numbers, which ascend. Each part of the record is walked once for all of them.
    pub(super) fn find(&self, view: &View<'_>, numbers: &[usize], secrets: Secrets) -> Found {
        let mut search = Search { secrets, found: Found(Vec::with_capacity(numbers.len())) };
        let mut goals = Vec::with_capacity(numbers.len());
        let mut wanted = numbers.iter().filter_map(|&number| Some((number, self.0.get(number)?))).peekable();
        while let Some((number, field)) = wanted.next() {
            goals.push(Goal { number, rest: field.rest.as_deref(), withheld: field.withheld });
            if wanted.peek().is_none_or(|(_, next)| next.slot != field.slot) {
                if let Some(value) = view.first(field.slot) {
                    search.walk(&field.top, value, &goals, 0);
                }
                goals.clear();
            }
        }
        search.found
    }
}

impl Found {
    /// What was found of a field, if anything.
    pub(super) fn get(&self, number: usize) -> Option<&Shown> {
        self.0.iter().find(|(found, _)| *found == number).map(|(_, shown)| shown)
    }

    fn entry(&mut self, number: usize) -> Option<&mut Shown> {
        let place = self.0.iter().position(|(found, _)| *found == number).unwrap_or_else(|| {
            self.0.push((number, Shown::default()));
            self.0.len() - 1
        });
        self.0.get_mut(place).map(|(_, shown)| shown)
    }
}

/// A field name's first part, and what follows its dot.
fn split(name: &str) -> (&str, Option<&str>) {
    name.split_once('.').map_or((name, None), |(top, rest)| (top, Some(rest)))
}

/// One field on the way to its values.
#[derive(Clone, Copy, Debug)]
struct Goal<'f> {
    number: usize,
    /// The keys still to follow; `None`: arrived.
    rest: Option<&'f str>,
    /// A key on the way says that whatever is there is secret.
    withheld: bool,
}

struct Search {
    secrets: Secrets,
    found: Found,
}

impl Search {
    /// `key` is the last one that led here; `nesting` counts arrays within arrays.
    fn walk(&mut self, key: &str, value: Value<'_>, goals: &[Goal<'_>], nesting: usize) {
        let mut goes_on = false;
        for goal in goals {
            if goal.rest.is_some() {
                goes_on = true;
            } else if let Some(shown) = self.found.entry(goal.number) {
                shown.add(key, value, goal.withheld, self.secrets);
            }
        }
        match value {
            Value::Object(raw) if goes_on && raw.len() <= MAX_SUBTREE => {
                for (key, value) in members(raw) {
                    let onward: Vec<Goal<'_>> = goals.iter().filter_map(|goal| self.follow(goal, &key)).collect();
                    if !onward.is_empty() {
                        self.walk(&key, value, &onward, 0);
                    }
                }
            }
            Value::Array(raw) if goes_on && raw.len() <= MAX_SUBTREE && nesting < MAX_NESTING => {
                let goals: Vec<Goal<'_>> = goals.iter().copied().filter(|goal| goal.rest.is_some()).collect();
                for element in elements(raw) {
                    self.walk(key, element, &goals, nesting + 1);
                }
            }
            _ => {}
        }
    }

    /// The goal behind this key, if it is on the way.
    fn follow<'f>(&self, goal: &Goal<'f>, key: &str) -> Option<Goal<'f>> {
        let rest = goal.rest?.strip_prefix(key)?;
        let rest = match rest.strip_prefix('.') {
            Some(rest) => Some(rest),
            None if rest.is_empty() => None,
            None => return None,
        };
        Some(Goal { rest, withheld: goal.withheld || self.secrets.is_secret_key(key), ..*goal })
    }
}
