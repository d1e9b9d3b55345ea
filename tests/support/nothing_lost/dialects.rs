//! `filter` as rsyslog drives it, by hand: each message is kept until it is answered. What the real rsyslog does is in
//! `tests/rsyslog.rs`, with the same counting.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use super::fifo::Fifo;
use super::{Chance, Fault, Issued, Trial, records};
use crate::place::Place;
use crate::runner::{self, LEAST_ROOM};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

const RECORDS: usize = 2_000;

/// How often something happens.
const TIMES: usize = 5;

/// A program, and one line from it for one line to it.
struct Program {
    child: Arc<Mutex<Child>>,
    /// None once its input has ended.
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Program {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (to, from) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child: Arc::new(Mutex::new(child)), to, from }
    }

    /// One line; `None` if the program has died.
    fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        self.from.read_line(&mut line).ok()?;
        line.ends_with('\n').then(|| line.trim_end().to_owned())
    }

    fn ask(&mut self, line: &str) -> Option<String> {
        self.to.as_mut()?.write_all(format!("{line}\n").as_bytes()).ok()?;
        self.hear()
    }

    /// Kills it at some moment from now on.
    fn kill_soon(&self, chance: &mut Chance) {
        let (child, mut chance) = (Arc::clone(&self.child), chance.another());
        thread::spawn(move || {
            chance.pause(400);
            child.lock().unwrap().kill().unwrap();
        });
    }

    /// Ends its input in the midst of a message, as a sender does that is gone.
    fn leave(&mut self, line: &str) {
        let half = line.as_bytes().get(..line.len() / 2).unwrap();
        self.to.take().unwrap().write_all(half).unwrap();
        let status = self.child.lock().unwrap().wait().unwrap();
        // With 4, if it has met records that break the detector.
        assert!(matches!(status.code(), Some(0 | 4)), "{status}");
    }

    fn id(&self) -> u32 {
        self.child.lock().unwrap().id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        // It may have ended already.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Before which records something happens.
fn moments(chance: &mut Chance) -> BTreeSet<usize> {
    (0..TIMES).map(|turn| chance.between(turn * RECORDS / TIMES + 1, (turn + 1) * RECORDS / TIMES)).collect()
}

/// `--dialect omprog`: what is not confirmed is sent again, to the next program if this one has died.
pub(super) fn omprog(fault: Fault, chance: &mut Chance) -> Trial {
    let place = Place::new();
    let issued = Issued::new(records::of_sender(0, RECORDS, chance));
    let path = place.path().join("out");
    let fifo = matches!(fault, Fault::Stopped | Fault::Slow).then(|| Fifo::new(&path, fault == Fault::Slow));
    let command =
        || place.filter("unreachable", &["--dialect", "omprog", "--quiet", "--output", path.to_str().unwrap()]);
    let start = |command: Command| {
        let mut program = Program::start(command);
        assert_eq!(program.hear().as_deref(), Some("OK"), "rsyslog is told that it may send");
        program
    };
    let mut program = match fault {
        Fault::DiskFull => start(runner::in_little_room(&command(), chance.between(LEAST_ROOM, 300))),
        _ => start(command()),
    };
    let mut faults = usize::from(fault == Fault::Slow);
    let moments = moments(chance);
    for (number, record) in issued.records().iter().enumerate() {
        if moments.contains(&number) {
            match fault {
                Fault::Kill => program.kill_soon(chance),
                Fault::Restarted => {
                    program.leave(&record.text);
                    program = start(command());
                }
                Fault::Stopped => fifo.as_ref().unwrap().stop_for_a_while(),
                Fault::Slow | Fault::DiskFull => {}
            }
            faults += usize::from(matches!(fault, Fault::Kill | Fault::Restarted | Fault::Stopped));
        }
        loop {
            let answer = program.ask(&record.text);
            match answer.as_deref() {
                Some("OK") => break,
                Some(_) => {
                    assert_eq!(fault, Fault::DiskFull);
                    faults += 1;
                    runner::give_room(program.id());
                }
                None => program = start(command()),
            }
        }
    }
    drop(program);
    let written = fifo.map_or_else(|| fs::read(&path).unwrap(), Fifo::end);
    Trial { issued, written, kept_aside: Vec::new(), faults }
}

/// `--dialect mmexternal`: the message stays with the sender, who asks a second program if the first one has died.
pub(super) fn mmexternal(fault: Fault, chance: &mut Chance) -> Trial {
    let place = Place::new();
    let issued = Issued::new(records::of_sender(0, RECORDS, chance));
    let start = || Program::start(place.filter("unreachable", &["--dialect", "mmexternal"]));
    let (mut first, mut second) = (start(), start());
    let (mut faults, mut written) = (0, Vec::new());
    let moments = moments(chance);
    for (number, record) in issued.records().iter().enumerate() {
        if moments.contains(&number) {
            faults += 1;
            match fault {
                Fault::Kill => first.kill_soon(chance),
                _ => {
                    first.leave(&record.text);
                    first = start();
                }
            }
        }
        let reply = first.ask(&record.text).unwrap_or_else(|| {
            first = start();
            second.ask(&record.text).unwrap()
        });
        let reply: Value = serde_json::from_str(&reply).unwrap();
        let message = reply.get("msg").map_or(record.text.as_str(), |message| message.as_str().unwrap());
        written.extend_from_slice(format!("{message}\n").as_bytes());
    }
    Trial { issued, written, kept_aside: Vec::new(), faults }
}
