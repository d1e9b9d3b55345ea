//! The files that a log was rotated to.
//!
//! They lie beside the log, or beside the file that it leads to, and are called like it with a number or a date behind
//! the name. Their order is that of their last changes, and of their names where a clock that ticks slowly has given two
//! the same time.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::mark::{LENGTH, Mark};
use super::position::Position;
use super::source::{PACKED, Source};
use crate::input::folder_of;

/// A file, and where to go on in it.
pub(super) type Place = (Source, Mark);

/// What is to be read from a position on.
pub(super) struct Since {
    /// The file that holds the position; none if it is gone.
    pub(super) first: Option<Place>,
    /// What came after it, in its order.
    pub(super) later: Vec<Place>,
}

/// What is to be read from this position on. If its file is gone, all that was changed later.
pub(super) fn since(path: &Path, position: &Position) -> Since {
    let Files { rotated: mut files, current } = Files::of(path, Path::new(&position.path));
    let rotated = files.len();
    files.extend(current);
    let mut holding = files.iter_mut().enumerate().filter_map(|(at, source)| {
        let mark = source.at(position).ok().flatten()?;
        Some((at, source.identity == position.identity(), mark))
    });
    // A copy holds the same bytes, but the file itself may hold more by now.
    let first = holding.next().map(|first| holding.find(|(_, is_same, _)| *is_same).unwrap_or(first));
    let Some((at, _, mark)) = first else {
        let changed = SystemTime::UNIX_EPOCH + Duration::from_nanos(position.changed);
        let current = files.split_off(rotated);
        files.retain(|source| source.changed > changed);
        files.extend(current);
        return Since { first: None, later: places(files, None) };
    };
    let mut later = files.split_off(at);
    let first = later.drain(..1).next().map(|source| (source, mark));
    Since { first, later: places(later, Some(position)) }
}

/// The files that came after one that was read up to this position, its end, in their order. It may have been rotated
/// more than once while an output stood still, and may have no name any more.
pub(super) fn behind(path: &Path, read: &Source, position: &Position) -> Vec<Place> {
    let Files { mut rotated, current } = Files::of(path, &read.path);
    rotated.retain(|source| source.changed >= read.changed && source.identity != read.identity);
    rotated.extend(current);
    places(rotated, Some(position))
}

/// All files that the log was rotated to, and itself, from their starts.
pub(super) fn from_the_oldest(path: &Path) -> Vec<Place> {
    let Files { mut rotated, current } = Files::of(path, path);
    rotated.extend(current);
    places(rotated, None)
}

/// Where to go on in each: what begins with all that was read up to the position, such as a copy, behind that. Where
/// that is little, another file may begin so, too; a copy is read twice then.
fn places(files: Vec<Source>, position: Option<&Position>) -> Vec<Place> {
    let position = position.filter(|position| position.offset >= LENGTH as u64);
    let place = |mut source: Source| {
        let known = position.and_then(|position| source.at(position).ok().flatten());
        let mark = known.map_or_else(|| source.start(), Ok).unwrap_or_default();
        (source, mark)
    };
    files.into_iter().map(place).collect()
}

/// The log, if it is there, and what it was rotated to, in the order of the last changes.
struct Files {
    rotated: Vec<Source>,
    current: Option<Source>,
}

impl Files {
    /// The log was elsewhere before, perhaps.
    fn of(path: &Path, former: &Path) -> Self {
        // Opened first: if it is rotated now, it is found again below and not missed.
        let current = Source::open(path).ok();
        let led_to = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let names: BTreeSet<&Path> = [path, &led_to, former].into_iter().collect();
        let found: BTreeSet<PathBuf> = names.into_iter().flat_map(beside).collect();
        let unpacked = |packed: &Path| packed.to_str().and_then(|name| name.strip_suffix(PACKED)).map(PathBuf::from);
        // While a file is being packed, both are there.
        let found = found.iter().filter(|path| unpacked(path).is_none_or(|unpacked| !found.contains(&unpacked)));
        let mut rotated: Vec<Source> = Vec::new();
        for source in found.filter_map(|path| Source::open(path).ok()) {
            if rotated.iter().chain(&current).all(|other| other.identity != source.identity) {
                rotated.push(source);
            }
        }
        rotated.sort_by_cached_key(|source| (source.changed, Reverse(number(&source.path)), source.path.clone()));
        Self { rotated, current }
    }
}

/// The 2 of `audit.log.2` and `audit.log.2.gz`, which is older than 1; 0 behind dates, which ascend.
fn number(path: &Path) -> u16 {
    let name = path.to_string_lossy();
    let ending = name.strip_suffix(PACKED).unwrap_or(&name).rsplit('.').next();
    ending.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// The file of this name and those that it was rotated to, as far as they are there.
fn beside(name: &Path) -> Vec<PathBuf> {
    let folder = folder_of(name);
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.file_name()).filter(|other| {
        let other = Path::new(other);
        name.file_name().is_some_and(|name| name == other.as_os_str() || is_rotated(Path::new(name), other))
    });
    paths.map(|other| folder.join(other)).collect()
}

/// Whether a log of this name is rotated to a file of that name: `audit.log` to `audit.log.1`, `audit.log.old`,
/// `audit.log-20261121` or `audit.log.2026-11-21T08:42:02.gz`, not to `audit.log.judged`.
pub(crate) fn is_rotated(name: &Path, other: &Path) -> bool {
    let (name, other) = (name.to_string_lossy(), other.to_string_lossy());
    let Some(ending) = other.strip_prefix(&*name) else { return false };
    let ending = ending.strip_suffix(PACKED).unwrap_or(ending);
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
