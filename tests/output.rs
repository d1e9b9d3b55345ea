//! What the forms of output say of the same records.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::io::Cursor;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trailsieve::framing::Mode;
use trailsieve::input::Input;
use trailsieve::output::{self, Emit, Form};
use trailsieve::pipeline::{Options, Report, run};
use trailsieve_tests::judge::{ANNOTATION, ByWord};

const FINDINGS: &str = concat!(
    "{\"v\":1,\"level\":\"high\",\"rules\":[\"iam/x\",\"iam/y\"],\"findings\":[",
    "{\"rule\":\"iam/x\",\"id\":\"id-x\",\"title\":\"X \\u0022\",\"level\":\"high\",\"outcome\":\"failure\",\"tags\":[\"t\"],",
    "\"fields\":{\"a.b\":0.0}},{\"rule\":\"iam/y\",\"title\":\"Y\",\"level\":\"low\",\"outcome\":\"success\",\"tags\":[]}]}"
);

const EVENT: &str = concat!(
    "{\"eventID\":\"e-1\",\"eventTime\":\"2026-01-01T00:00:00Z\",\"account\":\"111122223333\",\"awsRegion\":null,",
    "\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"CreateUser\",\"principal\":\"p\",",
    "\"sourceIPAddress\":\"192.0.2.1\",\"sourceKind\":\"ip\",\"outcome\":\"failure\"}"
);

fn written(text: &str, emit: Emit, unwrap: bool, judge: ByWord, max_record: usize) -> (String, Report) {
    let mut out = Vec::new();
    let mut output = output::to(&mut out, Form { emit, unwrap, ..Form::default() });
    let input = Input::only(Cursor::new(text.to_owned().into_bytes()));
    let options = Options { mode: Mode::Guess, max_record, ..Options::default() };
    let report = run([input].into_iter(), output.as_mut(), judge.workers(2), &options).unwrap();
    drop(output);
    (String::from_utf8(out).unwrap(), report)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_finding_is_a_line_that_stands_alone() {
    let judge = ByWord { annotation: Some(FINDINGS), event: EVENT };
    let (out, report) = written("{\"a\":1}\n{\"FLAG\":1}\n", Emit::Findings, false, judge, 1 << 20);
    let found = lines(&out);
    let expected = json!({
        "finding_id": digest(b"id-x\0e-1").get(..32),
        "rule": "iam/x", "id": "id-x", "title": "X \"", "level": "high", "outcome": "failure", "tags": ["t"],
        "fields": {"a.b": 0.0},
        "eventID": "e-1", "eventTime": "2026-01-01T00:00:00Z", "account": "111122223333", "awsRegion": null,
        "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "principal": "p", "sourceIPAddress": "192.0.2.1",
        "sourceKind": "ip",
    });
    assert_eq!(found.first().unwrap(), &expected);
    assert_eq!(found.get(1).unwrap()["finding_id"], json!(digest(b"iam/y\0e-1").get(..32)));
    assert_eq!(found.len(), 2);
    assert!(out.contains("0.0"), "numbers stay as they are spelled");
    let stats = serde_json::to_value(&report.counters).unwrap();
    assert_eq!(
        stats.get("findings").unwrap(),
        &json!({"total": 2, "by_level": {"high": 1, "low": 1}, "by_rule": {"iam/x": 1, "iam/y": 1}})
    );
    assert_eq!(stats.get("records_in"), Some(&json!(2)));
}

#[test]
fn without_an_event_id_the_records_digest_makes_the_finding_its_own() {
    let judge = ByWord { annotation: Some(FINDINGS), event: "{\"eventID\":null}" };
    let (out, _) = written("{\"FLAG\":1}", Emit::Findings, false, judge, 1 << 20);
    let id = digest(format!("id-x\0{}", digest(b"{\"FLAG\":1}")).as_bytes());
    assert_eq!(lines(&out).first().unwrap()["finding_id"], json!(id.get(..32)));
}

#[test]
fn what_could_not_be_judged_has_a_line_with_its_place_and_digest() {
    let oversized = format!("{{\"a\":\"{}\"}}", "x".repeat(700_000));
    let text = format!("{{\"UNJUDGED\":1}}\n{{\"MALFORMED\"}}\n{{\"a\":\n{oversized}\ntext\n{{\"FLAG\":1}}");
    let (out, report) = written(&text, Emit::Findings, false, ByWord::default(), 1_000);
    let line = |outcome: &str, reason: &str, part: &str| {
        let offset = text.find(part).unwrap();
        json!({"outcome": outcome, "reason": reason, "offset": offset, "length": part.len(), "sha256": digest(part.as_bytes())})
    };
    assert_eq!(
        lines(&out),
        [
            line("unjudged", "fuel", "{\"UNJUDGED\":1}"),
            line("malformed", "json", "{\"MALFORMED\"}"),
            line("malformed", "framing", "{\"a\":"),
            line("oversized", "size", &oversized),
            line("flagged", "findings", "{\"FLAG\":1}"),
        ]
    );
    assert!(report.counters.balance());
    assert_eq!(report.counters.unjudged_by_reason.get("fuel"), Some(&1));
}

#[test]
fn flagged_and_unjudged_records_come_one_a_line_with_their_field() {
    let text = "{\"Records\":[\r\n{\"FLAG\":\r\n1},{\"a\":1},\n{\"UNJUDGED\": 2\n}, {\"NOTE\":1}]}";
    let (out, _) = written(text, Emit::Flagged, false, ByWord::default(), 1 << 20);
    let expected = format!(
        "{{\"FLAG\":  1,\"trailsieve\":{ANNOTATION}}}\n{{\"UNJUDGED\": 2 ,\"trailsieve\":{{\"v\":1,\"unjudged\":\"fuel\"}}}}\n"
    );
    assert_eq!(out, expected);
}

#[test]
fn unwrapping_leaves_one_line_for_everything_that_counts() {
    let text = "{\"Records\":[\n{\"a\":\n1}, 12,\n{\"NOTE\":1}\n],\"x\":1}\n plain text\r\n[{},\n{";
    let (out, report) = written(text, Emit::All, true, ByWord::default(), 1 << 20);
    let expected = format!("{{\"a\": 1}}\n12\n{{\"NOTE\":1,\"trailsieve\":{ANNOTATION}}}\nplain text\r\n{{}}\n{{\n");
    assert_eq!(out, expected);
    assert_eq!(report.counters.records_in, out.lines().count() as u64);
}

#[test]
fn a_field_that_exists_stays_and_is_counted() {
    let text = "{\"FLAG\":1,\"trailsieve\":{}}\n{\"FLAG\":1}";
    for (emit, unwrap) in [(Emit::All, false), (Emit::All, true), (Emit::Flagged, false)] {
        let (out, report) = written(text, emit, unwrap, ByWord::default(), 1 << 20);
        assert!(
            out.starts_with(&format!("{{\"FLAG\":1,\"trailsieve\":{{}},\"trailsieve_2\":{ANNOTATION}}}\n")),
            "{out}"
        );
        assert_eq!(report.counters.field_existed, 1);
    }
}
