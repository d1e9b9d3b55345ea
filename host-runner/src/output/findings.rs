//! One line a finding, and one for each record that could not be judged (`--emit findings`).
//!
//! Takes judged pages; gives JSON lines that stand alone. What could not be judged is named by its place and digest,
//! and nothing of its content is repeated.

use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::finding::{hexadecimal, write_line, write_lines};
use super::{Delivery, Other, Output, Recorded, Stretch, send};
use crate::batch::Outcome;
use crate::framing::Kind;
use crate::metrics::Counters;
use crate::zone::Zone;

/// Writes findings.
#[derive(Debug)]
pub struct Findings<W> {
    to: W,
    zone: Option<Zone>,
    text: Vec<u8>,
    /// What stands in a record's place and goes on in the next page.
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    offset: u64,
    length: u64,
    digest: Sha256,
}

/// A record that nothing is known of but where it is.
#[derive(Serialize)]
struct Line<'a> {
    outcome: &'static str,
    reason: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    input: &'a str,
    offset: u64,
    length: u64,
    sha256: String,
}

impl<W: Write> Findings<W> {
    /// Writes to `to`, with the time of each event in that zone, too, if there is one.
    pub fn new(to: W, zone: Option<Zone>) -> Self {
        Self { to, zone, text: Vec::new(), open: None }
    }

    fn record(&mut self, record: &Recorded<'_>, input: &str) {
        let Some(mark) = record.mark else { return };
        let (outcome, reason) = match mark.outcome {
            Outcome::Flagged if !record.findings.is_empty() => {
                let zone = self.zone.as_ref();
                return write_lines(record.findings, &mark.event, zone, &record.text(), &mut self.text);
            }
            // The engine lets no such answer through; of another judge nobody knows.
            Outcome::Flagged => ("flagged", "findings"),
            Outcome::Unjudged => ("unjudged", mark.reason),
            Outcome::Malformed => ("malformed", "json"),
            Outcome::Clean | Outcome::NotCloudtrail => return,
        };
        let (offset, length) = (record.offset, record.bytes.len() as u64);
        let sha256 = hexadecimal(&Sha256::digest(record.bytes));
        write_line(&Line { outcome, reason, input, offset, length, sha256 }, &mut self.text);
    }

    fn other(&mut self, part: &Other<'_>, input: &str) {
        let (outcome, reason) = match part.kind {
            Kind::Malformed => ("malformed", "framing"),
            Kind::Oversized => ("oversized", "size"),
            Kind::Text | Kind::Element | Kind::Record | Kind::Tail => return,
        };
        let mut open =
            self.open.take().unwrap_or_else(|| Open { offset: part.offset, length: 0, digest: Sha256::new() });
        open.digest.update(part.bytes);
        open.length += part.bytes.len() as u64;
        if part.last {
            let sha256 = hexadecimal(&open.digest.finalize());
            let (offset, length) = (open.offset, open.length);
            write_line(&Line { outcome, reason, input, offset, length, sha256 }, &mut self.text);
        } else {
            self.open = Some(open);
        }
    }
}

impl<W: Write> Output for Findings<W> {
    fn write(&mut self, delivery: &Delivery<'_>, counters: &mut Counters) -> io::Result<()> {
        self.text.clear();
        for stretch in delivery.stretches() {
            match stretch {
                Stretch::Record(record) => self.record(&record, delivery.input()),
                Stretch::Other(part) => self.other(&part, delivery.input()),
                Stretch::Framing(_) => {}
            }
        }
        send(&mut self.to, &self.text, counters)
    }
}
