//! Many records through one process: memory must not follow their number.
//!
//! A tenth of the records brings a process to its size; the rest must leave it there. No two records are alike, so that
//! whatever remembered names or values would show.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use trailsieve_tests::http::Client;
use trailsieve_tests::runner;
use trailsieve_tests::service::{Setup, eventually};

/// How many records there are.
const RECORDS: usize = 1_000_000;

/// Records in one piece.
const PIECE: usize = 2_000;

/// How much larger a process may become, in KiB: what allocators keep for later. To remember ten bytes of each record
/// would be more.
const MARGIN: u64 = 8 << 10;

/// The records of the piece with this number: of each ten, one is a sign-in of root, and one is no JSON.
fn piece(number: usize) -> String {
    let mut text = String::new();
    for number in number * PIECE..(number + 1) * PIECE {
        let kind = if number % 10 == 3 { "Root" } else { "IAMUser" };
        let name = if number % 10 == 3 { "ConsoleLogin".to_owned() } else { format!("Call{number}") };
        let end = if number % 10 == 7 { "" } else { "}" };
        writeln!(
            text,
            r#"{{"eventVersion":"1.11","userIdentity":{{"type":"{kind}","userName":"user-{number}"}},"eventTime":"2026-11-09T08:42:02Z","eventSource":"signin.amazonaws.com","eventName":"{name}","requestParameters":{{"key-{number}":{number}}},"eventID":"{number:012}"{end}"#
        )
        .unwrap();
    }
    text
}

/// Sends all pieces; the process must be as large at the end as after a tenth of them.
fn is_flat(name: &str, process: u32, mut send: impl FnMut(usize)) {
    let pieces = RECORDS / PIECE;
    (0..pieces / 10).for_each(&mut send);
    let before = runner::memory(process, "VmRSS");
    (pieces / 10..pieces).for_each(&mut send);
    let after = runner::memory(process, "VmRSS");
    println!("{name}: {} records, from {before} KiB to {after} KiB", RECORDS);
    assert!(after < before + MARGIN, "{name}: from {before} KiB to {after} KiB");
}

#[test]
fn the_service_stays_as_large_as_it_is() {
    let (place, mut service) = Setup::to_file("PLACE/out").rules("").start();
    let mut client = Client::to(service.address("in"));
    let process = service.id();
    is_flat("run", process, |number| {
        assert_eq!(client.post("/", &[], piece(number).as_bytes()).unwrap().status, 200);
    });
    let lines = BufReader::new(fs::File::open(place.path().join("out")).unwrap()).lines().count();
    assert_eq!(lines, RECORDS);
    assert_eq!(service.metric("trailsieve_records_total{outcome=\"malformed\"}"), (RECORDS / 10) as f64);
    assert_eq!(service.terminate(), 0);
}

#[test]
fn the_filter_stays_as_large_as_it_is() {
    let mut command = runner::command(["filter", "--quiet", "--workers", "2"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let came = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&came);
    let reader = thread::spawn(move || {
        from.split(b'\n').for_each(|line| drop(line.map(|_| counted.fetch_add(1, Ordering::SeqCst))));
    });
    is_flat("filter", child.id(), |number| {
        to.write_all(piece(number).as_bytes()).unwrap();
        // All is out before it is looked how large the process is.
        eventually("the records come out", || came.load(Ordering::SeqCst) == (number + 1) * PIECE);
    });
    drop(to);
    // It ends with 4, as some of it was no JSON.
    assert_eq!(child.wait().unwrap().code(), Some(4));
    reader.join().unwrap();
    assert_eq!(came.load(Ordering::SeqCst), RECORDS);
}
