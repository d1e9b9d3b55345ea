//! The files below a folder, in a fixed order.
//!
//! Takes a path and which names are wanted, gives the files; what cannot be listed is given too, each with its error,
//! so that one locked folder hides no other.

use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

/// A path, and why it cannot be looked into if it cannot.
pub(super) type Found = Result<PathBuf, (PathBuf, io::Error)>;

/// All wanted regular files below a folder, sorted by path. Hidden ones are left out, and folders are not entered
/// through symbolic links: that is how mounted configuration holds each file twice, and how loops come about.
pub(super) fn files_below(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                found.push(Err((folder, error)));
                continue;
            }
        };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
                Ok((path, _)) if is_hidden(&path) => {}
                Ok((path, kind)) if kind.is_dir() => folders.push(path),
                Ok((path, kind)) if wanted(&path) && is_regular(&path, kind) => found.push(Ok(path)),
                Ok(_) => {}
                Err(error) => found.push(Err((folder.clone(), error))),
            }
        }
    }
    found.sort_by(|one, other| path_of(one).cmp(path_of(other)));
    found
}

fn path_of(found: &Found) -> &Path {
    match found {
        Ok(path) | Err((path, _)) => path,
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// A link that leads nowhere counts, so that opening it says why.
fn is_regular(path: &Path, kind: FileType) -> bool {
    kind.is_file() || (kind.is_symlink() && fs::metadata(path).map_or(true, |target| target.is_file()))
}
