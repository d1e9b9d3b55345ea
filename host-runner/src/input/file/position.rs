//! How far a file was delivered, in memory and on the disk.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Error, Result, ensure};
use serde::{Deserialize, Serialize};

use super::identity::Identity;
use super::mark::LENGTH;
use crate::folder;

/// A place in a file from which a reader can start anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub(super) device: u64,
    pub(super) inode: u64,
    pub(super) offset: u64,
    /// The digest of the file's first bytes, and how many.
    pub(super) head: String,
    pub(super) head_length: usize,
    /// The digest of the last bytes before the place, and how many.
    pub(super) tail: String,
    pub(super) tail_length: usize,
    /// When the file was last changed, in nanoseconds since 1970. What was rotated from it was changed later.
    pub(super) changed: u64,
    /// What the file was called, links followed.
    pub(super) path: String,
}

impl Position {
    /// Which file it is in.
    pub(super) fn identity(&self) -> Identity {
        Identity { device: self.device, inode: self.inode }
    }

    /// When the file was last changed, as far as that was known.
    pub(super) fn changed(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_nanos(self.changed)
    }

    /// Whether its bytes alone tell the file; those of an empty one do not.
    pub(super) fn tells_its_file(&self) -> bool {
        self.head_length > 0
    }

    /// Whether it could have been saved.
    fn is_sound(&self) -> bool {
        [self.head_length, self.tail_length].iter().all(|length| *length <= LENGTH)
            && self.tail_length as u64 <= self.offset
            && (self.tail_length == 0) == (self.offset == 0)
    }
}

/// Pages that were handed over, in their order. The position moves only over what was delivered without a gap.
#[derive(Debug, Default)]
pub(super) struct Tracker(Mutex<Tracked>);

#[derive(Debug, Default)]
struct Tracked {
    /// The number of the first page that is not known to be delivered.
    first: u64,
    pages: VecDeque<Page>,
    reached: Option<Position>,
}

#[derive(Debug)]
struct Page {
    is_delivered: bool,
    /// Where a reader could start behind it.
    behind: Option<Position>,
}

impl Tracker {
    /// One more page; its number.
    pub(super) fn add(&self, behind: Option<Position>) -> u64 {
        let mut tracked = self.tracked();
        tracked.pages.push_back(Page { is_delivered: false, behind });
        tracked.first + tracked.pages.len() as u64 - 1
    }

    /// What became of a page. Over one that was not delivered the position never moves.
    pub(super) fn settle(&self, number: u64, is_delivered: bool) {
        let mut tracked = self.tracked();
        let at = number.checked_sub(tracked.first).and_then(|at| usize::try_from(at).ok());
        if let Some(page) = at.and_then(|at| tracked.pages.get_mut(at)) {
            page.is_delivered = is_delivered;
        }
        while let Some(page) = tracked.pages.pop_front_if(|page| page.is_delivered) {
            tracked.first += 1;
            tracked.reached = page.behind.or(tracked.reached.take());
        }
    }

    /// Whether all pages were delivered.
    pub(super) fn is_settled(&self) -> bool {
        self.tracked().pages.is_empty()
    }

    /// The position reached since the last time, if it has moved.
    pub(super) fn reached(&self) -> Option<Position> {
        self.tracked().reached.take()
    }

    /// It could not be saved.
    pub(super) fn put_back(&self, position: Position) {
        self.tracked().reached.get_or_insert(position);
    }

    fn tracked(&self) -> MutexGuard<'_, Tracked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The file that keeps one position.
#[derive(Debug)]
pub(super) struct Keeper {
    folder: PathBuf,
    file: PathBuf,
}

impl Keeper {
    pub(super) fn of(folder: &Path, input: &str) -> Self {
        // A name may hold anything; a file name may not.
        let letters = input.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        });
        let name: String = letters.collect();
        Self { folder: folder.to_owned(), file: folder.join(format!("{name}.json")) }
    }

    /// The position that was saved; none if none ever was.
    pub(super) fn saved(&self) -> Result<Option<Position>> {
        let read = match fs::read(&self.file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            read => read.map_err(Error::from),
        };
        let position = read.and_then(|text| Ok(serde_json::from_slice::<Position>(&text)?));
        let sound = position.and_then(|position| {
            ensure!(position.is_sound(), "its numbers cannot be true");
            Ok(position)
        });
        sound.map(Some).with_context(|| format!("cannot read the position in {}", self.file.display()))
    }

    /// Saves a position: whole, or not at all.
    pub(super) fn save(&self, position: &Position) -> Result<()> {
        let save = || -> std::io::Result<()> {
            folder::make(&self.folder)?;
            let unfinished = self.file.with_extension("new");
            let mut options = OpenOptions::new();
            #[cfg(unix)]
            options.mode(0o600);
            let mut file: File = options.write(true).create(true).truncate(true).open(&unfinished)?;
            file.write_all(&serde_json::to_vec(position)?)?;
            file.sync_data()?;
            fs::rename(&unfinished, &self.file)?;
            folder::keep_name(&self.file)
        };
        save().with_context(|| format!("cannot save the position in {}", self.file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Position, Tracker};

    fn at(offset: u64) -> Option<Position> {
        Some(Position { offset, ..Position::default() })
    }

    #[test]
    fn the_position_moves_over_what_was_delivered_without_a_gap() {
        let tracker = Tracker::default();
        let numbers = [10, 20, 30, 40].map(|offset| tracker.add(at(offset).filter(|_| offset != 30)));
        tracker.settle(numbers[1], true);
        assert_eq!(tracker.reached(), None);
        tracker.settle(numbers[0], true);
        assert_eq!(tracker.reached(), at(20));
        tracker.settle(numbers[2], true);
        assert_eq!(tracker.reached(), None, "nobody could start anew there");
        tracker.settle(numbers[3], true);
        assert_eq!(tracker.reached(), at(40));
        assert!(tracker.is_settled());
    }

    #[test]
    fn it_never_moves_over_what_was_not_delivered() {
        let tracker = Tracker::default();
        let (lost, other) = (tracker.add(at(1)), tracker.add(at(2)));
        tracker.settle(lost, false);
        tracker.settle(other, true);
        assert_eq!(tracker.reached(), None);
        assert!(!tracker.is_settled());
    }

    #[test]
    fn a_position_that_was_not_saved_is_not_forgotten_nor_preferred() {
        let tracker = Tracker::default();
        tracker.settle(tracker.add(at(1)), true);
        let one = tracker.reached();
        one.into_iter().for_each(|position| tracker.put_back(position));
        assert_eq!(tracker.reached(), at(1));
    }
}
