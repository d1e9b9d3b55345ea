//! The detector between two calls, and what becomes of it when a call does not come back.
//!
//! Takes a record, gives the answer. A trap ends a call wherever it stands, and the host goes on calling: what was half
//! done is left behind, and the next record is judged as ever, by a detector that stood by. It must not do so without
//! end.

use super::answer::{self, Place};
use super::heartbeat::Heartbeat;
use super::pack::Pack;
use std::cell::{Cell, OnceCell};
use trailsieve_core::Detector;
use trailsieve_core::record::one_line;

/// The longest record that is judged, as in the runner; CloudTrail's own stay below 256 KiB. Nothing but its length
/// bounds what a record costs here: core goes over its bytes a fixed number of times.
const MAX_RECORD: usize = 1 << 20;

/// How many detectors stand by. To load one takes more stack than Fluent Bit gives unless told otherwise, so that it is
/// done beforehand; each takes some 200 kB of the module.
const SPARES: usize = 2;

/// How often another detector takes over, then one that is loaded anew. A detector that traps more often is broken, and
/// what it left behind stays in memory.
const MAX_RESTARTS: u32 = 8;

thread_local! {
    /// Counted apart from the detector, so that it outlives a trap.
    static HEARTBEAT: Cell<Heartbeat> = const { Cell::new(Heartbeat::new()) };
    static RESTARTS: Cell<u32> = const { Cell::new(0) };
    static STAND_BY: Cell<Vec<Filter>> = const { Cell::new(Vec::new()) };
}

/// Where the filter stands.
pub(super) enum Filter {
    /// Nothing was loaded yet.
    New,
    Ready(Box<Ready>),
    /// A call judges. Who finds this at the beginning of a call knows that the last one trapped.
    Judging,
    /// A call loads the rules.
    Loading,
    /// There is no detector, and there will be none. Records pass, each marked.
    GivenUp,
}

pub(super) struct Ready {
    detector: Detector,
    heartbeat: u32,
}

impl Filter {
    pub(super) const fn new() -> Self {
        Self::New
    }

    /// With these rules, and others of the kind to stand by; `None` if the rules are refused.
    pub(super) fn prepared(pack: &Pack) -> Option<Self> {
        STAND_BY.set((0..SPARES).map(|_| Self::loaded(pack)).collect::<Option<_>>()?);
        Self::loaded(pack)
    }

    fn loaded(pack: &Pack) -> Option<Self> {
        let detector = pack.load()?;
        Some(Self::Ready(Box::new(Ready { detector, heartbeat: pack.heartbeat })))
    }

    /// The same, ready to judge. `about_to_load` is called before anything is loaded.
    pub(super) fn ready(self, pack: &OnceCell<Pack>, about_to_load: impl FnOnce()) -> Self {
        match self {
            Self::Ready(_) => return self,
            Self::New => {}
            Self::Judging => {
                update(Heartbeat::count_restart);
                if RESTARTS.replace(RESTARTS.get().saturating_add(1)) >= MAX_RESTARTS {
                    return Self::GivenUp;
                }
                let mut others = STAND_BY.take();
                let next = others.pop();
                STAND_BY.set(others);
                if let Some(next) = next {
                    return next;
                }
            }
            Self::Loading | Self::GivenUp => return Self::GivenUp,
        }
        about_to_load();
        Self::loaded(pack.get_or_init(Pack::default)).unwrap_or(Self::GivenUp)
    }

    /// Judges a record. Appends the record with its field; whether there is anything to add.
    pub(super) fn judge(mut self, record: &[u8], seconds: u32, answer: &mut Vec<u8>) -> (Self, bool) {
        let is_made = match &mut self {
            Self::Ready(ready) => ready.judge(record, seconds, answer),
            _ => answer::with(record, &Place::itself(record), answer::TRAPPED, answer),
        };
        (self, is_made)
    }
}

impl Ready {
    fn judge(&mut self, record: &[u8], seconds: u32, answer: &mut Vec<u8>) -> bool {
        if record.len() > MAX_RECORD {
            update(|heartbeat| heartbeat.count(None));
            return false;
        }
        let text = one_line(record);
        let Some((place, outcome, mut annotation)) = answer::judged(&text, &mut self.detector) else {
            return false;
        };
        update(|heartbeat| heartbeat.count(Some(outcome)));
        let Some(place) = place else { return false };
        if let Some(member) = update(|heartbeat| heartbeat.member(seconds, self.heartbeat)) {
            answer::add_member(&mut annotation, &member);
        }
        !annotation.is_empty() && answer::with(record, &place, &annotation, answer)
    }
}

fn update<T>(change: impl FnOnce(&mut Heartbeat) -> T) -> T {
    let mut heartbeat = HEARTBEAT.get();
    let answer = change(&mut heartbeat);
    HEARTBEAT.set(heartbeat);
    answer
}
