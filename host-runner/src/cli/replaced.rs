//! A file that appears whole or not at all.
//!
//! What is written goes into a file beside its place, which is moved there at the end: whoever reads the one that was
//! there meets the old or the new one, never a part. It keeps the mode of the old one, and stays behind the links that
//! lead to it. Whatever is no file is written to as it is.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What is being written. Unless it is kept, it goes away.
pub(super) struct Replacement {
    to: File,
    /// Where it is written, where it is to be, and with which mode; none if it is there already.
    moves: Option<(PathBuf, PathBuf, Option<Permissions>)>,
}

impl Replacement {
    /// Begins to write what is to stand at this path.
    pub(super) fn begin(path: &Path) -> io::Result<Self> {
        let path = match fs::canonicalize(path) {
            Ok(led_to) => led_to,
            Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => path.to_owned(),
            // A link that leads nowhere yet.
            Err(_) => return Ok(Self { to: File::create(path)?, moves: None }),
        };
        let former = fs::metadata(&path).ok();
        if former.as_ref().is_some_and(|found| !found.is_file()) {
            return Ok(Self { to: OpenOptions::new().write(true).open(&path)?, moves: None });
        }
        let name = path.file_name().ok_or_else(|| io::Error::other("that is no name of a file"))?;
        let beside = path.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
        let to = File::create(&beside)?;
        Ok(Self { to, moves: Some((beside, path, former.map(|former| former.permissions()))) })
    }

    /// Puts it in its place.
    pub(super) fn keep(mut self) -> io::Result<()> {
        let Some((beside, path, mode)) = self.moves.take() else { return Ok(()) };
        let moved = || {
            self.to.sync_all()?;
            mode.map_or(Ok(()), |mode| fs::set_permissions(&beside, mode))?;
            fs::rename(&beside, &path)
        };
        moved().inspect_err(|_| remove(&beside))
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some((beside, ..)) = &self.moves {
            remove(beside);
        }
    }
}

/// What is left of a failed attempt is of no use.
fn remove(beside: &Path) {
    let _ = fs::remove_file(beside);
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
