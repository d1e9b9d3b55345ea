//! One harness for all ways: records go through while something goes wrong, and at the end they are counted.
//!
//! Takes the name of a way and of a fault; gives what was issued and what came, which are compared with what
//! `tests/nothing_lost.tsv` promises. A way only carries: it must not judge what came.
#![expect(clippy::panic, reason = "a way that the harness does not know is a test that fails")]

mod chance;
mod counting;
mod dialects;
mod fifo;
mod flow;
mod pipe;
mod promises;
mod records;
mod sinks;
mod sources;

use flow::{End, through_service};

pub use chance::Chance;
pub use counting::{Came, Issued};
pub use promises::{Allowed, Promise};
pub use records::{Record, Verdict};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Trailsieve is killed, several times, each time at another moment.
    Kill,
    /// Whoever takes the records stops for a while; over HTTP it then goes away in the midst of a request.
    Stopped,
    /// Whoever takes the records takes few at a time.
    Slow,
    /// Whoever sends the records ends in the midst of one and starts again.
    Restarted,
    /// There is no room where records, or those that are refused, are written.
    DiskFull,
}

impl Fault {
    /// The fault that the table calls so.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "trailsieve is killed" => Self::Kill,
            "downstream is stopped" => Self::Stopped,
            "downstream is slow" => Self::Slow,
            "the sender is restarted" => Self::Restarted,
            "the disk is full" => Self::DiskFull,
            _ => return None,
        })
    }
}

/// One run that has ended.
pub struct Trial {
    /// The records.
    pub issued: Issued,
    /// All bytes that arrived.
    pub written: Vec<u8>,
    /// Records that the other side declined and that were kept, a line each.
    pub kept_aside: Vec<u8>,
    /// How often something went wrong.
    pub faults: usize,
}

/// Sends records through the way of this name, while this goes wrong.
pub fn through(way: &str, fault: Fault, chance: &mut Chance) -> Trial {
    match way {
        "pipe" => pipe::run(fault, chance),
        "omprog" => dialects::omprog(fault, chance),
        "mmexternal" => dialects::mmexternal(fault, chance),
        "http to http" => through_service(End::Http, End::Http, fault, chance),
        "http to file" => through_service(End::Http, End::File, fault, chance),
        "file to http" => through_service(End::File, End::Http, fault, chance),
        "file to file" => through_service(End::File, End::File, fault, chance),
        _ => panic!("there is no way {way}"),
    }
}
