//! Recognises gzip and zstd by their first bytes, whatever the file is called.
//!
//! Takes a source; gives the same bytes, or those that were packed in it. The first read decides, so that nothing blocks
//! before somebody wants bytes. What is packed twice is an error: it would pass as text that nobody has looked into.

use std::io::{self, Cursor, Error, ErrorKind, Read};

use super::gzip::{self, Members};
use super::zstd::{self, Frames};

/// A source that unpacks `source` if it is packed.
pub fn unpacked(source: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
    Box::new(Unpacked { is_within: false, state: State::Unknown(Some(source)) })
}

/// A source that unpacks `source`, which zstd has packed.
pub(super) fn unzstd(source: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
    within(Frames::of(source))
}

/// What was packed, and must not be packed once more.
fn within(source: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    Box::new(Unpacked { is_within: true, state: State::Unknown(Some(Box::new(source))) })
}

struct Unpacked {
    /// It comes out of something packed.
    is_within: bool,
    state: State,
}

enum State {
    /// Nothing has been read. Empty only while it becomes known.
    Unknown(Option<Box<dyn Read + Send>>),
    Known(Box<dyn Read + Send>),
}

impl Read for Unpacked {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if let State::Unknown(source) = &mut self.state {
            let Some(mut source) = source.take() else { return Ok(0) };
            let mut first = Vec::with_capacity(4);
            let begun = source.by_ref().take(4).read_to_end(&mut first);
            let is_gzip = first.starts_with(&gzip::MAGIC);
            let is_zstd = first.as_slice().try_into().is_ok_and(zstd::begins);
            if self.is_within && (is_gzip || is_zstd) {
                return Err(Error::new(ErrorKind::InvalidData, "it is packed twice"));
            }
            let whole = Cursor::new(first).chain(source);
            self.state = State::Known(match (is_gzip, is_zstd) {
                (true, _) => within(Members::of(whole)),
                (_, true) => within(Frames::of(whole)),
                _ => Box::new(whole),
            });
            begun?;
        }
        match &mut self.state {
            State::Known(source) => source.read(to),
            State::Unknown(_) => Ok(0),
        }
    }
}
