//! `trailsieve filter` as rsyslog starts it: each line is answered before the next one comes.
//!
//! The detector is a guest that finds something in records with `!` (low) and `^` (high), and traps on `~`. What the real
//! rsyslog does with the answers is in `rsyslog.rs`.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects by failing"
)]

use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Output, Stdio};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{code, err, feed, out};

const CLEAN: &str = r#"{"eventName":"A", "n":1.0}"#;
const LOW: &str = r#"{ "eventName" : "B!\u00e9\"é" }"#;
const HIGH: &str = r#"{"eventName":"C^"}"#;
const POISON: &str = r#"{"eventName":"D~"}"#;

fn mmexternal(arguments: &[&str], input: impl AsRef<[u8]>) -> Vec<Value> {
    let output =
        feed(Place::new().filter("unreachable", &[&["--dialect", "mmexternal"], arguments].concat()), input.as_ref());
    assert_eq!(err(&output).lines().filter(|line| !line.contains("passed on")).count(), 0, "{}", err(&output));
    out(&output).lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// What `filter` makes of the line in a pipe.
fn piped(line: &str) -> String {
    out(&feed(Place::new().filter("unreachable", &["--input", "lines"]), line.as_bytes()))
}

fn at<'a>(reply: &'a Value, pointer: &str) -> &'a Value {
    reply.pointer(pointer).unwrap_or(&Value::Null)
}

#[test]
fn mmexternal_answers_each_line_in_its_order_whatever_the_line_is() {
    let long = format!(r#"{{"long":"{}"}}"#, "x".repeat(5000));
    let lines = [CLEAN, LOW, "", "text, no JSON", POISON, r#"{"broken":"#, &long, HIGH, "\u{0}\u{1b}[2J", "\r"];
    let replies = mmexternal(&["--max-record-size", "4KiB"], lines.join("\n") + "\n");
    assert_eq!(replies.len(), lines.len());
    for (line, reply) in lines.iter().zip(&replies) {
        let made = piped(line);
        if made == *line {
            assert_eq!(*reply, json!({"$!": {"trailsieve": {"v": 1}}}), "{line}");
        } else {
            assert_eq!(at(reply, "/msg"), &Value::from(made.as_str()), "{line}");
            let record: Value = serde_json::from_str(&made).unwrap();
            assert_eq!(at(reply, "/$!/trailsieve"), at(&record, "/trailsieve"));
        }
    }
    let told: Vec<_> = replies.iter().map(|reply| at(reply, "/$!/trailsieve/level").as_str()).collect();
    assert_eq!(told.iter().flatten().collect::<Vec<_>>(), [&"low", &"high"]);
    assert_eq!(at(&replies[4], "/$!/trailsieve/unjudged"), "trap");
}

#[test]
fn of_several_records_on_a_line_the_gravest_is_told_and_all_gain_the_field() {
    let line = format!("{LOW} {HIGH}{CLEAN} {LOW}");
    let replies = mmexternal(&[], format!("{line}\n"));
    assert_eq!(at(&replies[0], "/$!/trailsieve/level"), "high");
    assert_eq!(at(&replies[0], "/msg"), &Value::from(piped(&line)));
}

#[test]
fn what_rsyslog_hands_over_is_what_the_reply_replaces() {
    let replies = mmexternal(&["--interface-input", "rawmsg"], format!("{HIGH}\n"));
    assert_eq!(at(&replies[0], "/rawmsg"), &Value::from(piped(HIGH)));
    // As rsyslog writes it: `rawmsg` before `msg`, a slash escaped.
    let record = r#"{"eventSource":"s3.amazonaws.com","eventName":"C^","path":"a/b"}"#;
    let spelled = Value::from(record).to_string().replace('/', "\\/");
    let full = format!(r#"{{ "rawmsg": {spelled}, "hostname": "h", "msg": {spelled}, "$!": {{ "msg": "{{}}" }} }}"#);
    let replies = mmexternal(&["--interface-input", "fulljson"], format!("{full}\n{{\"msg\":\"text\"}}\n"));
    assert_eq!(at(&replies[0], "/msg"), &Value::from(piped(record)));
    assert_eq!(at(&replies[0], "/rawmsg"), &Value::Null);
    assert_eq!(replies[1], json!({"$!": {"trailsieve": {"v": 1}}}));
}

#[test]
fn bytes_that_are_no_text_come_back_as_they_are() {
    let input = [HIGH.as_bytes(), b" \xff\xfe \xc3\n"].concat();
    let place = Place::new();
    let output = feed(place.filter("unreachable", &["--dialect", "mmexternal"]), &input);
    assert!(output.stdout.ends_with(b"} \xff\xfe \xc3\"}\n"), "{:?}", output.stdout);
    // rsyslog would end the text at a NUL, so the text stays its own.
    let replies = mmexternal(&[], format!("{HIGH} \u{0}\n"));
    assert_eq!((at(&replies[0], "/$!/trailsieve/level"), at(&replies[0], "/msg")), (&"high".into(), &Value::Null));
}

#[test]
fn another_name_of_the_field_is_the_name_in_rsyslog_too() {
    let replies = mmexternal(&["--field", "found"], format!("{HIGH}\n{CLEAN}\n"));
    assert_eq!(at(&replies[0], "/$!/found/level"), "high");
    assert_eq!(replies[1], json!({"$!": {"found": {"v": 1}}}));
}

#[test]
fn mmexternal_hears_nothing_but_replies() {
    // rsyslog takes standard error for replies.
    let output = feed(Place::new().filter("unreachable", &["--dialect", "mmexternal", "--disable", "*"]), b"x\n");
    assert_eq!(err(&output), "");
    let place = Place::new();
    let refused = feed(place.filter("unreachable", &["--dialect", "mmexternal", "--rules", "absent"]), b"x\n");
    assert_eq!((out(&refused).as_str(), code(&refused)), ("", 3));
}

/// The program, and one line to it for one line of it.
struct Conversation {
    place: Place,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Conversation {
    fn new(arguments: &[&str]) -> Self {
        let place = Place::new();
        let mut command = place.filter("unreachable", arguments);
        command.current_dir(place.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { place, child, to, from }
    }

    fn say(&mut self, text: impl AsRef<[u8]>) {
        self.to.write_all(text.as_ref()).unwrap();
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        line
    }

    fn file(&self) -> String {
        fs::read_to_string(self.place.path().join("out")).unwrap()
    }

    fn end(self) -> (Place, Output) {
        drop(self.to);
        (self.place, self.child.wait_with_output().unwrap())
    }
}

#[test]
fn each_reply_comes_before_the_next_line() {
    let mut talk = Conversation::new(&["--dialect", "mmexternal"]);
    for line in [CLEAN, HIGH, "text", "", LOW] {
        talk.say(line);
        talk.say("\n");
        let reply: Value = serde_json::from_str(&talk.hear()).unwrap();
        assert_eq!(at(&reply, "/$!/trailsieve/v"), 1);
    }
    assert!(talk.end().1.status.success());
}

const OMPROG: [&str; 4] = ["--dialect", "omprog", "--output", "out"];

#[test]
fn omprog_confirms_what_has_been_written_and_nothing_before() {
    let mut talk = Conversation::new(&OMPROG);
    assert_eq!(talk.hear(), "OK\n", "it is ready");
    let mut expected = String::new();
    for line in [CLEAN, HIGH, "text", "", r#"{"broken":"#, LOW, POISON, "BEGIN TRANSACTION"] {
        // In pieces, as a pipe may cut what is long.
        let (head, tail) = line.split_at(line.len() / 2);
        talk.say(head);
        assert_eq!(talk.file(), expected);
        talk.say(format!("{tail}\n"));
        assert_eq!(talk.hear(), "OK\n");
        expected += &(piped(line) + "\n");
        assert_eq!(talk.file(), expected);
    }
    talk.say(HIGH);
    let (place, _) = talk.end();
    let written = fs::read_to_string(place.path().join("out")).unwrap();
    assert_eq!(written, expected, "a line without its end was never confirmed");
}

#[test]
fn omprog_says_why_it_could_not_write_and_takes_the_line_again() {
    let mut talk = Conversation::new(&OMPROG);
    assert_eq!(talk.hear(), "OK\n");
    let path = talk.place.path().join("out");
    talk.say(format!("{CLEAN}\n"));
    assert_eq!(talk.hear(), "OK\n");
    // Rotated away, and in its place a disk that is full.
    fs::rename(&path, path.with_extension("1")).unwrap();
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    for _ in 0..2 {
        talk.say(format!("{HIGH}\n"));
        let answer = talk.hear();
        assert!(answer.starts_with("cannot write out: No space left"), "{answer}");
    }
    fs::remove_file(&path).unwrap();
    talk.say(format!("{HIGH}\n"));
    assert_eq!(talk.hear(), "OK\n");
    assert_eq!(talk.file(), piped(HIGH) + "\n");
    assert_eq!(fs::read_to_string(path.with_extension("1")).unwrap(), format!("{CLEAN}\n"));
}

#[test]
fn a_line_that_breaks_off_in_the_file_gets_its_end() {
    let place = Place::new();
    let path = place.write("out", "torn");
    let output = feed(place.filter("unreachable", &["--dialect", "omprog", "--output", &shown(&path)]), CLEAN_LINE);
    assert_eq!(out(&output), "OK\nOK\n");
    assert_eq!(fs::read_to_string(path).unwrap(), format!("torn\n{CLEAN}\n"));
}

const CLEAN_LINE: &[u8] = b"{\"eventName\":\"A\", \"n\":1.0}\n";

fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[test]
fn marks_of_transactions_are_confirmed_and_not_written() {
    let mut talk = Conversation::new(&[&OMPROG[..], &["--use-transactions"]].concat());
    assert_eq!(talk.hear(), "OK\n");
    for line in ["BEGIN TRANSACTION", CLEAN, HIGH, "COMMIT TRANSACTION"] {
        talk.say(format!("{line}\n"));
        assert_eq!(talk.hear(), "OK\n");
    }
    assert_eq!(talk.file(), format!("{CLEAN}\n{}\n", piped(HIGH)));
}

#[test]
fn omprog_may_write_findings_alone() {
    let mut talk = Conversation::new(&[&OMPROG[..], &["--emit", "flagged"]].concat());
    assert_eq!(talk.hear(), "OK\n");
    for (line, lines) in [(CLEAN, 0), (HIGH, 1), ("text", 1), (LOW, 2)] {
        talk.say(format!("{line}\n"));
        assert_eq!(talk.hear(), "OK\n");
        assert_eq!(talk.file().lines().count(), lines);
    }
}

#[test]
fn two_programs_do_not_write_one_file_at_once() {
    let mut first = Conversation::new(&OMPROG);
    assert_eq!(first.hear(), "OK\n");
    let path = shown(&first.place.path().join("out"));
    let mut second = Conversation::new(&["--dialect", "omprog", "--output", &path]);
    second.say(format!("{HIGH}\n"));
    first.say(format!("{CLEAN}\n"));
    assert_eq!(first.hear(), "OK\n");
    assert_eq!(first.file(), format!("{CLEAN}\n"), "the second one waits");
    let (place, _) = first.end();
    assert_eq!((second.hear(), second.hear()), ("OK\n".to_owned(), "OK\n".to_owned()));
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{CLEAN}\n{}\n", piped(HIGH)));
    drop(place);
}

#[test]
fn options_that_do_not_go_together_are_told_with_the_way_out() {
    for (arguments, told) in [
        (&["--dialect", "omprog"][..], "needs --output FILE"),
        (&["--output", "x"], "is for --dialect omprog"),
        (&["--use-transactions"], "is for --dialect omprog"),
        (&["--interface-input", "msg"], "is for --dialect mmexternal"),
        (&["--dialect", "mmexternal", "--emit", "flagged"], "leave out --emit and --unwrap"),
        (&["--dialect", "mmexternal", "--input", "document"], "leave out --input document"),
        (&["--dialect", "mmexternal", "--output", "x"], "is for --dialect omprog"),
    ] {
        let output = feed(Place::new().filter("unreachable", arguments), b"");
        assert_eq!(code(&output), 3, "{arguments:?}");
        assert!(err(&output).contains(told), "{arguments:?}: {}", err(&output));
    }
    let nowhere = feed(Place::new().filter("unreachable", &["--dialect", "omprog", "--output", "/nowhere/x"]), b"");
    assert_eq!((code(&nowhere), out(&nowhere).as_str()), (4, ""), "{}", err(&nowhere));
}
