//! Which file a file is, whatever it is called by now.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::position::Position;

/// How much of a file's start is remembered. The first record tells one log from another.
const HEAD: u64 = 256;

/// Number of the device, number of the file; and its first bytes, because numbers are given to new files.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
    head: Head,
}

/// The digest of so many first bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Head {
    length: u64,
    digest: String,
}

impl Head {
    fn of(file: &File, length: u64) -> io::Result<Self> {
        let mut first = Vec::new();
        let mut file = file.try_clone()?;
        let at = file.stream_position()?;
        file.seek(SeekFrom::Start(0))?;
        let read = file.by_ref().take(length).read_to_end(&mut first);
        // The handle shares its place with the one that reads on.
        file.seek(SeekFrom::Start(at))?;
        read?;
        let digest = Sha256::digest(&first).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { length: first.len() as u64, digest })
    }
}

impl Identity {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let (device, inode) = numbers(&file.metadata()?);
        Ok(Self { device, inode, head: Head::default() })
    }

    /// It has at least so many bytes by now.
    pub(super) fn learn(&mut self, file: &File, length: u64) {
        if self.head.length < HEAD.min(length) {
            self.head = Head::of(file, HEAD.min(length)).unwrap_or_else(|_| self.head.clone());
        }
    }

    /// Whether it is shorter than what was read, or begins differently.
    pub(super) fn was_truncated(&self, file: &File, read: u64) -> bool {
        let is_shorter = file.metadata().is_ok_and(|found| found.is_file() && found.len() < read);
        let is_other = self.head.length > 0 && Head::of(file, self.head.length).is_ok_and(|head| head != self.head);
        is_shorter || is_other
    }

    /// Whether another file has this name by now. While none has, whoever rotates is not done.
    pub(super) fn is_elsewhere(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|found| numbers(&found) != (self.device, self.inode))
    }

    /// Whether this is it.
    pub(super) fn is_of(&self, file: &File) -> bool {
        file.metadata().is_ok_and(|found| numbers(&found) == (self.device, self.inode))
    }

    /// A place in it.
    pub(super) fn position(&self, offset: u64) -> Position {
        let Self { device, inode, head } = self.clone();
        Position { device, inode, offset, head: head.digest, head_length: head.length }
    }
}

/// Whether a position is in this file.
pub(super) fn holds(file: &File, position: &Position) -> bool {
    let is_long = |found: fs::Metadata| {
        (position.device, position.inode) == numbers(&found) && found.is_file() && found.len() >= position.offset
    };
    let head = Head { length: position.head_length, digest: position.head.clone() };
    file.metadata().is_ok_and(is_long) && Head::of(file, head.length).is_ok_and(|found| found == head)
}

/// Whether two files are one.
pub(super) fn is_same(one: &File, other: &File) -> bool {
    Identity::of(one).is_ok_and(|identity| identity.is_of(other))
}

#[cfg(unix)]
fn numbers(found: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (found.dev(), found.ino())
}

/// Where files have no numbers that can be asked for, only their first bytes tell them apart.
#[cfg(not(unix))]
fn numbers(_: &fs::Metadata) -> (u64, u64) {
    (0, 0)
}
