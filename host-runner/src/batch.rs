//! One batch as it crosses to the detector, and what comes back of it.
//!
//! Takes the bytes of whole records; gives the text that the detector reads (records joined by line feeds) and the
//! types of its answer. It must not look into a record: that a line feed within one becomes a carriage return is all
//! that happens to the bytes, and it happens to the detector's copy only.

use std::ops::Range;

/// The records of one batch, in the form in which the detector reads them.
#[derive(Clone, Debug, Default)]
pub struct Records {
    text: Vec<u8>,
    /// Where each record ends in `text`; the line feed after it is not counted.
    ends: Vec<usize>,
}

impl Records {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends one record. A line feed within it becomes a carriage return: same length, same validity.
    pub fn push(&mut self, record: &[u8]) {
        if !self.ends.is_empty() {
            self.text.push(b'\n');
        }
        let start = self.text.len();
        self.text.extend_from_slice(record);
        if let Some(copy) = self.text.get_mut(start..) {
            replace_line_feeds(copy);
        }
        self.ends.push(self.text.len());
    }

    /// Forgets the records and keeps the memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// All records, joined by line feeds, none after the last.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of one record; empty if there is none of that number.
    pub fn record(&self, number: usize) -> &[u8] {
        self.slice(number..number.saturating_add(1))
    }

    /// The text of several records that follow each other, joined as in `text`: a smaller batch without a copy. The
    /// part of the range that lies beyond the last record is ignored.
    pub fn slice(&self, numbers: Range<usize>) -> &[u8] {
        let last = numbers.end.min(self.ends.len());
        if numbers.start >= last {
            return &[];
        }
        let start = match numbers.start.checked_sub(1).and_then(|before| self.ends.get(before)) {
            Some(end) => end + 1,
            None => 0,
        };
        let end = self.ends.get(last - 1).copied().unwrap_or_default();
        self.text.get(start..end).unwrap_or_default()
    }
}

fn replace_line_feeds(text: &mut [u8]) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\n', rest) {
        let (head, tail) = rest.split_at_mut(at + 1);
        if let Some(line_feed) = head.last_mut() {
            *line_feed = b'\r';
        }
        rest = tail;
    }
}

/// What became of one record that was handed to the detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Judged; no rule matched.
    Clean,
    /// Judged; at least one finding.
    Flagged,
    /// Valid or not, nobody knows: a limit or a fault kept it from judging.
    Unjudged,
    /// Begins like JSON and is none.
    Malformed,
    /// Something else than a CloudTrail record.
    NotCloudtrail,
}

/// What there is to say of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its number in the batch, counted from 0.
    pub record: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it is unjudged: `fuel`, `trap`, `memory`, `output`, `contract` or `depth`; `overload` or `breaker` where the
    /// service did not ask the detector; `detector` where that gives a reason that the host does not know, or none;
    /// `refused` where a converter has no form for it. Empty for any other outcome.
    pub reason: &'static str,
    /// One JSON object on one line, to be added to the record; empty: nothing to add.
    pub annotation: String,
    /// One JSON object on one line that tells which event this is; empty unless the record is flagged and the
    /// detector was asked for it.
    pub event: String,
}

/// How many records had each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Judged, no rule matched.
    pub clean: u64,
    /// Judged, at least one finding.
    pub flagged: u64,
    /// Kept from being judged.
    pub unjudged: u64,
    /// Not JSON, though it begins like it.
    pub malformed: u64,
    /// Something else than a CloudTrail record.
    pub not_cloudtrail: u64,
}

impl Counts {
    /// The number of records that these counts speak of.
    pub fn sum(&self) -> u64 {
        self.clean + self.flagged + self.unjudged + self.malformed + self.not_cloudtrail
    }

    /// Counts one more record.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Clean => self.clean += 1,
            Outcome::Flagged => self.flagged += 1,
            Outcome::Unjudged => self.unjudged += 1,
            Outcome::Malformed => self.malformed += 1,
            Outcome::NotCloudtrail => self.not_cloudtrail += 1,
        }
    }

    /// Counts all records of another batch.
    pub fn merge(&mut self, other: &Self) {
        self.clean += other.clean;
        self.flagged += other.flagged;
        self.unjudged += other.unjudged;
        self.malformed += other.malformed;
        self.not_cloudtrail += other.not_cloudtrail;
    }
}

/// Matches of a rule that are no findings, because a filter or an override says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The rule's name.
    pub rule: String,
    /// Who says so, as the detector's manifest lists it.
    pub source: String,
    /// In how many records.
    pub count: u32,
}

/// What records were converted to, where that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// JSON objects, one a line, each line with its end; those of one record behind each other, records in their order.
    pub lines: String,
    /// Why the first of those was refused that a converter has no form for.
    pub refusal: Option<String>,
}

impl Copies {
    /// Appends those of later records.
    pub(crate) fn append(&mut self, other: Self) {
        self.lines.push_str(&other.lines);
        self.refusal = self.refusal.take().or(other.refusal);
    }
}

/// The answer for one batch.
///
/// Whoever makes one has checked it: the sum of the counts is the number of records; marks ascend, at most one a
/// record; every flagged, unjudged and malformed record has one; an annotation or event is one JSON object on one line
/// or empty; nothing was suppressed in more records than there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// How many records had each outcome.
    pub counts: Counts,
    /// What there is to say, in the order of the records.
    pub marks: Vec<Mark>,
    /// What was suppressed. A batch that was judged in parts may name a rule and source once a part.
    pub suppressed: Vec<Suppression>,
    /// What a converter made of the records. It judges nothing: what it converts is clean, and what it cannot convert is
    /// unjudged.
    pub copies: Copies,
}

/// Judges batches; each worker has its own.
pub trait Judge: Send {
    /// Judges one batch. It never fails: a record that cannot be judged comes back as unjudged, the others as ever.
    fn judge(&mut self, records: &Records) -> Judged;

    /// The fuel that it burnt in all so far, where that is known.
    fn fuel(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::Records;

    #[test]
    fn records_are_joined_by_line_feeds_and_hold_none() {
        let mut records = Records::new();
        for record in ["{\"a\":\n1}", "", "{\r\n\n}"] {
            records.push(record.as_bytes());
        }
        assert_eq!(records.text(), b"{\"a\":\r1}\n\n{\r\r\r}");
        assert_eq!(records.len(), 3);
        assert_eq!(records.record(0), b"{\"a\":\r1}");
        assert_eq!(records.record(1), b"");
        assert_eq!(records.slice(1..9), b"\n{\r\r\r}");
        assert_eq!(records.slice(0..3), records.text());
        assert_eq!(records.record(3), b"");
    }
}
