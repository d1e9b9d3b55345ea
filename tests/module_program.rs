//! `trailsieve module` as a process: rules become a module, or their mistakes are told and nothing is written.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::process::{Command, Output};
use std::thread;
use trailsieve::engine::Pack;
use trailsieve::engine::plain;
use trailsieve_tests::place::Place;
use trailsieve_tests::plain::Filter;
use trailsieve_tests::runner::{self, code, err, out};

const RULE: &str = "title: Buckets\nlevel: high\nfilter_pattern: '{ $.eventName = \"CreateBucket\" }'\n\
                    tests:\n  match:\n    - name: one\n      record: {eventSource: s3.amazonaws.com, eventName: CreateBucket}\n";
const RECORD: &str = r#"{"eventSource":"s3.amazonaws.com","eventName":"CreateBucket","readOnly":true,"userIdentity":{"type":"Root"},"eventType":"AwsApiCall"}"#;

fn module(place: &Place, arguments: &[&str]) -> Output {
    let mut command = runner::command([&["module", "-o", "detect.wasm"], arguments].concat());
    command.current_dir(place.path()).output().unwrap()
}

/// What the written module makes of a record.
fn judged(place: &Place) -> String {
    Filter::compiled(&fs::read(place.path().join("detect.wasm")).unwrap()).answer(RECORD).unwrap()
}

#[test]
fn rules_overrides_and_choices_are_in_the_module() {
    let place = Place::new();
    place.write("rules/own/buckets.yml", RULE);
    place.write("overrides.yml", "overrides:\n  - rule: own/*\n    level: critical\n    reason: ours\n");
    let quiet = ["--heartbeat", "0", "--rules", "rules", "--disable", "securityhub/*"];
    let output = module(&place, &[&quiet[..], &["--overrides", "overrides.yml"]].concat());
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(
        out(&output).starts_with("detect.wasm: ") && out(&output).ends_with("trailsieve_filter\n"),
        "{}",
        out(&output)
    );
    let first = fs::read(place.path().join("detect.wasm")).unwrap();
    assert!(judged(&place).contains(r#""level":"critical","rules":["own/buckets"]"#), "{}", judged(&place));
    module(&place, &[&quiet[..], &["--overrides", "overrides.yml"]].concat());
    assert!(fs::read(place.path().join("detect.wasm")).unwrap() == first, "the same rules give the same bytes");
    module(&place, &quiet);
    assert!(judged(&place).contains(r#""level":"high","rules":["own/buckets"]"#), "{}", judged(&place));
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 3, "nothing else is left behind");
}

#[test]
fn without_options_it_is_the_module_with_the_built_in_rules_and_a_heartbeat() {
    let place = Place::new();
    assert_eq!(out(&module(&place, &["--quiet"])), "");
    let told = judged(&place);
    assert!(told.contains(r#""rules":["securityhub/cloudwatch-1"]"#) && told.contains(r#""heartbeat":{"#), "{told}");
    let settings =
        r#"{"default_rules":true,"select":[],"min_level":"informational","event":false,"skip_refused":false}"#;
    let library = plain::module(&Pack { files: Vec::new(), settings: settings.to_owned() }, 60).unwrap();
    assert!(fs::read(place.path().join("detect.wasm")).unwrap() == library);
}

/// What is there keeps its mode and stays what it is: a link, or a device, which a pipe stands for here.
#[test]
fn what_is_there_stays_what_it_is() {
    let place = Place::new();
    let file = place.write("led/to/detect.wasm", "former");
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    symlink("led/to/detect.wasm", place.path().join("link")).unwrap();
    symlink("led/to/new.wasm", place.path().join("dangling")).unwrap();
    assert!(Command::new("mkfifo").arg(place.path().join("pipe")).status().unwrap().success());
    let run = |name: &str| {
        let output = runner::command(["module", "-o", name]).current_dir(place.path()).output().unwrap();
        assert_eq!(code(&output), 0, "{}", err(&output));
    };
    let is_link = |name: &str| fs::symlink_metadata(place.path().join(name)).unwrap().is_symlink();
    run("link");
    let module = fs::read(&file).unwrap();
    assert!(is_link("link") && module.starts_with(b"\0asm"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    run("dangling");
    assert!(is_link("dangling") && fs::read(place.path().join("led/to/new.wasm")).unwrap() == module);
    let pipe = place.path().join("pipe");
    let reader = thread::spawn(move || fs::read(pipe).unwrap());
    run("pipe");
    assert!(fs::symlink_metadata(place.path().join("pipe")).unwrap().file_type().is_fifo());
    assert!(reader.join().unwrap() == module);
    assert_eq!(fs::read_dir(place.path().join("led/to")).unwrap().count(), 2, "nothing else is left behind");
}

#[test]
fn wrong_rules_are_told_and_the_module_that_is_there_stays() {
    let place = Place::new();
    place.write("detect.wasm", "as it was");
    for (rule, told) in [
        (RULE.replace("level: high", "level: hihg"), "did you mean `high`?"),
        (RULE.replace("eventName: CreateBucket}", "eventName: Other}"), "[test-failed]"),
    ] {
        place.write("rules/own/buckets.yml", rule);
        let output = module(&place, &["--rules", "rules"]);
        assert_eq!(code(&output), 2, "{}", err(&output));
        assert!(err(&output).contains(told), "{}", err(&output));
    }
    let other = module(&place, &["--component", "x.wasm"]);
    assert_eq!((code(&other), err(&other).contains("leave --component out")), (3, true));
    assert_eq!(fs::read_to_string(place.path().join("detect.wasm")).unwrap(), "as it was");
    let mut nowhere = runner::command(["module", "-o", "/nowhere/detect.wasm"]);
    assert_eq!(code(&nowhere.output().unwrap()), 4);
}

#[test]
fn a_module_that_finds_nothing_is_warned_of() {
    let output = module(&Place::new(), &["--disable", "*"]);
    assert_eq!(code(&output), 0);
    assert!(err(&output).contains("warning: no rule is on"), "{}", err(&output));
}
