//! Records from a file that grows: followed through rotation, with a position that is saved once outputs have
//! acknowledged what stands before it.
//!
//! Takes a path; gives pages to the intake. A file that was renamed is read to its end before the new one is begun. Of
//! one that was truncated the rest is looked for in its copy, and then it is begun anew. After a start, files that were
//! rotated in between are read first, oldest first. Where that is not possible it is told and counted.

mod identity;
mod mark;
mod position;
mod rotated;
mod saving;
mod source;

use std::fmt::Display;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::Cutter;
use crate::framing::Mode;
use crate::log::{self, Level};
use crate::metrics::Metrics;
use crate::service::health::Health;
use crate::service::intake::Intake;
use crate::service::share::Share;
use crate::service::stop::Stop;
use mark::Mark;
use position::{Keeper, Position};
use rotated::Place;
pub(crate) use rotated::is_rotated;
use saving::Saving;
use source::{Source, is_of_content};

/// How often is looked whether the service is to end, and then whether outputs have acknowledged the rest.
const LOOK: Duration = Duration::from_millis(20);

/// The most bytes taken in one read.
const READ: usize = 64 * 1024;

/// One followed file.
pub(crate) struct Follower {
    pub(crate) path: PathBuf,
    pub(crate) poll: Duration,
    pub(crate) intake: Intake,
    /// Where positions are kept.
    pub(crate) positions: PathBuf,
    pub(crate) health: Arc<Health>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) stop: Arc<Stop>,
}

/// A file that is being read.
struct Open {
    source: Source,
    cutter: Cutter,
    /// How far it was read.
    read: Mark,
    /// How far it was handed over.
    handed: Mark,
}

impl Open {
    fn at((source, mark): Place, max_record: usize) -> Self {
        let cutter = Cutter::starting_at(Mode::Lines, max_record, mark.offset);
        Self { source, cutter, read: mark.clone(), handed: mark }
    }

    /// Where a reader could start anew.
    fn position(&self) -> Position {
        self.handed.position(&self.source)
    }

    /// The end of what was read.
    fn end(&self) -> Position {
        self.read.position(&self.source)
    }
}

/// How reading came to a halt.
enum Halt {
    /// Another file is to be read.
    Rotated,
    /// It does not hold any more what was read of it.
    Truncated,
    /// The service ends.
    Stopped,
}

/// What reading to the end came to.
enum Step {
    /// So many bytes came.
    Read(u64),
    Truncated,
}

/// What may cost records of a followed file, or bring them twice.
#[derive(Clone, Copy)]
enum Break {
    Truncated,
    PositionLost,
    PositionNotRead,
    FileNotUnpacked,
}

impl Break {
    fn name(self) -> &'static str {
        match self {
            Self::Truncated => "file_truncated",
            Self::PositionLost => "position_lost",
            Self::PositionNotRead => "position_not_read",
            Self::FileNotUnpacked => "file_not_unpacked",
        }
    }
}

impl Follower {
    /// Until the service ends.
    pub(crate) fn run(self) {
        let keeper = Keeper::of(&self.positions, &self.intake.name);
        let mut saving = Saving::new(keeper, &self.intake.name, Arc::clone(&self.health));
        let mut next = self.left_over(&mut saving);
        while !self.stop.is_draining() {
            let Some(open) = next.pop().or_else(|| self.wait_for(&mut saving, || self.open())) else { break };
            saving.begin(|| open.position());
            next = self.follow(open, next, &mut saving);
        }
        while !saving.tracker.is_settled() && !self.stop.is_failed() {
            thread::sleep(LOOK);
        }
        saving.now();
    }

    fn open(&self) -> io::Result<Open> {
        let mut source = Source::open(&self.path)?;
        let start = source.start()?;
        Ok(Open::at((source, start), self.intake.max_record))
    }

    /// What is asked for, once it can be had; none if the service ends before. What cannot be opened may only be so for a
    /// while, and nobody knows what it would cost to go on without it.
    fn wait_for<T>(&self, saving: &mut Saving, asked: impl Fn() -> io::Result<T>) -> Option<T> {
        loop {
            match asked() {
                Ok(found) => {
                    self.health.well(&self.who());
                    return Some(found);
                }
                Err(error) => self.try_later(&error, saving),
            }
            if self.stop.is_draining() {
                return None;
            }
        }
    }

    fn try_later(&self, error: &io::Error, saving: &mut Saving) {
        if self.health.trouble(&self.who(), &error.to_string()) {
            log::event(Level::Warn, "file_not_read", &[("path", &self.path.display()), ("why", error)]);
        }
        saving.now_and_then();
        self.rest();
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

    /// Tells and counts what somebody should know of.
    fn broke(&self, level: Level, what: Break, why: &dyn Display) {
        self.metrics.file_broke(&self.intake.name, what.name());
        log::event(level, what.name(), &[("path", &self.path.display()), ("why", why)]);
    }

    /// What was not read to its end before the start, the oldest file last.
    fn left_over(&self, saving: &mut Saving) -> Vec<Open> {
        match saving.keeper.saved() {
            Ok(None) => {
                saving.is_new = true;
                Vec::new()
            }
            Ok(Some(saved)) => {
                let found = self.wait_for(saving, || rotated::since(&self.path, &saved));
                let Some(since) = found else { return Vec::new() };
                if since.first.is_none() {
                    let why = "no file holds what was read before; all that was changed later is read from its start";
                    self.broke(Level::Warn, Break::PositionLost, &why);
                }
                if let Some(path) = since.doubtful {
                    let path = path.display();
                    let why = format!(
                        "{path} is not read: changed before what was read, but of a lower number; if a \
                                       clock was set back, its records are missing"
                    );
                    self.broke(Level::Warn, Break::PositionLost, &why);
                }
                self.opened(since.first.into_iter().chain(since.later))
            }
            Err(error) => {
                saving.is_new = true;
                let why = format!("{error:#}; all files are read anew, the oldest first");
                self.broke(Level::Error, Break::PositionNotRead, &why);
                let found = self.wait_for(saving, || rotated::from_the_oldest(&self.path));
                self.opened(found.into_iter().flatten())
            }
        }
    }

    /// The oldest last.
    fn opened(&self, places: impl IntoIterator<Item = Place>) -> Vec<Open> {
        let mut open: Vec<Open> = places.into_iter().map(|place| Open::at(place, self.intake.max_record)).collect();
        open.reverse();
        open
    }

    /// Reads a file until there is reason to stop. Takes and gives what is to be read next, the oldest file last.
    fn follow(&self, mut open: Open, next: Vec<Open>, saving: &mut Saving) -> Vec<Open> {
        // Behind what is empty yet this one may still be written.
        let is_last = next.iter().all(|open| open.source.is_empty());
        let before = if is_last { rotated::identities(&self.path) } else { None };
        match self.read(&mut open, is_last, saving) {
            Halt::Stopped => Vec::new(),
            Halt::Rotated => {
                self.end(&mut open, saving);
                if !is_last {
                    return next;
                }
                let found =
                    self.wait_for(saving, || rotated::behind(&self.path, &open.source, &open.end(), before.as_deref()));
                self.opened(found.into_iter().flatten())
            }
            Halt::Truncated => {
                let found = self.wait_for(saving, || rotated::since(&self.path, &open.end()));
                let Some(since) = found else { return Vec::new() };
                let mut next = self.opened(since.later);
                if let Some((source, _)) = since.first {
                    self.broke(
                        Level::Info,
                        Break::Truncated,
                        &format!("its rest is read in {}", source.path.display()),
                    );
                    next.push(Open { source, ..open });
                } else {
                    self.broke(Level::Info, Break::Truncated, &"it is read from its start");
                    if open.read.offset > 0 {
                        let why = "no rotated file holds what was read; what came behind it is lost, if anything did";
                        self.broke(Level::Warn, Break::PositionLost, &why);
                    }
                    self.end(&mut open, saving);
                }
                next
            }
        }
    }

    /// Nothing more comes behind a line that was not ended.
    fn end(&self, open: &mut Open, saving: &mut Saving) {
        open.cutter.end();
        self.hand_over(open, saving);
    }

    fn read(&self, open: &mut Open, is_last: bool, saving: &mut Saving) -> Halt {
        let mut was_rotated = false;
        loop {
            if self.stop.is_draining() {
                return Halt::Stopped;
            }
            match self.read_all(open, saving) {
                Ok(Step::Truncated) => return Halt::Truncated,
                Ok(Step::Read(0)) if was_rotated || !is_last => return Halt::Rotated,
                Ok(Step::Read(_)) => {
                    self.health.well(&self.who());
                }
                Err(error) if open.source.is_packed() && is_of_content(&error) => {
                    // What is packed does not change any more, nor does what is wrong in it.
                    let why = format!("{error} in {}, behind byte {}", open.source.path.display(), open.read.offset);
                    self.broke(Level::Error, Break::FileNotUnpacked, &why);
                    return Halt::Rotated;
                }
                Err(error) => {
                    self.try_later(&error, saving);
                    continue;
                }
            }
            saving.now_and_then();
            if !is_last || was_rotated {
                continue;
            }
            // Whoever writes may still have written between the last read and the renaming: once more, then.
            was_rotated = open.source.identity.is_elsewhere(&self.path);
            if !was_rotated {
                self.rest();
            }
        }
    }

    /// Reads to the end.
    fn read_all(&self, open: &mut Open, saving: &mut Saving) -> io::Result<Step> {
        let before = open.read.offset;
        let mut buffer = vec![0; READ];
        loop {
            let length = open.source.read(open.read.offset, &mut buffer)?;
            // Asked behind the read: what was read where something else stands by now is not what follows.
            if !open.source.holds(&open.read)? {
                return Ok(Step::Truncated);
            }
            let mut bytes = buffer.get(..length).unwrap_or_default();
            open.read.add(bytes);
            while !bytes.is_empty() {
                open.cutter.read(&mut bytes)?;
            }
            let is_end = length == 0;
            let is_taken = if is_end || open.cutter.is_full() { self.hand_over(open, saving) } else { true };
            if is_end || !is_taken || self.stop.is_draining() {
                return Ok(Step::Read(open.read.offset - before));
            }
        }
    }

    /// Hands over what is complete; whether the service still takes it.
    fn hand_over(&self, open: &mut Open, saving: &mut Saving) -> bool {
        let Some((page, is_between)) = open.cutter.cut() else { return true };
        open.handed.add(page.bytes());
        let number = saving.tracker.add(is_between.then(|| open.position()));
        let tracker = Arc::clone(&saving.tracker);
        let share = Share::first(move |all| tracker.settle(number, all));
        let taken = self.intake.take(page, share.another());
        if taken {
            share.delivered();
        }
        saving.now_and_then();
        taken
    }
}
