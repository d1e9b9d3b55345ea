//! `trailsieve run` as a process, with a configuration of the test's own and free ports.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects by failing")]

use crate::http::{self, Answer};
use crate::place::Place;
use crate::runner;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Nothing here takes as long; a test that hangs should end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running service.
pub struct Service {
    child: Child,
    lines: Receiver<String>,
    /// What it said so far.
    pub said: Vec<String>,
}

/// The configuration file of this place. `GUEST` in it stands for the path of a detector that finds something in
/// records with `!` (low) and `^` (high), and traps on `~`; `PLACE` for the folder.
pub fn configure(place: &Place, text: &str) -> String {
    let guest = runner::component_file(place.path(), "unreachable");
    let text = text.replace("GUEST", guest.to_str().unwrap()).replace("PLACE", place.path().to_str().unwrap());
    place.write("trailsieve.toml", text).to_str().unwrap().to_owned()
}

impl Service {
    /// Starts it and waits until it runs.
    pub fn start(place: &Place, text: &str) -> Self {
        let config = configure(place, text);
        let mut service = Self::spawn(runner::command(["run", "--config", &config]));
        service.wait_for("event=started");
        service
    }

    /// The same by another command, which may set what the process gets.
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let from = BufReader::new(child.stderr.take().unwrap());
        let (to, lines) = channel();
        thread::spawn(move || from.lines().map_while(Result::ok).for_each(|line| drop(to.send(line))));
        Self { child, lines, said: Vec::new() }
    }

    /// Waits for a line that holds this text, and gives it.
    pub fn wait_for(&mut self, text: &str) -> String {
        if let Some(line) = self.said.iter().find(|line| line.contains(text)) {
            return line.clone();
        }
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    self.said.push(line.clone());
                    if line.contains(text) {
                        return line;
                    }
                }
                Err(_) => panic!("it never said {text}: {:#?}", self.said),
            }
        }
    }

    /// Where the input of this name listens, or `admin`.
    pub fn address(&mut self, name: &str) -> SocketAddr {
        let line = self.wait_for(&format!("event=listening name=\"{name}\""));
        line.split("address=\"").nth(1).unwrap().trim_end_matches('"').parse().unwrap()
    }

    /// Posts a body to the input `in`.
    pub fn post(&mut self, body: &str) -> Answer {
        http::post(self.address("in"), "/", &[], body.as_bytes())
    }

    /// The numbers that `/metrics` tells, each with its labels as they are written.
    pub fn metric(&mut self, name: &str) -> f64 {
        let text = http::get(self.address("admin"), "/metrics").body;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().unwrap())
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal: `TERM`, `HUP`, `KILL`, `STOP`, `CONT`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end.
    pub fn end(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.said.extend(self.lines.iter());
                return status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end: {:#?}", self.said);
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks it to end and waits for that; its exit code.
    pub fn terminate(&mut self) -> i32 {
        self.signal("TERM");
        self.end().code().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until this is so.
pub fn eventually(what: &str, is: impl Fn() -> bool) {
    let started = Instant::now();
    while !is() {
        assert!(started.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
