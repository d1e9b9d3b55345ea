//! The files that a log was rotated to while nobody followed it.

use std::fs::{self, File};
use std::path::Path;
use std::time::SystemTime;

use super::identity::{Identity, holds, is_same};
use super::position::Position;

/// How names end of files whose bytes are not those that were followed.
const COMPRESSED: [&str; 5] = [".gz", ".zst", ".bz2", ".xz", ".lz4"];

/// The file in which the position is, and those that came after it, in their order, each with where to go on. Empty
/// if it is in none: its file is gone.
pub(super) fn since(path: &Path, position: &Position) -> Vec<(File, u64)> {
    let mut files = siblings(path);
    files.sort_by_key(|(changed, _)| *changed);
    // The one that is still written to is the newest, whatever the clock says.
    files.extend(File::open(path).ok().map(|file| (SystemTime::now(), file)));
    let mut files = files.into_iter().map(|(_, file)| file);
    let Some(first) = files.find(|file| holds(file, position)) else { return Vec::new() };
    std::iter::once((first, position.offset)).chain(files.map(|file| (file, 0))).collect()
}

/// The files that came after one that was read to its end, in their order. It may have been rotated more than once
/// while an output stood still, and may have no name any more.
pub(super) fn behind(path: &Path, read: &File, identity: &Identity) -> Vec<File> {
    let changed = read.metadata().and_then(|found| found.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let current = File::open(path).ok();
    let is_known = |file: &File| identity.is_of(file) || current.as_ref().is_some_and(|it| is_same(it, file));
    let mut files = siblings(path);
    files.retain(|(other, file)| *other >= changed && !is_known(file));
    files.sort_by_key(|(changed, _)| *changed);
    files.into_iter().map(|(_, file)| file).chain(current).collect()
}

/// Files that are called like it, with something behind its name: `audit.log.1`, `audit.log-20261121`.
fn siblings(path: &Path) -> Vec<(SystemTime, File)> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Vec::new() };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let name = name.to_string_lossy();
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_rotated = |other: &str| {
        let behind = other.strip_prefix(&*name);
        behind.is_some_and(|behind| behind.starts_with(['.', '-', '_']))
            && !COMPRESSED.iter().any(|end| other.ends_with(end))
    };
    let entries = entries.flatten().filter(|entry| is_rotated(&entry.file_name().to_string_lossy()));
    let open = entries.filter_map(|entry| {
        let found = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        Some((found.modified().ok()?, File::open(entry.path()).ok()?))
    });
    open.collect()
}
