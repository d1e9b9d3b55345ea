//! The JSON Schemas in `core/schema/`: that they are those of the code, and that they say what the readers say.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects by failing")]

use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use std::{env, fs};
use trailsieve_core::{Detector, SourceFile, schema};
use trailsieve_tests::checkout::{built_in_rules, workspace};
use trailsieve_tests::naive_sigma::as_json;
use trailsieve_tests::{data, python};

/// Set it to write the schemas anew.
const UPDATE: &str = "TRAILSIEVE_UPDATE_SCHEMAS";

/// The release that the test was written against.
const JSONSCHEMA: &str = "jsonschema==4.26.0";

/// For each document what does not fit the schema, as a validator says that is not ours; `None` where it cannot be had.
fn errors(schema: &str, documents: &[Value]) -> Option<Vec<Vec<String>>> {
    let python = python::with("schemas against files", JSONSCHEMA, "jsonschema")?;
    let (_, schema) = schema::all().into_iter().find(|(file, _)| *file == schema).unwrap();
    let mut check = Command::new(python);
    let check = check.arg(workspace().join("tests/schema_check.py")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut check = check.spawn().unwrap();
    let asked = json!({"schema": schema, "documents": documents});
    check.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = check.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", output.status);
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// What fits and what does not, each with what the reader says of it: the two must agree.
fn assert_told_apart(schema: &str, good: &[&str], bad: &[&str], loads: impl Fn(&str) -> bool) {
    let texts: Vec<&str> = good.iter().chain(bad).copied().collect();
    let documents: Vec<Value> = texts.iter().map(|text| as_json(text).unwrap()).collect();
    let errors = errors(schema, &documents);
    for (number, text) in texts.iter().enumerate() {
        let fits = number < good.len();
        assert_eq!(loads(text), fits, "the reader, of {text}");
        if let Some(errors) = &errors {
            assert_eq!(errors[number].is_empty(), fits, "{:?}: {text}", errors[number]);
        }
    }
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_code() {
    for (name, schema) in schema::all() {
        let path = workspace().join("core/schema").join(name);
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if env::var_os(UPDATE).is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let stored = fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == text, "{name} is not what the code says: run this test with {UPDATE}=1");
    }
}

#[test]
fn every_key_that_is_read_is_described() {
    for (name, schema) in schema::all() {
        let Some(properties) = schema["properties"].as_object() else { continue };
        let undescribed: Vec<_> = properties.iter().filter(|(_, form)| **form == json!({})).collect();
        assert!(undescribed.is_empty(), "{name}: {undescribed:?}");
    }
}

#[test]
fn built_in_rules_fit_their_schema() {
    let rules = built_in_rules();
    let (_, manifest) = Detector::load(&[], "{}").unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(rules.len(), manifest["rules"].as_array().unwrap().len());
    let documents: Vec<Value> = rules.iter().map(|path| as_json(&fs::read_to_string(path).unwrap()).unwrap()).collect();
    let Some(errors) = errors("rule.schema.json", &documents) else { return };
    for (path, errors) in rules.iter().zip(errors) {
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

#[test]
fn rules_of_another_form_fit_neither_schema_nor_reader() {
    let good = [
        "title: x\nlogsource: {product: aws}\ndetection: {s: {eventName: A}, condition: s}\n",
        "title: x\nmy_own_key: 1\nfilter_pattern: '{$.a=1}'\n",
    ];
    let bad = [
        "[]",
        "title: x",
        "filter_pattern: '{$.a=1}'",
        "title: x\ndetection: {s: {eventName: A}, condition: s}\n",
        "title: x\nlevel: grave\nfilter_pattern: '{$.a=1}'",
        "title: x\nenabled: maybe\nfilter_pattern: '{$.a=1}'",
        "title: x\nfilter_pattern: {$.a: 1}",
        "title: x\nlogsource: {product: aws}\ndetection: {s: {eventName: A}}",
        "title: x\nfilter_pattern: '{$.a=1}'\ntests: {match: [{record: '{}'}]}",
        "title: x\nfilter_pattern: '{$.a=1}'\ntests: {matches: []}",
    ];
    assert_told_apart("rule.schema.json", &good, &bad, |text| {
        Detector::load(&[SourceFile { path: "x.yml", content: text.as_bytes() }], "{}").is_ok()
    });
}

#[test]
fn overrides_of_another_form_fit_neither_schema_nor_reader() {
    let good = [
        "placeholders: {admins: [alice, bob]}\n",
        "overrides:\n  - {rule: 'securityhub/*', reason: noise, level: low}\n",
        "overrides:\n  - {rule: '*', reason: r, unless: {eventName: A}, accounts: ['111122223333'], expires: 2027-01-31}\n",
        "overrides:\n  - {rule: '*', reason: r, enabled: false, not_accounts: ['111122223333']}\n",
    ];
    let bad = [
        "overrides: {rule: x}\n",
        "overrides:\n  - {rule: '*', level: low}\n",
        "overrides:\n  - {reason: r, level: low}\n",
        "overrides:\n  - {rule: '*', reason: r}\n",
        "overrides:\n  - {rule: '*', reason: r, level: grave}\n",
        "overrides:\n  - {rule: '*', reason: r, level: low, untill: 2027-01-31}\n",
        "overrides:\n  - {rule: '*', reason: r, level: low, accounts: ['111122223333'], not_accounts: ['444455556666']}\n",
        "rules: []\n",
    ];
    assert_told_apart("overrides.schema.json", &good, &bad, |text| {
        let file = SourceFile { path: "o.yml", content: text.as_bytes() };
        Detector::load(&[file], r#"{"overrides":["o.yml"]}"#).is_ok()
    });
}

#[test]
fn annotations_of_published_records_fit_their_schema() {
    let Some(records) = data::records() else { return };
    let (mut detector, _) = Detector::load(&[], "{}").unwrap();
    let batch = records.iter().map(|record| record.bytes.as_slice()).collect::<Vec<_>>().join(&b'\n');
    let verdicts = detector.detect(&batch).unwrap().verdicts;
    let annotations: Vec<Value> = verdicts
        .iter()
        .filter(|verdict| !verdict.annotation.is_empty())
        .map(|verdict| serde_json::from_str(&verdict.annotation).unwrap())
        .collect();
    let has = |member: &str| annotations.iter().any(|annotation| annotation.get(member).is_some());
    assert!(has("findings") && has("signin"), "nothing to validate");
    let Some(errors) = errors("annotation.schema.json", &annotations) else { return };
    for (annotation, errors) in annotations.iter().zip(errors) {
        assert!(errors.is_empty(), "{annotation}: {errors:#?}");
    }
}
