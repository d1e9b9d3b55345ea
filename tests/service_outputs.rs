//! What `trailsieve run` hands to its outputs: which records, in which form, and again until they are taken.
//!
//! The guest is the one of `service_http.rs`; the other side is written by hand.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use trailsieve_tests::http::{Asked, Server, get, post};
use trailsieve_tests::place::Place;
use trailsieve_tests::service::{Setup, eventually};

const CLEAN: &str = r#"{"eventSource":"iam.amazonaws.com","eventName":"A"}"#;
const LOW: &str = r#"{ "eventSource":"iam.amazonaws.com", "eventName" : "B!" }"#;
const POISON: &str = r#"{"eventName":"D~"}"#;

#[test]
fn what_is_around_records_can_be_left_out() {
    let server = Server::taking();
    let (_place, mut service) = Setup::to(&server).output("unwrap = true").start();
    let wrapped = json!({"message": CLEAN, "host": "h"}).to_string();
    assert_eq!(service.post(&wrapped).status, 200);
    assert_eq!(server.lines(), [CLEAN]);
}

#[test]
fn outputs_choose_what_they_take() {
    let server = Server::taking();
    let further = "[outputs.flagged]\ntype = \"file\"\npath = \"PLACE/flagged\"\nemit = \"flagged\"\n\
                   [outputs.findings]\ntype = \"file\"\npath = \"PLACE/findings\"\nemit = \"findings\"\nfsync = true\n";
    let (place, mut service) = Setup::to(&server).output(further).start();
    let body = format!("{CLEAN}\n{LOW}\n{POISON}\n");
    assert_eq!(service.post(&body).status, 200);
    assert_eq!(server.lines().len(), 3);
    let read = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(place.path().join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let flagged = read("flagged");
    let names: Vec<_> = flagged.iter().map(|record| record.get("eventName").unwrap()).collect();
    assert_eq!(names, ["B!", "D~"]);
    assert_eq!(flagged.get(1).unwrap().pointer("/trailsieve/unjudged").unwrap(), "trap");
    // A record that breaks the detector is a finding, too, of the runner's own.
    let findings = read("findings");
    let rules: Vec<_> = findings.iter().map(|line| line.get("rule").and_then(Value::as_str).unwrap_or("")).collect();
    assert_eq!(rules, ["guest/low", "", "trailsieve/unjudged"]);
    let own = findings.last().unwrap();
    assert_eq!(
        (own.get("level").unwrap(), own.get("reason").unwrap(), own.get("records").unwrap()),
        (&json!("high"), &json!("trap"), &json!(1))
    );
    assert_eq!(service.metric("trailsieve_unjudged_total{reason=\"trap\"}"), 1.0);
    assert_eq!(service.metric("trailsieve_records_total{outcome=\"flagged\"}"), 1.0);
    service.wait_for("event=unjudged");
}

#[test]
fn what_fails_is_sent_again_in_its_order() {
    let tries = AtomicUsize::new(0);
    let server = Server::deciding(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => Some(500),
        1 => None,
        2 => Some(429),
        // Nothing is wrong with the records, but with who sends them.
        3 => Some(401),
        _ => Some(204),
    });
    let (_place, mut service) = Setup::to(&server).output("gzip = false").start();
    let bodies: Vec<String> = (0..5).map(|number| format!("{{\"n\":{number}}}\n")).collect();
    for body in &bodies {
        assert_eq!(service.post(body).status, 200);
    }
    assert_eq!(server.lines(), bodies.iter().map(|body| body.trim_end().to_owned()).collect::<Vec<_>>());
    assert!(service.metric("trailsieve_output_retries_total{output=\"out\"}") >= 3.0);
    assert_eq!(service.metric("trailsieve_dead_letters_total{output=\"out\"}"), 0.0);
}

#[test]
fn an_output_that_asks_for_time_is_given_it() {
    let tries = AtomicUsize::new(0);
    let server = Server::deciding(move |_| Some(if tries.fetch_add(1, Ordering::SeqCst) < 2 { 503 } else { 200 }));
    server.ask_for_time("retry-after: 1\r\n");
    let (_place, mut service) = Setup::to(&server).start();
    assert_eq!(service.post(CLEAN).status, 200);
    assert_eq!(server.lines(), [CLEAN]);
    // How long the wait is, is tested where it is computed.
    service.wait_for("asks to wait 1 s");
    assert_eq!(service.metric("trailsieve_output_retries_total{output=\"out\"}"), 2.0);
}

#[test]
fn a_refused_batch_is_halved_and_only_what_is_refused_alone_is_kept_aside() {
    let is_bad = |asked: &Asked| asked.lines().iter().any(|line| line.contains("BAD"));
    let server = Server::deciding(move |asked| Some(if is_bad(asked) { 400 } else { 200 }));
    let (place, mut service) = Setup::to(&server).start();
    let records: Vec<String> = (0..50)
        .map(|number| {
            let is = if number % 20 == 7 { "BAD" } else { "good" };
            format!("{{\"eventSource\":\"iam.amazonaws.com\", \"n\":{number}.0,\"is\":\"{is} \\u00e9\\/\"}}")
        })
        .collect();
    assert_eq!(service.post(&records.join("\n")).status, 200);
    let (bad, good): (Vec<_>, Vec<_>) = records.iter().cloned().partition(|record| record.contains("BAD"));
    assert_eq!(server.lines(), good);
    let folder = place.path().join("state/dead-letters/out");
    let file = folder.join("refused.ndjson");
    let letters: Vec<Value> =
        fs::read_to_string(&file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        letters.iter().map(|letter| letter.get("message").unwrap()).collect::<Vec<_>>(),
        bad.iter().collect::<Vec<_>>()
    );
    for letter in &letters {
        assert_eq!((letter.get("status").unwrap(), letter.get("answer").unwrap()), (&json!(400), &json!("words")));
    }
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    assert_eq!(service.metric("trailsieve_dead_letters_total{output=\"out\"}"), 3.0);
    // They are read again as they lie there.
    let text = fs::read(&file).unwrap();
    let replayed = trailsieve_tests::runner::feed(place.filter("unreachable", &["--unwrap"]), &text);
    assert_eq!(trailsieve_tests::runner::out(&replayed).lines().collect::<Vec<_>>(), bad);
    assert_eq!(service.terminate(), 0);
}

/// What is no UTF-8 cannot stand in a line of JSON as it is, and must come back as it was.
#[test]
fn a_refused_record_keeps_its_bytes_whatever_they_are() {
    let server = Server::deciding(|_| Some(400));
    let (place, mut service) = Setup::to(&server).start();
    let address = service.address("in");
    assert_eq!(post(address, "/", &[], b"caf\xc3\xa9\ncaf\xe9\n").status, 200);
    let text = fs::read_to_string(place.path().join("state/dead-letters/out/refused.ndjson")).unwrap();
    let letters: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kept: Vec<_> = letters.iter().map(|letter| (letter.get("message"), letter.get("message_base64"))).collect();
    assert_eq!(kept, [(Some(&json!("caf\u{e9}")), None), (None, Some(&json!("Y2Fm6Q==")))]);
}

/// A crash may leave the beginning of a refused record behind; the next one must not become part of it.
#[test]
fn a_refused_record_that_a_crash_has_torn_does_not_take_the_next_one_along() {
    let server = Server::deciding(|_| Some(400));
    let place = Place::new();
    let file = place.write("state/dead-letters/out/refused.ndjson", r#"{"time":"2026-11-09T08:42:02Z","output":"ou"#);
    let mut service = Setup::to(&server).start_in(&place);
    assert_eq!(service.post("{\"n\":1}\n{\"n\":2}\n").status, 200);
    let text = fs::read_to_string(file).unwrap();
    let letters = text.lines().map(|line| serde_json::from_str::<Value>(line).ok());
    let kept: Vec<_> = letters.map(|letter| letter.map(|letter| letter.get("message").cloned())).collect();
    assert_eq!(kept, [None, Some(Some(json!("{\"n\":1}"))), Some(Some(json!("{\"n\":2}")))]);
}

/// An output that refuses everything is at fault itself, and somebody should look.
#[test]
fn an_output_that_refuses_every_record_is_not_ready() {
    let server = Server::deciding(|_| Some(400));
    let (_place, mut service) = Setup::to(&server).start();
    let admin = service.address("admin");
    let records = |number: usize| format!("{CLEAN}\n").repeat(number);
    assert_eq!(service.post(&records(99)).status, 200);
    assert_eq!(get(admin, "/readyz").status, 200);
    assert_eq!(service.post(&records(2)).status, 200);
    let told = get(admin, "/readyz");
    assert_eq!((told.status, told.body.contains("output out: every record is refused")), (503, true), "{told:?}");
    service.wait_for("event=output_refuses_all");
    server.decide(|_| Some(200));
    assert_eq!(service.post(CLEAN).status, 200);
    assert_eq!(get(admin, "/readyz").status, 200);
}

/// Once the other side has said that it took something, it has.
#[test]
fn an_answer_that_does_not_end_counts_by_its_head() {
    let server = Server::taking();
    server.never_end_answers();
    let (_place, mut service) = Setup::to(&server).output("timeout = \"500ms\"").start();
    for _ in 0..2 {
        assert_eq!(service.post(CLEAN).status, 200);
    }
    assert_eq!(server.lines(), [CLEAN; 2], "nothing came twice");
    assert_eq!(service.metric("trailsieve_output_retries_total{output=\"out\"}"), 0.0);
}

/// Where refused records have no more room, they are sent again until somebody makes some or they are taken.
#[test]
fn full_dead_letters_hold_the_record_back_and_lose_nothing() {
    let server = Server::deciding(|asked| Some(if asked.lines().concat().contains("BAD") { 422 } else { 200 }));
    let setup = Setup::to(&server).rules("component = \"GUEST\"\nmax_record_size = \"1KiB\"");
    let (place, mut service) = setup.output("dead_letters_limit = \"1KiB\"").start();
    let record = |number: usize| format!("{{\"n\":{number},\"is\":\"BAD{}\"}}", "x".repeat(300));
    let address = service.address("in");
    let sent: Vec<String> = (0..5).map(record).collect();
    let body = sent.join("\n");
    let sender = thread::spawn(move || post(address, "/", &[], body.as_bytes()).status);
    service.wait_for("dead letters in");
    let told = service.wait_for("dead_letters_limit (1KiB)");
    assert!(told.contains("event=output_failed") && told.contains("are full"), "{told}");
    assert_eq!(get(service.address("admin"), "/readyz").status, 503);
    assert!(!sender.is_finished(), "nothing was acknowledged");
    assert!(service.metric("trailsieve_output_retries_total{output=\"out\"}") >= 1.0);
    // Somebody moves the file away, to look at it.
    let file = place.path().join("state/dead-letters/out/refused.ndjson");
    let first = fs::read_to_string(&file).unwrap();
    assert!(first.len() <= 1_024);
    fs::remove_file(&file).unwrap();
    let letters = || fs::read_to_string(&file).unwrap_or_default();
    eventually("there is room again", || !letters().is_empty());
    // And the other side takes all by now.
    server.decide(|_| Some(200));
    assert_eq!(sender.join().unwrap(), 200);
    let message = |letter: &str| -> String {
        let letter: Value = serde_json::from_str(letter).unwrap();
        letter.get("message").and_then(Value::as_str).unwrap().to_owned()
    };
    let kept: Vec<String> = first.lines().chain(letters().lines()).map(message).collect();
    assert_eq!([kept, server.lines()].concat(), sent);
    assert_eq!(get(service.address("admin"), "/readyz").status, 200);
    assert_eq!(service.terminate(), 0);
}

#[test]
fn secrets_and_packed_bodies_reach_the_other_side() {
    let server = Server::taking();
    let place = Place::new();
    place.write("token", "t0ken\n");
    let keys = "token_file = \"PLACE/token\"\ngzip = true";
    let mut service = Setup::to(&server).output(keys).start_in(&place);
    assert_eq!(service.post(CLEAN).status, 200);
    let taken = server.taken();
    let asked = taken.first().unwrap();
    let header = |name: &str| asked.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!((header("authorization"), header("content-encoding")), (Some("Bearer t0ken"), Some("gzip")));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(asked.body.as_slice()), &mut text).unwrap();
    assert_eq!(text, format!("{CLEAN}\n"));
}
