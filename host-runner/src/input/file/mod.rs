//! Records from a file that grows: followed through rotation, with a position that is saved once outputs have
//! acknowledged what stands before it.
//!
//! Takes a path; gives pages to the intake. A file that was renamed is read to its end before the new one is begun; one
//! that was truncated is begun anew. After a start, files that were rotated in between are read first, oldest first.
//! Compressed files are not looked at.

mod identity;
mod position;
mod rotated;

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::Cutter;
use crate::framing::Mode;
use crate::log::{self, Level};
use crate::service::health::Health;
use crate::service::intake::Intake;
use crate::service::receipt::Share;
use crate::service::stop::Stop;
use identity::Identity;
use position::{Keeper, Tracker};

/// How often a position is saved at most. A crash reads again what came in between.
const SAVE: Duration = Duration::from_millis(200);

/// How often is looked whether the service is to end, and then whether outputs have acknowledged the rest.
const LOOK: Duration = Duration::from_millis(20);

/// One followed file.
pub(crate) struct Follower {
    pub(crate) path: PathBuf,
    pub(crate) poll: Duration,
    pub(crate) intake: Intake,
    /// Where positions are kept.
    pub(crate) positions: PathBuf,
    pub(crate) health: Arc<Health>,
    pub(crate) stop: Arc<Stop>,
}

/// A file that is being read.
struct Open {
    file: File,
    identity: Identity,
    cutter: Cutter,
    /// How far it was read.
    read: u64,
}

impl Open {
    fn at(file: File, offset: u64, max_record: usize) -> std::io::Result<Self> {
        let identity = Identity::of(&file)?;
        let mut file = file;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self { file, identity, cutter: Cutter::starting_at(Mode::Lines, max_record, offset), read: offset })
    }
}

/// How reading came to a halt.
enum Halt {
    /// Another file is to be read.
    Rotated,
    /// The same file is to be read from its start.
    Truncated,
    /// The service ends.
    Stopped,
}

impl Follower {
    /// Until the service ends.
    pub(crate) fn run(self) {
        let keeper = Keeper::of(&self.positions, &self.intake.name);
        let tracker = Arc::new(Tracker::default());
        let mut saving = Saving { keeper, tracker: Arc::clone(&tracker), last: Instant::now() };
        let mut next = self.left_over(&saving.keeper);
        while !self.stop.is_draining() {
            let open = match next.pop() {
                Some(open) => Ok(open),
                None => File::open(&self.path).and_then(|file| Open::at(file, 0, self.intake.max_record)),
            };
            match open {
                Ok(open) => {
                    self.health.well(&self.who());
                    let is_last = next.is_empty();
                    next.extend(self.follow(open, is_last, &mut saving));
                }
                Err(error) => {
                    if self.health.trouble(&self.who(), &error.to_string()) {
                        let path = self.path.display();
                        log::event(Level::Warn, "file_not_read", &[("path", &path), ("why", &error)]);
                    }
                    saving.now_and_then();
                    self.rest();
                }
            }
        }
        while !tracker.is_settled() && !self.stop.is_failed() {
            thread::sleep(LOOK);
        }
        saving.now();
    }

    /// Waits until it is time to look for more, or the service ends.
    fn rest(&self) {
        let (started, pause) = (Instant::now(), self.poll.max(Duration::from_millis(1)));
        while started.elapsed() < pause && !self.stop.is_draining() {
            thread::sleep(LOOK.min(pause));
        }
    }

    fn who(&self) -> String {
        format!("input {}", self.intake.name)
    }

    /// What was not read to its end before the start, the oldest file last.
    fn left_over(&self, keeper: &Keeper) -> Vec<Open> {
        let Some(saved) = keeper.saved() else { return Vec::new() };
        let mut files = rotated::since(&self.path, &saved);
        if files.is_empty() {
            let path = self.path.display();
            log::event(Level::Warn, "position_lost", &[("path", &path), ("why", &"the file it was in is not there")]);
        }
        let max_record = self.intake.max_record;
        let open = |(file, offset)| Open::at(file, offset, max_record).ok();
        let mut open: Vec<Open> = files.drain(..).filter_map(open).collect();
        open.reverse();
        open
    }

    /// Reads a file until there is reason to stop. Gives what is to be read next, the oldest file last: the same one
    /// where it is to be read anew, or those that came after the last one.
    fn follow(&self, mut open: Open, is_last: bool, saving: &mut Saving) -> Vec<Open> {
        let halt = self.read(&mut open, is_last, saving);
        if !matches!(halt, Halt::Stopped) {
            // Nothing more comes behind a line that was not ended.
            open.cutter.end();
            self.hand_over(&mut open, saving);
        }
        let next = match halt {
            Halt::Truncated => {
                log::event(Level::Info, "file_truncated", &[("path", &self.path.display())]);
                vec![open.file]
            }
            Halt::Rotated if is_last => rotated::behind(&self.path, &open.file, &open.identity),
            Halt::Rotated | Halt::Stopped => Vec::new(),
        };
        next.into_iter().rev().filter_map(|file| Open::at(file, 0, self.intake.max_record).ok()).collect()
    }

    fn read(&self, open: &mut Open, is_last: bool, saving: &mut Saving) -> Halt {
        let mut was_rotated = false;
        loop {
            if self.stop.is_draining() {
                return Halt::Stopped;
            }
            if open.identity.was_truncated(&open.file, open.read) {
                return Halt::Truncated;
            }
            match self.read_all(open, saving) {
                Ok(0) if was_rotated || !is_last => return Halt::Rotated,
                Ok(_) => {}
                Err(error) => {
                    if self.health.trouble(&self.who(), &error.to_string()) {
                        let path = self.path.display();
                        log::event(Level::Warn, "file_not_read", &[("path", &path), ("why", &error)]);
                    }
                }
            }
            saving.now_and_then();
            if !is_last || was_rotated {
                continue;
            }
            // Whoever writes may still have written between the last read and the renaming: once more, then.
            was_rotated = open.identity.is_elsewhere(&self.path);
            if !was_rotated {
                self.rest();
            }
        }
    }

    /// Reads to the end; how many bytes came.
    fn read_all(&self, open: &mut Open, saving: &mut Saving) -> std::io::Result<u64> {
        let before = open.read;
        loop {
            let length = open.cutter.read(&mut open.file)?;
            open.read += length as u64;
            let is_end = length == 0;
            let is_taken = if is_end || open.cutter.is_full() { self.hand_over(open, saving) } else { true };
            if is_end || !is_taken || self.stop.is_draining() {
                break;
            }
        }
        Ok(open.read - before)
    }

    /// Hands over what is complete; whether the service still takes it.
    fn hand_over(&self, open: &mut Open, saving: &mut Saving) -> bool {
        let Some((page, is_between)) = open.cutter.cut() else { return true };
        let end = page.offset + page.bytes().len() as u64;
        open.identity.learn(&open.file, end);
        let number = saving.tracker.add(is_between.then(|| open.identity.position(end)));
        let tracker = Arc::clone(&saving.tracker);
        let share = Share::first(move |all| tracker.told(number, all));
        let taken = self.intake.take(page, share.another());
        if taken {
            share.delivered();
        }
        saving.now_and_then();
        taken
    }
}

/// Saves positions, not too often.
struct Saving {
    keeper: Keeper,
    tracker: Arc<Tracker>,
    last: Instant,
}

impl Saving {
    fn now_and_then(&mut self) {
        if self.last.elapsed() >= SAVE {
            self.now();
        }
    }

    fn now(&mut self) {
        self.last = Instant::now();
        let Some(position) = self.tracker.reached() else { return };
        if let Err(error) = self.keeper.save(&position) {
            self.tracker.put_back(position);
            log::event(Level::Error, "position_not_saved", &[("why", &format!("{error:#}"))]);
        }
    }
}
