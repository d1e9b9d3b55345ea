//! Folders that a loss of power leaves as they were.
//!
//! The name of a file is not in the file but in its folder, which a disk may write much later. Takes paths, gives
//! nothing: what was named so far is on the disk behind it.

#[cfg(unix)]
use std::fs;
use std::fs::DirBuilder;
use std::io;
#[cfg(unix)]
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// The name of this file, where links lead, is on the disk when this returns, as far as the system can be asked for that.
#[cfg(unix)]
pub(crate) fn keep_name(path: &Path) -> io::Result<()> {
    use std::io::ErrorKind;
    let path = path.canonicalize()?;
    match fs::File::open(path.parent().unwrap_or(&path)).and_then(|folder| folder.sync_all()) {
        // There are file systems that cannot, and folders in which one may write and not look.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::PermissionDenied
            ) =>
        {
            Ok(())
        }
        done => done,
    }
}

/// Elsewhere folders cannot be opened.
#[cfg(not(unix))]
pub(crate) fn keep_name(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a folder for nobody but its owner, with those above it, where it is not there yet.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    builder.mode(0o700);
    builder.recursive(true).create(folder)?;
    missing.into_iter().try_for_each(keep_name)
}
