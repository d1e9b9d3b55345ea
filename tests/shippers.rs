//! The real Vector and Fluent Bit with the configurations of `tests/shippers`, as they stand but for the folders in them.
//!
//! They run wherever their programs are: on PATH, or where VECTOR and FLUENT_BIT say. Where they are not, the test says
//! that it did not run.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fs;
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
