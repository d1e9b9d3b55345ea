//! Everything that came in, with the one field where there is something to say (`--emit all`).
//!
//! Takes judged pages; gives the same bytes, with members added to records. Pages in which nothing is added are written
//! as they lie in memory.

use std::io::{self, Write};

use super::{Delivery, Output, Stretch, send};
use crate::metrics::Counters;
use crate::splice::Field;

/// Writes every byte that came in.
#[derive(Debug)]
pub struct Whole<W> {
    to: W,
    field: Field,
    text: Vec<u8>,
}

impl<W: Write> Whole<W> {
    /// Writes to `to`, adding that field.
    pub fn new(to: W, field: Field) -> Self {
        Self { to, field, text: Vec::new() }
    }
}

impl<W: Write> Output for Whole<W> {
    fn write(&mut self, delivery: &Delivery<'_>, counters: &mut Counters) -> io::Result<()> {
        if !delivery.adds_fields() {
            return send(&mut self.to, delivery.bytes(), counters);
        }
        self.text.clear();
        for stretch in delivery.stretches() {
            match stretch {
                Stretch::Record(record) => {
                    let existed = record.write_in_place(&self.field, &mut self.text);
                    counters.field_existed += u64::from(existed);
                }
                Stretch::Other(other) => self.text.extend_from_slice(other.bytes),
                Stretch::Framing(bytes) => self.text.extend_from_slice(bytes),
            }
        }
        send(&mut self.to, &self.text, counters)
    }
}
