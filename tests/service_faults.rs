//! Nothing is lost: what is acknowledged arrives, whatever is killed, stopped or slow in between.
//!
//! The oracle counts ids: issued by senders, acknowledged to them, delivered to the other side. Of the acknowledged
//! none may be missing, and what was delivered must have been issued. `service_faults.tsv` lists the faults that
//! concern inputs, outputs and calls, each with what is expected and the tests that show it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects by failing")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use trailsieve_tests::http::{Client, Server, post};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::workspace;
use trailsieve_tests::service::{Service, eventually};

/// A port that nobody listens on, for a service that is to be found there again after a crash.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn config(server: &Server, listen: SocketAddr, general: &str, output: &str) -> String {
    format!(
        "state_dir = \"PLACE/state\"\nworkers = 2\n{general}\n[admin]\nlisten = \"127.0.0.1:0\"\n\
         [rules]\ncomponent = \"GUEST\"\n\
         [inputs.in]\ntype = \"http\"\nlisten = \"{listen}\"\n\
         [outputs.out]\ntype = \"http\"\nurl = \"http://{}/\"\n{output}\n",
        server.address
    )
}

/// What the guest finds nothing in, finds something in, and breaks on.
const MARKS: [&str; 3] = ["", "!", "~"];

/// Which of them a record has. A batch has some of each.
fn kind(id: &str) -> usize {
    match id.bytes().last() {
        Some(b'3') => 1,
        Some(b'7') => 2,
        _ => 0,
    }
}

/// Sends records with ids until it is told to stop; each batch again until it is acknowledged. The ids acknowledged.
fn send(address: SocketAddr, sender: usize, issued: &AtomicUsize, is_over: &AtomicBool) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let mut client = None;
    while !is_over.load(Ordering::SeqCst) {
        let first = issued.fetch_add(20, Ordering::SeqCst);
        let ids: Vec<String> = (first..first + 20).map(|number| format!("{sender}-{number}")).collect();
        // Some are found, and some break the detector.
        let record = |id: &String| format!("{{\"id\":\"{id}\",\"x\":\"{}\"}}\n", MARKS[kind(id)]);
        let body: String = ids.iter().map(record).collect();
        loop {
            let connected = client.take().or_else(|| Client::try_to(address));
            let answer = connected.and_then(|mut connected| {
                let answer = connected.post("/", &[], body.as_bytes());
                client = Some(connected);
                answer
            });
            match answer {
                Some(answer) if answer.status == 200 => break acknowledged.extend(ids),
                Some(answer) => assert_eq!(answer.status, 503),
                None => {
                    client = None;
                    if is_over.load(Ordering::SeqCst) {
                        return acknowledged;
                    }
                    thread::sleep(Duration::from_millis(2));
                }
            }
        }
    }
    acknowledged
}

fn id(line: &str) -> String {
    let record: Value = serde_json::from_str(line).unwrap();
    record.get("id").and_then(Value::as_str).unwrap().to_owned()
}

/// The service is killed again and again while three senders send, and the other side fails now and then.
#[test]
fn none_of_what_was_acknowledged_is_missing_after_kills() {
    let number = AtomicUsize::new(0);
    // Every seventh request breaks off unanswered after it was read, every eleventh is declined.
    let server = Server::deciding(move |_| match number.fetch_add(1, Ordering::SeqCst) {
        number if number % 7 == 6 => None,
        number if number % 11 == 10 => Some(503),
        _ => Some(200),
    });
    let place = Place::new();
    let listen = free_address();
    let text = config(&server, listen, "", "");
    let (issued, is_over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let senders: Vec<_> = (0..3)
        .map(|sender| {
            let (issued, is_over) = (Arc::clone(&issued), Arc::clone(&is_over));
            thread::spawn(move || send(listen, sender, &issued, &is_over))
        })
        .collect();
    for _ in 0..6 {
        let mut service = Service::start(&place, &text);
        let before = server.taken().len();
        eventually("more was delivered", || server.taken().len() > before + 5);
        service.signal("KILL");
        service.end();
    }
    let mut service = Service::start(&place, &text);
    is_over.store(true, Ordering::SeqCst);
    let acknowledged: BTreeSet<String> = senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect();
    assert_eq!(service.terminate(), 0);
    let delivered: Vec<String> = server.lines().iter().map(|line| id(line)).collect();
    let distinct: BTreeSet<String> = delivered.iter().cloned().collect();
    let missing: Vec<&String> = acknowledged.difference(&distinct).collect();
    assert!(missing.is_empty(), "acknowledged and not delivered: {missing:?}");
    assert!(acknowledged.len() >= 100, "hardly anything was sent");
    let issued = issued.load(Ordering::SeqCst);
    let is_issued = |id: &String| id.split('-').nth(1).unwrap().parse::<usize>().unwrap() < issued;
    assert!(distinct.iter().all(is_issued));
    // What was found in a record, or that nobody looked, is with each record.
    for line in server.lines() {
        let record: Value = serde_json::from_str(&line).unwrap();
        let gained = record.pointer("/trailsieve").map(|gained| gained.get("unjudged").is_some());
        assert_eq!(gained, [None, Some(false), Some(true)][kind(&id(&line))], "{line}");
    }
    println!(
        "{} acknowledged, {} delivered, {} of them twice",
        acknowledged.len(),
        distinct.len(),
        delivered.len() - distinct.len()
    );
}

/// While nobody takes anything, requests wait and memory does not grow; then all of it arrives in its order.
#[test]
fn a_stopped_output_stops_the_senders_and_memory_stays_bounded() {
    let is_open = Arc::new(AtomicBool::new(false));
    let opened = Arc::clone(&is_open);
    let server = Server::deciding(move |_| Some(if opened.load(Ordering::SeqCst) { 200 } else { 503 }));
    let place = Place::new();
    let listen = "127.0.0.1:0".parse().unwrap();
    let general = "memory_limit = \"8MiB\"";
    let mut service = Service::start(&place, &config(&server, listen, general, ""));
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

/// The memory of the process, in KiB.
fn resident(service: &Service) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", service.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn memory_does_not_follow_the_number_of_records() {
    // What was taken is not kept here.
    let server = Server::deciding(|_| Some(200));
    let place = Place::new();
    let listen = "127.0.0.1:0".parse().unwrap();
    let text =
        config(&server, listen, "", "").replace("type = \"http\"\nurl", "type = \"file\"\npath = \"/dev/null\"\n#");
    let mut service = Service::start(&place, &text);
    let mut client = Client::to(service.address("in"));
    let body = format!("{{\"n\":0,\"text\":\"{}\"}}\n{{\"is\":\"!\"}}\n", "x".repeat(900)).repeat(500);
    let mut send = |times: usize| {
        for _ in 0..times {
            assert_eq!(client.post("/", &[], body.as_bytes()).unwrap().status, 200);
        }
    };
    send(20);
    let before = resident(&service);
    send(100);
    let after = resident(&service);
    // 100,000 records, 46 MB: a tenth of that would already be too much to keep.
    assert!(after < before + 16 * 1024, "from {before} KiB to {after} KiB");
    assert_eq!(service.metric("trailsieve_records_total{outcome=\"flagged\"}"), 60_000.0);
    assert_eq!(service.terminate(), 0);
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
