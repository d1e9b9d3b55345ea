//! `service_faults.tsv` lists the faults that concern inputs, outputs and calls, each with what is expected and the tests
//! that show it. Those that look at records from one end to the other are in `nothing_lost.rs`.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use trailsieve_tests::http::{Server, post};
use trailsieve_tests::runner::workspace;
use trailsieve_tests::service::Setup;

fn id(line: &str) -> String {
    let record: Value = serde_json::from_str(line).unwrap();
    record.get("id").and_then(Value::as_str).unwrap().to_owned()
}

/// While nobody takes anything, requests wait and memory does not grow; then all of it arrives in its order.
#[test]
fn a_stopped_output_stops_the_senders_and_memory_stays_bounded() {
    let is_open = Arc::new(AtomicBool::new(false));
    let opened = Arc::clone(&is_open);
    let server = Server::deciding(move |_| Some(if opened.load(Ordering::SeqCst) { 200 } else { 503 }));
    let (_place, mut service) = Setup::to(&server).general("memory_limit = \"8MiB\"").start();
    let address = service.address("in");
    let sent = Arc::new(Mutex::new(Vec::new()));
    // Each sends 4 MB, and together they send four times what may wait.
    let senders: Vec<_> = (0..8)
        .map(|sender| {
            let sent = Arc::clone(&sent);
            thread::spawn(move || {
                let body: String = (0..4_000)
                    .map(|number| format!("{{\"id\":\"{sender}-{number}\",\"x\":\"{}\"}}\n", "x".repeat(1_000)))
                    .collect();
                let status = post(address, "/", &[], body.as_bytes()).status;
                sent.lock().unwrap().push(sender);
                status
            })
        })
        .collect();
    let mut fullest = 0.0_f64;
    while fullest < 7_500_000.0 {
        fullest = service.metric("trailsieve_queue_bytes");
        assert!(fullest <= 8_388_608.0, "{fullest}");
    }
    assert!(sent.lock().unwrap().is_empty(), "something was acknowledged that nobody has");
    is_open.store(true, Ordering::SeqCst);
    assert_eq!(senders.into_iter().map(|sender| sender.join().unwrap()).collect::<Vec<_>>(), [200; 8]);
    let mut next: BTreeMap<String, usize> = BTreeMap::new();
    for line in server.lines() {
        let id = id(&line);
        let (sender, number) = id.split_once('-').unwrap();
        let next = next.entry(sender.to_owned()).or_default();
        assert_eq!(number.parse::<usize>().unwrap(), *next, "out of order");
        *next += 1;
    }
    assert!(next.len() == 8 && next.values().all(|number| *number == 4_000));
    assert_eq!(service.metric("trailsieve_queue_bytes"), 0.0);
}

/// Each fault has an expectation and at least one test, and each test exists.
#[test]
fn the_table_of_faults_names_tests_that_exist() {
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("service_faults.tsv")).unwrap();
    let mut faults = BTreeSet::new();
    for line in table.lines().skip(1) {
        let [fault, expected, tests] = <[&str; 3]>::try_from(line.split('\t').collect::<Vec<_>>()).unwrap();
        assert!(!expected.is_empty() && !tests.is_empty(), "{fault}");
        assert!(faults.insert(fault), "{fault} stands there twice");
        for test in tests.split(", ") {
            let (file, name) = test.split_once("::").unwrap();
            let source = fs::read_to_string(workspace().join(file)).unwrap_or_default();
            assert!(source.contains(&format!("fn {name}()")), "{fault}: there is no test {test}");
        }
    }
    assert!(faults.len() >= 15, "the table is cut off");
}
