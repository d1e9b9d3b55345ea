//! `trailsieve run` from files and to files: rotation, positions, full disks.
//!
//! The guest is the one of `service_http.rs`.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use trailsieve_tests::http::{Server, get, post};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{self, workspace};
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
    // Renamed, and written to until whoever writes has opened the new one, which is empty so long.
    fs::rename(&log, place.path().join("log.1")).unwrap();
    fs::File::create(&log).unwrap();
    thread::sleep(Duration::from_millis(300));
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
    // The clock of a file system ticks slowly: what has the time of the file before would be read again.
    thread::sleep(Duration::from_millis(20));
    append(&log, &records(61..62));
    comes_out(&place, &records(0..62));
    // All of a file is the beginning of a line, and the next file begins with the same bytes.
    thread::sleep(Duration::from_millis(20));
    fs::rename(&log, place.path().join("log.3")).unwrap();
    append(&log, "{\"n\":");
    thread::sleep(Duration::from_millis(20));
    fs::rename(&log, place.path().join("log.4")).unwrap();
    append(&log, &records(62..64));
    comes_out(&place, &format!("{}{{\"n\":\n{}", records(0..62), records(62..64)));
    assert_eq!(service.terminate(), 0);
}

/// An output that takes nothing until it is opened, so that the input stands still in the midst of a file.
struct Shut {
    is_open: Arc<AtomicBool>,
    server: Server,
}

impl Shut {
    fn new() -> Self {
        let is_open = Arc::new(AtomicBool::new(false));
        let opened = Arc::clone(&is_open);
        let server = Server::deciding(move |_| Some(if opened.load(Ordering::SeqCst) { 200 } else { 503 }));
        Self { is_open, server }
    }

    fn start(&self, place: &Place) -> Service {
        let setup = Setup::to(&self.server).following("PLACE/log").general("memory_limit = \"256KiB\"\ngrace = \"1s\"");
        let mut service = setup.rules("component = \"GUEST\"\nmax_record_size = \"64KiB\"").start_in(place);
        service.wait_for("event=output_failed");
        service
    }

    /// From now on it takes all.
    fn takes(&self, expected: &str) {
        self.is_open.store(true, Ordering::SeqCst);
        let last = expected.lines().last().unwrap();
        eventually("the last record comes", || self.server.last_ends_with(format!("{last}\n").as_bytes()));
        let lines: String = self.server.lines().iter().map(|line| format!("{line}\n")).collect();
        assert!(lines == expected, "{} lines of {}", lines.lines().count(), expected.lines().count());
    }
}

/// While nobody takes anything, the input waits in the midst of a file, which may be rotated more than once meanwhile.
#[test]
fn what_was_rotated_while_an_output_stood_still_is_read_in_its_order() {
    let (place, shut) = (Place::new(), Shut::new());
    let log = place.path().join("log");
    append(&log, &records(0..60_000));
    let mut service = shut.start(&place);
    fs::rename(&log, place.path().join("log.3")).unwrap();
    for (turn, name) in ["log.2", "log.1", "log"].into_iter().enumerate() {
        append(&log, &records(60_000 + turn * 10..60_010 + turn * 10));
        fs::rename(&log, place.path().join(name)).unwrap();
        // The clock of a file system ticks slowly.
        thread::sleep(Duration::from_millis(20));
    }
    // The one that is read has no name any more.
    fs::remove_file(place.path().join("log.3")).unwrap();
    shut.takes(&records(0..60_030));
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
    // Rotated twice while nobody looked; what is packed otherwise than with gzip is not read.
    append(&log, &records(110..115));
    fs::rename(&log, place.path().join("log.2")).unwrap();
    append(&log, &records(115..120));
    fs::rename(&log, place.path().join("log.1")).unwrap();
    append(&log, &records(120..125));
    append(&place.path().join("log.3.zst"), "not to be read");
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

/// Records that begin alike for longer than what is remembered of a file's start, as those of one caller nearly do.
fn alike(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|number| format!("{{\"same\":\"{}\",\"n\":{number}}}\n", "x".repeat(5_000))).collect()
}

#[test]
fn a_file_that_begins_like_the_one_before_is_not_taken_for_it() {
    let place = Place::new();
    let log = place.path().join("log");
    append(&log, &alike(0..30));
    let mut service = Setup::files().start_in(&place);
    comes_out(&place, &alike(0..30));
    assert_eq!(service.terminate(), 0);
    // The same file by its number, longer than before, and the same record comes first.
    fs::write(&log, [alike(0..1), alike(30..90)].concat()).unwrap();
    let mut service = Setup::files().start_in(&place);
    service.wait_for("event=position_lost");
    comes_out(&place, &[alike(0..30), alike(0..1), alike(30..90)].concat());
    assert_eq!(service.metric("trailsieve_file_breaks_total{input=\"in\",event=\"position_lost\"}"), 1.0);
    assert_eq!(service.terminate(), 0);
}

#[test]
fn a_position_of_a_former_version_is_gone_on_from() {
    let place = Place::new();
    let log = place.path().join("log");
    append(&log, &records(0..5));
    let mut service = Setup::files().start_in(&place);
    comes_out(&place, &records(0..5));
    assert_eq!(service.terminate(), 0);
    let saved = place.path().join("state/positions/in.json");
    let mut position: Value = serde_json::from_slice(&fs::read(&saved).unwrap()).unwrap();
    let members = position.as_object_mut().unwrap();
    members.retain(|key, _| ["device", "inode", "offset", "head", "head_length"].contains(&key.as_str()));
    fs::write(&saved, position.to_string()).unwrap();
    append(&log, &records(5..7));
    let mut service = Setup::files().start_in(&place);
    comes_out(&place, &records(0..7));
    assert_eq!(service.terminate(), 0);
}

/// What stands still in the midst of a file goes on in its copy, although the file has grown beyond the place again.
#[test]
fn what_was_copied_and_truncated_while_an_output_stood_still_is_read_in_its_copy() {
    let (place, shut) = (Place::new(), Shut::new());
    let log = place.path().join("log");
    append(&log, &records(0..60_000));
    let mut service = shut.start(&place);
    fs::copy(&log, place.path().join("log.1")).unwrap();
    fs::write(&log, records(60_000..120_000)).unwrap();
    // And once more: the first copy is packed, and what came between is nowhere else than in the second.
    pack(&place.path().join("log.1"), &place.path().join("log.2.gz"));
    thread::sleep(Duration::from_millis(20));
    fs::copy(&log, place.path().join("log.1")).unwrap();
    fs::write(&log, records(120_000..120_010)).unwrap();
    shut.takes(&records(0..120_010));
    service.wait_for("event=file_truncated");
    assert_eq!(service.metric("trailsieve_file_breaks_total{input=\"in\",event=\"position_lost\"}"), 0.0);
    assert_eq!(service.terminate(), 0);
}

/// Packs a file as who rotates does: in its place, with the time of its last change.
fn pack(file: &Path, to: &Path) {
    let changed = fs::metadata(file).unwrap().modified().unwrap();
    let mut packed = GzEncoder::new(fs::File::create(to).unwrap(), Compression::fast());
    packed.write_all(&fs::read(file).unwrap()).unwrap();
    packed.finish().unwrap().set_modified(changed).unwrap();
    fs::remove_file(file).unwrap();
}

#[test]
fn what_was_copied_packed_or_linked_elsewhere_while_nobody_looked_is_read_to_its_end() {
    let place = Place::new();
    let (log, first) = (place.path().join("log"), place.path().join("log.1"));
    let mut all = 0;
    let mut turn = |rotate: &dyn Fn()| {
        append(&log, &records(all..all + 10));
        let mut service = Setup::files().start_in(&place);
        comes_out(&place, &records(0..all + 10));
        assert_eq!(service.terminate(), 0);
        append(&log, &records(all + 10..all + 15));
        rotate();
        append(&log, &records(all + 15..all + 17));
        let mut service = Setup::files().start_in(&place);
        comes_out(&place, &records(0..all + 17));
        assert_eq!(service.metric("trailsieve_file_breaks_total{input=\"in\",event=\"position_lost\"}"), 0.0);
        assert_eq!(service.terminate(), 0);
        all += 17;
    };
    // Copied and truncated.
    turn(&|| {
        fs::copy(&log, &first).unwrap();
        fs::write(&log, "").unwrap();
    });
    // Renamed and packed at once.
    turn(&|| {
        fs::rename(&log, &first).unwrap();
        pack(&first, &place.path().join("log.1.gz"));
    });
    // The name is a link, which leads to another file.
    fs::rename(&log, place.path().join("ct-21")).unwrap();
    std::os::unix::fs::symlink("ct-21", &log).unwrap();
    turn(&|| {
        fs::remove_file(&log).unwrap();
        std::os::unix::fs::symlink("ct-22", &log).unwrap();
    });
}

/// Nothing was acknowledged before the first end, so that nothing but the start of the file is known.
#[test]
fn a_file_that_was_rotated_before_anything_was_acknowledged_is_read() {
    let (place, shut) = (Place::new(), Shut::new());
    let log = place.path().join("log");
    append(&log, &records(0..10));
    let mut service = shut.start(&place);
    assert_eq!(service.terminate(), 4);
    fs::rename(&log, place.path().join("log.1")).unwrap();
    append(&log, &records(10..12));
    let mut service = shut.start(&place);
    shut.takes(&records(0..12));
    assert_eq!(service.terminate(), 0);
}

#[test]
fn a_position_that_cannot_be_read_is_told_and_all_is_read_again() {
    for damage in ["\u{0}garbage", "", r#"{"device":1,"inode":2,"offset":-3,"head":"","head_length":0}"#] {
        let place = Place::new();
        let log = place.path().join("log");
        append(&log, &records(0..10));
        let mut service = Setup::files().start_in(&place);
        comes_out(&place, &records(0..10));
        assert_eq!(service.terminate(), 0);
        append(&log, &records(10..15));
        fs::rename(&log, place.path().join("log.1")).unwrap();
        append(&log, &records(15..16));
        let saved = place.path().join("state/positions/in.json");
        fs::write(&saved, damage).unwrap();
        let mut service = Setup::files().start_in(&place);
        service.wait_for("event=position_not_read");
        comes_out(&place, &format!("{}{}", records(0..10), records(0..16)));
        assert_eq!(service.terminate(), 0);
    }
}

#[test]
fn where_a_position_cannot_be_saved_the_service_is_not_ready() {
    let place = Place::new();
    append(&place.path().join("log"), &records(0..10));
    fs::create_dir_all(place.path().join("state/positions/in.json")).unwrap();
    let mut service = Setup::files().start_in(&place);
    service.wait_for("event=position_not_saved");
    let answer = get(service.address("admin"), "/readyz");
    assert_eq!((answer.status, answer.body.contains("position of input in: cannot save")), (503, true), "{answer:?}");
    comes_out(&place, &records(0..10));
    assert_eq!(service.terminate(), 0);
}

/// Files that are called nearly so are not the log's, and one that is packed and damaged does not keep back the rest.
#[test]
fn only_what_the_log_was_rotated_to_is_read() {
    let place = Place::new();
    let log = place.path().join("log");
    append(&log, &records(0..10));
    let mut service = Setup::files().start_in(&place);
    comes_out(&place, &records(0..10));
    append(&place.path().join("log.sha256"), "deadbeef\n");
    append(&place.path().join("log-notes.txt"), "notes\n");
    fs::rename(&log, place.path().join("log.2")).unwrap();
    thread::sleep(Duration::from_millis(20));
    fs::write(place.path().join("log.1.gz"), [0x1f, 0x8b, 8, 0, 1, 2, 3]).unwrap();
    append(&log, &records(10..12));
    service.wait_for("event=file_not_unpacked");
    comes_out(&place, &records(0..12));
    assert_eq!(service.terminate(), 0);
}

/// To open a pipe would wait for somebody who writes, and there is no place in it to go on from.
#[test]
fn what_is_no_regular_file_is_told_and_does_not_keep_the_service() {
    let place = Place::new();
    assert!(Command::new("mkfifo").arg(place.path().join("log")).status().unwrap().success());
    let mut service = Setup::files().start_in(&place);
    assert!(service.wait_for("event=file_not_read").contains("only regular files are followed"));
    assert_eq!(get(service.address("admin"), "/readyz").status, 503);
    assert_eq!(service.terminate(), 0);
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
