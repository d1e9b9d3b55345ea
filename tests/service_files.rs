//! `trailsieve run` from files and to files: what comes out, full disks, standard output. Rotation is in
//! `service_rotation.rs`, positions are in `service_positions.rs`.
//!
//! The guest is the one of `service_http.rs`.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::thread;
use std::time::Duration;
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::followed::{append, comes_out, record, records};
use trailsieve_tests::http::{Server, get, post};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner;
use trailsieve_tests::service::{Service, Setup, eventually};

#[test]
fn a_quiet_service_says_nothing_while_all_is_well() {
    let place = Place::new();
    let mut service = Service::spawn({
        let mut command = Setup::files().command(&place);
        command.arg("--quiet");
        command
    });
    append(&place.path().join("log"), &records(0..3));
    comes_out(&place, &records(0..3));
    assert_eq!(service.terminate(), 0);
    assert_eq!(service.said, [""; 0]);
}

/// The configuration for both inputs and HTTP as it stands, but for its addresses and folders.
#[test]
fn the_configuration_between_shippers_carries_what_both_inputs_have() {
    let (place, server) = (Place::new(), Server::deciding(|_| Some(200)));
    let text = fs::read_to_string(workspace().join("tests/shippers/http/between.toml")).unwrap();
    let text = [
        ("127.0.0.1:8080", "127.0.0.1:0".to_owned()),
        ("127.0.0.1:9464", "127.0.0.1:0".to_owned()),
        ("127.0.0.1:8081", server.address.to_string()),
        ("/var/lib/trailsieve", "PLACE/state".to_owned()),
        ("/var/log/cloudtrail/audit.log", "PLACE/log".to_owned()),
        ("/var/log/judged/findings.ndjson", "PLACE/findings".to_owned()),
    ]
    .into_iter()
    .fold(text, |text, (there, here)| {
        assert!(text.contains(there), "between.toml does not name {there}");
        text.replace(there, &here)
    });
    let mut service = Service::start(&place, &text);
    assert_eq!(post(service.address("shipper"), "/", &[], record(0).as_bytes()).status, 200);
    append(&place.path().join("log"), &record(1));
    eventually("both come", || server.lines().len() >= 2);
    assert_eq!(server.lines(), [record(0).trim_end(), record(1).trim_end()]);
    assert_eq!(service.terminate(), 0);
}

/// A file may not grow beyond a limit of the process, as on a disk that is full. Nothing is acknowledged then, no
/// torn line stays, and once there is room again all comes out.
#[test]
fn a_full_disk_stops_acknowledgement_and_passes() {
    let place = Place::new();
    let log = place.path().join("log");
    append(&log, &records(0..20_000));
    // Positions and the cache are smaller than that.
    let command = runner::in_little_room(&Setup::files().command(&place), 50);
    let mut service = Service::spawn(command);
    service.wait_for("event=output_failed");
    let position = fs::read_to_string(place.path().join("state/positions/in.json")).unwrap_or_default();
    assert!(!position.contains(&format!("\"offset\":{},", records(0..20_000).len())), "{position}");
    runner::give_room(service.id());
    service.wait_for("event=output_recovered");
    comes_out(&place, &records(0..20_000));
    assert_eq!(service.terminate(), 0);
}

#[test]
fn an_output_file_that_is_moved_away_is_made_anew() {
    let (place, mut service) = Setup::files().start();
    let log = place.path().join("log");
    append(&log, &record(0));
    comes_out(&place, &record(0));
    let mode = fs::metadata(place.path().join("out")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "nobody else reads records");
    fs::rename(place.path().join("out"), place.path().join("out.1")).unwrap();
    append(&log, &record(1));
    comes_out(&place, &record(1));
    // What a crash has torn is ended before anything follows it.
    assert_eq!(service.terminate(), 0);
    append(&place.path().join("out"), "{\"torn");
    append(&log, &record(2));
    let _service = Setup::files().start_in(&place);
    comes_out(&place, &format!("{}{{\"torn\n{}", record(1), record(2)));
}

#[test]
fn standard_output_takes_lines_and_its_end_ends_the_service() {
    let place = Place::new();
    let log = place.path().join("log");
    append(&log, &records(0..10));
    let mut command = Setup::to_stdout().following("PLACE/log").command(&place);
    let (from, to) = io::pipe().unwrap();
    command.stdout(to);
    let mut service = Service::spawn(command);
    let mut lines = BufReader::new(from).lines();
    for number in 0..10 {
        assert_eq!(lines.next().unwrap().unwrap(), record(number).trim_end());
    }
    drop(lines);
    append(&log, &records(10..20));
    assert_eq!(service.end().code(), Some(4));
    // What nobody took comes again.
    let position = fs::read_to_string(place.path().join("state/positions/in.json")).unwrap_or_default();
    assert!(!position.contains(&format!("\"offset\":{}", records(0..20).len())), "{position}");
}

/// Node, Python's asyncio and others make pipes so for their own end, and with it for ours.
#[test]
fn standard_output_that_does_not_block_is_waited_for() {
    let place = Place::new();
    append(&place.path().join("log"), &records(0..100_000));
    let (theirs, from) = UnixStream::pair().unwrap();
    theirs.set_nonblocking(true).unwrap();
    let mut command = Setup::to_stdout().following("PLACE/log").command(&place);
    command.stdout(OwnedFd::from(theirs));
    let mut service = Service::spawn(command);
    service.wait_for("event=started");
    // By now it cannot write.
    thread::sleep(Duration::from_millis(300));
    let lines: Vec<String> = BufReader::new(from).lines().map(Result::unwrap).take(100_000).collect();
    assert!(lines.iter().enumerate().all(|(number, line)| line == record(number).trim_end()));
    assert_eq!(service.terminate(), 0);
}

/// What a service cuts off behind its own last line must not be the line of another.
#[test]
fn while_another_program_writes_the_file_it_is_waited_for() {
    let (place, mut service) = Setup::to_file("PLACE/out").start();
    let mut other = File::options().create(true).append(true).open(place.path().join("out")).unwrap();
    for turn in 0..2 {
        other.lock().unwrap();
        let address = service.address("in");
        let sender = thread::spawn(move || post(address, "/", &[], record(turn).as_bytes()).status);
        let admin = service.address("admin");
        let told = "output out: another program has locked it";
        eventually("it is told", || get(admin, "/readyz").body.contains(told));
        let before = fs::read_to_string(place.path().join("out")).unwrap();
        // Torn, as by a crash.
        other.write_all(b"{\"torn").unwrap();
        other.unlock().unwrap();
        assert_eq!(sender.join().unwrap(), 200);
        let written = fs::read_to_string(place.path().join("out")).unwrap();
        assert_eq!(written, format!("{before}{{\"torn\n{}", record(turn)));
        assert_eq!(get(admin, "/readyz").status, 200);
    }
    assert_eq!(service.terminate(), 0);
}

/// What nobody reads has not left.
#[test]
fn a_pipe_takes_lines_once_somebody_reads_it() {
    let place = Place::new();
    assert!(Command::new("mkfifo").arg(place.path().join("out")).status().unwrap().success());
    let mut service = Setup::to_file("PLACE/out").start_in(&place);
    let (address, admin) = (service.address("in"), service.address("admin"));
    let sender = thread::spawn(move || post(address, "/", &[], record(0).as_bytes()).status);
    eventually("it is told", || get(admin, "/readyz").body.contains("output out: it is a pipe, and waits"));
    assert!(!sender.is_finished());
    let mut lines = BufReader::new(File::open(place.path().join("out")).unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), record(0).trim_end());
    assert_eq!(sender.join().unwrap(), 200);
    assert_eq!(get(admin, "/readyz").status, 200);
    assert_eq!(service.terminate(), 0);
}

/// The calls that strace has noted, in the order in which they ended; answers in that in which they began.
fn calls(trace: &str) -> Vec<String> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut calls = Vec::new();
    for (thread, call) in trace.lines().filter_map(|line| line.split_once(' ')) {
        match (call.trim().split_once(" <unfinished"), call.split_once(" resumed>")) {
            (Some((start, _)), _) if start.starts_with("sendto(") => calls.push(start.to_owned()),
            (Some((start, _)), _) => drop(begun.insert(thread, start)),
            (None, Some((_, end))) => calls.extend(begun.remove(thread).map(|start| format!("{start}{end}"))),
            (None, None) => calls.push(call.trim().to_owned()),
        }
    }
    calls
}

/// Needs `strace`, and says so where it is not.
#[cfg(target_os = "linux")]
#[test]
fn nothing_is_acknowledged_before_it_is_on_the_disk_with_its_name() {
    if !Command::new("strace").args(["-qq", "-e", "trace=none", "true"]).status().is_ok_and(|status| status.success()) {
        // Not `println!`: the test runner would hide it, and a test that did not run must not look like a pass.
        let _ = io::stderr().write_all(b"SKIPPED: no strace that may trace; its test did not run (Debian: strace)\n");
        return;
    }
    let place = Place::new();
    let service = Setup::to_file("PLACE/out").output("fsync = true").command(&place);
    let mut command = Command::new("strace");
    // What is traced stays our own child, which signals reach.
    command.args(["-D", "-f", "-y", "-qq", "-s", "100", "-e", "trace=openat,write,sendto,fdatasync,fsync", "-o"]);
    command.arg(place.path().join("trace")).arg(service.get_program()).args(service.get_args());
    command.envs(service.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut service = Service::spawn(command);
    service.wait_for("event=started");
    for number in 0..2 {
        assert_eq!(service.post(&record(number)).status, 200);
        fs::rename(place.path().join("out"), place.path().join("out.1")).unwrap();
    }
    assert_eq!(service.terminate(), 0);
    let folder = place.path().canonicalize().unwrap().display().to_string();
    let calls = calls(&fs::read_to_string(place.path().join("trace")).unwrap());
    let mut answers = calls.split(|call| call.starts_with("sendto(") && call.contains("HTTP/1.1 200"));
    for _ in 0..2 {
        let before = answers.next().unwrap();
        let mut rest = before.iter();
        for (name, on) in [
            ("openat(", "/out\"".to_owned()),
            ("fsync(", format!("<{folder}>")),
            ("write(", format!("<{folder}/out>")),
            ("fdatasync(", format!("<{folder}/out>")),
        ] {
            let found = rest.any(|call| call.starts_with(name) && call.contains(&on));
            assert!(found, "no {name} of {on}: {before:#?}");
        }
    }
    assert!(answers.next().is_some(), "{calls:#?}");
}
