//! The `fields` of a finding: the values of a record that the rule's author wants a person to see.
//!
//! A field is a dotted name as Sigma writes it. Objects are walked by key (a key may hold dots itself, so every split
//! is tried) and arrays by all their elements. What is shown is bounded, and secrets are withheld.
//!
//! Strangers choose keys and how many there are, so a key is sought among the fields by halving, as they are sorted.

use super::json;
use super::limits::{MAX_NESTING, MAX_SUBTREE};
use super::reading::{Reading, top_level};
use super::secrets::{Secrets, is_secret_name};
use super::shown::{self, Shown};
use crate::record::path::Path;
use crate::record::subtree::{elements, members};
use crate::record::{Slot, Value};
use std::collections::BTreeSet;

/// All fields that any rule names, each once, those in the same member of the record beside each other.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<Field>);

#[derive(Debug)]
struct Field {
    /// Its name and the colon behind it, as they stand in an annotation.
    name_json: String,
    /// The record's member.
    top: String,
    slot: Slot,
    /// What follows its dot.
    rest: Option<String>,
    /// It is, or lies within, what is a secret in every record.
    withheld: bool,
}

/// What one record holds of some fields.
pub(super) struct Found<'r, 'a> {
    fields: &'r Fields,
    record: &'r Reading<'r, 'a>,
    secrets: Secrets,
    /// Those of the fields that lie within a member of the record, ascending: they were looked up together.
    numbers: Vec<usize>,
    /// What each of these shows.
    shown: Vec<Shown>,
}

impl Fields {
    /// Collects the fields of all rules.
    pub(super) fn new<'r>(names: impl Iterator<Item = &'r String>, slot_of: &mut dyn FnMut(&Path) -> Slot) -> Self {
        let distinct: BTreeSet<(&str, Option<&str>)> = names.map(|name| split(name)).collect();
        let field = |(top, rest): (&str, Option<&str>)| {
            let name = rest.map_or_else(|| top.to_owned(), |rest| format!("{top}.{rest}"));
            Field {
                name_json: json::text(&name) + ":",
                slot: top_level(slot_of, top),
                withheld: is_secret_name(&name),
                top: top.to_owned(),
                rest: rest.map(str::to_owned),
            }
        };
        Self(distinct.into_iter().map(field).collect())
    }

    /// The number of a field that was collected.
    pub(super) fn number_of(&self, name: &str) -> Option<usize> {
        let (top, rest) = split(name);
        self.0.binary_search_by(|field| (field.top.as_str(), field.rest.as_deref()).cmp(&(top, rest))).ok()
    }

    /// Looks up the fields with these numbers. Each part of the record is walked once for all of them.
    pub(super) fn find<'r, 'a>(
        &'r self,
        record: &'r Reading<'r, 'a>,
        numbers: impl Iterator<Item = usize>,
    ) -> Found<'r, 'a> {
        let is_within = |number: &usize| self.0.get(*number).is_some_and(|field| field.rest.is_some());
        let mut numbers: Vec<usize> = numbers.filter(is_within).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let secrets = Secrets::new(record);
        let mut search = Search { secrets, shown: numbers.iter().map(|_| Shown::default()).collect() };
        let mut goals = Vec::with_capacity(numbers.len());
        let fields = numbers.iter().filter_map(|&number| self.0.get(number));
        let mut wanted = fields.enumerate().peekable();
        while let Some((place, field)) = wanted.next() {
            goals.push(Goal { place, rest: field.rest.as_deref(), withheld: field.withheld });
            if wanted.peek().is_none_or(|(_, next)| next.slot != field.slot) {
                search.member(record, field, &goals);
                goals.clear();
            }
        }
        Found { fields: self, record, secrets, numbers, shown: search.shown }
    }
}

impl Found<'_, '_> {
    /// Appends the name of the field and what was found of it, `before` in front, or nothing at all.
    pub(super) fn write(&self, number: usize, before: &str, out: &mut String) -> bool {
        let Some(field) = self.fields.0.get(number) else { return false };
        let shown = self.numbers.binary_search(&number).ok().and_then(|place| self.shown.get(place));
        let value = if field.rest.is_none() { self.record.value(field.slot) } else { None };
        if value.is_none() && shown.is_none_or(Shown::is_empty) {
            return false;
        }
        out.push_str(before);
        out.push_str(&field.name_json);
        if let Some(value) = value {
            shown::write_one(out, &field.top, value, field.withheld, self.secrets);
        } else if let Some(shown) = shown {
            shown.write(out);
        }
        true
    }
}

/// A field name's first part, and what follows its dot.
fn split(name: &str) -> (&str, Option<&str>) {
    name.split_once('.').map_or((name, None), |(top, rest)| (top, Some(rest)))
}

/// One field on the way to its values.
#[derive(Clone, Copy, Debug)]
struct Goal<'f> {
    /// Where it stands among the fields that are looked up.
    place: usize,
    /// The keys still to follow; `None`: arrived.
    rest: Option<&'f str>,
    /// A key on the way says that whatever is there is secret.
    withheld: bool,
}

/// Goals are always sorted by what is left of the way, those that arrived first.
struct Search {
    secrets: Secrets,
    shown: Vec<Shown>,
}

impl Search {
    /// Begins at one member of the record.
    fn member(&mut self, record: &Reading<'_, '_>, field: &Field, goals: &[Goal<'_>]) {
        let Some(value) = record.value(field.slot) else { return };
        let Some(members) = record.members_in(field.slot).filter(|members| members.raw().is_some()) else {
            return self.walk(&field.top, value, goals, 0);
        };
        let onward = self.show(&field.top, value, goals);
        if !onward.is_empty() {
            members.all().for_each(|(key, value)| self.follow(key, value, onward));
        }
    }

    /// `key` is the last one that led here; `nesting` counts arrays within arrays.
    fn walk(&mut self, key: &str, value: Value<'_>, goals: &[Goal<'_>], nesting: usize) {
        let onward = self.show(key, value, goals);
        match value {
            Value::Object(raw) if !onward.is_empty() && raw.len() <= MAX_SUBTREE => {
                members(raw).for_each(|(key, value)| self.follow(&key, value, onward));
            }
            Value::Array(raw) if !onward.is_empty() && raw.len() <= MAX_SUBTREE && nesting < MAX_NESTING => {
                elements(raw).for_each(|element| self.walk(key, element, onward, nesting + 1));
            }
            _ => {}
        }
    }

    /// Shows the value to the goals that arrived; gives the others.
    fn show<'g, 'f>(&mut self, key: &str, value: Value<'_>, goals: &'g [Goal<'f>]) -> &'g [Goal<'f>] {
        let (arrived, onward) = goals.split_at(goals.partition_point(|goal| goal.rest.is_none()));
        for goal in arrived {
            if let Some(shown) = self.shown.get_mut(goal.place) {
                shown.add(key, value, goal.withheld, self.secrets);
            }
        }
        onward
    }

    /// Goes on with the goals that have this key on their way.
    fn follow(&mut self, key: &str, value: Value<'_>, goals: &[Goal<'_>]) {
        let (_, candidates) = goals.split_at(goals.partition_point(|goal| goal.rest.is_some_and(|rest| rest < key)));
        let onward: Vec<Goal<'_>> = candidates
            .iter()
            .map_while(|goal| Some((goal, goal.rest?.strip_prefix(key)?)))
            .filter_map(|(goal, rest)| {
                let rest = if rest.is_empty() { None } else { Some(rest.strip_prefix('.')?) };
                Some(Goal { rest, withheld: goal.withheld || self.secrets.is_secret_here(key), ..*goal })
            })
            .collect();
        if !onward.is_empty() {
            self.walk(key, value, &onward, 0);
        }
    }
}
