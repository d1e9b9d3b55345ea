//! One record a line: all of them (`--unwrap`) or those that matter (`--emit flagged`).
//!
//! Takes judged pages; gives records with their field, each on a line of its own, without the envelope around them and
//! as JSON even where they came as text within a string. In valid JSON a line break is white space, so it becomes a
//! space; what is not valid is written as it came, for nobody can say what a line break means in it.

use std::io::{self, Write};

use super::{Delivery, Output, Recorded, Stretch, send};
use crate::batch::Outcome;
use crate::metrics::Counters;
use crate::splice::Field;

/// Writes one record a line.
#[derive(Debug)]
pub struct Lines<W> {
    to: W,
    field: Field,
    which: Which,
    text: Vec<u8>,
    /// The last line lacks its end, because more of it follows.
    line_is_open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Everything,
    Flagged,
}

impl<W: Write> Lines<W> {
    /// Every record, and what stands in a record's place.
    pub fn of_everything(to: W, field: Field) -> Self {
        Self { to, field, which: Which::Everything, text: Vec::new(), line_is_open: false }
    }

    /// Flagged records, and unjudged ones: what was not looked at must not look clean.
    pub fn of_flagged(to: W, field: Field) -> Self {
        Self { which: Which::Flagged, ..Self::of_everything(to, field) }
    }

    fn record(&mut self, record: &Recorded<'_>, counters: &mut Counters) {
        let start = self.text.len();
        let text = record.text();
        if record.annotation().is_empty() {
            self.text.extend_from_slice(&text);
        } else {
            let existed = self.field.add(&text, record.annotation(), &mut self.text);
            counters.field_existed += u64::from(existed);
        }
        if record.outcome() != Outcome::Malformed {
            for byte in self.text.iter_mut().skip(start) {
                if matches!(byte, b'\n' | b'\r') {
                    *byte = b' ';
                }
            }
        }
        self.text.push(b'\n');
    }
}

impl<W: Write> Output for Lines<W> {
    fn write(&mut self, delivery: &Delivery<'_>, counters: &mut Counters) -> io::Result<()> {
        self.text.clear();
        for stretch in delivery.stretches() {
            match stretch {
                Stretch::Record(record) => {
                    let matters = matches!(record.outcome(), Outcome::Flagged | Outcome::Unjudged);
                    if matters || self.which == Which::Everything {
                        self.record(&record, counters);
                    }
                }
                Stretch::Other(other) if self.which == Which::Everything => {
                    self.text.extend_from_slice(other.bytes);
                    self.line_is_open |= !other.bytes.is_empty();
                    if other.last && self.line_is_open {
                        self.text.push(b'\n');
                        self.line_is_open = false;
                    }
                }
                Stretch::Other(_) | Stretch::Framing(_) => {}
            }
        }
        send(&mut self.to, &self.text, counters)
    }
}
