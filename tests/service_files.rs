//! `trailsieve run` from files and to files: rotation, positions, full disks.
//!
//! The guest is the one of `service_http.rs`.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner;
use trailsieve_tests::service::{Service, configure, eventually};

const CONFIG: &str = "\
state_dir = \"PLACE/state\"
workers = 2

[rules]
component = \"GUEST\"

[inputs.log]
type = \"file\"
path = \"PLACE/log\"
poll = \"5ms\"

[outputs.out]
type = \"file\"
path = \"PLACE/out\"
";

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
fn a_file_is_followed_through_every_kind_of_rotation() {
    let place = Place::new();
    let log = place.path().join("log");
    let mut service = Service::start(&place, CONFIG);
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

#[test]
fn a_restart_goes_on_where_outputs_had_acknowledged() {
    let place = Place::new();
    let log = place.path().join("log");
    append(&log, &records(0..100));
    let mut service = Service::start(&place, CONFIG);
    comes_out(&place, &records(0..100));
    assert_eq!(service.terminate(), 0);
    append(&log, &records(100..110));
    let mut service = Service::start(&place, CONFIG);
    comes_out(&place, &records(0..110));
    assert_eq!(service.terminate(), 0);
    // Rotated twice while nobody looked; what is compressed is not read.
    append(&log, &records(110..115));
    fs::rename(&log, place.path().join("log.2")).unwrap();
    append(&log, &records(115..120));
    fs::rename(&log, place.path().join("log.1")).unwrap();
    append(&log, &records(120..125));
    append(&place.path().join("log.3.gz"), "not to be read");
    let mut service = Service::start(&place, CONFIG);
    comes_out(&place, &records(0..125));
    assert_eq!(service.terminate(), 0);
    // The file is gone, and another one has its name.
    fs::remove_file(place.path().join("log.1")).unwrap();
    fs::remove_file(place.path().join("log.2")).unwrap();
    fs::write(place.path().join("new"), records(125..130)).unwrap();
    fs::rename(place.path().join("new"), &log).unwrap();
    let mut service = Service::start(&place, CONFIG);
    service.wait_for("event=position_lost");
    comes_out(&place, &records(0..130));
}

/// The position stands behind what the outputs have, so that what a crash cuts off comes again, and nothing is missing.
#[test]
fn after_a_crash_nothing_is_missing() {
    let place = Place::new();
    let log = place.path().join("log");
    let mut written = 0;
    for round in 0..4 {
        let mut service = Service::start(&place, CONFIG);
        for _ in 0..10 {
            append(&log, &records(written..written + 500));
            written += 500;
        }
        let seen = out(&place).lines().count();
        eventually("something came out", || out(&place).lines().count() > seen);
        service.signal(if round == 3 { "TERM" } else { "KILL" });
        service.end();
    }
    let mut service = Service::start(&place, CONFIG);
    let last = record(written - 1);
    eventually("the last record comes out", || out(&place).ends_with(&last));
    assert_eq!(service.terminate(), 0);
    let text = out(&place);
    let lines: std::collections::BTreeSet<&str> = text.lines().collect();
    let missing: Vec<usize> = (0..written).filter(|number| !lines.contains(record(*number).trim_end())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A file may not grow beyond a limit of the process, as on a disk that is full. Nothing is acknowledged then, no
/// torn line stays, and once there is room again all comes out.
#[test]
fn a_full_disk_stops_acknowledgement_and_passes() {
    let place = Place::new();
    let log = place.path().join("log");
    append(&log, &records(0..20_000));
    let config = configure(&place, CONFIG);
    // In blocks of 512 bytes; positions and the cache are smaller than that.
    let mut limited = std::process::Command::new("bash");
    limited.args(["-c", "ulimit -S -f 100; trap '' XFSZ; exec \"$@\"", "bash"]).arg(runner::program());
    limited.args(["run", "--config", &config]).env("XDG_CACHE_HOME", runner::program().with_file_name("test-cache"));
    let mut service = Service::spawn(limited);
    service.wait_for("event=output_failed");
    let position = fs::read_to_string(place.path().join("state/positions/log.json")).unwrap_or_default();
    assert!(!position.contains(&format!("\"offset\":{},", records(0..20_000).len())), "{position}");
    let room = ["--pid", &service.id().to_string(), "--fsize=unlimited:"];
    assert!(std::process::Command::new("prlimit").args(room).status().unwrap().success());
    service.wait_for("event=output_recovered");
    comes_out(&place, &records(0..20_000));
    assert_eq!(service.terminate(), 0);
}

#[test]
fn an_output_file_that_is_moved_away_is_made_anew() {
    let place = Place::new();
    let log = place.path().join("log");
    let mut service = Service::start(&place, CONFIG);
    append(&log, &record(0));
    comes_out(&place, &record(0));
    fs::rename(place.path().join("out"), place.path().join("out.1")).unwrap();
    append(&log, &record(1));
    comes_out(&place, &record(1));
    // What a crash has torn is ended before anything follows it.
    assert_eq!(service.terminate(), 0);
    append(&place.path().join("out"), "{\"torn");
    append(&log, &record(2));
    let _service = Service::start(&place, CONFIG);
    comes_out(&place, &format!("{}{{\"torn\n{}", record(1), record(2)));
}

#[test]
fn standard_output_takes_lines_and_its_end_ends_the_service() {
    let place = Place::new();
    let log = place.path().join("log");
    append(&log, &records(0..10));
    let text = CONFIG.replace("type = \"file\"\npath = \"PLACE/out\"", "type = \"stdout\"");
    let config = configure(&place, &text);
    let mut command = runner::command(["run", "--config", &config]);
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
    let position = fs::read_to_string(place.path().join("state/positions/log.json")).unwrap_or_default();
    assert!(!position.contains(&format!("\"offset\":{}", records(0..20).len())), "{position}");
}
