//! One worker: takes pages off the queue, judges them, hands them on.
//!
//! What waits too long, or what a broken detector cannot judge anyway, passes marked instead, if the operator wants
//! it so.

use super::breaker::{Breaker, Change};
use super::queue::{Job, Queue};
use crate::batch::{Judge, Judged, Records};
use crate::engine::{Fault, unjudged_all};
use crate::framing::{Forms, Item};
use crate::log::{self, Level};
use crate::metrics::Metrics;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// Why records pass that were not handed to the detector.
pub(crate) const OVERLOAD: &str = "overload";
pub(crate) const BREAKER: &str = "breaker";

/// A judged page.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) job: Job,
    /// What the framer found, before records were looked for within it.
    pub(crate) values: Vec<Item>,
    pub(crate) judged: Judged,
}

/// What all workers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) queue: Arc<Queue>,
    pub(crate) breaker: Arc<Breaker>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) forms: Forms,
    /// After how long a wait records pass unjudged.
    pub(crate) bypass_after: Option<Duration>,
}

/// The work of one worker, until the queue is closed and empty.
pub(crate) fn work(shared: &Shared, done: &Sender<Done>) {
    let mut records = Records::new();
    let mut judge: Option<(u64, Box<dyn Judge>)> = None;
    while let Some(mut job) = shared.queue.next() {
        let generation = &job.generation;
        if judge.as_ref().is_none_or(|(number, _)| *number != generation.number) {
            judge = generation.judge().map(|judge| (generation.number, judge));
        }
        let values = job.work.page.items.clone();
        records.clear();
        job.work.page.open(&shared.forms, |record| records.push(record));
        let judged = match &mut judge {
            _ if records.is_empty() => Judged::default(),
            _ if shared.bypass_after.is_some_and(|after| job.since.elapsed() > after) => {
                unjudged_all(OVERLOAD, &records)
            }
            Some((_, judge)) => shared.judge(judge.as_mut(), &records),
            // There is one for each worker, so this is a fault of ours; nothing may be lost by it.
            None => unjudged_all(Fault::Contract.reason(), &records),
        };
        shared.metrics.judged_within.observe(job.since.elapsed().as_secs_f64());
        if done.send(Done { job, values, judged }).is_err() {
            return;
        }
    }
}

impl Shared {
    fn judge(&self, judge: &mut dyn Judge, records: &Records) -> Judged {
        if !self.breaker.admits(Instant::now()) {
            return unjudged_all(BREAKER, records);
        }
        let before = judge.fuel();
        let judged = judge.judge(records);
        let burnt = judge.fuel().saturating_sub(before);
        #[expect(clippy::cast_precision_loss, reason = "buckets are powers of four")]
        self.metrics.fuel.observe(burnt as f64);
        match self.breaker.judged(is_failure(&judged), Instant::now()) {
            Some(Change::Opened) => {
                self.metrics.breaker_open.set(1);
                log::event(Level::Error, "breaker_opened", &[("why", &"the detector fails on every batch")]);
            }
            Some(Change::Closed) => {
                self.metrics.breaker_open.set(0);
                log::event(Level::Info, "breaker_closed", &[]);
            }
            None => {}
        }
        judged
    }
}

/// Whether the detector failed on all of a batch. What it declines by itself is no failure.
fn is_failure(judged: &Judged) -> bool {
    judged.counts.unjudged == judged.counts.sum() && judged.marks.iter().all(|mark| is_fault(mark.reason))
}

/// Whether a detector that failed is the reason.
pub(crate) fn is_fault(reason: &str) -> bool {
    let faults = [Fault::Fuel, Fault::Trap, Fault::Memory, Fault::Output, Fault::Contract];
    reason == BREAKER || faults.iter().any(|fault| fault.reason() == reason)
}
