//! Puts judged pages back into their order, counts them, and hands each output what it is to write.

use super::budget::Held;
use super::share::Share;
use super::stop::Stop;
use super::worker::{Done, is_fault};
use crate::batch::Outcome;
use crate::config::typed::{Emit, OnFailure};
use crate::framing::{Item, Kind, Page, event_time, said_within};
use crate::log::{self, Level, seconds_of};
use crate::metrics::{Counters, Metrics};
use crate::output::{Delivery, Finding, Findings, Lines, Output, Values, bypassed};
use crate::splice::Field;
use crate::zone::Zone;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc::UnboundedSender;

/// Lines for an output, and who waits for them.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) text: Vec<u8>,
    pub(crate) share: Share,
    /// Keeps the room that the lines take.
    pub(crate) held: Arc<Held>,
}

/// The way to an output.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) inputs: BTreeSet<String>,
    pub(crate) emit: Emit,
    pub(crate) unwrap: bool,
    pub(crate) to: UnboundedSender<Parcel>,
}

pub(crate) struct Collector {
    pub(crate) ways: Vec<Way>,
    pub(crate) field: Field,
    pub(crate) zone: Option<Zone>,
    pub(crate) on_failure: OnFailure,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) stop: Arc<Stop>,
}

impl Collector {
    /// Until all workers have ended.
    pub(crate) fn run(self, judged: &Receiver<Done>) {
        let mut early: BTreeMap<u64, Done> = BTreeMap::new();
        let mut next = 0;
        while let Ok(done) = judged.recv() {
            early.insert(done.job.number, done);
            while let Some(done) = early.remove(&next) {
                next += 1;
                self.deliver(done);
            }
        }
    }

    fn deliver(&self, done: Done) {
        let Done { job, values, judged } = done;
        let work = job.work;
        let delivery = Delivery::new(&work.input, &work.page, &judged);
        self.metrics.count(|counters| {
            counters.bytes_in += work.page.bytes().len() as u64;
            counters.count_items(&work.page.items);
            counters.count_judged(&judged);
            delivery.findings().for_each(|finding: &Finding<'_>| counters.count_finding(finding));
        });
        let unjudged: Vec<&str> =
            judged.marks.iter().filter(|mark| mark.outcome == Outcome::Unjudged).map(|mark| mark.reason).collect();
        if let Some(reason) = unjudged.first() {
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("input", &work.input), ("records", &unjudged.len()), ("reason", reason)];
            log::event(Level::Warn, "unjudged", &values);
        }
        if self.on_failure == OnFailure::Closed && unjudged.iter().any(|reason| is_fault(reason)) {
            log::event(Level::Error, "stopped", &[("why", &"the detector failed, and on_failure is closed")]);
            self.stop.because_of_failure();
        }
        if self.stop.is_failed() {
            // Nothing is acknowledged that comes behind what was not delivered.
            return;
        }
        self.observe_lag(&work.page);
        let held = Arc::new(work.held);
        for way in self.ways.iter().filter(|way| way.inputs.contains(&*work.input)) {
            let share = work.share.another();
            match self.lines(way, &delivery, &values) {
                Ok(text) if text.is_empty() => share.delivered(),
                // An output that has ended delivers nothing more; the share that comes back says so.
                Ok(text) => drop(way.to.send(Parcel { text, share, held: Arc::clone(&held) })),
                Err(_) => drop(share),
            }
        }
        work.share.delivered();
    }

    /// What an output is to write of a page. Writing to memory does not fail.
    fn lines(&self, way: &Way, delivery: &Delivery<'_>, values: &[Item]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        let mut counters = Counters::default();
        let field = self.field.clone();
        match (way.emit, way.unwrap) {
            (Emit::All, false) => Values::of_everything(&mut text, field, values).write(delivery, &mut counters)?,
            (Emit::Flagged, false) => Values::of_flagged(&mut text, field, values).write(delivery, &mut counters)?,
            (Emit::All, true) => Lines::of_everything(&mut text, field).write(delivery, &mut counters)?,
            (Emit::Flagged, true) => Lines::of_flagged(&mut text, field).write(delivery, &mut counters)?,
            (Emit::Findings, _) => {
                Findings::new(&mut text, self.zone.clone()).write(delivery, &mut counters)?;
                bypassed::write(delivery, &mut text);
            }
        }
        Ok(text)
    }

    /// How old the last event of the page is that tells its time, whatever was found in it.
    fn observe_lag(&self, page: &Page) {
        let records = page.items.iter().rev().filter(|item| item.kind == Kind::Record);
        let time = |item| seconds_of(event_time(&said_within(page.item(item), item.level))?);
        let Some(then) = records.filter_map(time).next() else { return };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.metrics.lag.set(i64::try_from(now).unwrap_or(i64::MAX).saturating_sub(then));
    }
}
