//! What records were converted to, one JSON object a line.
//!
//! Takes pages that a converter has answered; gives its lines as they are.

use std::io::{self, Write};

use super::{Delivery, Output, send};
use crate::metrics::Counters;

/// Writes converted copies.
#[derive(Debug)]
pub struct Copied<W> {
    to: W,
}

impl<W: Write> Copied<W> {
    /// Writes to `to`.
    pub fn new(to: W) -> Self {
        Self { to }
    }
}

impl<W: Write> Output for Copied<W> {
    fn write(&mut self, delivery: &Delivery<'_>, counters: &mut Counters) -> io::Result<()> {
        send(&mut self.to, delivery.copies().lines.as_bytes(), counters)
    }
}
