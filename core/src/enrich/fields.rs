//! The `fields` of a finding: the values of a record that the rule's author wants a person to see.
//!
//! A field is a dotted name as Sigma writes it: a key may hold dots itself, so every split is tried, and an array on the
//! way stands for all that it holds. What is shown is bounded, and secrets are withheld.
//!
//! Few records have findings, so fields cost the others nothing: the scan of a record notes no more than where its
//! members stand, and those that a finding draws on are scanned again for what lies within.

use super::json;
use super::reading::{Reading, top_level};
use super::secrets::{Secrets, is_secret_name};
use super::shown::{self, Shown};
use crate::record::path::{Path, Step};
use crate::record::{Kind, ProjectionBuilder, Scanner, Slot, TooManyPaths, View};
use std::collections::BTreeSet;
use std::sync::Arc;

/// All fields that any rule names, each once, those in the same member of the record beside each other.
#[derive(Debug)]
pub(super) struct Fields {
    all: Vec<Field>,
    /// Finds what lies within members.
    scanner: Scanner,
}

#[derive(Debug)]
struct Field {
    /// Its name and the colon behind it, as they stand in an annotation.
    name_json: String,
    /// The record's member.
    top: String,
    slot: Slot,
    within: Option<Within>,
    /// It is, or lies within, what is a secret in every record.
    withheld: bool,
}

/// Where a field is within its member.
#[derive(Debug)]
struct Within {
    /// What follows the member's dot.
    rest: String,
    /// Of the second scan.
    slot: Slot,
}

/// What one record holds of some fields.
pub(super) struct Found<'r, 'a> {
    fields: &'r [Field],
    record: &'r Reading<'r, 'a>,
    secrets: Secrets,
    /// Those of the fields that lie within a member of the record, ascending: they were looked up together.
    numbers: Vec<usize>,
    /// What each of these shows.
    shown: Vec<Shown>,
}

impl Fields {
    /// Collects the fields of all rules.
    pub(super) fn new<'r>(
        names: impl Iterator<Item = &'r String>,
        slot_of: &mut dyn FnMut(&Path) -> Slot,
    ) -> Result<Self, TooManyPaths> {
        let distinct: BTreeSet<(&str, Option<&str>)> = names.map(|name| split(name)).collect();
        let mut paths = ProjectionBuilder::new();
        let field = |(top, rest): (&str, Option<&str>)| {
            let name = rest.map_or_else(|| top.to_owned(), |rest| format!("{top}.{rest}"));
            let mut within =
                |rest: &str| Within { rest: rest.to_owned(), slot: paths.slot(&Path(vec![Step::Field(name.clone())])) };
            Field {
                name_json: json::text(&name) + ":",
                slot: top_level(slot_of, top),
                top: top.to_owned(),
                within: rest.map(&mut within),
                withheld: is_secret_name(&name),
            }
        };
        let all = distinct.into_iter().map(field).collect();
        Ok(Self { all, scanner: Scanner::new(Arc::new(paths.build()?)) })
    }

    /// The number of a field that was collected.
    pub(super) fn number_of(&self, name: &str) -> Option<usize> {
        let wanted = split(name);
        self.all.binary_search_by(|field| (field.top.as_str(), field.rest()).cmp(&wanted)).ok()
    }

    /// Looks up the fields with these numbers. Each member of the record is scanned once for all of them.
    pub(super) fn find<'r, 'a>(
        &'r mut self,
        record: &'r Reading<'r, 'a>,
        numbers: impl Iterator<Item = usize>,
    ) -> Found<'r, 'a> {
        let mut numbers: Vec<usize> = numbers.filter(|number| self.within(*number).is_some()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        self.scan(record.view(), &numbers);
        let secrets = Secrets::new(record);
        let within = self.scanner.view(record.view().bytes()).ok();
        let shown = numbers.iter().map(|&number| {
            let found = within.as_ref().zip(self.within(number));
            found.map(|(view, (field, within))| show(view, field, within, secrets)).unwrap_or_default()
        });
        let shown = shown.collect();
        Found { fields: &self.all, record, secrets, numbers, shown }
    }

    fn within(&self, number: usize) -> Option<(&Field, &Within)> {
        let field = self.all.get(number)?;
        Some((field, field.within.as_ref()?))
    }

    /// Scans the members in which these fields lie.
    fn scan(&mut self, record: &View<'_>, numbers: &[usize]) {
        self.scanner.begin();
        let mut scanned = None;
        for field in numbers.iter().filter_map(|&number| self.all.get(number)) {
            if scanned.replace(field.slot) != Some(field.slot)
                && let Some(member) = record.first_capture(field.slot)
                && matches!(member.kind, Kind::Object | Kind::Array)
            {
                self.scanner.scan_member(record.bytes(), &field.top, member.start as usize);
            }
        }
    }
}

/// What there is of one field.
fn show(view: &View<'_>, field: &Field, within: &Within, secrets: Secrets) -> Shown {
    let withheld = field.withheld || within.rest.split('.').any(|key| secrets.is_secret_here(key));
    let last_key = within.rest.rsplit('.').next().unwrap_or_default();
    let mut shown = Shown::default();
    let mut behind = 0;
    for capture in view.captures(within.slot) {
        // An array is shown as a whole; what it holds stands at the same field.
        if capture.start >= behind {
            behind = capture.end;
            shown.add(last_key, view.value(capture), withheld, secrets);
        }
    }
    shown
}

impl Field {
    fn rest(&self) -> Option<&str> {
        self.within.as_ref().map(|within| within.rest.as_str())
    }
}

impl Found<'_, '_> {
    /// Appends the name of the field and what was found of it, `before` in front, or nothing at all.
    pub(super) fn write(&self, number: usize, before: &str, out: &mut String) -> bool {
        let Some(field) = self.fields.get(number) else { return false };
        let shown = self.numbers.binary_search(&number).ok().and_then(|place| self.shown.get(place));
        let value = if field.within.is_none() { self.record.value(field.slot) } else { None };
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
