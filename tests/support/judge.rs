//! Judges that know their answers beforehand, for tests of what happens around a detector.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use trailsieve::batch::{Judge, Judged, Mark, Outcome, Records};

/// What the judge adds; no record of a test holds it.
pub const ANNOTATION: &str = "{\"v\":1,\"by\":\"the judge of the tests\"}";

/// Marks records by a word in them: `FLAG`, `NOTE`, `UNJUDGED`, `MALFORMED`. `SLOW` takes some time.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByWord {
    /// Answered for flagged records.
    pub annotation: Option<&'static str>,
    /// Answered for flagged records.
    pub event: &'static str,
}

impl ByWord {
    /// As many of them as workers are wanted.
    pub fn workers(self, count: usize) -> Vec<Box<dyn Judge>> {
        (0..count).map(|_| -> Box<dyn Judge> { Box::new(self) }).collect()
    }
}

impl Judge for ByWord {
    fn judge(&mut self, records: &Records) -> Judged {
        let mut judged = Judged::default();
        for number in 0..records.len() {
            let record = String::from_utf8_lossy(records.record(number)).into_owned();
            if record.contains("SLOW") {
                sleep(Duration::from_millis(1));
            }
            let outcome = match () {
                () if record.contains("FLAG") => Outcome::Flagged,
                () if record.contains("UNJUDGED") => Outcome::Unjudged,
                () if record.contains("MALFORMED") => Outcome::Malformed,
                () => Outcome::Clean,
            };
            judged.counts.add(outcome);
            let annotation = match outcome {
                Outcome::Flagged => self.annotation.unwrap_or(ANNOTATION),
                Outcome::Unjudged => "{\"v\":1,\"unjudged\":\"fuel\"}",
                Outcome::Clean if record.contains("NOTE") => ANNOTATION,
                // A foreign detector may say so; nothing may come of it.
                Outcome::Malformed => ANNOTATION,
                _ => "",
            };
            if outcome == Outcome::Clean && annotation.is_empty() {
                continue;
            }
            judged.marks.push(Mark {
                record: number as u32,
                outcome,
                reason: if outcome == Outcome::Unjudged { "fuel" } else { "" },
                annotation: annotation.to_owned(),
                event: if outcome == Outcome::Flagged { self.event.to_owned() } else { String::new() },
            });
        }
        judged
    }
}

/// Lets another judge judge, and keeps what that was given.
#[derive(Clone, Debug, Default)]
pub struct Listening<J> {
    /// Who judges.
    pub judge: J,
    heard: Arc<Mutex<Vec<String>>>,
}

impl<J> Listening<J> {
    /// The records so far, as they were handed over.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<J: Judge> Judge for Listening<J> {
    fn judge(&mut self, records: &Records) -> Judged {
        let texts = (0..records.len()).map(|number| String::from_utf8_lossy(records.record(number)).into_owned());
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).extend(texts);
        self.judge.judge(records)
    }
}
