//! `rules explain`: explanations agree with verdicts, natively over all rules and records, and what the program makes of
//! them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects by failing")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::thread;
use trailsieve::engine::{BUILT_IN, Component, Limits, Pack};
use trailsieve_core::explain::Explainer;
use trailsieve_core::{Detector, SourceFile};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{code, command, err, feed, out};
use trailsieve_tests::{data, guest};

const RULE: &str = r#"
title: A user was made with a tool
logsource: {product: aws, service: cloudtrail}
level: medium
detection:
  selection:
    eventSource: iam.amazonaws.com
    eventName: [CreateUser, CreateRole]
  tool:
    - userAgent|contains: curl
    - userAgent|startswith: python
  known:
    userIdentity.arn|endswith: ":role/deploy"
  condition: selection and tool and not known
"#;

const FILTER: &str = r#"
title: Admins
logsource: {product: aws, service: cloudtrail}
filter:
  rules: [mine/rule]
  admins:
    userIdentity.arn|endswith: :user/admin
  condition: not admins
"#;

fn record(agent: &str, arn: &str) -> String {
    format!(
        r#"{{"eventSource":"iam.amazonaws.com","eventName":"CreateUser","userAgent":"{agent}","userIdentity":{{"arn":"arn:aws:iam::111122223333:{arn}"}}}}"#
    )
}

/// A folder with the rule and its filter, and the records of one user after another.
fn place() -> Place {
    let place = Place::new();
    place.write("rules/mine/rule.yml", RULE);
    place.write("rules/filter.yml", FILTER);
    let records = [record("curl/8", "user/alice"), record("curl/8", "user/admin"), record("aws-cli", "role/deploy")];
    place.write("records.ndjson", records.join("\n"));
    place
}

fn explain(place: &Place, arguments: &[&str]) -> std::process::Output {
    let fixed = ["rules", "explain", "--rules", "rules", "mine/rule"];
    command(fixed.iter().chain(arguments)).current_dir(place.path()).output().unwrap()
}

/// Whether a part must hold, by what it is made of; `None` for a sentence, and where parts are not told.
fn reckoned(parts: &[Value], number: usize) -> Option<bool> {
    let depth = |part: &Value| part["depth"].as_u64().unwrap();
    let own = depth(&parts[number]);
    let below = parts[number + 1..].iter().take_while(|part| depth(part) > own);
    let children: Vec<bool> =
        below.filter(|part| depth(part) == own + 1).map(|part| part["holds"].as_bool().unwrap()).collect();
    if parts[number]["text"].as_str().unwrap().contains("not told") {
        return None;
    }
    match parts[number]["kind"].as_str().unwrap() {
        "all" => Some(children.iter().all(|holds| *holds)),
        "any" => Some(children.contains(&true)),
        "not" => Some(children == [false]),
        _ => None,
    }
}

/// The rules of those asked of which an explanation says that they match; every part of it must follow from its own parts.
fn check<'e, 'd: 'e>(
    asked: impl Iterator<Item = &'e mut (String, Explainer<'d>)>,
    record: &[u8],
) -> Result<Vec<String>, String> {
    let mut matching = Vec::new();
    for (name, explainer) in asked {
        let text = explainer.explain(record)?;
        let told: Value = serde_json::from_str(&text).unwrap();
        let parts = told["parts"].as_array().unwrap();
        for number in 0..parts.len() {
            if let Some(must) = reckoned(parts, number) {
                assert_eq!(parts[number]["holds"], must, "{name}, part {number} of {text}");
            }
        }
        assert_eq!(parts[0]["holds"], told["verdict"] != "no_match", "{text}");
        if told["verdict"] == "match" {
            matching.push(name.clone());
        }
    }
    Ok(matching)
}

#[test]
fn an_explanation_of_any_rule_and_record_says_what_the_verdict_says() {
    let Some(records) = data::records() else { return };
    let judge = |records: &[data::Published]| {
        let all_on = r#"{"select":[{"glob":"*","enabled":true}]}"#;
        let (mut detector, _) = Detector::load(&[], all_on).unwrap();
        let (explaining, _) = Detector::load(&[], all_on).unwrap();
        let names = explaining.rules().iter().map(|rule| rule.name.clone());
        let mut explainers: Vec<_> = names.map(|name| (name.clone(), explaining.explainer(&name).unwrap())).collect();
        let mut matches = BTreeMap::<String, usize>::new();
        for (number, record) in records.iter().enumerate() {
            let verdicts = detector.detect(&record.bytes).unwrap();
            let annotation = verdicts.verdicts.first().map(|verdict| verdict.annotation.as_str()).unwrap_or("{}");
            let annotation: Value = serde_json::from_str(annotation).unwrap();
            let rules = annotation["rules"].as_array().cloned().unwrap_or_default();
            let judged = verdicts.counts.clean + verdicts.counts.flagged;
            // Each rule that matches, and of the others with each record some: all with all would take minutes.
            let asked = explainers.iter_mut().enumerate().filter(|(rule, (name, _))| {
                (rule + number) % 16 == 0 || rules.iter().any(|matched| matched.as_str() == Some(name))
            });
            match check(asked.map(|(_, explainer)| explainer), &record.bytes) {
                Ok(explained) => {
                    assert_eq!(Value::from(explained.clone()), Value::from(rules), "{}", record.place);
                    explained.into_iter().for_each(|name| *matches.entry(name).or_default() += 1);
                }
                Err(why) => assert_eq!(judged, 0, "{}: {why}", record.place),
            }
        }
        matches.len()
    };
    let (one, other) = records.split_at(records.len() / 2);
    let found = thread::scope(|scope| {
        let other = scope.spawn(|| judge(other));
        judge(one) + other.join().unwrap()
    });
    assert!(found > 10, "records that hardly any rule matches show little");
}

#[test]
fn the_component_explains_what_core_explains() {
    let pack = Pack { files: Vec::new(), settings: "{}".to_owned() };
    let component = Component::compile(BUILT_IN, Limits::default(), None).unwrap();
    let mut explainer = component.explainer(&pack).unwrap();
    let (detector, _) = Detector::load(&[], "{}").unwrap();
    let record = record("curl/8", "user/alice");
    for rule in detector.rules() {
        let told = explainer.explain(&rule.name, record.as_bytes()).unwrap();
        assert_eq!(told, detector.explain(&rule.name, record.as_bytes()), "{}", rule.name);
    }
    for (rule, record) in [("signin/nothing", record.as_str()), ("signin/root", "{")] {
        let told = explainer.explain(rule, record.as_bytes()).unwrap();
        assert!(told.is_err(), "{rule}");
        assert_eq!(told, detector.explain(rule, record.as_bytes()), "{rule}");
    }
}

#[test]
fn rules_that_are_off_are_explained_and_unknown_names_are_not() {
    let files = [SourceFile { path: "mine/rule.yml", content: RULE.as_bytes() }];
    let settings = r#"{"select":[{"glob":"mine/*","enabled":false}]}"#;
    let (detector, _) = Detector::load(&files, settings).unwrap();
    let told: Value =
        serde_json::from_str(&detector.explain("mine/rule", record("curl", "user/a").as_bytes()).unwrap()).unwrap();
    assert_eq!((&told["enabled"], &told["verdict"]), (&Value::from(false), &Value::from("match")));
    let why = detector.explain("mine/ruel", b"").unwrap_err();
    assert_eq!(why, "no rule is named `mine/ruel`; did you mean `mine/rule`?");
}

#[test]
fn a_match_is_shown_part_by_part() {
    let output = explain(&place(), &["records.ndjson:1"]);
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    insta::assert_snapshot!("explain_match", out(&output));
}

#[test]
fn what_is_suppressed_names_the_filter_and_its_condition() {
    let output = explain(&place(), &["records.ndjson:2"]);
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    insta::assert_snapshot!("explain_suppressed", out(&output));
}

#[test]
fn what_does_not_match_shows_why() {
    let output = explain(&place(), &["records.ndjson:3"]);
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    insta::assert_snapshot!("explain_no_match", out(&output));
}

#[test]
fn the_record_may_stand_in_any_form_and_come_from_standard_input() {
    let place = place();
    let record = record("curl/8", "user/alice");
    place.write("one.json", &record);
    place.write("envelope.json", format!("{{\"Records\":[\n{{}},\n{record}\n]}}"));
    place.write("event.json", format!(r#"{{"version":"0","source":"aws.iam","detail":{record}}}"#));
    place.write("text.json", serde_json::json!({ "message": record }).to_string());
    let expected = out(&explain(&place, &["records.ndjson:1"]));
    for argument in ["one.json", "one.json:1", "envelope.json:2", "event.json", "text.json"] {
        let output = explain(&place, &[argument]);
        assert_eq!((out(&output), err(&output)), (expected.clone(), String::new()), "{argument}");
    }
    place.write("within.json", format!("{{\"theirs\":{record}}}"));
    let output = explain(&place, &["within.json", "--record-path", "theirs"]);
    assert_eq!((out(&output), err(&output)), (expected.clone(), String::new()));
    let mut command = command(["rules", "explain", "--rules", "rules", "mine/rule", "-"]);
    command.current_dir(place.path());
    assert_eq!(out(&feed(command, record.as_bytes())), expected);
}

#[test]
fn the_json_form_is_one_object() {
    let output = explain(&place(), &["--format", "json", "records.ndjson:2"]);
    let told: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!((&told["verdict"], &told["suppressed_by"]), (&Value::from("suppressed"), &Value::from("filter")));
    assert_eq!(out(&output).lines().count(), 1);
}

#[test]
fn what_cannot_be_explained_is_said_in_one_line_with_the_way_out() {
    let place = place();
    place.write("other.json", r#"{"a":1}"#);
    place.write("text.txt", "no record\n");
    for (arguments, exit, words) in [
        (&["records.ndjson"][..], 3, &["holds 3 records", "records.ndjson:1"][..]),
        (&["records.ndjson:4"], 3, &["no record 4", "3 records"]),
        (&["records.ndjson:1", "--max-record-size", "10"], 4, &["3 records larger than 10", "--max-record-size"]),
        (&["missing.json"], 4, &["missing.json", "No such file"]),
        (&["text.txt"], 4, &["text.txt holds no record"]),
        (&["other.json"], 4, &["other.json", "not a CloudTrail record", "eventSource"]),
    ] {
        let output = explain(&place, arguments);
        let told = err(&output);
        assert_eq!((code(&output), out(&output)), (exit, String::new()), "{arguments:?}: {told}");
        assert!(told.lines().count() == 1 && words.iter().all(|word| told.contains(word)), "{arguments:?}: {told}");
    }
    let output = command(["rules", "explain", "signin/rot"]).arg(place.path().join("one.json")).output().unwrap();
    assert_eq!(code(&output), 4, "the record is read first: {}", err(&output));
    let output = command(["rules", "explain", "securityhub/cloudwatch-15", "-"]);
    let output = feed(output, record("curl", "user/a").as_bytes());
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("no rule is named `securityhub/cloudwatch-15`; did you mean `"), "{}", err(&output));
}

#[test]
fn a_detector_that_cannot_explain_is_told_from_one_that_can() {
    let place = Place::new();
    let component = place.write("guest.wasm", guest::component("honest"));
    place.write("record.json", record("curl", "user/a"));
    for arguments in [&["rules", "explain", "guest/low", "record.json"][..], &["rules", "test"]] {
        let mut command = command(arguments);
        let output = command.current_dir(place.path()).arg("--component").arg(&component).output().unwrap();
        assert_eq!(code(&output), 3);
        let told = err(&output);
        assert!(told.contains("cannot explain") && told.contains("leave --component out"), "{told}");
    }
}
