//! Findings as one JSON document (`scan --format json`).
//!
//! Takes the lines that [`Findings`](crate::output::Findings) writes, gives `{"findings":[…],"counters":{…}}`. A line
//! is an element as it stands.

use crate::metrics::Counters;
use std::io::{self, Write};

pub(super) struct FindingsArray<W> {
    to: W,
    place: Place,
}

/// Where in the array the next byte goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    BeforeFirst,
    Within,
    Between,
}

impl<W: Write> FindingsArray<W> {
    pub(super) fn begin(mut to: W) -> io::Result<Self> {
        to.write_all(b"{\"findings\":[")?;
        Ok(Self { to, place: Place::BeforeFirst })
    }

    pub(super) fn end(mut self, counters: &Counters) -> io::Result<()> {
        let counters = serde_json::to_string(counters)?;
        writeln!(self.to, "\n],\n\"counters\":{counters}}}")
    }
}

impl<W: Write> Write for FindingsArray<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            match self.place {
                Place::BeforeFirst => self.to.write_all(b"\n")?,
                Place::Between => self.to.write_all(b",\n")?,
                Place::Within => {}
            }
            let (line, place) = match part.strip_suffix(b"\n") {
                Some(line) => (line, Place::Between),
                None => (part, Place::Within),
            };
            self.to.write_all(line)?;
            self.place = place;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
