//! One value of the input a line: each record with what is around it, but not the list or document in which it came.
//!
//! Takes a judged page that stands alone, and where its values stood before records were found within them; gives lines
//! with the one field where there is something to say. Line breaks within a value become spaces, as they mean nothing
//! in JSON; what is no JSON is written as it came.

use std::io::{self, Write};

use super::{Delivery, Output, Stretch, send};
use crate::batch::Outcome;
use crate::framing::{Item, Kind};
use crate::metrics::Counters;
use crate::splice::Field;

/// Writes values.
#[derive(Debug)]
pub struct Values<'v, W> {
    to: W,
    field: Field,
    /// What the framer found in the page.
    values: &'v [Item],
    flagged_only: bool,
}

impl<'v, W: Write> Values<'v, W> {
    /// All values of a page.
    pub fn of_everything(to: W, field: Field, values: &'v [Item]) -> Self {
        Self { to, field, values, flagged_only: false }
    }

    /// The values that hold flagged or unjudged records.
    pub fn of_flagged(to: W, field: Field, values: &'v [Item]) -> Self {
        Self { flagged_only: true, ..Self::of_everything(to, field, values) }
    }
}

/// The line that is being written.
struct Line {
    start: usize,
    matters: bool,
    /// Something in it is no JSON.
    is_broken: bool,
}

impl<W: Write> Output for Values<'_, W> {
    fn write(&mut self, delivery: &Delivery<'_>, counters: &mut Counters) -> io::Result<()> {
        let mut text = Vec::with_capacity(delivery.bytes().len() + delivery.bytes().len() / 4);
        let mut line = Line { start: 0, matters: false, is_broken: false };
        let mut values = self.values.iter().filter(|item| item.kind != Kind::Tail).peekable();
        let mut at = 0;
        for stretch in delivery.stretches() {
            let from = at;
            match stretch {
                Stretch::Framing(bytes) => {
                    at += bytes.len();
                    // What stands around values is left out, what stands in one is not.
                    while let Some(value) = values.peek().filter(|value| value.start < at) {
                        let part = value.start.max(from) - from..value.end.min(at) - from;
                        text.extend_from_slice(bytes.get(part).unwrap_or_default());
                        if value.end > at {
                            break;
                        }
                        let ends = value.last;
                        values.next();
                        if ends {
                            self.end(&mut line, &mut text);
                        }
                    }
                    continue;
                }
                Stretch::Record(record) => {
                    at += record.bytes.len();
                    line.matters |= matches!(record.outcome(), Outcome::Flagged | Outcome::Unjudged);
                    line.is_broken |= record.outcome() == Outcome::Malformed;
                    let existed = record.write_in_place(&self.field, &mut text);
                    counters.field_existed += u64::from(existed);
                }
                Stretch::Other(other) => {
                    at += other.bytes.len();
                    let is_within_json =
                        values.peek().is_some_and(|value| matches!(value.kind, Kind::Record | Kind::Element));
                    line.is_broken |= other.kind != Kind::Text || !is_within_json;
                    text.extend_from_slice(other.bytes);
                }
            }
            let ends = match values.peek() {
                Some(value) if value.start <= from => value.end <= at && values.next().is_some_and(|value| value.last),
                // It stands behind a list, and no value is around it.
                _ => true,
            };
            if ends {
                self.end(&mut line, &mut text);
            }
        }
        if text.len() > line.start {
            self.end(&mut line, &mut text);
        }
        send(&mut self.to, &text, counters)
    }
}

impl<W> Values<'_, W> {
    fn end(&self, line: &mut Line, text: &mut Vec<u8>) {
        if self.flagged_only && !line.matters {
            text.truncate(line.start);
        } else {
            if !line.is_broken {
                let breaks = text.iter_mut().skip(line.start).filter(|byte| matches!(byte, b'\n' | b'\r'));
                breaks.for_each(|byte| *byte = b' ');
            }
            text.push(b'\n');
        }
        *line = Line { start: text.len(), matters: false, is_broken: false };
    }
}
