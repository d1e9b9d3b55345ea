//! `trailsieve run` over HTTP: forms of bodies, acknowledgement, refusals, health.
//!
//! The detector is a guest that finds something in records with `!` and traps on `~`, so that these tests are about the
//! service and not about rules. Clients and servers are written by hand.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{TryRecvError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use trailsieve_tests::http::{Answer, Client, Server, get, post};
use trailsieve_tests::place::Place;
use trailsieve_tests::service::{Setup, eventually};

const CLEAN: &str = r#"{"eventSource":"iam.amazonaws.com","eventName":"A"}"#;
const LOW: &str = r#"{ "eventSource":"iam.amazonaws.com", "eventName" : "B!" }"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A frame of zstd as RFC 8878 has it, whose only block is not compressed.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0xa0];
    frame.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    let header = u32::try_from(bytes.len()).unwrap() << 3 | 1;
    frame.extend(header.to_le_bytes().iter().take(3));
    frame.extend(bytes);
    frame
}

/// A frame of zstd that holds a note of who packed it and nothing else, as pzstd writes one.
fn skippable() -> Vec<u8> {
    b"\x50\x2a\x4d\x18\x04\0\0\0note".to_vec()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = (0..3).fold(0_usize, |number, at| number << 8 | usize::from(three.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let letter = LETTERS.get(number >> (18 - 6 * at) & 63).unwrap();
            text.push(if at <= three.len() { char::from(*letter) } else { '=' });
        }
    }
    text
}

#[test]
fn a_request_is_answered_only_when_the_output_has_all_of_it() {
    let (entered, entries) = channel();
    let (release, releases) = channel::<()>();
    let releases = Mutex::new(releases);
    let server = Server::deciding(move |_| {
        entered.send(()).unwrap();
        releases.lock().unwrap().recv().unwrap();
        Some(200)
    });
    let (_place, mut service) = Setup::to(&server).start();
    let address = service.address("in");
    let (answer, answers) = channel();
    thread::spawn(move || answer.send(post(address, "/", &[], format!("{CLEAN}\n{LOW}\n").as_bytes())).unwrap());
    entries.recv().unwrap();
    assert_eq!(answers.try_recv(), Err(TryRecvError::Empty));
    release.send(()).unwrap();
    assert_eq!(answers.recv().unwrap().status, 200);
    let lines = server.lines();
    assert_eq!(lines.first().map(String::as_str), Some(CLEAN));
    assert!(
        lines.get(1).unwrap().starts_with(
            r#"{ "eventSource":"iam.amazonaws.com", "eventName" : "B!" ,"trailsieve":{"v":1,"level":"low""#
        ),
        "{lines:?}"
    );
    assert_eq!(service.terminate(), 0);
}

#[test]
fn bodies_come_in_many_forms_and_leave_one_value_a_line() {
    let server = Server::taking();
    let (_place, mut service) = Setup::to(&server).start();
    let address = service.address("in");
    let wrapped = json!({"message": CLEAN, "host": "h"}).to_string();
    let records = format!("{{\"Records\": [{CLEAN},\n {CLEAN}\n]}}");
    let subscription = json!({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": CLEAN}]}).to_string();
    let one = vec![CLEAN.to_owned()];
    /// Headers, body, lines.
    type Case<'a> = (&'a [(&'a str, &'a str)], Vec<u8>, Vec<String>);
    let cases: Vec<Case<'_>> = vec![
        (
            &[],
            format!("{CLEAN}\n\n  {CLEAN}\r\ntext\n{{broken\n").into_bytes(),
            [CLEAN, CLEAN, "text", "{broken"].map(str::to_owned).to_vec(),
        ),
        (&[], format!("[{CLEAN}, {CLEAN}]").into_bytes(), vec![CLEAN.to_owned(); 2]),
        (&[], records.clone().into_bytes(), vec![CLEAN.to_owned(); 2]),
        (&[], "{\n \"eventName\":\n  \"A\"\n}\n".into(), vec!["{  \"eventName\":   \"A\" }".to_owned()]),
        (&[], wrapped.clone().into_bytes(), vec![wrapped]),
        (
            &[],
            format!("{{\n\"message\":[{CLEAN},\n\"text\"\n]}}").into_bytes(),
            vec![format!("{{ \"message\":[{CLEAN}, \"text\" ]}}")],
        ),
        (&[], b"text\r\n".to_vec(), vec!["text".to_owned()]),
        (&[], subscription.into_bytes(), vec![json!({"id": "1", "message": CLEAN}).to_string()]),
        (&[("content-encoding", "gzip")], gzip(records.as_bytes()), vec![CLEAN.to_owned(); 2]),
        (&[("content-encoding", "identity, GZIP")], gzip(records.as_bytes()), vec![CLEAN.to_owned(); 2]),
        (&[("content-encoding", "zstd")], zstd(records.as_bytes()), vec![CLEAN.to_owned(); 2]),
        (&[("content-encoding", "zstd")], [zstd(b"[1,"), zstd(b"2]")].concat(), vec!["1".to_owned(), "2".to_owned()]),
        (&[("content-encoding", "zstd")], [skippable(), zstd(CLEAN.as_bytes()), skippable()].concat(), one.clone()),
        // By what it is, where nobody says so.
        (&[], gzip(CLEAN.as_bytes()), one.clone()),
        (&[], zstd(CLEAN.as_bytes()), one.clone()),
        (&[], [skippable(), zstd(CLEAN.as_bytes())].concat(), one),
        (&[], Vec::new(), Vec::new()),
    ];
    let mut client = Client::to(address);
    let mut expected: Vec<String> = Vec::new();
    for (headers, body, lines) in cases {
        let shown = String::from_utf8_lossy(&body).into_owned();
        assert_eq!(client.post("/", headers, &body).unwrap().status, 200, "{shown}");
        expected.extend(lines);
        assert_eq!(server.lines(), expected, "{shown}");
    }
    // In pieces whose lengths are told as they come.
    client.say(
        format!(
            "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{CLEAN}\r\n0\r\n\r\n",
            CLEAN.len()
        )
        .as_bytes(),
    );
    assert_eq!(client.answer().unwrap().status, 200);
    expected.push(CLEAN.to_owned());
    assert_eq!(server.lines(), expected);
}

/// `fixtures/records.ndjson.zst` is what `zstd -19 --check` makes of 1,000 records that are numbered from 0.
#[test]
fn what_zstd_itself_has_packed_is_unpacked_and_its_checksum_counts() {
    let server = Server::taking();
    let (_place, mut service) = Setup::to(&server).start();
    let address = service.address("in");
    let packed = include_bytes!("fixtures/records.ndjson.zst");
    assert_eq!(post(address, "/", &[("content-encoding", "zstd")], packed).status, 200);
    let record = |number| format!(r#"{{"eventSource":"iam.amazonaws.com","eventName":"A","n":{number}}}"#);
    assert_eq!(server.lines(), (0..1_000).map(record).collect::<Vec<_>>());
    let mut broken = packed.to_vec();
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(post(address, "/", &[("content-encoding", "zstd")], &broken).status, 503);
    assert_eq!(server.lines().len(), 1_000);
}

/// Shippers throw away what is answered with 4xx, but for 408 and 429.
#[test]
fn no_answer_makes_a_shipper_throw_records_away() {
    let server = Server::taking();
    let place = Place::new();
    place.write("token", "s3cret\n");
    let keys = "path = \"/records\"\ntoken_file = \"PLACE/token\"\nbody_limit = \"1MiB\"\nread_timeout = \"200ms\"";
    let mut service = Setup::to(&server).input(keys).start_in(&place);
    let address = service.address("in");
    let right = ("authorization", "Bearer s3cret");
    let refused = |answer: Answer, reason: &str| {
        assert_eq!((answer.status, answer.header("retry-after"), answer.body.trim()), (503, Some("1"), reason));
    };
    refused(post(address, "/records", &[], CLEAN.as_bytes()), "secret");
    refused(post(address, "/records", &[("authorization", "Bearer s3cre")], CLEAN.as_bytes()), "secret");
    refused(post(address, "/", &[right], CLEAN.as_bytes()), "path");
    for encoding in ["br", "gzip, zstd"] {
        refused(post(address, "/records", &[right, ("content-encoding", encoding)], CLEAN.as_bytes()), "encoding");
    }
    refused(post(address, "/records", &[right, ("content-encoding", "gzip")], gzip(b"{}").get(..12).unwrap()), "body");
    refused(post(address, "/records", &[right, ("content-encoding", "zstd")], b"no zstd"), "body");
    let twice = [("gzip", gzip(&gzip(b"{}"))), ("gzip", gzip(&zstd(b"{}"))), ("zstd", zstd(&gzip(b"{}")))];
    for (encoding, body) in twice {
        refused(post(address, "/records", &[right, ("content-encoding", encoding)], &body), "body");
    }
    let broken = skippable();
    refused(post(address, "/records", &[right], broken.get(..10).unwrap()), "body");
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20));
    refused(post(address, "/records", &[right, ("content-encoding", "gzip")], &gzip(large.as_bytes())), "body");
    let mut client = Client::to(address);
    client.say(b"GET /records HTTP/1.1\r\nhost: x\r\nauthorization: Bearer s3cret\r\n\r\n");
    refused(client.answer().unwrap(), "method");
    // A client that falls silent within its body.
    let mut client = Client::to(address);
    client.say(b"POST /records HTTP/1.1\r\nhost: x\r\nauthorization: Bearer s3cret\r\ncontent-length: 9\r\n\r\n{");
    assert_eq!(client.answer().unwrap().status, 408);
    let numbers = get(service.address("admin"), "/metrics").body;
    for (reason, number) in
        [("secret", 2), ("path", 1), ("encoding", 2), ("body", 7), ("method", 1), ("client_slow", 1)]
    {
        let line = format!("trailsieve_requests_refused_total{{input=\"in\",reason=\"{reason}\"}} {number}\n");
        assert!(numbers.contains(&line), "{line}: {numbers}");
    }
    // What the library answers by itself, before anybody is asked.
    let long = "x".repeat(70_000);
    let many: String = (0..200).map(|number| format!("h{number}: x\r\n")).collect();
    let protocol = |numbers: &str| -> u64 {
        let counted = "trailsieve_requests_refused_total{input=\"in\",reason=\"protocol\"} ";
        numbers.lines().find_map(|line| line.strip_prefix(counted)?.parse().ok()).unwrap_or(0)
    };
    for head in [
        "no http at all\r\n\r\n".to_owned(),
        "POST /records HTTP/9.9\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "POST /records\u{0} HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        format!("POST /{long} HTTP/1.1\r\nhost: x\r\n\r\n"),
        format!("POST /records HTTP/1.1\r\nhost: x\r\nlong: {long}\r\n\r\n"),
        format!("POST /records HTTP/1.1\r\nhost: x\r\n{many}\r\n"),
        "POST /records HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n".to_owned(),
        "POST /records HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n".to_owned(),
        "POST /records HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_owned(),
        "POST /records HTTP/1.1\r\nhost: x\r\nauthorization: Bearer s3cret\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"
            .to_owned(),
        "POST /records HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n".to_owned(),
    ] {
        let mut client = Client::to(address);
        client.say(head.as_bytes());
        let shown: String = head.chars().take(80).collect();
        // No answer at all makes a shipper try again, too.
        if let Some(answer) = client.answer() {
            assert!(answer.status >= 500 || matches!(answer.status, 408 | 429), "{shown}: {answer:?}");
            assert!(answer.status != 503 || answer.header("retry-after") == Some("1"), "{shown}: {answer:?}");
        }
    }
    assert_eq!(server.lines(), [""; 0]);
    service.wait_for("event=request_refused input=\"in\" reason=\"secret\"");
    assert_eq!(post(address, "/records", &[("authorization", "bearer s3cret")], CLEAN.as_bytes()).status, 200);
    let admin = service.address("admin");
    // Behind a request of HTTP/1.0, which may ask for the connection to stay, and within no version of ours.
    for broken in ["POST / HTTP/1.0\r\ncontent-length: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let before = protocol(&get(admin, "/metrics").body);
        let mut client = Client::to(address);
        let head = "POST /records HTTP/1.0\r\nconnection: keep-alive\r\nauthorization: Bearer s3cret\r\n";
        client.say(format!("{head}content-length: {}\r\n\r\n{CLEAN}", CLEAN.len()).as_bytes());
        assert_eq!(client.answer().unwrap().status, 200);
        client.say(broken.as_bytes());
        if let Some(answer) = client.answer() {
            assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{broken}");
        }
        eventually("it is counted", || protocol(&get(admin, "/metrics").body) == before + 1);
    }
    assert!(!service.said.concat().contains("s3cret"));
}

#[test]
fn a_delivery_of_firehose_is_answered_as_firehose_wants_it() {
    let server = Server::taking();
    let place = Place::new();
    place.write("key", "k3y");
    let keys = "firehose_key_file = \"PLACE/key\"";
    let mut service = Setup::to(&server).input(keys).output("unwrap = true").start_in(&place);
    let address = service.address("in");
    let subscription = json!({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": CLEAN}, {"id": "2", "message": LOW}]});
    let data = [
        base64(CLEAN.as_bytes()),
        base64(format!("{CLEAN}\n{CLEAN}\n").as_bytes()),
        base64(&gzip(subscription.to_string().as_bytes())),
        base64(b"{\n\"eventName\":\n\"A\"\n}"),
    ];
    let body =
        json!({"requestId": "r-1", "timestamp": 1, "records": data.map(|data| json!({"data": data}))}).to_string();
    let deliver = |key: &str, body: &[u8], encoding: &str| {
        let headers =
            [("x-amz-firehose-request-id", "r-1"), ("x-amz-firehose-access-key", key), ("content-encoding", encoding)];
        let answer = post(address, "/", &headers, body);
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(told.get("requestId").unwrap(), "r-1");
        assert!(told.get("timestamp").unwrap().is_u64());
        (answer.status, told.get("errorMessage").cloned())
    };
    assert_eq!(deliver("k3y", body.as_bytes(), "identity"), (200, None));
    let lines = server.lines();
    assert_eq!(lines.len(), 6, "{lines:?}");
    assert_eq!(lines.get(..4).unwrap(), [CLEAN; 4]);
    assert!(lines.get(4).unwrap().contains("\"level\":\"low\""));
    assert_eq!(deliver("k3y", &gzip(body.as_bytes()), "gzip"), (200, None));
    assert_eq!(server.lines().len(), 12);
    assert_eq!(deliver("key", body.as_bytes(), "identity"), (503, Some("secret".into())));
    for broken in
        ["{}", "[]", "{\"records\":[{\"data\":\"?\"}]}", "{\"records\":[{}]}", "{\"records\":[", "{\"records\":[]}x"]
    {
        assert_eq!(deliver("k3y", broken.as_bytes(), "identity"), (503, Some("body".into())), "{broken}");
    }
    assert_eq!(server.lines().len(), 12);
}

#[test]
fn how_late_records_come_is_told_by_clean_ones_too() {
    let server = Server::taking();
    let (_place, mut service) = Setup::to(&server).start();
    let record = |time: &str| format!("{{\"eventSource\":\"iam.amazonaws.com\",\"eventTime\":\"{time}\"}}");
    let mut lag = |body: &str| {
        assert_eq!(service.post(body).status, 200);
        service.metric("trailsieve_lag_seconds")
    };
    assert_eq!(lag(CLEAN), 0.0, "nobody has told a time");
    let late = lag(&format!("{}\n{}\n{CLEAN}\n", record("2999-01-01T00:00:00Z"), record("2020-01-01T00:00:00Z")));
    assert!(late > 5e8 / 3.0, "{late}");
    assert_eq!(lag(&format!("{CLEAN}\ntext\n{}", record("yesterday"))), late, "it stays what it was");
    // Within a wrapper, where another time stands.
    let wrapped = json!({"eventTime": "2999-01-01T00:00:00Z", "message": record("1999-12-31T23:59:59Z")});
    assert!(lag(&wrapped.to_string()) > 8e8);
}

#[test]
fn a_value_that_is_too_long_to_judge_passes_whole_between_others() {
    let server = Server::taking();
    let (_place, mut service) = Setup::to(&server).output("batch_size = \"100KiB\"").start();
    let address = service.address("in");
    let long = format!("{{\"long\":\"{}\"}}", "x".repeat(3 << 20));
    let senders: Vec<_> = (0..4)
        .map(|number| {
            let body = format!("{{\"n\":{number}}}\n{long}\n{{\"n\":{number}}}\n");
            thread::spawn(move || post(address, "/", &[], body.as_bytes()).status)
        })
        .collect();
    assert_eq!(senders.into_iter().map(|sender| sender.join().unwrap()).collect::<Vec<_>>(), [200; 4]);
    let lines = server.lines();
    assert_eq!(lines.len(), 12);
    assert_eq!(lines.iter().filter(|line| **line == long).count(), 4);
    assert_eq!(service.metric("trailsieve_records_total{outcome=\"oversized\"}"), 4.0);
}

#[test]
fn health_is_told() {
    let taking = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let is_taking = Arc::clone(&taking);
    let server = Server::deciding(move |_| Some(if is_taking.load(Ordering::SeqCst) { 200 } else { 500 }));
    let (_place, mut service) = Setup::to(&server).start();
    let (address, admin) = (service.address("in"), service.address("admin"));
    assert_eq!(get(admin, "/healthz").status, 200);
    assert_eq!(get(admin, "/readyz").status, 200);
    taking.store(false, Ordering::SeqCst);
    let sender = thread::spawn(move || post(address, "/", &[], LOW.as_bytes()).status);
    eventually("it is not ready", || get(admin, "/readyz").status == 503);
    assert!(get(admin, "/readyz").body.contains("output out: answered 500"));
    assert_eq!(get(admin, "/healthz").status, 200);
    taking.store(true, Ordering::SeqCst);
    assert_eq!(sender.join().unwrap(), 200);
    assert_eq!(get(admin, "/readyz").status, 200);
    let numbers = get(admin, "/metrics").body;
    for part in [
        "trailsieve_records_total{outcome=\"flagged\"} 1",
        "trailsieve_findings_total{rule=\"guest/low\",level=\"low\"} 1",
        "trailsieve_requests_total{input=\"in\",answer=\"200\"} 1",
        "trailsieve_batch_fuel_count 1",
        "trailsieve_judged_seconds_count 1",
        "trailsieve_acknowledged_seconds_count 1",
        "trailsieve_queue_bytes 0",
        "trailsieve_pack_generation 1",
    ] {
        assert!(numbers.contains(part), "{part}: {numbers}");
    }
    assert!(numbers.ends_with("# EOF\n"));
}
