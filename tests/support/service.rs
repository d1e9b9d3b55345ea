//! `trailsieve run` as a process, with a configuration of the test's own and free ports.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects by failing")]

use crate::http::{self, Answer, Server};
use crate::place::Place;
use crate::runner;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
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

/// A service with an input `in` and an output `out`, which judges with the guest of [`configure`]. A test adds keys to
/// tables, or tables behind the last one, and starts it.
#[derive(Clone, Debug)]
pub struct Setup {
    general: String,
    rules: String,
    input: String,
    output: String,
}

impl Setup {
    fn of(input: String, output: String) -> Self {
        let rules = "component = \"GUEST\"".to_owned();
        Self { general: "state_dir = \"PLACE/state\"\nworkers = 2".to_owned(), rules, input, output }
    }

    /// From HTTP to this server.
    pub fn to(server: &Server) -> Self {
        Self::to_url(&format!("http://{}/", server.address))
    }

    /// From HTTP to this address.
    pub fn to_url(url: &str) -> Self {
        Self::of(from_http("127.0.0.1:0"), format!("type = \"http\"\nurl = \"{url}\""))
    }

    /// From HTTP to this file.
    pub fn to_file(path: &str) -> Self {
        Self::of(from_http("127.0.0.1:0"), format!("type = \"file\"\npath = \"{path}\""))
    }

    /// From HTTP to standard output.
    pub fn to_stdout() -> Self {
        Self::of(from_http("127.0.0.1:0"), "type = \"stdout\"".to_owned())
    }

    /// From the file `log` to the file `out`.
    pub fn files() -> Self {
        Self::to_file("PLACE/out").following("PLACE/log")
    }

    /// The same from this file.
    pub fn following(mut self, path: &str) -> Self {
        self.input = format!("type = \"file\"\npath = \"{path}\"\npoll = \"5ms\"");
        self
    }

    /// The same from HTTP at this address.
    pub fn listening(mut self, address: SocketAddr) -> Self {
        self.input = from_http(&address.to_string());
        self
    }

    /// The same with other keys in `[rules]`.
    pub fn rules(mut self, keys: &str) -> Self {
        keys.clone_into(&mut self.rules);
        self
    }

    /// The same with further keys of no table.
    pub fn general(mut self, keys: &str) -> Self {
        self.general += &format!("\n{keys}");
        self
    }

    /// The same with further keys of the input.
    pub fn input(mut self, keys: &str) -> Self {
        self.input += &format!("\n{keys}");
        self
    }

    /// The same with further keys of the output, and tables behind it.
    pub fn output(mut self, keys: &str) -> Self {
        self.output += &format!("\n{keys}");
        self
    }

    /// What stands in the configuration file.
    pub fn text(&self) -> String {
        let Self { general, rules, input, output } = self;
        format!(
            "{general}\n[admin]\nlisten = \"127.0.0.1:0\"\n[rules]\n{rules}\n\
             [inputs.in]\n{input}\n[outputs.out]\n{output}\n"
        )
    }

    /// The command that runs it in this place.
    pub fn command(&self, place: &Place) -> Command {
        runner::command(["run", "--config", &configure(place, &self.text())])
    }

    /// Starts it in a place of its own.
    pub fn start(&self) -> (Place, Service) {
        let place = Place::new();
        let service = self.start_in(&place);
        (place, service)
    }

    /// Starts it in this place, once more perhaps.
    pub fn start_in(&self, place: &Place) -> Service {
        Service::start(place, &self.text())
    }
}

fn from_http(address: &str) -> String {
    format!("type = \"http\"\nlisten = \"{address}\"")
}

impl Service {
    /// Starts it and waits until it runs.
    pub fn start(place: &Place, text: &str) -> Self {
        let config = configure(place, text);
        let mut service = Self::spawn(runner::command(["run", "--config", &config]));
        service.wait_for("event=started");
        service
    }

    /// Starts it by this command, which may set what the process gets.
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

/// A port that nobody listens on, for a service that is to be found there again after a crash.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Waits until this is so.
pub fn eventually(what: &str, is: impl Fn() -> bool) {
    let started = Instant::now();
    while !is() {
        assert!(started.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
