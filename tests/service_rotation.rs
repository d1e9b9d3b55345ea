//! `trailsieve run` from files that are rotated, and what it takes for the same file.
//!
//! The guest is the one of `service_http.rs`.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime};
use trailsieve_tests::followed::{Shut, append, comes_out, pack, record, records};
use trailsieve_tests::http::get;
use trailsieve_tests::place::Place;
use trailsieve_tests::service::Setup;

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

/// As if the clock had been set back before the file was last changed.
fn set_back_an_hour(file: &Path) {
    let an_hour_before = SystemTime::now() - Duration::from_secs(3_600);
    fs::File::options().append(true).open(file).unwrap().set_modified(an_hour_before).unwrap();
}

/// A later file then looks older than the one that is read; its number and that it was not there before tell.
#[test]
fn what_was_rotated_after_a_clock_was_set_back_is_read() {
    let (place, shut) = (Place::new(), Shut::new());
    let (log, old) = (place.path().join("log"), place.path().join("log.1"));
    append(&old, &records(90_000..90_010));
    append(&log, &records(0..60_000));
    let mut service = shut.start(&place);
    fs::rename(&old, place.path().join("log.3")).unwrap();
    fs::rename(&log, place.path().join("log.2")).unwrap();
    append(&old, &records(60_000..60_010));
    set_back_an_hour(&old);
    append(&log, &records(60_010..60_020));
    shut.takes(&records(0..60_020));
    assert_eq!(service.terminate(), 0);
}

/// After a start nobody knows which files were there before, and numbers may ascend as well.
#[test]
fn a_file_that_may_have_come_while_nobody_looked_is_told() {
    let place = Place::new();
    let (log, later) = (place.path().join("log"), place.path().join("log.1"));
    append(&log, &records(0..10));
    let mut service = Setup::files().start_in(&place);
    comes_out(&place, &records(0..10));
    assert_eq!(service.terminate(), 0);
    fs::rename(&log, place.path().join("log.2")).unwrap();
    append(&later, &records(10..20));
    set_back_an_hour(&later);
    append(&log, &records(20..30));
    let mut service = Setup::files().start_in(&place);
    assert!(service.wait_for("event=position_lost").contains("log.1 is not read"), "{:?}", service.said);
    comes_out(&place, &format!("{}{}", records(0..10), records(20..30)));
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
    symlink("ct-21", &log).unwrap();
    turn(&|| {
        fs::remove_file(&log).unwrap();
        symlink("ct-22", &log).unwrap();
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

/// What was rotated twice, or copied, while an output stood still lies in a file that nobody can open for a while.
#[test]
fn what_cannot_be_opened_when_it_is_looked_for_is_waited_for() {
    for is_renamed in [true, false] {
        let (place, shut) = (Place::new(), Shut::new());
        let [log, first, second, aside] = ["log", "log.1", "log.2", "aside"].map(|name| place.path().join(name));
        append(&log, &records(0..60_000));
        let mut service = shut.start(&place);
        if is_renamed {
            fs::rename(&log, &second).unwrap();
            append(&log, &records(60_000..60_010));
            fs::rename(&log, &aside).unwrap();
        } else {
            append(&log, &records(60_000..60_010));
            fs::copy(&log, &aside).unwrap();
        }
        fs::write(&log, records(60_010..60_020)).unwrap();
        // Whoever runs this test, a link that leads to itself is opened by nobody.
        symlink(&first, &first).unwrap();
        shut.open();
        assert!(service.wait_for("event=file_not_read").contains("log.1: "));
        fs::rename(&aside, &first).unwrap();
        shut.takes(&records(0..60_020));
        assert_eq!(service.metric("trailsieve_file_breaks_total{input=\"in\",event=\"position_lost\"}"), 0.0);
        assert_eq!(service.terminate(), 0);
    }
}

/// So little was read that other files may begin alike.
#[test]
fn what_was_read_and_is_packed_at_once_does_not_come_twice() {
    let (place, mut service) = Setup::files().start();
    let [log, first, packed] = ["log", "log.1", "log.1.gz"].map(|name| place.path().join(name));
    append(&log, &records(0..3));
    comes_out(&place, &records(0..3));
    fs::rename(&log, &first).unwrap();
    pack(&first, &packed);
    append(&log, &records(3..5));
    comes_out(&place, &records(0..5));
    assert_eq!(service.terminate(), 0);
}
