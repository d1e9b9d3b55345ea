//! `trailsieve scan` and `trailsieve rules` as processes, and what all commands have in common.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it expects by failing")]

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{self, code, err, feed, out};

const CLEAN: &str = r#"{"eventName":"A"}"#;
const LOW: &str = r#"{"eventName":"B!"}"#;
const HIGH: &str = r#"{"eventName":"C^"}"#;

/// What storage of whole blocks adds.
static PADDING: [u8; 100_000] = [0; 100_000];

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The number before a word in the totals at the end. An outcome that no record had is not told.
fn total(text: &str, name: &str) -> u64 {
    let totals = text.rsplit("\n\n").find(|part| part.contains(" = ")).expect(text);
    let told = totals.split(['=', '+']).map(str::trim).filter_map(|part| part.split_once(' '));
    told.filter(|(_, what)| *what == name).map(|(number, _)| number.parse::<u64>().unwrap()).sum()
}

#[test]
fn a_folder_is_scanned_with_all_that_is_below_it() {
    let place = Place::new();
    place.write("logs/a.json", format!("{{\"Records\":[{CLEAN},{HIGH}]}}"));
    place.write("logs/b/c.ndjson", format!("{LOW}\n{CLEAN}\n"));
    place.write("logs/b/d.jsonl", HIGH);
    // Two members, and content rather than the name tells that it is compressed.
    place.write("logs/e.json.gz", [gzip(&format!("{HIGH}\n")), gzip(&format!("{CLEAN}\n{LOW}\n"))].concat());
    place.write("logs/f.json", gzip(HIGH));
    place.write("logs/g.json.gz", [gzip(CLEAN), PADDING.to_vec(), gzip(CLEAN), PADDING.to_vec()].concat());
    place.write("logs/ignored.txt", HIGH);
    place.write("logs/.hidden.json", HIGH);
    let output = place.scan(&["logs"]);
    let text = out(&output);
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    assert_eq!(total(&text, "records"), 11);
    assert_eq!(total(&text, "flagged"), 6);
    let outcomes = ["clean", "flagged", "unjudged", "malformed", "oversized", "not CloudTrail"];
    assert_eq!(outcomes.map(|name| total(&text, name)).iter().sum::<u64>(), 11, "{text}");
    let row = text.lines().find(|line| line.contains("guest/high")).expect(&text);
    assert_eq!(row.split_whitespace().take(3).collect::<Vec<_>>(), ["high", "4", "guest/high"]);
    assert!(text.starts_with("6 findings, 4 medium or above:\n") && text.contains("below medium: 2 low ("), "{text}");
}

#[test]
fn only_light_findings_still_make_a_table() {
    let place = Place::new();
    place.write("a.json", LOW);
    let text = out(&place.scan(&["a.json"]));
    assert!(text.starts_with("1 finding, below medium:\n") && text.contains("A low thing"), "{text}");
    place.write("b.json", CLEAN);
    assert_eq!(out(&place.scan(&["b.json"])), "nothing found\n\n1 record = 1 clean + 0 flagged\n");
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_answered() {
    let place = Place::new();
    let cut = gzip(&format!("{HIGH}\n").repeat(1000));
    place.write("logs/a.json.gz", cut.get(..cut.len() - 4).unwrap());
    place.write("logs/b.json", [0x1f, 0x8b, 0xff, 0xff]);
    place.write("logs/c.json", HIGH);
    place.write("logs/d.json.gz", [gzip(HIGH), b"\0\0not gzip".to_vec()].concat());
    place.write("other/a.log", HIGH);
    let output = place.scan(&["missing.json", "logs", "other"]);
    assert_eq!(code(&output), 4);
    let told = err(&output);
    let named = [
        "missing.json: ",
        "logs/a.json.gz: ",
        "logs/b.json: ",
        "logs/d.json.gz: ",
        "other: no file there ends in .json",
    ];
    assert!(named.iter().all(|name| told.contains(name)), "{told}");
    assert!(!told.contains("c.json"), "{told}");
    assert_eq!(total(&out(&output), "flagged"), 1002, "what came before the fault counts, and the files after it");
}

#[test]
fn a_scan_that_judged_nothing_does_not_look_like_a_clean_one() {
    let place = Place::new();
    place.write("other/a.log", HIGH);
    for path in ["missing.json", "other"] {
        let output = place.scan(&[path]);
        assert_eq!((code(&output), out(&output)), (4, String::new()), "{path}");
        assert_eq!(err(&output).lines().count(), 1, "{}", err(&output));
    }
    place.write("text.json", "plain text\n");
    let totals = "1 record = 0 clean + 0 flagged\n    + 1 not CloudTrail\n";
    assert_eq!(out(&place.scan(&["text.json"])), format!("no record was judged\n\n{totals}"));
    place.write("empty.json", "");
    assert!(out(&place.scan(&["empty.json"])).starts_with("no record was judged\n"));
}

#[test]
fn errors_of_the_system_come_without_their_numbers() {
    let commands: [&[&str]; 7] = [
        &["scan", "/nonexistent"],
        &["scan", "--component", "/nonexistent", "-"],
        &["scan", "--stats-file", "/nonexistent/file", "-"],
        &["rules", "check", "/nonexistent"],
        &["filter", "--rules", "/nonexistent"],
        &["filter", "--stats-file", "/nonexistent/file"],
        &["filter", "--component", "/nonexistent"],
    ];
    for arguments in commands {
        let output = runner::command(arguments).output().unwrap();
        let told = err(&output);
        assert!(told.contains("/nonexistent") && told.trim_end().ends_with("No such file or directory"), "{told}");
    }
}

#[test]
fn standard_input_is_a_dash_and_may_be_compressed() {
    let place = Place::new();
    for input in [HIGH.as_bytes().to_vec(), gzip(HIGH)] {
        assert_eq!(total(&out(&feed(place.command(&["scan", "-"]), &input)), "flagged"), 1);
    }
}

#[test]
fn other_formats_are_json_to_the_last_byte() {
    let place = Place::new();
    place.write("a.ndjson", format!("{HIGH}\n{CLEAN}\n{LOW}\n{{cut\n"));
    let output = place.scan(&["--format", "ndjson", "a.ndjson"]);
    let lines: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "two findings and what could not be judged");
    assert!(lines.iter().take(2).all(|line| line.get("finding_id").is_some() && line.get("eventID").is_some()));

    let document: Value = serde_json::from_str(&out(&place.scan(&["--format", "json", "a.ndjson"]))).unwrap();
    assert_eq!(document.get("findings").unwrap(), &Value::from(lines));
    assert_eq!(document.pointer("/counters/records_in").unwrap(), 4);
    place.write("b.ndjson", CLEAN);
    let empty: Value = serde_json::from_str(&out(&place.scan(&["--format", "json", "b.ndjson"]))).unwrap();
    assert_eq!(empty.pointer("/findings").unwrap(), &Value::Array(Vec::new()));
}

#[test]
fn exit_codes_of_a_scan() {
    let place = Place::new();
    place.write("a.json", HIGH);
    assert_eq!(code(&place.scan(&["a.json"])), 0);
    assert_eq!(code(&place.scan(&["--fail-on", "high", "a.json"])), 1);
    assert_eq!(code(&place.scan(&["--fail-on", "critical", "a.json"])), 0);
    assert_eq!(code(&place.scan(&[])), 3);
    place.write("poison.json", r#"{"eventName":"~"}"#);
    assert_eq!(code(&place.scan(&["poison.json"])), 4);
}

#[test]
fn rule_files_are_named_as_the_user_named_them() {
    let place = Place::new();
    place.write("one/a/b.yml", "title: x");
    place.write("two/a/b.yml", "title: x");
    place.write("empty/readme.md", "");
    for (paths, told) in [
        (&["one", "two"][..], "two files hold a rule named a/b.yml: one/a/b.yml and two/a/b.yml"),
        (&["missing"], "missing"),
        (&["empty"], "no rules in empty"),
    ] {
        let output = place.command(&[&["rules", "check"], paths].concat()).output().unwrap();
        assert_eq!(code(&output), 3, "{paths:?}");
        assert!(err(&output).contains(told), "{}", err(&output));
    }
}

/// A rule file that finds this event.
fn rule(event: &str) -> String {
    format!("title: {event} was called\nlevel: high\nfilter_pattern: '{{ $.eventName = \"{event}\" }}'\n")
}

#[test]
fn all_mistakes_are_told_at_once_each_with_its_place() {
    let place = Place::new();
    place.write("mine/a/level.yml", rule("CreateUser").replace("high", "hihg"));
    place.write("mine/b/pattern.yml", rule("CreateUser").replace(" }'", " && }'"));
    let test = "tests:\n  match:\n    - name: another event\n      record: '{\"eventName\":\"DeleteUser\"}'\n";
    place.write("test.yml", rule("CreateUser") + test);
    let check = |path: &str| runner::command(["rules", "check", path]).current_dir(place.path()).output().unwrap();
    for (path, places) in
        [("mine", &["mine/a/level.yml:2:8: ", "mine/b/pattern.yml:3:"][..]), ("test.yml", &["test.yml:6:7: "])]
    {
        let output = check(path);
        assert_eq!((code(&output), out(&output)), (2, String::new()));
        let told = err(&output);
        assert!(places.iter().all(|place| told.lines().any(|line| line.starts_with(place))), "{told}");
    }
    for command in [&["filter", "--rules", "mine"][..], &["scan", "-", "--rules", "mine"]] {
        let output = runner::command(command).current_dir(place.path()).output().unwrap();
        assert_eq!((code(&output), err(&output)), (2, err(&check("mine"))), "{command:?}");
    }
    place.write("mine/0/test.yml", rule("CreateUser") + test);
    let told = err(&check("mine"));
    let first_lines: Vec<&str> = told.lines().filter(|line| line.starts_with("mine/")).collect();
    let places = ["mine/0/test.yml:6:7: ", "mine/a/level.yml:2:8: ", "mine/b/pattern.yml:3:"];
    assert!(first_lines.iter().zip(places).all(|(line, place)| line.starts_with(place)), "{told}");
    assert_eq!(first_lines.len(), 3, "the tests of a rule that is right are run beside one that is wrong: {told}");
    assert!(told.ends_with("trailsieve: 3 mistakes in the rules\n"), "{told}");
    let mut command = runner::command(["filter", "--rules", "mine", "--disable", "*", "--enable", "nothing-like-it"]);
    let with_glob = err(&command.current_dir(place.path()).output().unwrap());
    assert!(with_glob.starts_with("--enable 'nothing-like-it': no rule") && with_glob.ends_with(&told), "{with_glob}");
    place.write("right.yml", rule("CreateUser"));
    assert_eq!(
        (code(&check("right.yml")), out(&check("right.yml"))),
        (0, "1 rule: no mistakes, all tests passed\n".to_owned())
    );
}

#[test]
fn rules_are_added_replaced_and_tuned() {
    let place = Place::new();
    place.write("mine/own/user-created.yml", rule("CreateUser"));
    place.write("mine/securityhub/cloudwatch-5.yml", rule("StartLogging"));
    let found = |arguments: &[&str]| {
        let mut command = runner::command(["scan", "--rules", "mine", "--stats"]);
        command.args(arguments).arg(workspace().join("host-runner/samples")).current_dir(place.path());
        let output = command.output().unwrap();
        let stats: Value = serde_json::from_str(err(&output).lines().last().unwrap()).unwrap();
        let by_rule = stats.pointer("/findings/by_rule").unwrap().clone();
        move |rule: &str| by_rule.get(rule).and_then(Value::as_u64).unwrap_or(0)
    };
    // The samples hold one CreateUser, a StopLogging and a StartLogging, and two calls by root.
    let all = found(&[]);
    assert_eq!(["own/user-created", "securityhub/cloudwatch-5", "securityhub/cloudwatch-1"].map(all), [1, 1, 2]);
    let own = found(&["--no-default-rules"]);
    assert_eq!(["own/user-created", "securityhub/cloudwatch-5", "securityhub/cloudwatch-1"].map(own), [1, 1, 0]);
    let high = found(&["--min-level", "medium"]);
    assert_eq!(["own/user-created", "securityhub/cloudwatch-1"].map(high), [1, 0]);
    let later_wins = found(&["--disable", "securityhub/*", "--enable", "securityhub/cloudwatch-1"]);
    assert_eq!(["own/user-created", "securityhub/cloudwatch-5", "securityhub/cloudwatch-1"].map(later_wins), [1, 0, 2]);
    let later_wins = found(&["--enable", "securityhub/cloudwatch-1", "--disable", "securityhub/*"]);
    assert_eq!(["own/user-created", "securityhub/cloudwatch-1"].map(later_wins), [1, 0]);
}

#[test]
fn a_glob_that_matches_nothing_is_told_with_its_option() {
    let long = format!("iam/{}", "x".repeat(60));
    let arguments = ["--disable", "securtyhub/*", "--enable", "x*", "--disable", "x*", "--disable", &long];
    let arguments = [&["filter"], &arguments[..], &["--enable", "\u{1b}["]].concat();
    let output = runner::command(arguments).output().unwrap();
    assert_eq!((code(&output), out(&output)), (3, String::new()), "it is configuration");
    let told: Vec<String> =
        err(&output).lines().filter_map(|line| Some(line.split_once(": no rule has")?.0.to_owned())).collect();
    assert_eq!(
        told,
        [
            "--disable 'securtyhub/*'",
            "--enable 'x*'",
            "--disable 'x*'",
            &format!("--disable '{long}'"),
            r"--enable '\u001b['"
        ]
    );
    assert!(err(&output).contains(r"\u") && !err(&output).contains('\u{1b}'), "{}", err(&output));
}

/// A scan could only say that it found nothing, which would be true of any file.
#[test]
fn a_scan_without_a_rule_is_refused_with_the_reason() {
    let place = Place::new();
    place.write("mine/a.yml", rule("CreateUser").replace("high", "low"));
    place.write("mine/b.yml", rule("DeleteUser").replace("high", "low"));
    place.write("windows.yml", "title: T\nlogsource: {product: windows}\ndetection: {s: {a: b}, condition: s}\n");
    place.write("a.json", CLEAN);
    let all: &[&str] = &["--no-default-rules"];
    for (options, reason) in [
        (all, "--no-default-rules leaves out all there are; add your own with --rules"),
        (&["--no-default-rules", "--rules", "windows.yml"], "those that were given are about records of other sources"),
        (
            &["--min-level", "medium", "--no-default-rules", "--rules", "mine"],
            "all 2 are below medium; lower --min-level or add your own with --rules",
        ),
        (
            &["--min-level", "high", "--no-default-rules", "--rules", "mine/a.yml"],
            "the only one is below high; lower --min-level or add your own with --rules",
        ),
        (
            &["--disable", "*", "--no-default-rules", "--rules", "mine"],
            "--disable, --overrides or their own files switch off all 2; `rules list` with the same options shows them",
        ),
    ] {
        for format in ["table", "json", "ndjson"] {
            let mut command = runner::command(["scan", "-q", "a.json", "--format", format]);
            let output = command.args(options).current_dir(place.path()).output().unwrap();
            assert_eq!((code(&output), out(&output)), (3, String::new()), "{options:?}");
            assert_eq!(err(&output), format!("trailsieve: no rule is on: {reason}\n"));
        }
    }
}

#[test]
fn names_with_numbers_are_in_the_order_of_the_numbers() {
    let place = Place::new();
    for name in ["mine/a/b-10.yml", "mine/a/b-9.yml", "mine/a/b-2.yml"] {
        place.write(name, rule("CreateUser"));
    }
    place.write("a.json", r#"{"eventVersion":"1.11","eventName":"CreateUser","eventSource":"iam.amazonaws.com"}"#);
    for arguments in [&["rules", "list"][..], &["scan", "a.json"]] {
        let mut command = runner::command(arguments);
        let output =
            command.args(["--no-default-rules", "--rules", "mine"]).current_dir(place.path()).output().unwrap();
        let text = out(&output);
        let names: Vec<&str> = text.split_whitespace().filter(|word| word.starts_with("a/b-")).collect();
        assert_eq!(names, ["a/b-2", "a/b-9", "a/b-10"], "{arguments:?}: {text}");
    }
}

#[test]
fn a_closed_pipe_ends_every_command_quietly() {
    let place = Place::new();
    place.write("a.ndjson", format!("{HIGH}\n").repeat(20_000));
    for arguments in [&["scan", "--format", "ndjson", "a.ndjson"][..], &["rules", "list"], &["scan", "a.ndjson"]] {
        let mut child = place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!((child.wait().unwrap().code(), told), (Some(0), String::new()), "{arguments:?}");
    }
}

#[test]
fn help_documents_the_exit_codes() {
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["filter", "--help"],
        &["scan", "-h"],
        &["convert", "--help"],
        &["rules", "check", "--help"],
    ] {
        let output = runner::command(arguments).output().unwrap();
        assert_eq!(code(&output), 0);
        for told in ["0  it ran", "1  something", "2  a rule", "3  usage", "4  input"] {
            assert!(out(&output).contains(told), "{}", out(&output));
        }
    }
    let check = out(&runner::command(["rules", "check", "--help"]).output().unwrap());
    let rules = check.split("\nRules:\n").nth(1).expect(&check);
    assert!(["--no-default-rules", "--enable", "--min-level", "--component"].iter().all(|it| rules.contains(it)));
    assert_eq!(code(&runner::command(["--version"]).output().unwrap()), 0);
    assert_eq!(code(&runner::command(["nonsense"]).output().unwrap()), 3);
}

#[test]
fn the_samples_tell_a_story() {
    let samples = workspace().join("host-runner/samples");
    // Of rules of a higher level the table would show nothing but those.
    let arguments = ["scan", "host-runner/samples", "--disable", "*", "--enable", "securityhub/*"];
    let output = runner::command(arguments).output().unwrap();
    let text = out(&output);
    assert_eq!((code(&output), err(&output)), (0, String::new()), "{text}");
    let records = total(&text, "records");
    assert_eq!(records, total(&text, "clean") + total(&text, "flagged"), "all are CloudTrail and judged: {text}");
    assert_eq!(records, 28);
    // Who wrote them knows: two calls by root, four that were denied, four wrong passwords, a trail off and on again.
    for (rule, findings) in [("1", "2"), ("2", "4"), ("6", "4"), ("5", "2")] {
        let rule = format!("securityhub/cloudwatch-{rule}");
        let row =
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).find(|row| row.contains(&&*rule));
        assert_eq!(row.expect(&text).get(1), Some(&findings), "{rule}: {text}");
    }
    let kinds = |end: &str| fs::read_dir(&samples).unwrap().any(|file| named(&file.unwrap().path(), end));
    assert!(kinds(".ndjson") && kinds(".json") && kinds(".json.gz"), "each kind of file is shown");
}

fn named(path: &Path, end: &str) -> bool {
    path.to_string_lossy().ends_with(end)
}

#[test]
fn counters_are_not_written_over_what_is_read() {
    let place = Place::new();
    let record = "{\"eventName\":\"C^\"}\n";
    place.write("logs/in.json", record);
    for (path, stats) in [
        ("logs/in.json", "logs/in.json"),
        ("logs", "logs/in.json"),
        ("logs/in.json", "logs/../logs/in.json"),
        ("logs", "logs/new.json"),
    ] {
        let output = place.scan(&[path, "--stats-file", stats]);
        assert_eq!(code(&output), 3, "{}", err(&output));
        assert!(err(&output).contains("--stats-file would be written over a file with records"), "{}", err(&output));
        assert_eq!(fs::read_to_string(place.path().join("logs/in.json")).unwrap(), record);
    }
    let out = place.path().join("out.json");
    let mut to_itself = runner::command([OsStr::new("filter"), OsStr::new("--stats-file"), out.as_os_str()]);
    let told = to_itself.stdin(Stdio::null()).stdout(fs::File::create(&out).unwrap()).stderr(Stdio::piped());
    assert_eq!(code(&told.spawn().unwrap().wait_with_output().unwrap()), 3);
    assert_eq!(code(&place.scan(&["logs", "--stats-file", "stats.json"])), 0);
    assert!(fs::read_to_string(place.path().join("stats.json")).unwrap().contains("\"records_in\":1"));
}
