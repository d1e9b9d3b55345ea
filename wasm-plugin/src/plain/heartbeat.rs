//! When to say that the filter lives, and what it has done so far.
//!
//! Takes what became of each record, gives a member for the annotation of one record now and then: a filter that stands
//! still falls silent, which nobody sees of a filter that speaks of findings alone.

use trailsieve_core::Outcome;

/// A heartbeat comes after so many records at the latest, should their times stand still or lie in the future.
const RECORDS: u64 = 100_000;

/// What became of the records.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heartbeat {
    records: u64,
    flagged: u64,
    unjudged: u64,
    malformed: u64,
    oversized: u64,
    not_cloudtrail: u64,
    restarts: u64,
    /// The time and the number of records from which on the next one is due.
    due_at: (u32, u64),
}

impl Heartbeat {
    pub(super) const fn new() -> Self {
        Self {
            records: 0,
            flagged: 0,
            unjudged: 0,
            malformed: 0,
            oversized: 0,
            not_cloudtrail: 0,
            restarts: 0,
            due_at: (0, 0),
        }
    }

    /// Counts a record. `None`: it is too large to be judged.
    pub(super) fn count(&mut self, outcome: Option<Outcome>) {
        self.records += 1;
        match outcome {
            Some(Outcome::Clean) => {}
            Some(Outcome::Flagged) => self.flagged += 1,
            Some(Outcome::Unjudged) => self.unjudged += 1,
            Some(Outcome::Malformed) => self.malformed += 1,
            Some(Outcome::NotCloudtrail) => self.not_cloudtrail += 1,
            None => self.oversized += 1,
        }
    }

    /// Counts a call that did not come back.
    pub(super) fn count_restart(&mut self) {
        self.restarts += 1;
    }

    /// The member, if it is due at this time.
    pub(super) fn member(&mut self, seconds: u32, every: u32) -> Option<String> {
        let (time, records) = self.due_at;
        if every == 0 || (seconds < time && self.records < records) {
            return None;
        }
        self.due_at = (seconds.saturating_add(every), self.records.saturating_add(RECORDS));
        let Self { records, flagged, unjudged, malformed, oversized, not_cloudtrail, restarts, .. } = self;
        Some(format!(
            "\"heartbeat\":{{\"records\":{records},\"flagged\":{flagged},\"unjudged\":{unjudged},\
             \"malformed\":{malformed},\"oversized\":{oversized},\"not_cloudtrail\":{not_cloudtrail},\
             \"restarts\":{restarts}}}"
        ))
    }
}
