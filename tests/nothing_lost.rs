//! Nothing is lost: records go through every way while something goes wrong, and at the end they are counted.
//!
//! `nothing_lost.tsv` says for each way and fault what may be missing, come twice or break off. Chance decides when
//! something happens; its seed is printed when a test fails.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use trailsieve_tests::nothing_lost::{Chance, Promise, through};

/// All lines of the table for this way.
fn prove(way: &str) {
    let promises: Vec<Promise> = Promise::all().into_iter().filter(|promise| promise.way == way).collect();
    assert!(!promises.is_empty(), "the table says nothing of {way}");
    let mut chance = Chance::new();
    for promise in promises {
        promise.check(&through(way, promise.fault(), &mut chance));
    }
}

#[test]
fn pipe() {
    prove("pipe");
}

#[test]
fn omprog() {
    prove("omprog");
}

#[test]
fn mmexternal() {
    prove("mmexternal");
}

#[test]
fn http_to_http() {
    prove("http to http");
}

#[test]
fn http_to_file() {
    prove("http to file");
}

#[test]
fn file_to_http() {
    prove("file to http");
}

#[test]
fn file_to_file() {
    prove("file to file");
}

/// A way of which the table does not speak, or a fault, would be left out above in silence.
#[test]
fn the_table_speaks_of_every_way_and_fault() {
    let (promises, of_shippers): (Vec<_>, Vec<_>) = Promise::all().into_iter().partition(Promise::is_of_harness);
    let pairs: BTreeSet<(&str, &str)> =
        promises.iter().map(|promise| (promise.way.as_str(), promise.fault.as_str())).collect();
    assert_eq!(pairs.len(), promises.len(), "something stands there twice");
    let ways: BTreeSet<&str> = pairs.iter().map(|(way, _)| *way).collect();
    assert_eq!(ways.len(), 7, "{ways:?}");
    // mmexternal writes nothing itself: neither who reads it nor a full disk is its own.
    assert_eq!(pairs.len(), 5 * ways.len() - 3);
    // What the programs of others do when they are killed: shippers_killed.rs and from_s3.rs.
    let of_shippers: Vec<&str> = of_shippers.iter().map(|promise| promise.way.as_str()).collect();
    assert_eq!(of_shippers, ["Vector's exec", "Vector's aws_s3", "Fluent Bit's filter_wasm"]);
}
