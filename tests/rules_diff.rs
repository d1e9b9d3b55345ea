//! `rules diff` and the forms of `rules list`, asked of the program.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects by failing")]

use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{code, command, err, out};

fn rule(title: &str, level: &str, event: &str) -> String {
    format!("title: {title}\nlevel: {level}\nfilter_pattern: '{{$.eventName=\"{event}\"}}'\n")
}

fn record(id: u32, event: &str) -> String {
    format!(r#"{{"eventSource":"a.amazonaws.com","eventName":"{event}","eventID":"id-{id}"}}"#)
}

/// Rules of two kinds, before and after a change, and three records.
fn place() -> Place {
    let place = Place::new();
    place.write("old/stays.yml", rule("Stays", "low", "A"));
    place.write("old/goes.yml", rule("Goes", "low", "B"));
    place.write("old/moves.yml", rule("Moves", "low", "C"));
    place.write("new/stays.yml", rule("Stays", "low", "A"));
    place.write("new/comes.yml", rule("Comes", "high", "B"));
    place.write("new/moves.yml", rule("Moves", "high", "C"));
    place.write("records/one.ndjson", format!("{}\n{}\n", record(1, "A"), record(2, "B")));
    place.write("records/two.ndjson", format!("{}\n{}\n", record(3, "B"), record(4, "C")));
    place
}

fn diff(place: &Place, arguments: &[&str]) -> Output {
    command(["rules", "diff"].iter().chain(arguments)).current_dir(place.path()).output().unwrap()
}

#[test]
fn what_is_gained_lost_or_of_another_level_is_told_for_each_rule() {
    let output = diff(&place(), &["old", "new", "records", "--no-default-rules"]);
    assert_eq!((code(&output), err(&output)), (1, String::new()));
    let text = out(&output);
    assert!(text.starts_with("5 findings differ on 4 records:\n"), "{text}");
    let row = |start: &str| text.lines().filter(|line| line.trim_start().starts_with(start)).collect::<Vec<_>>();
    for (start, parts) in [
        ("gained, high", ["2", "comes", "id-2"]),
        ("lost, low", ["2", "goes", "id-2"]),
        ("low to high", ["1", "moves", "id-4"]),
    ] {
        let rows = row(start);
        assert_eq!(rows.len(), 1, "{start}: {text}");
        assert!(
            parts.iter().all(|part| rows.iter().any(|row| row.split_whitespace().any(|word| word == *part))),
            "{text}"
        );
    }
    assert!(!text.contains("stays"), "{text}");
}

#[test]
fn the_json_form_names_the_records() {
    let output = diff(&place(), &["old", "new", "records", "--no-default-rules", "--format", "json"]);
    let told: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(told["records"], json!(4));
    assert_eq!(
        told["differences"][0],
        json!({"rule": "comes", "change": "gained", "level": "high", "findings": 2, "records": ["id-2", "id-3"]})
    );
    assert_eq!(
        told["differences"][2],
        json!({"rule": "moves", "change": "relevelled", "old_level": "low", "new_level": "high", "findings": 1,
               "records": ["id-4"]})
    );
}

#[test]
fn the_same_rules_make_no_difference() {
    let output = diff(&place(), &["old", "old", "records"]);
    assert_eq!((code(&output), out(&output)), (0, "no difference on 4 records\n".to_owned()));
    let output = diff(&place(), &["built-in", "built-in", "records"]);
    assert_eq!((code(&output), out(&output)), (0, "no difference on 4 records\n".to_owned()));
}

#[test]
fn what_cannot_be_compared_is_told() {
    let place = place();
    let output = diff(&place, &["old", "new", "-"]);
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("- is no file") && err(&output).contains("read twice"), "{}", err(&output));
    let output = diff(&place, &["old", "new", "absent.ndjson"]);
    assert_eq!(code(&output), 4);
    assert!(err(&output).contains("absent.ndjson"), "{}", err(&output));
    place.write("new/broken.yml", "title: x\n");
    let output = diff(&place, &["old", "new", "records"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("broken.yml"), "{}", err(&output));
}

/// No difference on records that nobody judged says nothing.
#[test]
fn what_was_not_judged_is_told() {
    let place = place();
    place.write("some.ndjson", format!("{}\n{{\"eventSource\n", record(1, "A")));
    let output = diff(&place, &["old", "old", "some.ndjson"]);
    assert_eq!((code(&output), out(&output)), (4, "no difference on 1 record\n".to_owned()));
    assert!(err(&output).contains("not judged with old: 1 malformed"), "{}", err(&output));
    place.write("none.ndjson", "{\"eventSource\n");
    let output = diff(&place, &["old", "new", "none.ndjson"]);
    assert_eq!((code(&output), out(&output)), (4, String::new()));
    assert!(err(&output).contains("none of 1 record was judged (1 malformed)"), "{}", err(&output));
    // They are read as scan is told to read them.
    place.write("within.ndjson", format!("{{\"mine\":{}}}\n", record(1, "B")));
    assert_eq!(code(&diff(&place, &["old", "new", "within.ndjson"])), 4);
    assert_eq!(code(&diff(&place, &["old", "new", "within.ndjson", "--record-path", "mine"])), 1);
    let output = diff(&place, &["old", "new", "records", "--max-record-size", "10"]);
    assert!(err(&output).contains("none of 4 records was judged (4 oversized)"), "{}", err(&output));
}

/// The second set of rules would find nothing in what the first has read, and other records in what grows.
#[test]
fn records_that_cannot_be_read_twice_are_refused() {
    let place = place();
    let pipe = |name: &str| assert!(Command::new("mkfifo").arg(place.path().join(name)).status().unwrap().success());
    pipe("records.fifo");
    let output = diff(&place, &["old", "old", "records.fifo"]);
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("records.fifo is no file"), "{}", err(&output));

    // A rule that is a pipe holds the program between the first time and the second.
    pipe("rule.yml");
    let mut command = command(["rules", "diff", "old", "rule.yml", "records"]);
    let command = command.current_dir(place.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = command.spawn().unwrap();
    let mut held = OpenOptions::new().write(true).open(place.path().join("rule.yml")).unwrap();
    place.write("records/two.ndjson", format!("{}\n", record(3, "B")));
    held.write_all(rule("Rule", "low", "A").as_bytes()).unwrap();
    drop(held);
    let output = running.wait_with_output().unwrap();
    assert_eq!(code(&output), 4);
    assert!(err(&output).contains("the records changed"), "{}", err(&output));
}

/// The ids of events come again, in the logs of other accounts for one.
#[test]
fn records_of_one_event_are_told_apart() {
    let place = place();
    place.write("one/rule.yml", rule("Rule", "low", "A"));
    place.write("other/rule.yml", rule("Rule", "low", "B"));
    place.write("same.ndjson", format!("{}\n{}\n", record(1, "A"), record(1, "B")));
    let output = diff(&place, &["one", "other", "same.ndjson", "--no-default-rules", "--format", "json"]);
    let told: Value = serde_json::from_str(&out(&output)).unwrap();
    let of =
        |change: &str| json!({"rule": "rule", "change": change, "level": "low", "findings": 1, "records": ["id-1"]});
    assert_eq!(told["differences"], json!([of("lost"), of("gained")]));
}

#[test]
fn the_catalogue_has_every_rule_and_its_meaning() {
    let table = out(&command(["rules", "list"]).output().unwrap());
    let names: Vec<&str> = table.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    let list: Value =
        serde_json::from_str(&out(&command(["rules", "list", "--format", "json"]).output().unwrap())).unwrap();
    let listed: Vec<&str> =
        list["rules"].as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap()).collect();
    assert_eq!(listed, names);
    let page = out(&command(["rules", "list", "--format", "markdown"]).output().unwrap());
    for rule in list["rules"].as_array().unwrap() {
        let name = rule["name"].as_str().unwrap();
        assert_eq!(page.matches(&format!("\n### {name}\n")).count(), 1, "{name}");
        assert_ne!(rule["description"], json!(""), "{name}");
    }
}
