//! The folder of what the service must not forget: takes its path, gives the hold that one service at a time has on it.
//!
//! Two services that know one folder would each go on at the other's position, and what one of them never delivered
//! would look as if it had been.

use crate::folder;
use anyhow::{Context, Result, bail};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The file that is locked, and the folder of positions in files.
pub(crate) const LOCK: &str = "lock";
pub(crate) const POSITIONS: &str = "positions";

/// Takes the folder for as long as the file stays open, at most until this process is gone, however it ends. Errs where
/// another process has it, or where it cannot be written.
pub(super) fn hold(folder: &Path) -> Result<File> {
    let shown = folder.display();
    let lock = opened(folder).with_context(|| format!("cannot use state_dir {shown}"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        // Where the system has no locks, nobody can tell.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(lock),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock state_dir {shown}")),
        Err(TryLockError::WouldBlock) => {
            bail!("state_dir {shown} is in use by another service; end that one, or name a folder of its own here")
        }
    }
}

fn opened(folder: &Path) -> io::Result<File> {
    folder::make(folder)?;
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    options.mode(0o600);
    options.write(true).create(true).truncate(false).open(folder.join(LOCK))
}
