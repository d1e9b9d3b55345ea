//! The files that a log was rotated to.
//!
//! They lie beside the log, or beside the file that it leads to, and are called like it with a number or a date behind
//! the name. Their order is that of their last changes, and of their names where a clock that ticks slowly has given two
//! the same time. A clock that was set back makes a later file look older; it is known by having come while an older
//! one was read, and by a lower number. What cannot be opened or listed is an error and not absent: whoever asks should
//! ask again, for to go on without it could cost what it holds.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Error, ErrorKind};
use std::path::{Path, PathBuf};

use super::identity::Identity;
use super::mark::{LENGTH, Mark};
use super::position::Position;
use super::source::{GZIP, Source};
use crate::input::folder_of;

/// A file, and where to go on in it.
pub(super) type Place = (Source, Mark);

/// What is to be read from a position on.
pub(super) struct Since {
    /// The file that holds the position; none if it is gone.
    pub(super) first: Option<Place>,
    /// What came after it, in its order.
    pub(super) later: Vec<Place>,
    /// A file that came before it by its last change and behind it by its number, so that nobody knows.
    pub(super) doubtful: Option<PathBuf>,
}

/// What is to be read from this position on. If its file is gone, all that was changed later.
pub(super) fn since(path: &Path, position: &Position) -> io::Result<Since> {
    let Files { rotated: mut files, current } = Files::of(path, Path::new(&position.path))?;
    let rotated = files.len();
    files.extend(current);
    let mut first = None;
    for (at, source) in files.iter_mut().enumerate() {
        let Some(mark) = at_position(source, position)? else { continue };
        // A copy holds the same bytes, but the file itself may hold more by now.
        if first.is_none() || source.identity == position.identity() {
            first = Some((at, mark));
        }
    }
    let Some((at, mark)) = first else {
        let current = files.split_off(rotated);
        files.retain(|source| source.changed > position.changed());
        files.extend(current);
        return Ok(Since { first: None, later: places(files, None)?, doubtful: None });
    };
    let mut later = files.split_off(at);
    let first = later.drain(..1).next().map(|source| (source, mark));
    let read = first.as_ref().map(|(source, _)| number(&source.path)).unwrap_or_default();
    let doubtful = files.iter().find(|source| !source.is_packed() && (1..read).contains(&number(&source.path)));
    let doubtful = doubtful.map(|source| source.path.clone());
    Ok(Since { first, later: places(later, Some(position))?, doubtful })
}

/// The files that came after one that was read up to this position, its end, in their order. It may have been rotated
/// more than once while an output stood still, and may have no name any more. `before` are the files that were there when
/// it was the log, if they are known.
pub(super) fn behind(
    path: &Path,
    read: &Source,
    position: &Position,
    before: Option<&[Identity]>,
) -> io::Result<Vec<Place>> {
    let Files { mut rotated, current } = Files::of(path, &read.path)?;
    let named = rotated.iter().find(|source| source.identity == read.identity);
    let of_read = named.map_or(u16::MAX, |source| number(&source.path));
    // Whatever its clock said. What is packed is another file than it was, so that nobody knows when it came.
    let has_come = |source: &Source| {
        before.is_some_and(|before| !before.contains(&source.identity))
            && !source.is_packed()
            && (1..of_read).contains(&number(&source.path))
    };
    rotated.retain(|source| source.identity != read.identity && (source.changed >= read.changed || has_come(source)));
    rotated.extend(current);
    places(rotated, Some(position))
}

/// Which files lie there that the log may have been rotated to, and itself. None if that cannot be told.
pub(super) fn identities(path: &Path) -> Option<Vec<Identity>> {
    let led_to = fs::canonicalize(path).ok()?;
    let found = [path, &led_to].map(beside).into_iter().collect::<io::Result<Vec<_>>>().ok()?;
    found.iter().flatten().map(|path| Identity::at(path).ok()).collect()
}

/// All files that the log was rotated to, and itself, from their starts.
pub(super) fn from_the_oldest(path: &Path) -> io::Result<Vec<Place>> {
    let Files { mut rotated, current } = Files::of(path, path)?;
    rotated.extend(current);
    places(rotated, None)
}

/// Where to go on in each: what begins with all that was read up to the position, such as a copy, behind that. Where
/// that is little, another file may begin so, too; a copy is read twice then, unless it is packed and was last changed
/// when the file was that it is a copy of.
fn places(files: Vec<Source>, position: Option<&Position>) -> io::Result<Vec<Place>> {
    let place = |mut source: Source| {
        let is_copy = |position: &&Position| {
            position.offset >= LENGTH as u64 || (source.is_packed() && source.changed == position.changed())
        };
        let known = match position.filter(is_copy) {
            Some(position) => at_position(&mut source, position)?,
            None => None,
        };
        let mark = match known {
            Some(mark) => mark,
            None => source.start().map_err(|error| of_file(&source.path, error))?,
        };
        Ok((source, mark))
    };
    files.into_iter().map(place).collect()
}

fn at_position(source: &mut Source, position: &Position) -> io::Result<Option<Mark>> {
    source.at(position).map_err(|error| of_file(&source.path, error))
}

/// The log, if it is there, and what it was rotated to, in the order of the last changes.
struct Files {
    rotated: Vec<Source>,
    current: Option<Source>,
}

impl Files {
    /// The log was elsewhere before, perhaps. At least one file, for a volume that is not mounted yet has none.
    fn of(path: &Path, former: &Path) -> io::Result<Self> {
        // Opened first: if it is rotated now, it is found again below and not missed.
        let current = if_there(path, Source::open(path))?;
        let led_to = if_there(path, fs::canonicalize(path))?.unwrap_or_else(|| path.to_owned());
        let names: BTreeSet<&Path> = [path, &led_to, former].into_iter().collect();
        let found = names.into_iter().map(beside).collect::<io::Result<Vec<_>>>()?;
        let found: BTreeSet<PathBuf> = found.into_iter().flatten().collect();
        let unpacked = |packed: &Path| packed.to_str().and_then(|name| name.strip_suffix(GZIP)).map(PathBuf::from);
        // While a file is being packed, both are there.
        let found = found.iter().filter(|path| unpacked(path).is_none_or(|unpacked| !found.contains(&unpacked)));
        let mut rotated: Vec<Source> = Vec::new();
        for path in found {
            let Some(source) = if_there(path, Source::open(path))? else { continue };
            if rotated.iter().chain(&current).all(|other| other.identity != source.identity) {
                rotated.push(source);
            }
        }
        if rotated.is_empty() && current.is_none() {
            return Err(Error::new(ErrorKind::NotFound, "neither it nor a file that it was rotated to is there"));
        }
        rotated.sort_by_cached_key(|source| (source.changed, Reverse(number(&source.path)), source.path.clone()));
        Ok(Self { rotated, current })
    }
}

/// None if nothing has this name. Any other error says nothing of what is there.
fn if_there<T>(path: &Path, found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some).map_err(|error| of_file(path, error)),
    }
}

/// The error, with the file that it is about.
fn of_file(path: &Path, error: Error) -> Error {
    Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// The 2 of `audit.log.2` and `audit.log.2.gz`, which is older than 1; 0 behind dates, which ascend.
fn number(path: &Path) -> u16 {
    let name = path.to_string_lossy();
    let ending = name.strip_suffix(GZIP).unwrap_or(&name).rsplit('.').next();
    ending.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// The file of this name and those that it was rotated to, as far as they are there.
fn beside(name: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = folder_of(name);
    let mut paths = Vec::new();
    for entry in if_there(folder, fs::read_dir(folder))?.into_iter().flatten() {
        let other = entry.map_err(|error| of_file(folder, error))?.file_name();
        let is_named =
            name.file_name().is_some_and(|name| name == other || is_rotated(Path::new(name), Path::new(&other)));
        let path = folder.join(other);
        // A log is rotated to regular files; to open others might wait without end.
        if is_named && if_there(&path, fs::metadata(&path))?.is_some_and(|found| found.is_file()) {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Whether a log of this name is rotated to a file of that name: `audit.log` to `audit.log.1`, `audit.log.old`,
/// `audit.log-20261121` or `audit.log.2026-11-21T08:42:02.gz`, not to `audit.log.judged`.
pub(crate) fn is_rotated(name: &Path, other: &Path) -> bool {
    let (name, other) = (name.to_string_lossy(), other.to_string_lossy());
    let Some(ending) = other.strip_prefix(&*name) else { return false };
    let ending = ending.strip_suffix(GZIP).unwrap_or(ending);
    let is_date = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_digit())
            && text.chars().all(|letter| letter.is_ascii_digit() || "-_.:+TZ".contains(letter))
    };
    ending == ".old" || ending.strip_prefix(['.', '-', '_']).is_some_and(is_date)
}

#[cfg(test)]
mod tests {
    use super::{is_rotated, number};
    use std::path::Path;

    #[test]
    fn where_times_are_equal_numbers_tell_the_older_file() {
        let numbers = ["audit.log.12", "audit.log.2.gz", "audit.log-20261121", "audit.log.old"].map(Path::new);
        assert_eq!(numbers.map(number), [12, 2, 0, 0]);
    }

    #[test]
    fn a_number_or_a_date_behind_the_name_tells_a_rotated_file() {
        let is = |other: &str| is_rotated(Path::new("audit.log"), Path::new(other));
        for ending in
            [".1", ".12.gz", "-20261121", "_2026-11-21", ".20261121.1", "-20261121-1763714522.gz", ".old", ".old.gz"]
        {
            assert!(is(&format!("audit.log{ending}")), "{ending}");
        }
        assert!(is("audit.log.2026-11-21T08:42:02.500Z"));
        let others =
            ["", ".judged", ".sha256", "-notes.txt", ".1.zst", ".gz", "1", ".", "-", ".1.judged", "-1st", ".2026-x.gz"];
        for ending in others {
            assert!(!is(&format!("audit.log{ending}")), "{ending}");
        }
        assert!(!is("other.log.1"));
    }
}
