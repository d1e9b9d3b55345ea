//! The real Vector and Fluent Bit are killed in the midst of their work and started again on the same folders, with the
//! configurations of `tests/shippers`; at the end records are counted. Vector's `aws_s3` is in `from_s3.rs`.
//!
//! `nothing_lost.tsv` says what may be missing, come twice or break off.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::thread::sleep;
use std::time::{Duration, Instant};
use trailsieve_tests::nothing_lost::{Chance, Issued, Promise, Trial};
use trailsieve_tests::shipped::{Shipped, records};

/// How many records go through, and how often the shipper is killed.
const RECORDS: usize = 10_000;
const TIMES: usize = 6;

/// What is missing after so long does not come any more.
const PATIENCE: Duration = Duration::from_secs(60);

/// What comes again comes within this time, behind all the others.
const QUIET: Duration = Duration::from_secs(3);

/// All that is written in the end.
fn settled(shipped: &Shipped, issued: &Issued) -> Vec<u8> {
    let start = Instant::now();
    while !issued.count(&shipped.written()).missing().is_empty() && start.elapsed() < PATIENCE {
        sleep(Duration::from_millis(500));
    }
    sleep(QUIET);
    shipped.written()
}

/// A log grows all the while. Every second time Fluent Bit is killed in the midst of writing, which it does once a
/// second. What was read and not written is not forgotten; what was being written comes again.
#[test]
fn fluent_bit_goes_on_where_it_was_killed() {
    let Some(mut shipped) = Shipped::by_fluent_bit() else { return };
    let issued = Issued::new(records(RECORDS));
    let lines: String = issued.records().iter().map(|record| format!("{}\n", record.text)).collect();
    let mut chance = Chance::new();
    let mut log = OpenOptions::new().create(true).append(true).open(shipped.path("in/x/a.ndjson")).unwrap();
    let mut rest = lines.as_bytes();
    let mut write = |share: usize, chance: &mut Chance| {
        while lines.len() - rest.len() < share {
            let (piece, behind) = rest.split_at(chance.between(1, 60_000).min(rest.len()));
            log.write_all(piece).unwrap();
            rest = behind;
            chance.pause(150_000);
        }
    };
    let mut running = shipped.start();
    for turn in 0..TIMES {
        write(lines.len() * (turn + 1) / (TIMES + 1), &mut chance);
        if turn.is_multiple_of(2) {
            chance.pause(500_000);
        } else {
            shipped.writes_within(Duration::from_secs(3));
        }
        running.kill();
        running = shipped.start();
    }
    write(lines.len(), &mut chance);
    let written = settled(&shipped, &issued);
    let trial = Trial { issued, written, kept_aside: Vec::new(), faults: TIMES };
    Promise::of_killed_shipper("Fluent Bit's filter_wasm").check_but_for_order(&trial);
}

/// Nothing is noted of what was read: all comes again, so that nothing is missing as long as the files are there.
#[test]
fn vector_reads_everything_again_when_it_was_killed() {
    let Some(mut shipped) = Shipped::by_vector() else { return };
    let issued = Issued::new(records(RECORDS));
    let lines: String = issued.records().iter().map(|record| format!("{}\n", record.text)).collect();
    fs::write(shipped.path("in/x/a.ndjson"), &lines).unwrap();
    let mut chance = Chance::new();
    for _ in 0..TIMES {
        let mut running = shipped.start();
        let until = shipped.written().len() + chance.between(1, lines.len());
        shipped.written_once(|written| written.len() > until);
        running.kill();
    }
    let _running = shipped.start();
    let written = settled(&shipped, &issued);
    let trial = Trial { issued, written, kept_aside: Vec::new(), faults: TIMES };
    Promise::of_killed_shipper("Vector's exec").check_but_for_order(&trial);
}
