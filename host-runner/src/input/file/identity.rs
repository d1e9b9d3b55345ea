//! Which file a file is, whatever it is called by now.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Number of the device, number of the file. Numbers are given to new files, so that it takes a [`super::mark::Mark`],
/// too, to know a file again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) device: u64,
    pub(super) inode: u64,
}

impl Identity {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        Ok(numbers(&file.metadata()?))
    }

    pub(super) fn at(path: &Path) -> io::Result<Self> {
        Ok(numbers(&fs::metadata(path)?))
    }

    /// Whether another file has this name by now, and something in it. While none has, whoever rotates is not done; and
    /// while it is empty, whoever writes may not have opened it yet, and still write into this one.
    pub(super) fn is_elsewhere(self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|found| found.len() > 0 && numbers(&found) != self)
    }
}

#[cfg(unix)]
fn numbers(found: &fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    Identity { device: found.dev(), inode: found.ino() }
}

/// Where files have no numbers that can be asked for, only their bytes tell them apart.
#[cfg(not(unix))]
fn numbers(_: &fs::Metadata) -> Identity {
    Identity { device: 0, inode: 0 }
}
