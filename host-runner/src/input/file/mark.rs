//! What a place in a file is known by: the file's first bytes, and those just before the place.
//!
//! A file that was truncated and has grown again, or that has the number of one that was removed, holds other bytes at
//! one of the two ends. The first record alone tells little: those of one caller begin alike for hundreds of bytes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::position::Position;
use super::source::Source;

/// How many bytes are remembered at each end. Records that begin alike differ within: time and id of the event.
pub(super) const LENGTH: usize = 4096;

/// A place, and the bytes around what was read before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) offset: u64,
    /// The first bytes of the file, beyond the place if there are more.
    head: Vec<u8>,
    /// The last bytes before the place.
    tail: Vec<u8>,
}

impl Mark {
    /// The start of a file that begins so.
    pub(super) fn start(head: Vec<u8>) -> Self {
        Self { head, ..Self::default() }
    }

    /// The mark of this place in a file.
    pub(super) fn of(file: &mut File, offset: u64) -> io::Result<Self> {
        let tail = offset.min(LENGTH as u64);
        Ok(Self { offset, head: bytes(file, 0, LENGTH as u64)?, tail: bytes(file, offset - tail, tail)? })
    }

    /// Moves behind these bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        if let Some(room) = LENGTH.checked_sub(self.head.len()) {
            let known = usize::try_from((self.head.len() as u64).saturating_sub(self.offset)).unwrap_or(usize::MAX);
            self.head.extend(bytes.iter().skip(known).take(room));
        }
        let last = bytes.len().saturating_sub(LENGTH);
        self.tail.extend_from_slice(bytes.get(last..).unwrap_or_default());
        self.tail.drain(..self.tail.len().saturating_sub(LENGTH));
        self.offset += bytes.len() as u64;
    }

    /// Whether the file still holds what was read of it.
    pub(super) fn is_in(&self, file: &mut File) -> io::Result<bool> {
        let (head, tail) = (self.head.len() as u64, self.tail.len() as u64);
        Ok(file.metadata()?.len() >= self.offset
            && bytes(file, 0, head)? == self.head
            && bytes(file, self.offset - tail, tail)? == self.tail)
    }

    /// Whether this is the place that was saved.
    pub(super) fn is_at(&self, position: &Position) -> bool {
        let tail = self.tail.len().checked_sub(position.tail_length).and_then(|from| self.tail.get(from..));
        self.offset == position.offset && self.begins_as(position) && tail.map(digest).as_ref() == Some(&position.tail)
    }

    /// Whether the file begins as the one in which the place was saved.
    pub(super) fn begins_as(&self, position: &Position) -> bool {
        self.head.get(..position.head_length).map(digest).as_ref() == Some(&position.head)
    }

    /// The place as it is saved.
    pub(super) fn position(&self, source: &Source) -> Position {
        let since = source.changed.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Position {
            device: source.identity.device,
            inode: source.identity.inode,
            offset: self.offset,
            head: digest(&self.head),
            head_length: self.head.len(),
            tail: digest(&self.tail),
            tail_length: self.tail.len(),
            changed: u64::try_from(since.as_nanos()).unwrap_or(u64::MAX),
            path: source.path.to_string_lossy().into_owned(),
        }
    }
}

/// Nothing has no digest.
fn digest(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// So many bytes from there on, or as many as there are.
fn bytes(file: &mut File, from: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.take(length).read_to_end(&mut read)?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::{LENGTH, Mark};

    /// However the bytes come, the mark is that of all of them.
    #[test]
    fn both_ends_are_remembered() {
        let bytes: Vec<u8> = (0..3 * LENGTH).map(|number| u8::try_from(number % 251).unwrap_or_default()).collect();
        for (length, step) in [(10, 3), (LENGTH - 1, 100), (LENGTH, LENGTH), (LENGTH + 1, 7), (bytes.len(), 5_000)] {
            let bytes = bytes.get(..length).unwrap_or_default();
            // The head may be known further than what was read.
            for known in [0, length.min(LENGTH) / 2] {
                let head = bytes.get(..known).unwrap_or_default().to_vec();
                let mut mark = Mark::start(head);
                bytes.chunks(step).for_each(|piece| mark.add(piece));
                let (head, tail) = (bytes.get(..length.min(LENGTH)), bytes.get(length.saturating_sub(LENGTH)..));
                assert_eq!(mark.offset, length as u64);
                assert_eq!(
                    (Some(mark.head.as_slice()), Some(mark.tail.as_slice())),
                    (head, tail),
                    "{length} by {step}"
                );
            }
        }
    }
}
