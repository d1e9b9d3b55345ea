//! What came of the records that were issued, whatever way they took.
//!
//! Takes lines as they arrived; counts `eventID`s. Every line must be a record whose bytes, without our field, have the
//! SHA-256 that they had where they were issued, with the verdict that is due or marked. A line that breaks off is
//! counted apart, and must be the beginning of one.
#![expect(clippy::indexing_slicing, reason = "places of records that this file itself has numbered")]

use super::records::BEGINNING;
use super::{Record, Verdict};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ops::Range;

/// Our field, where it was added.
const ADDED: &str = ",\"trailsieve\":{";

/// All records of a trial, in the order in which each sender sends its own.
pub struct Issued {
    records: Vec<Record>,
    digests: Vec<[u8; 32]>,
    places: HashMap<String, usize>,
}

/// What arrived.
#[derive(Debug, Default)]
pub struct Came {
    /// How often each record came.
    times: Vec<usize>,
    /// How many were marked although the detector does not break on them.
    pub marked: usize,
    /// How many lines break off, or begin with one that does: whoever wrote was killed in the midst of it.
    pub torn: usize,
    /// How many records came for the first time behind a later one of their sender.
    pub overtaken: usize,
}

impl Issued {
    /// These records.
    pub fn new(records: Vec<Record>) -> Self {
        let digests = records.iter().map(|record| Sha256::digest(&record.text).into()).collect();
        let places = records.iter().enumerate().map(|(place, record)| (record.id.clone(), place)).collect();
        Self { records, digests, places }
    }

    /// All of them.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// How many bytes stand in these lines.
    pub fn bytes(&self, places: Range<usize>) -> usize {
        self.records[places].iter().map(|record| record.text.len() + 1).sum()
    }

    /// Counts what arrived.
    pub fn count(&self, written: &[u8]) -> Came {
        let mut came = Came { times: vec![0; self.records.len()], ..Came::default() };
        let mut latest: HashMap<&str, usize> = HashMap::new();
        for line in String::from_utf8_lossy(written).lines() {
            let (torn, whole) = line.split_at(line.rfind(BEGINNING).unwrap_or_default());
            let place = self.place(whole);
            let torn = if place.is_some() { torn } else { line };
            if !torn.is_empty() {
                assert!(self.is_begun(torn), "neither a record that was issued nor the beginning of one: {line}");
                came.torn += 1;
            }
            let Some(place) = place else { continue };
            came.marked += usize::from(self.is_marked(place, whole));
            if came.times[place] == 0 {
                let sender = self.records[place].id.split_once('-').map_or("", |(sender, _)| sender);
                let latest = latest.entry(sender).or_insert(place);
                came.overtaken += usize::from(place < *latest);
                *latest = place.max(*latest);
            }
            came.times[place] += 1;
        }
        came
    }

    /// Which record this line is.
    fn place(&self, line: &str) -> Option<usize> {
        let record: Value = serde_json::from_str(line).ok()?;
        self.places.get(record.get("eventID")?.as_str()?).copied()
    }

    /// Whether the record is marked instead of judged. Its bytes must be its own, and nothing else may have been said.
    fn is_marked(&self, place: usize, line: &str) -> bool {
        let verdict = self.records[place].verdict;
        let (text, field) = match line.rfind(ADDED) {
            Some(at) => (format!("{}}}", &line[..at]), &line[at + ADDED.len() - 1..line.len() - 1]),
            None => (line.to_owned(), "null"),
        };
        assert_eq!(<[u8; 32]>::from(Sha256::digest(&text)), self.digests[place], "changed on its way: {line}");
        let field: Value = serde_json::from_str(field).unwrap_or_default();
        let is_unjudged = field.get("unjudged").is_some();
        let is_due = match verdict {
            Verdict::Clean => field.is_null(),
            Verdict::Found => field.get("findings").is_some_and(|found| *found != Value::Array(Vec::new())),
            Verdict::Broken => is_unjudged,
        };
        assert!(is_due || is_unjudged, "neither its verdict nor marked: {line}");
        !is_due
    }

    /// Whether a record, as it was issued or with our field, begins so.
    fn is_begun(&self, torn: &str) -> bool {
        // It may have been killed in the midst of a character.
        let torn = torn.strip_suffix(char::REPLACEMENT_CHARACTER).unwrap_or(torn);
        self.records.iter().any(|record| {
            let open = record.text.strip_suffix('}').unwrap_or_default();
            record.text.starts_with(torn)
                || torn.strip_prefix(open).is_some_and(|rest| rest.starts_with(ADDED) || ADDED.starts_with(rest))
        })
    }
}

impl Came {
    /// How often records came again.
    pub fn twice(&self) -> usize {
        self.times.iter().map(|times| times.saturating_sub(1)).sum()
    }

    /// Rows of records that are missing.
    pub fn missing(&self) -> Vec<Range<usize>> {
        let mut rows: Vec<Range<usize>> = Vec::new();
        for (place, _) in self.times.iter().enumerate().filter(|(_, times)| **times == 0) {
            match rows.last_mut().filter(|row| row.end == place) {
                Some(row) => row.end += 1,
                None => rows.push(place..place + 1),
            }
        }
        rows
    }
}
