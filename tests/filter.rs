//! `trailsieve filter` as a process: bytes in, the same bytes out, and how it ends.
//!
//! The detector is a guest that finds something in records with `!` (low) and `^` (high), so that these tests are about
//! the runner and not about rules.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it expects by failing")]

use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{self, code, err, feed, out};

const CLEAN: &str = r#"{"eventName":"A"}"#;
const LOW: &str = r#"{ "eventName" : "B!" }"#;
const HIGH: &str = r#"{"eventName":"C^"}"#;
const POISON: &str = r#"{"eventName":"D~"}"#;

fn filter(arguments: &[&str], input: &str) -> Output {
    feed(Place::new().filter("unreachable", arguments), input.as_bytes())
}

/// The lines of a text as JSON.
fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn member<'a>(value: &'a Value, path: &str) -> &'a Value {
    value.pointer(path).unwrap_or(&Value::Null)
}

/// S4.20: what was found stands beside the bytes that came in, and (below) before anything more comes.
#[test]
fn bytes_come_out_as_they_came_but_for_the_one_field() {
    let input = format!("\u{feff}not json\r\n\r\n{CLEAN}\n  {LOW} \r\n{CLEAN}{CLEAN}\n[1, {{\"broken\"\n{HIGH}");
    let output = filter(&[], &input);
    let text = out(&output);
    assert_ne!(text, input);
    let mut cut = text.clone();
    for added in [r#","trailsieve":{"v":1,"level":"low","#, r#","trailsieve":{"v":1,"level":"high","#] {
        let start = cut.find(added).expect(&text);
        // The annotation's last brace, and the record's own after it.
        let end = start + cut[start..].find("}]}").unwrap() + 3;
        cut.replace_range(start..end, "");
    }
    assert_eq!(cut, input);
    assert!(text.contains(r#"{ "eventName" : "B!" ,"trailsieve":{"v":1"#), "right before the last brace: {text}");
}

#[test]
fn documents_of_records_pass_with_their_layout() {
    let input = format!("{{\n  \"Records\": [\n    {CLEAN},\n    {HIGH}\n  ]\n}}\n");
    let text = out(&filter(&[], &input));
    assert_eq!(text.lines().count(), 6);
    let records: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(member(&records, "/Records/1/trailsieve/level"), "high");
    assert_eq!(member(&records, "/Records/0/trailsieve"), &Value::Null);
    let unwrapped = out(&filter(&["--unwrap"], &input));
    assert_eq!(lines(&unwrapped).len(), 2);
}

#[test]
fn the_form_of_the_input_can_be_said() {
    let indented = "{\n\"eventName\":\n\"A\"\n}\n";
    let counted = |form: &[&str]| {
        let output = filter(&[form, &["--stats"]].concat(), indented);
        let stats: Value = serde_json::from_str(err(&output).lines().last().unwrap()).unwrap();
        (code(&output), member(&stats, "/clean").clone(), member(&stats, "/malformed").clone())
    };
    assert_eq!(counted(&[]), (0, 1.into(), 0.into()));
    assert_eq!(counted(&["--input", "document"]), (0, 1.into(), 0.into()));
    let (exit, clean, malformed) = counted(&["--input", "lines"]);
    assert_eq!((exit, clean), (4, 0.into()));
    assert_ne!(malformed, 0);
}

#[test]
fn what_is_emitted_can_be_chosen() {
    let input = format!("{CLEAN}\n{LOW}\n{POISON}\ntext\n{HIGH}\n");
    let flagged = lines(&out(&filter(&["--emit", "flagged"], &input)));
    let names: Vec<_> = flagged.iter().map(|record| member(record, "/eventName")).collect();
    assert_eq!(names, ["B!", "D~", "C^"]);
    assert_eq!(member(flagged.get(1).unwrap(), "/trailsieve/unjudged"), "trap");

    let findings = lines(&out(&filter(&["--emit", "findings"], &input)));
    let [low, unjudged, high] = <[Value; 3]>::try_from(findings).unwrap();
    assert_eq!((member(&low, "/rule"), member(&low, "/eventID")), (&"guest/low".into(), &"e-1".into()));
    assert_eq!(member(&low, "/sourceIPAddress"), "192.0.2.1");
    assert_eq!(member(&high, "/level"), "high");
    assert_eq!((member(&unjudged, "/outcome"), member(&unjudged, "/reason")), (&"unjudged".into(), &"trap".into()));
}

#[test]
fn the_field_has_the_name_that_is_asked_for() {
    let text = out(&filter(&["--field", "sieve \"x\""], &format!("{HIGH}\n")));
    let record: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(member(&record, "/sieve \"x\"/v"), 1);
    let refused = filter(&["--field", ""], "");
    assert_eq!(code(&refused), 3);
}

#[test]
fn counters_balance_and_go_where_they_are_wanted() {
    let place = Place::new();
    let file = place.path().join("stats.json");
    let big = format!(r#"{{"eventName":"{}"}}"#, "x".repeat(2000));
    let input = format!("{CLEAN}\n{LOW}\n{POISON}\n{HIGH}{HIGH}\ntext\n{{broken\n{big}\n");
    let arguments = ["--stats", "--max-record-size", "1KiB", "--workers", "3", "--stats-file", file.to_str().unwrap()];
    let output = feed(place.filter("endless-loop", &arguments), input.as_bytes());
    assert_eq!(code(&output), 4, "records were not judged");
    let told: Value = serde_json::from_str(err(&output).lines().last().unwrap()).unwrap();
    let written: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(told, written);
    let number = |name: &str| member(&told, &format!("/{name}")).as_u64().unwrap();
    let outcomes = ["clean", "flagged", "unjudged", "malformed", "oversized", "not_cloudtrail"];
    assert_eq!(outcomes.map(number), [1, 3, 1, 1, 1, 1]);
    assert_eq!(number("records_in"), outcomes.map(number).iter().sum::<u64>());
    assert_eq!(member(&told, "/findings/by_level/high"), 2);
    assert_eq!(member(&told, "/unjudged_by_reason/fuel"), 1);
    assert_eq!((number("bytes_in"), number("bytes_out")), (input.len() as u64, output.stdout.len() as u64));
    assert!(err(&output).contains("without being judged: 1 malformed, 1 oversized, 1 fuel"), "{}", err(&output));

    let unwritable = filter(&["--stats-file", "/nonexistent/stats.json"], CLEAN);
    assert_eq!((code(&unwritable), out(&unwritable)), (3, String::new()), "known before anything is read");
}

#[test]
fn counters_can_go_where_nothing_is_kept() {
    for (sink, told) in [("/dev/stderr", true), ("/dev/null", false)] {
        if !Path::new(sink).exists() {
            println!("SKIPPED: no {sink} here; this part of the test did not run");
            continue;
        }
        let output = filter(&["--stats-file", sink], CLEAN);
        assert_eq!(code(&output), 0, "{sink}: {}", err(&output));
        assert_eq!(err(&output).contains("\"records_in\":1"), told, "{sink}: {}", err(&output));
    }
}

#[test]
fn counters_are_told_though_the_output_takes_nothing() {
    if !Path::new("/dev/full").exists() {
        println!("SKIPPED: no /dev/full here");
        return;
    }
    let place = Place::new();
    let file = place.write("stats.json", "what an earlier run left, which is longer than nothing".repeat(100));
    let mut command = place.filter("unreachable", &["--stats-file", file.to_str().unwrap()]);
    command.stdin(Stdio::piped()).stdout(File::create("/dev/full").unwrap()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{LOW}").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 4);
    assert!(err(&output).contains("cannot write the output"), "{}", err(&output));
    let written: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((member(&written, "/records_in"), member(&written, "/bytes_out")), (&0.into(), &0.into()));
}

#[cfg(unix)]
#[test]
fn a_pipe_for_counters_is_opened_when_there_are_some() {
    let place = Place::new();
    let pipe = place.path().join("stats");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut command = place.filter("unreachable", &["--stats-file", pipe.to_str().unwrap()]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    let (line, came) = mpsc::channel();
    thread::spawn(move || {
        let _ = line.send(BufReader::new(stdout).lines().next().unwrap().unwrap());
    });
    writeln!(child.stdin.take().unwrap(), "{CLEAN}").unwrap();
    let came = came.recv_timeout(Duration::from_secs(60));
    if came.is_err() {
        child.kill().unwrap();
    }
    assert_eq!(came.unwrap(), CLEAN, "nobody reads the counters yet");
    let written: Value = serde_json::from_str(&fs::read_to_string(&pipe).unwrap()).unwrap();
    assert_eq!(member(&written, "/records_in"), 1);
    assert!(child.wait().unwrap().success());
}

/// Node, Python's asyncio and others make pipes so for their own end, and with it for ours.
#[cfg(unix)]
#[test]
fn streams_that_do_not_block_are_waited_for() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    let stream = || {
        let (theirs, ours) = UnixStream::pair().unwrap();
        theirs.set_nonblocking(true).unwrap();
        (OwnedFd::from(theirs), ours)
    };
    let ((stdin, mut to), (stdout, mut from)) = (stream(), stream());
    let place = Place::new();
    let mut command = place.filter("unreachable", &[]);
    let mut child = command.stdin(stdin).stdout(stdout).spawn().unwrap();
    // It holds the other ends.
    drop(command);
    let line = format!("{CLEAN}\n");
    for _ in 0..20 {
        to.write_all(line.as_bytes()).unwrap();
        let mut answer = vec![0; line.len()];
        from.read_exact(&mut answer).unwrap();
        assert_eq!(answer, line.as_bytes());
    }
    let many = line.repeat(200_000);
    let sent = many.clone();
    let sender = thread::spawn(move || to.write_all(sent.as_bytes()));
    // By now it cannot write.
    thread::sleep(Duration::from_millis(300));
    let mut rest = String::new();
    from.read_to_string(&mut rest).unwrap();
    sender.join().unwrap().unwrap();
    assert!(rest == many, "{} bytes of {}", rest.len(), many.len());
    assert!(child.wait().unwrap().success());
}

#[test]
fn exit_codes_tell_what_was_found_only_if_they_are_asked_to() {
    let input = format!("{LOW}\n{CLEAN}\n");
    assert_eq!(code(&filter(&[], &input)), 0);
    assert_eq!(code(&filter(&["--fail-on", "low"], &input)), 1);
    assert_eq!(code(&filter(&["--fail-on", "medium"], &input)), 0);
    assert_eq!(code(&filter(&["--fail-on", "medium"], HIGH)), 1);
    assert_eq!(code(&filter(&[], "text\n")), 0, "what is no CloudTrail is no fault");
    assert_eq!(code(&filter(&[], "{\"cut\n")), 4);
    assert_eq!(code(&filter(&["--fail-on", "low"], &format!("{POISON}\n{LOW}\n"))), 1, "what was found goes first");
    for wrong in [["--emit", "some"], ["--workers", "0"], ["--max-record-size", "1TB"], ["--min-level", "grave"]] {
        let output = filter(&wrong, CLEAN);
        assert_eq!((code(&output), out(&output)), (3, String::new()), "{wrong:?}");
    }
}

#[test]
fn quiet_leaves_errors_only() {
    assert_ne!(err(&filter(&[], "{\"cut\n")), "");
    assert_eq!(err(&filter(&["-q"], "{\"cut\n")), "");
    assert_ne!(err(&filter(&["-q", "--workers", "none"], "")), "");
}

/// It stands in a pipe: to refuse would lose what must only pass, and sign-ins are told without any rule.
#[test]
fn without_a_rule_it_warns_and_passes_everything() {
    let input = format!("{CLEAN}\n{HIGH}\n");
    let folder = tempfile::tempdir().unwrap();
    let rule = "title: A name\nlevel: high\nfilter_pattern: '{ $.eventName = \"C^\" }'\n";
    fs::write(folder.path().join("own.yml"), rule).unwrap();
    let path = folder.path().to_str().unwrap();
    let only_own = ["filter", "--min-level", "critical", "--no-default-rules", "--rules", path];
    let run = |arguments: &[&str]| feed(runner::command([&only_own, arguments].concat()), input.as_bytes());
    let output = run(&[]);
    assert_eq!((code(&output), out(&output)), (0, input.clone()));
    let told = err(&output);
    assert!(told.starts_with("trailsieve: warning: no rule is on: "), "{told}");
    assert!(told.contains(" below critical; lower --min-level"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    assert_eq!(err(&run(&["-q"])), "");
}

/// S4.20: a finding adds no delay.
#[test]
fn one_record_into_an_open_pipe_comes_out() {
    let place = Place::new();
    let mut command = place.filter("unreachable", &[]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut to = child.stdin.take().unwrap();
    let mut from = BufReader::new(child.stdout.take().unwrap());
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        while from.read_line(&mut line).is_ok_and(|length| length != 0) {
            send.send(std::mem::take(&mut line)).unwrap();
        }
    });
    for _ in 0..3 {
        writeln!(to, "{HIGH}").unwrap();
        let line = receive.recv_timeout(Duration::from_secs(60)).expect("it waits for more input");
        assert!(line.contains("trailsieve"));
    }
    drop(to);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let place = Place::new();
    for emit in ["all", "findings"] {
        let mut command = place.filter("unreachable", &["--emit", emit]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut to = child.stdin.take().unwrap();
        let mut from = child.stdout.take().unwrap();
        let endless = thread::spawn(move || while writeln!(to, "{HIGH}").is_ok() {});
        from.read_exact(&mut [0; 100]).unwrap();
        drop(from);
        let output = child.wait_with_output().unwrap();
        endless.join().unwrap();
        assert_eq!((code(&output), err(&output)), (0, String::new()));
    }
}

#[test]
fn order_is_kept_whatever_the_number_of_workers() {
    let input: String = (0..20_000)
        .map(|number| format!("{{\"n\":{number},\"m\":\"{}\"}}\n", if number % 7 == 0 { "^" } else { "" }))
        .collect();
    let one = filter(&["--workers", "1"], &input);
    let many = filter(&["--workers", "5"], &input);
    assert!(one.stdout.len() > input.len());
    assert_eq!(one.stdout, many.stdout);
}

#[test]
fn a_component_that_cannot_be_used_is_named_and_nothing_is_read() {
    let place = Place::new();
    let missing = runner::command(["filter", "--component", "/nonexistent.wasm"]);
    let module = place.path().join("module.wasm");
    fs::write(&module, wat::parse_str("(module)").unwrap()).unwrap();
    let mut not_a_component = runner::command(["filter", "--component"]);
    not_a_component.arg(module);
    let imports = place.filter("wants-the-environment.component", &[]);
    let in_load = place.filter("manifest-not-json", &[]);
    for (command, told) in [
        (missing, "/nonexistent.wasm"),
        (not_a_component, "module.wasm: not a WebAssembly component"),
        (imports, "imports wasi:cli/environment@0.2.0"),
        (in_load, "manifest"),
    ] {
        let output = feed(command, CLEAN.as_bytes());
        assert_eq!((code(&output), out(&output)), (3, String::new()));
        assert!(err(&output).contains(told) && err(&output).lines().count() == 1, "{}", err(&output));
    }
    let failing = feed(place.filter("fails-self-test", &[]), CLEAN.as_bytes());
    assert_eq!((code(&failing), out(&failing)), (2, String::new()), "a rule whose tests fail is wrong");
    assert!(err(&failing).contains("[1]:2:7: "), "{}", err(&failing));
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        println!("SKIPPED: no /dev/full here; this test did not run");
        return;
    };
    let place = Place::new();
    let mut command = place.filter("unreachable", &[]);
    let mut child = command.stdin(Stdio::piped()).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(HIGH.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 4);
    assert!(err(&output).contains("cannot write the output"), "{}", err(&output));
}
