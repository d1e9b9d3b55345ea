//! `trailsieve run` from files: where it goes on after a start.
//!
//! The guest is the one of `service_http.rs`.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fs;
use std::os::unix::fs::symlink;
use trailsieve_tests::followed::{append, comes_out, records};
use trailsieve_tests::http::get;
use trailsieve_tests::place::Place;
use trailsieve_tests::service::Setup;

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
fn a_position_that_cannot_be_read_is_told_and_all_is_read_again() {
    let position = |offset: i64| {
        format!(
            r#"{{"device":1,"inode":2,"offset":{offset},"head":"","head_length":0,"tail":"","tail_length":0,
                "changed":0,"path":"log"}}"#
        )
    };
    let without_tail = r#"{"device":1,"inode":2,"offset":0,"head":"","head_length":0,"changed":0,"path":"log"}"#;
    for damage in ["\u{0}garbage", "", &position(-3), &position(3), without_tail] {
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

/// A file that cannot be opened, a volume that is mounted later: the position is not lost for that, nor what lies there.
#[test]
fn what_is_not_to_be_had_yet_after_a_start_is_waited_for() {
    for case in ["the folder is missing", "nothing is mounted", "it cannot be listed", "a file cannot be opened"] {
        let place = Place::new();
        let [folder, log, rotated, aside] =
            ["logs", "logs/log", "logs/log.1", "aside"].map(|name| place.path().join(name));
        fs::create_dir(&folder).unwrap();
        append(&log, &records(0..10));
        let setup = Setup::files().following("PLACE/logs/log");
        let mut service = setup.start_in(&place);
        comes_out(&place, &records(0..10));
        assert_eq!(service.terminate(), 0);
        append(&log, &records(10..15));
        fs::rename(&log, &rotated).unwrap();
        append(&log, &records(15..17));
        let hidden = if case == "a file cannot be opened" { &rotated } else { &folder };
        fs::rename(hidden, &aside).unwrap();
        match case {
            "the folder is missing" => {}
            "nothing is mounted" => fs::create_dir(hidden).unwrap(),
            // Whoever runs this test, a link that leads to itself is opened by nobody.
            _ => symlink(hidden, hidden).unwrap(),
        }
        let mut service = setup.start_in(&place);
        service.wait_for("event=file_not_read");
        assert_eq!(get(service.address("admin"), "/readyz").status, 503, "{case}");
        if folder.is_symlink() {
            fs::remove_file(&folder).unwrap();
        }
        fs::rename(&aside, hidden).unwrap();
        comes_out(&place, &records(0..17));
        assert_eq!(service.metric("trailsieve_file_breaks_total{input=\"in\",event=\"position_lost\"}"), 0.0, "{case}");
        assert_eq!(service.terminate(), 0);
    }
}
