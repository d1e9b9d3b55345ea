//! What two packs make of the same records, compared: takes what each of them found, gives the findings that only one of
//! them has and those to which they give different levels.

use super::level::Level;
use crate::metrics::Counters;
use crate::output::{Delivery, Output, Stretch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;

/// The findings of one pack, by rule and place. Ids of events do not tell records apart: that of an event comes again
/// in the log of each account it concerns, and in each copy of a log.
#[derive(Debug, Default)]
pub(super) struct Found(BTreeMap<(String, Place), Levels>);

/// Where a record starts: its input and the byte.
type Place = (String, u64);

/// What one rule found in one record.
#[derive(Debug, Default)]
struct Levels {
    /// What the record is called: its eventID, or where it stands.
    record: String,
    /// More than one where the same file was named more than once.
    levels: Vec<String>,
}

/// Findings of one rule that changed in the same way.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    pub(super) rule: String,
    #[serde(flatten)]
    pub(super) change: Change,
    pub(super) findings: u64,
    /// Some of the records: their eventIDs, or where they stand.
    pub(super) records: Vec<String>,
}

/// How a finding changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub(super) enum Change {
    /// The old pack has it alone.
    Lost { level: String },
    /// The new pack has it alone.
    Gained { level: String },
    /// Both have it.
    Relevelled { old_level: String, new_level: String },
}

/// How many records are named for each difference: enough to look at, few enough to read.
const NAMED: usize = 10;

/// The members of an event that tell it from others.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Event<'a> {
    #[serde(rename = "eventID", borrow)]
    event_id: Option<std::borrow::Cow<'a, str>>,
}

impl Output for Found {
    fn write(&mut self, delivery: &Delivery<'_>, _: &mut Counters) -> io::Result<()> {
        for stretch in delivery.stretches() {
            let Stretch::Record(record) = stretch else { continue };
            let event: Event<'_> =
                record.mark.and_then(|mark| serde_json::from_str(&mark.event).ok()).unwrap_or_default();
            for finding in record.findings {
                let place = (delivery.input().to_owned(), record.offset);
                let found = self.0.entry((finding.rule.to_string(), place)).or_default();
                found.record = match &event.event_id {
                    Some(id) => id.to_string(),
                    None => format!("{} at byte {}", delivery.input(), record.offset),
                };
                found.levels.push(finding.level.to_string());
            }
        }
        Ok(())
    }
}

/// How the new pack's findings differ, by rule.
pub(super) fn between(mut old: Found, new: Found) -> Vec<Difference> {
    let mut changed: BTreeMap<(String, Change), Vec<String>> = BTreeMap::new();
    let mut tell = |rule: &str, change, record: &str| {
        changed.entry((rule.to_owned(), change)).or_default().push(record.to_owned());
    };
    for (key, Levels { record, levels: mut new }) in new.0 {
        let mut old = old.0.remove(&key).unwrap_or_default().levels;
        let (rule, _) = &key;
        take_out_equal(&mut old, &mut new);
        let mut pairs = old.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
        let both = new.len();
        for (old_level, new_level) in pairs.by_ref().take(both).zip(new) {
            match old_level {
                None => tell(rule, Change::Gained { level: new_level }, &record),
                Some(old_level) => tell(rule, Change::Relevelled { old_level, new_level }, &record),
            }
        }
        pairs.map_while(|level| level).for_each(|level| tell(rule, Change::Lost { level }, &record));
    }
    for ((rule, _), Levels { record, levels }) in old.0 {
        levels.into_iter().for_each(|level| tell(&rule, Change::Lost { level }, &record));
    }
    let difference = |((rule, change), mut records): ((String, Change), Vec<String>)| {
        let findings = records.len() as u64;
        records.truncate(NAMED);
        Difference { rule, change, findings, records }
    };
    changed.into_iter().map(difference).collect()
}

/// Leaves what only one of them has, both ascending.
fn take_out_equal(old: &mut Vec<String>, new: &mut Vec<String>) {
    old.retain(|level| match new.iter().position(|other| other == level) {
        Some(at) => {
            new.swap_remove(at);
            false
        }
        None => true,
    });
    for levels in [old, new] {
        levels.sort_by_key(|level| Level::named_or_gravest(level));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(findings: &[(&str, &str, &str)]) -> Found {
        let mut found = Found::default();
        for (rule, record, level) in findings {
            let place = ((*record).to_owned(), 0);
            let levels = found.0.entry(((*rule).to_owned(), place)).or_default();
            (*record).clone_into(&mut levels.record);
            levels.levels.push((*level).to_owned());
        }
        found
    }

    fn told(old: &[(&str, &str, &str)], new: &[(&str, &str, &str)]) -> Vec<(String, Change, u64)> {
        let differences = between(found(old), found(new));
        differences.into_iter().map(|told| (told.rule, told.change, told.findings)).collect()
    }

    fn low() -> String {
        "low".to_owned()
    }

    #[test]
    fn the_same_findings_in_any_order_are_no_difference() {
        let old = [("a", "1", "low"), ("a", "1", "high"), ("b", "2", "low")];
        let new = [("b", "2", "low"), ("a", "1", "high"), ("a", "1", "low")];
        assert_eq!(told(&old, &new), []);
    }

    #[test]
    fn what_only_one_pack_finds_is_lost_or_gained() {
        let both = ("a", "1", "low");
        let (lost, gained) = (Change::Lost { level: low() }, Change::Gained { level: low() });
        assert_eq!(told(&[both, ("a", "2", "low"), ("a", "3", "low")], &[both]), [("a".to_owned(), lost.clone(), 2)]);
        assert_eq!(told(&[both], &[both, ("b", "1", "low")]), [("b".to_owned(), gained, 1)]);
        assert_eq!(told(&[both, both], &[both]), [("a".to_owned(), lost, 1)], "a record that came twice");
    }

    #[test]
    fn another_level_is_a_difference_of_its_own() {
        let change = Change::Relevelled { old_level: low(), new_level: "high".to_owned() };
        assert_eq!(told(&[("a", "1", "low")], &[("a", "1", "high")]), [("a".to_owned(), change.clone(), 1)]);
        let (old, new) = ([("a", "1", "low"), ("a", "1", "medium")], [("a", "1", "medium"), ("a", "1", "high")]);
        assert_eq!(told(&old, &new), [("a".to_owned(), change, 1)], "what both have is none");
    }

    #[test]
    fn a_difference_names_some_records_only() {
        let many: Vec<String> = (0..50).map(|number| number.to_string()).collect();
        let old: Vec<_> = many.iter().map(|number| ("a", number.as_str(), "low")).collect();
        let differences = between(found(&old), found(&[]));
        assert_eq!(
            differences.iter().map(|told| (told.findings, told.records.len())).collect::<Vec<_>>(),
            [(50, NAMED)]
        );
    }
}
