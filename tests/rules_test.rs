//! `rules test`: the records in rule files, run through the component, in each of its formats.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use serde_json::{Value, json};
use std::process::Output;
use trailsieve_core::Detector;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{code, command, err, out};

/// A rule whose second and fourth test fail; the names hold what XML and terminals treat specially.
const RULE: &str = r#"title: Signs
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventName: A}
  condition: selection
tests:
  match:
    - name: it matches
      record: '{"eventSource":"a.amazonaws.com","eventName":"A"}'
    - name: "it \"does\" <not> & \e[2J"
      record: '{"eventSource":"a.amazonaws.com","eventName":"B"}'
  no_match:
    - name: it does not
      record: '{"eventSource":"a.amazonaws.com","eventName":"B"}'
    - name: it does
      record: '{"eventSource":"a.amazonaws.com","eventName":"a"}'
"#;

const BROKEN: &str = "title: x\nfilter_pattern: '{$.a=}'\n";

const WITHOUT_TESTS: &str = "title: None\nfilter_pattern: '{$.eventName=B}'\n";

fn place() -> Place {
    let place = Place::new();
    place.write("rules/mine/signs.yml", RULE);
    place.write("rules/mine/none.yml", WITHOUT_TESTS);
    place
}

fn test(place: &Place, arguments: &[&str]) -> Output {
    command(["rules", "test"].iter().chain(arguments)).current_dir(place.path()).output().unwrap()
}

#[test]
fn failures_are_named_with_their_places_and_the_rest_is_counted() {
    let output = test(&place(), &["rules"]);
    assert_eq!((code(&output), err(&output)), (2, String::new()));
    insta::assert_snapshot!("rules_test", out(&output));
}

#[test]
fn tests_that_pass_end_with_success() {
    let place = place();
    place.write("rules/mine/signs.yml", RULE.replace("\"B\"}'\n  no", "\"A\"}'\n  no").replace("\"a\"}", "\"C\"}"));
    let output = test(&place, &["rules/mine/signs.yml"]);
    assert_eq!((code(&output), out(&output)), (0, "4 tests of 1 rule: no failure\n".to_owned()));
    assert_eq!(out(&test(&place, &["--quiet", "rules"])), "");
}

#[test]
fn the_json_form_tells_each_test() {
    let output = test(&place(), &["--format", "json", "rules"]);
    let told: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(code(&output), 2);
    assert_eq!(told.pointer("/counts").unwrap(), &json!({"rules": 2, "tests": 4, "failed": 2}));
    assert_eq!(told.pointer("/without_tests").unwrap(), &json!(["mine/none"]));
    let passed: Vec<_> =
        told.pointer("/tests").unwrap().as_array().unwrap().iter().map(|test| test.get("passed").unwrap()).collect();
    assert_eq!(passed, [true, false, true, false]);
    let expected = json!({
        "rule": "mine/signs", "test": "it does", "expected": "no_match", "passed": false,
        "problem": "must not match, but the rule matches it",
        "path": "rules/mine/signs.yml", "line": 15, "column": 7,
    });
    assert_eq!(told.pointer("/tests/3").unwrap(), &expected);
}

#[test]
fn the_xml_of_junit_holds_whatever_names_there_are() {
    let output = test(&place(), &["--format", "junit", "rules"]);
    assert_eq!(code(&output), 2);
    insta::assert_snapshot!("rules_test_junit", out(&output));
}

#[test]
fn without_a_path_the_built_in_rules_are_tested_all_of_them() {
    let (mut detector, manifest) = Detector::load(&[], "{}").unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let rules = manifest.get("rules").unwrap().as_array().unwrap().len();
    let native = detector.test_results();
    let output = command(["rules", "test", "--format", "json"]).output().unwrap();
    let told: Value = serde_json::from_str(&out(&output)).unwrap();
    let count = |pointer| told.pointer(pointer).unwrap().as_u64().unwrap();
    assert_eq!((count("/counts/tests"), count("/counts/failed")), (native.len() as u64, 0));
    assert_eq!(count("/counts/rules"), rules as u64, "those that are off as well");
    assert_eq!(code(&output), 0);
}

/// So that whoever mends one file sees whether the others keep their promises.
#[test]
fn beside_a_mistake_the_tests_of_the_other_files_run() {
    let place = place();
    let alone = test(&place, &["rules"]);
    place.write("rules/mine/broken.yml", BROKEN);
    let output = test(&place, &["rules"]);
    assert_eq!((code(&output), out(&output)), (2, out(&alone)));
    assert!(err(&output).starts_with("rules/mine/broken.yml:2:"), "{}", err(&output));
}

/// CI systems show what stands in the document. What an option says is no reason to run no test.
#[test]
fn each_mistake_of_a_pack_that_is_refused_is_in_the_document() {
    let place = place();
    place.write("rules/mine/broken.yml", BROKEN);
    place.write("rules/other.yml", "title: y\nlevel: \"<\"\nfilter_pattern: '{$.a=1}'\n");
    place.write("rules/nothing.yml", "");
    let text = err(&test(&place, &["rules"]));
    let output = test(&place, &["--format", "junit", "rules"]);
    assert_eq!((code(&output), err(&output)), (2, text.clone()));
    insta::assert_snapshot!("rules_test_refused_junit", out(&output));
    let output = test(&place, &["--format", "json", "rules"]);
    assert_eq!((code(&output), err(&output)), (2, text));
    let told: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(told.pointer("/counts").unwrap(), &json!({"rules": 2, "tests": 4, "failed": 2}));
    let mistakes = told.pointer("/mistakes").unwrap().as_array().unwrap();
    let of = |key: &str| mistakes.iter().map(|mistake| mistake.get(key).unwrap().clone()).collect::<Vec<_>>();
    assert_eq!(of("path"), ["rules/mine/broken.yml", "rules/nothing.yml", "rules/other.yml"]);
    assert_eq!(of("code"), ["pattern-syntax", "rule-form", "rule-value"]);
    assert_eq!(of("line"), [2, 0, 2]);
    let output = test(&place, &["--format", "json", "--disable", "none/*", "rules/mine/signs.yml"]);
    let told: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(told.pointer("/counts/tests").unwrap(), 4);
    assert_eq!(told.pointer("/mistakes/0/path").unwrap(), "--disable 'none/*'");
}
