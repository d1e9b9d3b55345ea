//! What waits is bounded, whatever keeps it waiting. `service_faults.tsv` lists all faults that concern inputs, outputs
//! and calls, each with the tests that show what is expected.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use trailsieve_tests::http::{Client, Server, get, post};
use trailsieve_tests::runner;
use trailsieve_tests::service::{Service, Setup, eventually};

fn id(line: &str) -> String {
    let record: Value = serde_json::from_str(line).unwrap();
    record.get("id").and_then(Value::as_str).unwrap().to_owned()
}

/// A server that takes nothing until it is told to.
fn closed() -> (Server, Arc<AtomicBool>) {
    let is_open = Arc::new(AtomicBool::new(false));
    let opened = Arc::clone(&is_open);
    (Server::deciding(move |_| Some(if opened.load(Ordering::SeqCst) { 200 } else { 503 })), is_open)
}

/// So many records of 1 kB, each with an id of its own.
fn body(name: &str, records: usize) -> String {
    (0..records).map(|number| format!("{{\"id\":\"{name}-{number}\",\"x\":\"{}\"}}\n", "x".repeat(1_000))).collect()
}

/// Says all of a request and does not wait for the answer.
fn ask(service: &mut Service, body: &str) -> Client {
    let mut client = Client::to(service.address("in"));
    client.say(format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes());
    client
}

/// Sends until nothing more has room.
fn fill(service: &mut Service) -> Vec<Client> {
    let mut clients = Vec::new();
    while service.metric("trailsieve_queue_bytes") < 3_800_000.0 {
        clients.push(ask(service, &body("first", 100)));
        thread::sleep(Duration::from_millis(20));
    }
    clients
}

/// More senders give up while there is no room than there are threads for reading what they sent. The output's name
/// must still be looked up, rules read and signals heard.
#[test]
fn senders_that_give_up_while_an_output_is_down_leave_nothing_blocked() {
    let (server, is_open) = closed();
    let setup = Setup::to_url(&format!("http://localhost:{}/", server.address.port()));
    let (_place, mut service) = setup.general("memory_limit = \"4MiB\"").input("connections = 40").start();
    let clients = fill(&mut service);
    for _ in 0..8 {
        let given_up: Vec<Client> = (0..20).map(|number| ask(&mut service, &body(&number.to_string(), 200))).collect();
        thread::sleep(Duration::from_millis(100));
        drop(given_up);
    }
    drop(clients);
    service.signal("HUP");
    service.wait_for("event=rules_unchanged");
    is_open.store(true, Ordering::SeqCst);
    let address = service.address("in");
    eventually("it takes records again", || post(address, "/", &[], body("last", 1).as_bytes()).status == 200);
    assert!(server.lines().iter().any(|line| id(line).starts_with("last")));
    assert_eq!(service.terminate(), 0);
}

/// Where there is no room, a sender is told in time to come again, and what it sent is not taken in behind its back.
#[test]
fn what_finds_no_room_in_time_is_refused_and_comes_only_when_it_is_sent_again() {
    let (server, is_open) = closed();
    let setup = Setup::to(&server).general("memory_limit = \"4MiB\"").input("answer_within = \"300ms\"");
    let (_place, mut service) = setup.start();
    let address = service.address("in");
    drop(fill(&mut service));
    for number in 0..20 {
        let answer = post(address, "/", &[], body(&format!("{number}-early"), 300).as_bytes());
        assert_eq!((answer.status, answer.body.trim()), (503, "output_slow"));
    }
    is_open.store(true, Ordering::SeqCst);
    let admin = service.address("admin");
    let is_delivered = || get(admin, "/metrics").body.contains("trailsieve_queue_bytes 0\n");
    eventually("all that was taken in is delivered", is_delivered);
    let early = server.lines().iter().filter(|line| id(line).contains("early")).count();
    // What was left of the room when it was full has taken some of the first of them.
    assert!(early < 1_000, "{early} of 6,000 records came");
    assert_eq!(post(address, "/", &[], body("late", 300).as_bytes()).status, 200);
    assert_eq!(server.lines().iter().filter(|line| id(line).starts_with("late")).count(), 300);
    assert_eq!(service.terminate(), 0);
}

/// Small requests of which each is one huge value: they are not unpacked side by side.
#[cfg(target_os = "linux")]
#[test]
fn values_that_are_too_long_to_judge_do_not_fill_the_memory_together() {
    let (_place, mut service) = Setup::to_file("/dev/null").general("memory_limit = \"4MiB\"").start();
    let address = service.address("in");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, format!("{{\"a\":\"{}\"}}", "x".repeat(40 << 20)).as_bytes()).unwrap();
    let packed = Arc::new(packed.finish().unwrap());
    let senders: Vec<_> = (0..16)
        .map(|_| {
            let packed = Arc::clone(&packed);
            thread::spawn(move || post(address, "/", &[("content-encoding", "gzip")], &packed).status)
        })
        .collect();
    assert_eq!(senders.into_iter().map(|sender| sender.join().unwrap()).collect::<Vec<_>>(), [200; 16]);
    let most = runner::memory(service.id(), "VmHWM");
    println!("at most {most} KiB");
    assert!(most < 350 << 10, "{most} KiB for values of 40 MiB, 16 of them");
}

/// While nobody takes anything, requests wait and memory does not grow; then all of it arrives in its order.
#[test]
fn a_stopped_output_stops_the_senders_and_memory_stays_bounded() {
    let (server, is_open) = closed();
    let (_place, mut service) = Setup::to(&server).general("memory_limit = \"8MiB\"").start();
    let address = service.address("in");
    let sent = Arc::new(Mutex::new(Vec::new()));
    // Each sends 4 MB, and together they send four times what may wait.
    let senders: Vec<_> = (0..8)
        .map(|sender| {
            let sent = Arc::clone(&sent);
            thread::spawn(move || {
                let status = post(address, "/", &[], body(&sender.to_string(), 4_000).as_bytes()).status;
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
