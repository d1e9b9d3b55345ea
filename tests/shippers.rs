//! The real Vector and Fluent Bit with the configurations of `tests/shippers`, as they stand but for the folders in them.
//!
//! They run wherever their programs are: on PATH, or where VECTOR and FLUENT_BIT say. Where they are not, the test says
//! that it did not run.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fs::{self, OpenOptions};
use std::io::Write;
use trailsieve_tests::nothing_lost::Issued;
use trailsieve_tests::runner::{self, feed, out};
use trailsieve_tests::shipped::{Shipped, records};

/// Some records, a line each.
fn lines() -> String {
    records(3000).iter().map(|record| format!("{}\n", record.text)).collect()
}

/// What `filter` makes of them.
fn judged(lines: &str) -> String {
    out(&feed(runner::command(["filter"]), lines.as_bytes()))
}

/// Has all lines shipped, and compares what is written.
fn check(mut shipped: Shipped) {
    let lines = lines();
    fs::write(shipped.path("in/x/a.ndjson"), &lines).unwrap();
    let _running = shipped.start();
    let is_all = |written: &[u8]| written.split(|byte| *byte == b'\n').count() > lines.lines().count();
    assert_eq!(String::from_utf8(shipped.written_once(is_all)).unwrap(), judged(&lines));
}

#[test]
fn vector_passes_what_filter_writes() {
    let Some(shipped) = Shipped::by_vector() else { return };
    check(shipped);
}

#[test]
fn fluent_bit_passes_what_filter_writes_with_the_module_in_it() {
    let Some(shipped) = Shipped::by_fluent_bit() else { return };
    check(shipped);
}

/// What was rotated is read where it lies by now: what Fluent Bit had read to a part, and what it never saw.
#[test]
fn fluent_bit_loses_nothing_when_the_log_is_rotated_while_it_is_away() {
    let Some(mut shipped) = Shipped::by_fluent_bit() else { return };
    let issued = Issued::new(records(3000));
    let lines: Vec<String> = issued.records().iter().map(|record| format!("{}\n", record.text)).collect();
    let append = |shipped: &Shipped, lines: &[String]| {
        let log = OpenOptions::new().create(true).append(true).open(shipped.path("in/x/a.ndjson"));
        log.unwrap().write_all(lines.concat().as_bytes()).unwrap();
    };
    let rotate = |shipped: &Shipped, from: &str, to: &str| {
        fs::rename(shipped.path(&format!("in/x/{from}")), shipped.path(&format!("in/x/{to}"))).unwrap();
    };
    let (first, rest) = lines.split_at(1000);
    let (second, rest) = rest.split_at(700);
    let (third, fourth) = rest.split_at(700);
    append(&shipped, first);
    let mut running = shipped.start();
    let all_of = |records: usize| move |written: &[u8]| written.split(|byte| *byte == b'\n').count() > records;
    shipped.written_once(all_of(first.len()));
    running.end();
    append(&shipped, second);
    rotate(&shipped, "a.ndjson", "a.ndjson.1");
    append(&shipped, third);
    rotate(&shipped, "a.ndjson.1", "a.ndjson.2");
    rotate(&shipped, "a.ndjson", "a.ndjson-20261122");
    append(&shipped, fourth);
    let mut running = shipped.start();
    shipped.written_once(all_of(lines.len()));
    running.end();
    let came = issued.count(&shipped.written());
    assert_eq!((came.missing(), came.twice(), came.torn), (Vec::new(), 0, 0));
}

/// The records of the past, in the order of the files' names.
#[test]
fn vector_reads_what_a_log_was_rotated_to() {
    let Some(mut shipped) = Shipped::by_vector() else { return };
    let lines = lines();
    let (newer, older) = lines.split_at(lines.match_indices('\n').nth(999).unwrap().0 + 1);
    fs::write(shipped.path("in/x/a.ndjson"), newer).unwrap();
    fs::write(shipped.path("in/x/a.ndjson.1"), older).unwrap();
    fs::write(shipped.path("in/x/a.ndjson.2.gz"), "packed").unwrap();
    let _running = shipped.start();
    let is_all = |written: &[u8]| written.split(|byte| *byte == b'\n').count() > lines.lines().count();
    assert_eq!(String::from_utf8(shipped.written_once(is_all)).unwrap(), judged(&lines));
}
