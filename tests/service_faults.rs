//! What waits is bounded, whatever keeps it waiting. `service_faults.tsv` lists all faults that concern inputs, outputs
//! and calls, each with the tests that show what is expected.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use trailsieve_tests::http::{Server, post};
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
