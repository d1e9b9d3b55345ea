//! `trailsieve run` from files and to files: rotation, positions, full disks.
//!
//! The guest is the one of `service_http.rs`.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use trailsieve_tests::http::Server;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner;
use trailsieve_tests::service::{Service, Setup, eventually};

fn record(number: usize) -> String {
    format!("{{\"n\":{number}}}\n")
}

fn records(numbers: std::ops::Range<usize>) -> String {
    numbers.map(record).collect()
}

fn append(path: &Path, text: &str) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn out(place: &Place) -> String {
    fs::read_to_string(place.path().join("out")).unwrap_or_default()
}

fn comes_out(place: &Place, expected: &str) {
    eventually(&format!("{} bytes come out", expected.len()), || out(place).len() >= expected.len());
    assert_eq!(out(place), expected);
}

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

#[test]
fn a_file_is_followed_through_every_kind_of_rotation() {
    let (place, mut service) = Setup::files().start();
    let log = place.path().join("log");
    // The file may come later.
    append(&log, &records(0..3));
    comes_out(&place, &records(0..3));
    // A line that is not ended waits for its end.
    append(&log, "{\"n\":");
    append(&log, "3}\n");
    comes_out(&place, &records(0..4));
    // Renamed, and written to for a little longer.
    fs::rename(&log, place.path().join("log.1")).unwrap();
    append(&place.path().join("log.1"), &records(4..6));
    append(&log, &records(6..8));
    comes_out(&place, &records(0..8));
    // Truncated, and shorter than before.
    fs::write(&log, record(8)).unwrap();
    comes_out(&place, &records(0..9));
    // Truncated, and longer than before by the time that anybody looks.
    fs::write(&log, records(9..60)).unwrap();
    comes_out(&place, &records(0..60));
    // The last line of a file that was moved away is complete, whether it was ended or not.
    append(&log, "{\"n\":60}");
    fs::rename(&log, place.path().join("log.2")).unwrap();
    append(&log, &records(61..62));
    comes_out(&place, &records(0..62));
    assert_eq!(service.terminate(), 0);
}

/// While nobody takes anything, the input waits in the midst of a file, which may be rotated more than once meanwhile.
#[test]
fn what_was_rotated_while_an_output_stood_still_is_read_in_its_order() {
    let is_open = Arc::new(AtomicBool::new(false));
    let opened = Arc::clone(&is_open);
    let server = Server::deciding(move |_| Some(if opened.load(Ordering::SeqCst) { 200 } else { 503 }));
    let place = Place::new();
    let log = place.path().join("log");
    append(&log, &records(0..60_000));
    let setup = Setup::to(&server).following("PLACE/log").general("memory_limit = \"256KiB\"");
    let mut service = setup.rules("component = \"GUEST\"\nmax_record_size = \"64KiB\"").start_in(&place);
    service.wait_for("event=output_failed");
    fs::rename(&log, place.path().join("log.3")).unwrap();
    for (turn, name) in ["log.2", "log.1", "log"].into_iter().enumerate() {
        append(&log, &records(60_000 + turn * 10..60_010 + turn * 10));
        fs::rename(&log, place.path().join(name)).unwrap();
        // The clock of a file system ticks slowly.
        thread::sleep(Duration::from_millis(20));
    }
    // The one that is read has no name any more.
    fs::remove_file(place.path().join("log.3")).unwrap();
    is_open.store(true, Ordering::SeqCst);
    eventually("the last record comes", || server.last_ends_with(record(60_029).as_bytes()));
    let lines: String = server.lines().iter().map(|line| format!("{line}\n")).collect();
    assert!(lines == records(0..60_030), "{} lines, or in another order", server.lines().len());
    assert_eq!(service.terminate(), 0);
}

#[test]
fn a_restart_goes_on_where_outputs_had_acknowledged() {
    let place = Place::new();
    let log = place.path().join("log");
    append(&log, &records(0..100));
    let mut service = Setup::files().start_in(&place);
    comes_out(&place, &records(0..100));
    assert_eq!(service.terminate(), 0);
    append(&log, &records(100..110));
    let mut service = Setup::files().start_in(&place);
    comes_out(&place, &records(0..110));
    assert_eq!(service.terminate(), 0);
    // Rotated twice while nobody looked; what is compressed is not read.
    append(&log, &records(110..115));
    fs::rename(&log, place.path().join("log.2")).unwrap();
    append(&log, &records(115..120));
    fs::rename(&log, place.path().join("log.1")).unwrap();
    append(&log, &records(120..125));
    append(&place.path().join("log.3.gz"), "not to be read");
    let mut service = Setup::files().start_in(&place);
    comes_out(&place, &records(0..125));
    assert_eq!(service.terminate(), 0);
    // The file is gone, and another one has its name.
    fs::remove_file(place.path().join("log.1")).unwrap();
    fs::remove_file(place.path().join("log.2")).unwrap();
    fs::write(place.path().join("new"), records(125..130)).unwrap();
    fs::rename(place.path().join("new"), &log).unwrap();
    let mut service = Setup::files().start_in(&place);
    service.wait_for("event=position_lost");
    comes_out(&place, &records(0..130));
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
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(from));
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
