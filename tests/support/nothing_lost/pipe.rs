//! `filter` in a pipe. Who sends knows what it has written into the pipe, and goes on behind that whatever happens.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects by failing")]

use super::{Chance, Fault, Issued, Record, Trial, records};
use crate::place::Place;
use crate::runner::{self, LEAST_ROOM};
use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::{self, sleep};
use std::time::Duration;

/// How many records go through, and how often something happens to them.
const RECORDS: usize = 12_000;
const TIMES: usize = 4;

/// How much a slow reader takes in a millisecond.
const SLOWLY: usize = 8 << 10;

/// Records through `filter`, which is started again whenever it ends.
pub(super) fn run(fault: Fault, chance: &mut Chance) -> Trial {
    let place = Place::new();
    let issued = Issued::new(records::of_sender(0, RECORDS, chance));
    let mut trial = Pipe { place, fault, chance, written: Vec::new(), faults: 0 };
    let mut next = 0;
    while next < RECORDS {
        next += trial.one_program(&issued.records()[next..]);
    }
    let Pipe { written, faults, .. } = trial;
    Trial { issued, written, kept_aside: Vec::new(), faults }
}

struct Pipe<'c> {
    place: Place,
    fault: Fault,
    chance: &'c mut Chance,
    written: Vec<u8>,
    faults: usize,
}

impl Pipe<'_> {
    /// What one program makes of the records, until it ends. Answers how many were given to it.
    fn one_program(&mut self, records: &[Record]) -> usize {
        let command = self.place.filter("unreachable", &["--workers", "1", "--quiet"]);
        if self.fault == Fault::DiskFull && self.faults < TIMES {
            return self.until_the_disk_is_full(command, records);
        }
        let mut child = start(command, Stdio::piped());
        let to = child.stdin.take().unwrap();
        // Where the sender ends, in the midst of a record.
        let restarts = self.fault == Fault::Restarted && self.faults < TIMES;
        let last = if restarts { self.chance.between(1, records.len().min(RECORDS / TIMES)) } else { records.len() };
        self.faults += usize::from(restarts);
        let given = thread::scope(|scope| {
            let sender = scope.spawn(move || send(to, records, last));
            self.read(&mut child);
            sender.join().unwrap()
        });
        let status = child.wait().unwrap();
        // It ends with 4, as it has met records that break the detector.
        assert!(status.code() == Some(4) || self.fault == Fault::Kill, "{status}");
        given
    }

    /// Reads what it writes, while something happens at a moment that chance decides.
    fn read(&mut self, child: &mut Child) {
        let mut from = child.stdout.take().unwrap();
        let mut until = match self.fault {
            Fault::Kill | Fault::Stopped if self.faults < TIMES => self.chance.between(1, 600_000),
            _ => usize::MAX,
        };
        let mut piece = vec![0; 64 << 10];
        let mut came = 0;
        let is_slow = self.fault == Fault::Slow;
        self.faults += usize::from(is_slow);
        loop {
            let wanted = if is_slow { SLOWLY } else { piece.len() };
            let length = from.read(&mut piece[..wanted]).unwrap();
            if length == 0 {
                return;
            }
            self.written.extend_from_slice(&piece[..length]);
            came += length;
            if is_slow {
                sleep(Duration::from_millis(1));
            }
            if came < until {
                continue;
            }
            self.faults += 1;
            until = usize::MAX;
            if self.fault == Fault::Kill {
                self.chance.pause(1_000);
                child.kill().unwrap();
            } else {
                sleep(Duration::from_millis(100));
                until = if self.faults < TIMES { came + self.chance.between(1, 600_000) } else { until };
            }
        }
    }

    /// The output is a file that may not grow: the program says so and ends, and is started again.
    fn until_the_disk_is_full(&mut self, command: Command, records: &[Record]) -> usize {
        let path = self.place.path().join("out");
        let file = OpenOptions::new().create(true).append(true).open(&path).unwrap();
        let before = fs::metadata(&path).unwrap().len();
        let room = usize::try_from(before).unwrap() / 1024 + self.chance.between(LEAST_ROOM, 600);
        let mut child = start(runner::in_little_room(&command, room), file.into());
        let to = child.stdin.take().unwrap();
        let given = send(to, records, records.len());
        let status = child.wait().unwrap();
        let made = fs::read(&path).unwrap();
        self.written.extend_from_slice(&made[usize::try_from(before).unwrap()..]);
        self.faults += usize::from(given < records.len());
        assert_eq!(status.code(), Some(4), "{status}");
        given
    }
}

fn start(mut command: Command, output: Stdio) -> Child {
    command.stdin(Stdio::piped()).stdout(output).stderr(Stdio::null()).spawn().unwrap()
}

/// Writes records, and half of the one behind the last if there is one. Answers how many were taken.
fn send(mut to: ChildStdin, records: &[Record], last: usize) -> usize {
    for (given, record) in records[..last].iter().enumerate() {
        if to.write_all(format!("{}\n", record.text).as_bytes()).is_err() {
            return given;
        }
    }
    if let Some(record) = records.get(last) {
        // Who reads it may have ended.
        let _ = to.write_all(&record.text.as_bytes()[..record.text.len() / 2]);
    }
    last
}
