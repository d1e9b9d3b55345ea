//! Finds the poison in a batch that failed, so that its neighbours are judged as ever.
//!
//! Takes the batch and how it failed, gives an answer for every record. The batch goes one record a call until the
//! poison shows; the rest goes on as a batch once more, and if that fails too, one record a call to its end, since
//! poison comes in groups. It must not cost without bound: beyond the batch's allowance records stay unjudged, marked
//! as such, and the next batch begins with a fresh allowance.

use super::limits::{ISOLATION_FACTOR, RESTARTS_PER_BATCH};
use super::{Fault, Limits, answer};
use crate::batch::{Judged, Mark, Outcome, Records};
use serde::de::IgnoredAny;

/// Whoever calls a guest that a fault ends.
pub(super) trait Caller {
    fn limits(&self) -> &Limits;

    /// Whether there is an instance that no fault has ended.
    fn is_ready(&self) -> bool;

    /// Takes a fresh instance.
    fn restart(&mut self) -> Result<(), Fault>;

    /// Hands over a text of this many records; also says what fuel it took. A fault ends the instance.
    fn call(&mut self, text: &[u8], records: usize) -> (Result<Judged, Fault>, u64);

    /// Judges a batch, one record a call where it fails.
    fn judge_or_isolate(&mut self, records: &Records) -> Judged
    where
        Self: Sized,
    {
        if records.is_empty() {
            return Judged::default();
        }
        let started = if self.is_ready() { Ok(()) } else { self.restart() };
        match started.and_then(|()| self.call(records.text(), records.len()).0) {
            Ok(judged) => judged,
            Err(fault) => isolate(self, records, fault),
        }
    }
}

/// Judges what can be judged of a batch that failed in this way.
fn isolate(worker: &mut impl Caller, records: &Records, mut fault: Fault) -> Judged {
    let mut judged = Judged::default();
    let mut fuel_left = worker.limits().isolation_fuel(records.text().len());
    let mut output_left = worker.limits().output(records.text().len()).saturating_mul(ISOLATION_FACTOR as usize);
    let mut restarts_left = RESTARTS_PER_BATCH;
    let mut pace = Pace::UntilPoison;
    let mut next = 0;
    // A record that failed by itself would fail again.
    while next < records.len() && records.len() > 1 {
        let end = if pace == Pace::Together { records.len() } else { next + 1 };
        let text = records.slice(next..end);
        if worker.limits().fuel(text.len()) > fuel_left {
            break;
        }
        if !worker.is_ready() {
            let Some(fewer) = restarts_left.checked_sub(1) else { break };
            restarts_left = fewer;
            if let Err(failed) = worker.restart() {
                fault = failed;
                break;
            }
        }
        let (answer, spent) = worker.call(text, end - next);
        fuel_left = fuel_left.saturating_sub(spent);
        // Each call may say as much as a small batch; all together may not.
        let answer = answer.and_then(|part| {
            output_left = output_left.checked_sub(answer::written(&part)).ok_or(Fault::Output)?;
            Ok(part)
        });
        match answer {
            Ok(part) => append(&mut judged, next, part),
            Err(failed) => {
                fault = failed;
                if end - next > 1 {
                    pace = Pace::ToTheEnd;
                    continue;
                }
                append(&mut judged, next, unjudged(fault.reason()));
                if pace == Pace::UntilPoison {
                    pace = Pace::Together;
                }
            }
        }
        next = end;
    }
    for number in next..records.len() {
        append(&mut judged, number, unjudged(fault.reason()));
    }
    judged
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// One record a call: the poison is still ahead.
    UntilPoison,
    /// The poison was found: all the rest in one call.
    Together,
    /// There was more than one: one record a call, whatever shows.
    ToTheEnd,
}

/// The answer for records that are not handed to a detector, for a reason of the runner's own. What is no JSON is told
/// apart even so, as nothing may be added to it; what is no CloudTrail is not.
pub fn unjudged_all(reason: &'static str, records: &Records) -> Judged {
    let mut judged = Judged::default();
    for number in 0..records.len() {
        let one = if is_json(records.record(number)) { unjudged(reason) } else { malformed() };
        append(&mut judged, number, one);
    }
    judged
}

/// Whether this is one value of JSON, however deep. Passing over values takes no recursion and no memory but for a byte
/// a level.
fn is_json(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}

/// The answer for one record that is no JSON.
fn malformed() -> Judged {
    of_one(Outcome::Malformed, "", String::new())
}

/// The answer for one record that was not judged.
fn unjudged(reason: &'static str) -> Judged {
    of_one(Outcome::Unjudged, reason, answer::unjudged_annotation(reason))
}

fn of_one(outcome: Outcome, reason: &'static str, annotation: String) -> Judged {
    let mark = Mark { record: 0, outcome, reason, annotation, event: String::new() };
    let mut judged = Judged { marks: vec![mark], ..Judged::default() };
    judged.counts.add(outcome);
    judged
}

/// Adds the answer for the part of the batch that begins with this record.
fn append(judged: &mut Judged, first: usize, part: Judged) {
    judged.counts.merge(&part.counts);
    // Numbers of records are 32 bits wide at the boundary, so those of a part of its batch are as well.
    let first = u32::try_from(first).unwrap_or(u32::MAX);
    judged.suppressed.extend(part.suppressed);
    judged.copies.append(part.copies);
    judged.marks.extend(part.marks.into_iter().map(|mark| Mark { record: first.saturating_add(mark.record), ..mark }));
}
