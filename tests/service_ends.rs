//! How `trailsieve run` ends, changes its rules, and behaves when its detector fails or is too slow.
//!
//! Guests stand for detectors; clients and servers are written by hand.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use trailsieve_tests::http::{Client, Server, get, post};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner;
use trailsieve_tests::service::{Service, Setup, eventually};

const CLEAN: &str = r#"{"eventName":"A"}"#;

const RULE: &str = "title: T\nlogsource: {product: aws, service: cloudtrail}\nlevel: LEVEL\n\
                    detection: {selection: {eventName: A}, condition: selection}\n";

/// A server whose answers wait until the test lets them go, and a channel that tells of each request.
fn held() -> (Server, std::sync::mpsc::Receiver<()>, std::sync::mpsc::Sender<()>) {
    let (entered, entries) = channel();
    let (release, releases) = channel::<()>();
    let releases = Mutex::new(releases);
    let server = Server::deciding(move |_| {
        // The test may be over.
        let _ = entered.send(());
        releases.lock().unwrap().recv().ok().map(|()| 200)
    });
    (server, entries, release)
}

#[test]
fn what_was_taken_in_is_delivered_before_the_end() {
    let (server, entries, release) = held();
    let (_place, mut service) = Setup::to(&server).start();
    let address = service.address("in");
    // It stays connected and says nothing.
    let _idle = Client::to(address);
    let sender = thread::spawn(move || post(address, "/", &[], CLEAN.as_bytes()).status);
    entries.recv().unwrap();
    service.signal("TERM");
    service.wait_for("event=draining");
    release.send(()).unwrap();
    assert_eq!(sender.join().unwrap(), 200);
    assert_eq!(service.end().code(), Some(0));
    assert_eq!(server.lines(), [CLEAN]);
}

/// Who has not said what they want has nothing that could be lost, and keeps nobody waiting.
#[test]
fn who_has_not_asked_to_its_end_does_not_hold_up_the_end() {
    let server = Server::taking();
    let (_place, mut service) = Setup::to(&server).general("grace = \"1h\"").input("read_timeout = \"1h\"").start();
    let mut client = Client::to(service.address("in"));
    client.say(b"POST / HTTP/1.1\r\nhost: x\r\ncont");
    // Behind this one, so that the other was accepted.
    assert_eq!(service.post(CLEAN).status, 200);
    assert_eq!(service.terminate(), 0);
}

/// Nor does who says it so slowly that there is no end of it.
#[test]
fn who_says_a_body_byte_by_byte_does_not_hold_up_the_end() {
    let server = Server::taking();
    let (_place, mut service) = Setup::to(&server).general("grace = \"1h\"").start();
    let mut client = Client::to(service.address("in"));
    client.say(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n");
    let is_over = Arc::new(AtomicBool::new(false));
    let over = Arc::clone(&is_over);
    let slow = thread::spawn(move || {
        while !over.load(Ordering::SeqCst) {
            client.say(b" ");
            thread::sleep(Duration::from_millis(10));
        }
        client.answer().map(|answer| answer.status)
    });
    // Behind this one, so that the other was accepted.
    assert_eq!(service.post(CLEAN).status, 200);
    assert_eq!(service.terminate(), 0);
    is_over.store(true, Ordering::SeqCst);
    assert!(slow.join().unwrap().is_none_or(|status| status == 503));
}

#[test]
fn what_is_not_delivered_in_time_is_not_acknowledged() {
    let (server, entries, release) = held();
    let (_place, mut service) = Setup::to(&server).general("grace = \"50ms\"").start();
    let mut client = Client::to(service.address("in"));
    client.say(format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{CLEAN}", CLEAN.len()).as_bytes());
    entries.recv().unwrap();
    service.signal("TERM");
    assert_eq!(service.end().code(), Some(4));
    assert!(client.answer().is_none_or(|answer| answer.status == 503));
    drop(release);
}

#[test]
fn a_second_signal_ends_at_once() {
    let (server, entries, release) = held();
    let (_place, mut service) = Setup::to(&server).general("grace = \"1h\"").start();
    let address = service.address("in");
    let mut client = Client::to(address);
    client.say(format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{CLEAN}", CLEAN.len()).as_bytes());
    entries.recv().unwrap();
    service.signal("TERM");
    service.wait_for("event=draining");
    service.signal("TERM");
    assert_eq!(service.end().code(), Some(4));
    assert!(client.answer().is_none_or(|answer| answer.status == 503));
    drop(release);
}

/// Records are sent all the while rules change back and forth. Each request is one batch; all of its records must
/// have been judged by the same rules, none may be missing, and after the last change only the last rules count.
#[test]
fn rules_change_under_load_without_a_record_lost_or_a_batch_judged_twice() {
    let server = Server::taking();
    let place = Place::new();
    place.write("rules/own/rule.yml", RULE.replace("LEVEL", "low"));
    let rules = "default_rules = false\npaths = [\"PLACE/rules\"]";
    let mut service = Setup::to(&server).rules(rules).start_in(&place);
    let (address, admin) = (service.address("in"), service.address("admin"));
    let is_over = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> = (0..3)
        .map(|sender| {
            let is_over = Arc::clone(&is_over);
            thread::spawn(move || {
                let mut client = Client::to(address);
                let mut sent = 0;
                while !is_over.load(Ordering::SeqCst) {
                    let record = |number| format!("{{\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"A\",\"request\":\"{sender}/{sent}\",\"n\":{number}}}\n");
                    let body: String = (0..20).map(record).collect();
                    assert_eq!(client.post("/", &[], body.as_bytes()).unwrap().status, 200);
                    sent += 1;
                }
                sent
            })
        })
        .collect();
    let mut generation = 1;
    for level in ["high", "medium", "high", "critical"] {
        place.write("rules/own/rule.yml", RULE.replace("LEVEL", level));
        service.signal("HUP");
        generation += 1;
        service.wait_for(&format!("event=rules_reloaded generation=\"{generation}\""));
    }
    // What is wrong changes nothing, and what is the same is not loaded again.
    place.write("rules/own/rule.yml", RULE.replace("LEVEL", "crucial"));
    service.signal("HUP");
    service.wait_for("event=rules_refused");
    assert!(service.wait_for("event=mistake").contains("found `crucial`"), "{:?}", service.said);
    let is_event = |line: &String| line.contains(" level=") && line.contains(" event=");
    assert!(service.said.iter().all(is_event), "{:?}", service.said);
    place.write("rules/own/rule.yml", RULE.replace("LEVEL", "critical"));
    service.signal("HUP");
    service.wait_for("event=rules_unchanged");
    is_over.store(true, Ordering::SeqCst);
    let sent: usize = senders.into_iter().map(|sender| sender.join().unwrap()).sum();
    assert_eq!(
        post(address, "/", &[], b"{\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"A\",\"request\":\"last\"}")
            .status,
        200
    );

    let mut levels: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in server.lines() {
        let record: Value = serde_json::from_str(&line).unwrap();
        let text = |path: &str| record.pointer(path).and_then(Value::as_str).unwrap().to_owned();
        levels.entry(text("/request")).or_default().push(text("/trailsieve/level"));
    }
    assert_eq!(levels.remove("last").unwrap(), ["critical"]);
    assert_eq!(levels.len(), sent);
    for (request, mut levels) in levels {
        assert_eq!(levels.len(), 20, "{request}");
        levels.dedup();
        assert_eq!(levels.len(), 1, "{request}: judged by two packs: {levels:?}");
    }
    let numbers = get(admin, "/metrics").body;
    for (result, number) in [("taken", 4), ("refused", 1), ("same", 1)] {
        assert!(numbers.contains(&format!("trailsieve_reloads_total{{result=\"{result}\"}} {number}\n")), "{numbers}");
    }
    assert!(numbers.contains("trailsieve_pack_generation 5\n"));
    assert_eq!(service.terminate(), 0);
}

/// Where the file says so, what can be read is put into force, when the service starts and later.
#[test]
fn rules_with_a_mistake_are_left_out_if_that_is_wished() {
    let server = Server::taking();
    let place = Place::new();
    place.write("rules/rule.yml", RULE.replace("LEVEL", "low"));
    place.write("rules/broken.yml", RULE.replace("LEVEL", "crucial"));
    let rules = "default_rules = false\nskip_refused = true\npaths = [\"PLACE/rules\"]";
    let setup = Setup::to(&server).rules(rules);
    let checked = setup.command(&place).arg("--check").output().unwrap();
    assert_eq!(runner::code(&checked), 0);
    assert!(runner::err(&checked).contains("found `crucial`"), "{}", runner::err(&checked));
    let mut service = setup.start_in(&place);
    service.wait_for("event=rules_left_out mistakes=\"1\"");
    let admin = service.address("admin");
    assert!(get(admin, "/metrics").body.contains("trailsieve_pack_mistakes 1\n"));
    place.write("rules/other.yml", RULE.replace("LEVEL", "grave"));
    service.signal("HUP");
    service.wait_for("event=rules_reloaded generation=\"2\" rules=\"1\"");
    assert!(get(admin, "/metrics").body.contains("trailsieve_pack_mistakes 2\n"));
    assert_eq!(service.terminate(), 0);
}

/// A service that is held where it reads its rule, for which a pipe stands; and that file, open to write it.
fn held_at_its_rule(server: &Server, place: &Place) -> (Service, PathBuf, File) {
    let rule = place.path().join("rule.yml");
    assert!(Command::new("mkfifo").arg(&rule).status().unwrap().success());
    let setup = Setup::to(server).rules("default_rules = false\npaths = [\"PLACE/rule.yml\"]");
    let service = Service::spawn(setup.command(place));
    // This waits until somebody reads.
    let pipe = OpenOptions::new().write(true).open(&rule).unwrap();
    (service, rule, pipe)
}

#[test]
fn rules_that_change_while_the_service_starts_are_read_again_when_it_runs() {
    let server = Server::taking();
    let place = Place::new();
    let (mut service, rule, mut pipe) = held_at_its_rule(&server, &place);
    service.signal("HUP");
    fs::remove_file(&rule).unwrap();
    place.write("rule.yml", RULE.replace("LEVEL", "high"));
    pipe.write_all(RULE.replace("LEVEL", "low").as_bytes()).unwrap();
    drop(pipe);
    service.wait_for("event=rules_reloaded generation=\"2\" rules=\"1\"");
    assert_eq!(service.post("{\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"A\"}").status, 200);
    assert!(server.lines().concat().contains("\"level\":\"high\""), "{:?}", server.lines());
    assert_eq!(service.terminate(), 0);
}

#[test]
fn another_secret_takes_a_restart_and_that_is_told() {
    let server = Server::taking();
    let place = Place::new();
    place.write("token", "one");
    let mut service = Setup::to(&server).input("token_file = \"PLACE/token\"").start_in(&place);
    service.signal("HUP");
    service.wait_for("event=rules_unchanged");
    assert!(!service.said.concat().contains("restart_needed"), "{:?}", service.said);
    place.write("token", "other");
    service.signal("HUP");
    service.wait_for("event=restart_needed why=\"a secret, key or certificate has changed\"");
    let address = service.address("in");
    let answer = |token| post(address, "/", &[("authorization", token)], CLEAN.as_bytes()).status;
    assert_eq!([answer("Bearer one"), answer("Bearer other")], [200, 503]);
}

/// It is as good an end as any: nothing was taken in.
#[test]
fn a_service_that_is_to_end_while_it_starts_ends_well() {
    let server = Server::taking();
    let place = Place::new();
    let (mut service, _, mut pipe) = held_at_its_rule(&server, &place);
    service.signal("TERM");
    pipe.write_all(RULE.replace("LEVEL", "low").as_bytes()).unwrap();
    drop(pipe);
    assert_eq!(service.end().code(), Some(0), "{:?}", service.said);
}

/// What `rules check` warns of, a service tells when it starts and when it reads rules again. Only rules that judge count.
#[test]
fn what_is_doubtful_in_rules_is_told_when_they_are_taken() {
    let server = Server::taking();
    let place = Place::new();
    place.write("rules/rule.yml", RULE.replace("LEVEL", "low"));
    place.write("o.yml", "overrides: [{rule: rul, level: high, reason: r}]\n");
    let rules = "default_rules = false\npaths = [\"PLACE/rules\"]\noverrides = \"PLACE/o.yml\"";
    let setup = Setup::to(&server).rules(rules);
    let checked = setup.command(&place).arg("--check").output().unwrap();
    assert_eq!(runner::code(&checked), 0);
    assert!(runner::err(&checked).contains("o.yml:1:20: no rule has a name like `rul`"), "{}", runner::err(&checked));
    let mut service = setup.start_in(&place);
    service.wait_for("event=rules_warning");
    place.write("o.yml", "overrides: [{rule: rule, enabled: false, reason: gone, expires: 2020-01-31}]\n");
    service.signal("HUP");
    service.wait_for("event=rules_reloaded generation=\"2\" rules=\"1\"");
    service.wait_for("expired (2020-01-31), so that it applies to older events only: gone");
    place.write("o.yml", "overrides: [{rule: rule, enabled: false, reason: gone}]\n");
    service.signal("HUP");
    service.wait_for("event=rules_reloaded generation=\"3\" rules=\"0\"");
    service.wait_for("no rule is on");
}

/// Who tunes rules sees what each entry does.
#[test]
fn what_is_suppressed_is_counted_by_rule_and_override() {
    let place = Place::new();
    place.write("rules/rule.yml", RULE.replace("LEVEL", "low"));
    let entry = |agent| format!("  - {{rule: rule, unless: {{userAgent: {agent}}}, reason: r}}\n");
    place.write("o.yml", format!("overrides:\n{}{}", entry("one"), entry("other")));
    let rules = "default_rules = false\npaths = [\"PLACE/rules\"]\noverrides = \"PLACE/o.yml\"";
    let mut service = Setup::to_file("PLACE/out").rules(rules).start_in(&place);
    let by =
        |agent| format!("{{\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"A\",\"userAgent\":\"{agent}\"}}\n");
    assert_eq!(service.post(&[by("one"), by("other"), by("other"), by("another")].concat()).status, 200);
    let numbers = get(service.address("admin"), "/metrics").body;
    for (line, number) in [(2, 1), (3, 2)] {
        let by = place.path().join(format!("o.yml:{line}"));
        let counted = format!("trailsieve_suppressed_total{{rule=\"rule\",by=\"{}\"}} {number}\n", by.display());
        assert!(numbers.contains(&counted), "{numbers}");
    }
}

#[test]
fn a_detector_that_fails_on_everything_is_left_alone_and_records_pass_marked() {
    let server = Server::taking();
    // It traps on each record with `~`.
    let (_place, mut service) = Setup::to(&server).general("breaker_after = 3").start();
    let poison = "{\"eventName\":\"~\"}";
    for _ in 0..3 {
        assert_eq!(service.post(poison).status, 200);
    }
    service.wait_for("event=breaker_opened");
    let admin = service.address("admin");
    // Within the first pause, and whatever is sent.
    let mut reasons = Vec::new();
    while !reasons.contains(&"breaker".to_owned()) {
        assert_eq!(service.post(poison).status, 200);
        let last: Value = serde_json::from_str(server.lines().last().unwrap()).unwrap();
        reasons.push(last.pointer("/trailsieve/unjudged").unwrap().as_str().unwrap().to_owned());
    }
    assert!(reasons.iter().all(|reason| reason == "breaker" || reason == "trap"), "{reasons:?}");
    assert!(get(admin, "/readyz").body.contains("the detector fails"));
    // A healthy record closes the circuit once one is tried.
    let address = service.address("in");
    eventually("the detector is tried again", || {
        post(address, "/", &[], CLEAN.as_bytes()).status == 200 && get(admin, "/readyz").status == 200
    });
    service.wait_for("event=breaker_closed");
}

#[test]
fn a_closed_service_stops_rather_than_let_records_pass_unjudged() {
    let server = Server::taking();
    let (_place, mut service) = Setup::to(&server).general("on_failure = \"closed\"").start();
    assert_eq!(service.post(CLEAN).status, 200);
    let mut client = Client::to(service.address("in"));
    let answer = client.post("/", &[], format!("{CLEAN}\n{{\"eventName\":\"~\"}}\n").as_bytes());
    assert!(answer.is_none_or(|answer| answer.status == 503));
    assert_eq!(service.end().code(), Some(4));
    assert_eq!(server.lines(), [CLEAN], "nothing of the batch was delivered");
    assert!(service.said.iter().any(|line| line.contains("event=stopped")));
}

/// With no patience at all every record waits too long.
#[test]
fn what_waits_too_long_for_the_detector_passes_marked_if_that_is_wanted() {
    let server = Server::taking();
    let general = "overload = \"bypass\"\noverload_after = \"0s\"";
    let (_place, mut service) = Setup::to(&server).general(general).start();
    assert_eq!(service.post("{\"eventName\":\"B!\"}").status, 200);
    assert_eq!(server.lines(), [r#"{"eventName":"B!","trailsieve":{"v":1,"unjudged":"overload"}}"#]);
    service.wait_for("event=unjudged");
    assert_eq!(service.metric("trailsieve_unjudged_total{reason=\"overload\"}"), 1.0);
    // What is no JSON is not touched, whoever looks at it, and no nesting is too deep for that.
    let deep = format!("{{\"deep\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    let broken = ["{\"a\":1,}", "{\"a\":\"\u{1}\"}", "{\"a\":01}", "{\"eventName\" \"A\"}"];
    for body in broken {
        assert_eq!(service.post(body).status, 200);
    }
    assert_eq!(service.post(&deep).status, 200);
    let lines = server.lines();
    assert_eq!(lines.get(1..5).unwrap(), broken);
    let deep = deep.strip_suffix('}').unwrap();
    assert_eq!(lines.get(5).unwrap(), &format!("{deep},\"trailsieve\":{{\"v\":1,\"unjudged\":\"overload\"}}}}"));
    assert_eq!(service.metric("trailsieve_records_total{outcome=\"malformed\"}"), 4.0);
}

#[test]
fn an_address_that_is_taken_is_told_and_nothing_moves() {
    let server = Server::taking();
    let place = Place::new();
    let output = Setup::to(&server).listening(server.address).command(&place).output().unwrap();
    assert_eq!(runner::code(&output), 3);
    assert!(runner::err(&output).contains("in: cannot listen on"), "{}", runner::err(&output));
}

/// Each of two would save positions and refused records over those of the other.
#[test]
fn a_state_dir_of_another_service_is_told_and_nothing_moves() {
    let server = Server::taking();
    let setup = Setup::to(&server);
    let (place, mut service) = setup.start();
    let output = setup.command(&place).output().unwrap();
    assert_eq!(runner::code(&output), 3);
    let told = runner::err(&output);
    assert!(told.contains("/state is in use by another service; end that one, or name"), "{told}");
    assert!(!told.contains("event="), "{told}");
    service.signal("KILL");
    service.end();
    setup.start_in(&place);
}
