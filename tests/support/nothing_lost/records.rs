//! The records that go through: what they hold is what parsers like to change, and what each of them must be told.

use super::Chance;

/// What the detector must say of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Clean,
    /// That there is something.
    Found,
    /// Nothing, as it breaks on it; the record must be marked.
    Broken,
}

/// One record that is sent.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its `eventID`: `sender-number`, where several send.
    pub id: String,
    /// All of it, on one line.
    pub text: String,
    /// What must be said of it.
    pub verdict: Verdict,
}

/// What all records begin with, and nothing within one does.
pub(super) const BEGINNING: &str = "{\"eventVersion\"";

/// What makes the other side decline a record, where a trial wants that.
pub(super) const UNWANTED: &str = "unwanted";

/// So many records of one sender, of several lengths. The detector is the guest that finds something in what has a `!`
/// and breaks on a `~`.
pub(super) fn of_sender(sender: usize, number: usize, chance: &mut Chance) -> Vec<Record> {
    (0..number).map(|number| record(sender, number, chance)).collect()
}

fn record(sender: usize, number: usize, chance: &mut Chance) -> Record {
    let (verdict, mark) = match number % 97 {
        13 => (Verdict::Broken, "~"),
        one if one % 5 == 0 => (Verdict::Found, "!"),
        51 => (Verdict::Clean, UNWANTED),
        _ => (Verdict::Clean, ""),
    };
    let id = format!("{sender}-{number:06}");
    let bulk = "x".repeat(chance.between(0, if number % 50 == 49 { 3_000 } else { 300 }));
    let space = if number.is_multiple_of(3) { " " } else { "" };
    let text = format!(
        r#"{BEGINNING}:"1.11","eventSource":"s3.amazonaws.com", "eventTime":"2026-11-09T08:42:02Z","z":1.0,"n":1e2,"requestParameters":{{"key":"\u00e9é\/ \"x\" \\","bulk":"{bulk}","mark":"{mark}"}},"eventID":"{id}"{space}}}"#
    );
    Record { id, text, verdict }
}
