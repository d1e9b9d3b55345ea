//! `trailsieve run` from files and to files: what comes out, full disks, standard output. Rotation is in
//! `service_rotation.rs`, positions are in `service_positions.rs`.
//!
//! The guest is the one of `service_http.rs`.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::followed::{append, comes_out, record, records};
use trailsieve_tests::http::{Server, post};
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
    let (from, to) = std::io::pipe().unwrap();
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
