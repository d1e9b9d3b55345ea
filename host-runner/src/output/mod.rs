//! Writes what came in, with what was found.
//!
//! Takes judged pages in the order of the input; gives bytes to a writer, in one of several forms with a file each. An
//! output decides what is written, never what is true: counting is not its work.

mod appended;
pub(crate) mod bypassed;
mod copies;
pub(crate) mod dead_letters;
mod delivery;
pub(crate) mod file;
mod finding;
mod findings;
pub(crate) mod http;
mod lines;
mod mmexternal;
mod omprog;
mod parquet;
pub(crate) mod surroundings;
mod values;
mod whole;

use std::io::{self, Write};

pub use appended::Appended;
pub use copies::Copied;
pub use delivery::{Delivery, Other, Recorded, Stretch};
pub use finding::Finding;
pub(crate) use finding::event_time;
pub use findings::Findings;
pub use lines::Lines;
pub use mmexternal::{InterfaceInput, Mmexternal};
pub use omprog::Omprog;
pub use parquet::Parquet;
pub(crate) use parquet::{ddl, is_row};
pub use values::Values;
pub use whole::Whole;

use crate::metrics::Counters;
use crate::splice::Field;
use crate::zone::Zone;

/// What is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emit {
    /// Everything that came in.
    #[default]
    All,
    /// The records that are flagged or unjudged, one a line.
    Flagged,
    /// One line a finding, and one for each record that could not be judged. The detector must have been told to
    /// answer events.
    Findings,
}

/// What is written, and how.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Which of it.
    pub emit: Emit,
    /// Whether each record is on a line of its own, without what stood around it; it makes no difference where records
    /// come one a line anyway.
    pub unwrap: bool,
    /// The field that records gain.
    pub field: Field,
    /// Where the clock hangs that findings show beside UTC, if there is one.
    pub zone: Option<Zone>,
}

/// Takes judged pages, in the order of the input.
pub trait Output {
    /// Writes what there is to write of one page. All of it has left when this returns.
    fn write(&mut self, delivery: &Delivery<'_>, counters: &mut Counters) -> io::Result<()>;
}

/// Writes nothing: for those who want the counters only.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Output for Nothing {
    fn write(&mut self, _: &Delivery<'_>, _: &mut Counters) -> io::Result<()> {
        Ok(())
    }
}

/// The output that writes to `to` in this form.
pub fn to<'a, W: Write + 'a>(to: W, Form { emit, unwrap, field, zone }: Form) -> Box<dyn Output + 'a> {
    match emit {
        Emit::All if unwrap => Box::new(Lines::of_everything(to, field)),
        Emit::All => Box::new(Whole::new(to, field)),
        Emit::Flagged => Box::new(Lines::of_flagged(to, field)),
        Emit::Findings => Box::new(Findings::new(to, zone)),
    }
}

/// Writes all of `bytes` now and counts them.
fn send(to: &mut impl Write, bytes: &[u8], counters: &mut Counters) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    to.write_all(bytes)?;
    to.flush()?;
    counters.bytes_out += bytes.len() as u64;
    Ok(())
}
