//! One confirmation for each line, as rsyslog's `omprog` waits for it with `confirmMessages` (`--dialect omprog`).
//!
//! Takes judged pages; gives what another output makes of them to a file, and `OK` for each line feed that came in once
//! its line has been written there, or else why not: then rsyslog keeps the line and sends it again. A line that breaks
//! off where the input ends was never confirmed, so that it is not written either.

use std::cell::RefCell;
use std::io::{self, Write};
use std::mem;
use std::rc::Rc;

use super::{Appended, Delivery, Form, Output, to};
use crate::metrics::Counters;

/// What rsyslog writes before and after the messages of a transaction, unless it is told otherwise.
const MARKS: [&[u8]; 2] = [b"BEGIN TRANSACTION", b"COMMIT TRANSACTION"];

/// How much of a line is kept until its end comes. A longer one is written in pieces.
const HELD: usize = 16 << 20;

/// What confirms.
const OK: &str = "OK";

/// Writes records to a file and confirmations to `status`.
pub struct Omprog<W> {
    status: W,
    /// Makes of a page what is written of it.
    inner: Box<dyn Output>,
    made: Made,
    file: Appended,
    /// Why a piece of the current line was not written.
    failure: Option<String>,
    transactions: bool,
}

impl<W: Write> Omprog<W> {
    /// Tells rsyslog on `status` that it may send, and from then on what became of it. With `transactions` a line that
    /// is one of rsyslog's marks is confirmed and not written.
    pub fn start(mut status: W, file: Appended, form: Form, transactions: bool) -> io::Result<Self> {
        let made = Made::default();
        let inner = to(made.clone(), form);
        tell(&mut status, OK, 1)?;
        Ok(Self { status, inner, made, file, failure: None, transactions })
    }
}

impl<W: Write> Output for Omprog<W> {
    fn write(&mut self, delivery: &Delivery<'_>, counters: &mut Counters) -> io::Result<()> {
        let lines = delivery.bytes().iter().filter(|&&byte| byte == b'\n').count();
        // rsyslog waits for each answer, so that a mark comes alone.
        if self.transactions && MARKS.contains(&delivery.bytes().trim_ascii_end()) {
            return tell(&mut self.status, OK, lines);
        }
        self.inner.write(delivery, counters)?;
        if lines == 0 && self.made.length() <= HELD {
            return Ok(());
        }
        let made = self.made.take();
        if self.failure.is_none() {
            self.failure = self.file.append(&made).err().map(|error| self.file.cannot_write(&error));
        }
        if lines == 0 {
            return Ok(());
        }
        match self.failure.take() {
            Some(failure) => {
                self.file.forget();
                tell(&mut self.status, &failure, lines)
            }
            None => {
                self.file.confirm();
                tell(&mut self.status, OK, lines)
            }
        }
    }
}

/// One line for each line.
fn tell(to: &mut impl Write, status: &str, lines: usize) -> io::Result<()> {
    let status = status.replace(['\n', '\r'], " ") + "\n";
    to.write_all(status.repeat(lines).as_bytes())?;
    to.flush()
}

/// What the other output has made and nobody has written yet.
#[derive(Clone, Debug, Default)]
struct Made(Rc<RefCell<Vec<u8>>>);

impl Made {
    fn length(&self) -> usize {
        self.0.borrow().len()
    }

    fn take(&self) -> Vec<u8> {
        mem::take(&mut *self.0.borrow_mut())
    }
}

impl Write for Made {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
