//! Overrides and what they suppress, as the program shows them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use serde_json::{Value, json};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{self, code, err, feed, out};
use trailsieve_tests::tuned::{CREATE, ONE, OTHER, call};

const OVERRIDES: &str = "\
overrides:
  - rule: iam/create
    reason: the deploy pipeline creates users
    unless:
      userIdentity.arn|endswith: /deploy
  - {rule: iam/creat, level: low, reason: it was renamed}
  - {rule: iam/*, level: high, accounts: ['012345678901'], expires: 2020-01-31, reason: the move}
";

fn place() -> Place {
    let place = Place::new();
    place.write("rules/iam/create.yml", CREATE);
    place.write("o.yml", OVERRIDES);
    place.write("a.ndjson", records());
    place
}

fn records() -> String {
    let by = |who, account| call("CreateUser", json!(account), who, json!("2026-11-21T08:00:00Z")).to_string() + "\n";
    [by("deploy", ONE), by("alice", ONE), by("deploy", OTHER)].concat()
}

fn run(place: &Place, arguments: &[&str]) -> std::process::Output {
    runner::command(arguments).current_dir(place.path()).output().unwrap()
}

const PACK: [&str; 5] = ["--no-default-rules", "--rules", "rules", "--overrides", "o.yml"];

#[test]
fn a_record_whose_only_match_is_suppressed_passes_as_it_came() {
    let place = place();
    let mut command = runner::command([&["filter", "--stats"], &PACK[..]].concat());
    command.current_dir(place.path());
    let output = feed(command, records().as_bytes());
    assert_eq!(code(&output), 0, "{}", err(&output));
    let (told, records) = (out(&output), records());
    let changed: Vec<bool> = told.lines().zip(records.lines()).map(|(after, before)| after != before).collect();
    assert_eq!(changed, [false, true, false]);
    let told = err(&output);
    let (warnings, stats) = told.trim().split_once('\n').unwrap();
    assert_eq!(warnings, "trailsieve: 2 warnings about rules or overrides; `rules check` with the same files tells");
    let stats: Value = serde_json::from_str(stats).unwrap();
    assert_eq!((stats["clean"].clone(), stats["flagged"].clone()), (json!(2), json!(1)));
    assert_eq!(stats["suppressed"], json!({"total": 2, "by_rule": {"iam/create": {"o.yml:2": 2}}}));
}

#[test]
fn a_scan_says_that_something_was_suppressed_and_on_request_what() {
    let place = place();
    let told = out(&run(&place, &[&["scan", "a.ndjson"], &PACK[..]].concat()));
    assert!(told.ends_with("2 findings suppressed; --show-suppressed lists them\n"), "{told}");
    let told = out(&run(&place, &[&["scan", "--show-suppressed", "a.ndjson"], &PACK[..]].concat()));
    let table = told.split("2 findings suppressed:\n\n").nth(1).unwrap();
    let words: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words[0], ["SUPPRESSED", "RULE", "BY", "REASON"]);
    assert_eq!(words[1].join(" "), "2 iam/create o.yml:2 the deploy pipeline creates users");
    let plain = out(&run(&place, &["scan", "a.ndjson", "--no-default-rules", "--rules", "rules"]));
    assert!(!plain.contains("suppressed"), "{plain}");
    let output = run(&place, &[&["scan", "--show-suppressed", "--format", "json", "a.ndjson"], &PACK[..]].concat());
    assert_eq!(code(&output), 3);
}

/// A rule that is off costs nothing, and is judged where somebody asks what it would have found.
#[test]
fn what_a_rule_would_have_found_that_an_override_switches_off_is_counted_on_request() {
    let place = place();
    place.write("o.yml", "overrides:\n  - {rule: iam/create, enabled: false, reason: nobody cares}\n");
    place.write("rules/other.yml", CREATE);
    let told = out(&run(&place, &[&["scan", "a.ndjson"], &PACK[..]].concat()));
    assert!(!told.contains("suppressed"), "{told}");
    let told = out(&run(&place, &[&["scan", "--show-suppressed", "a.ndjson"], &PACK[..]].concat()));
    let words: Vec<&str> = told.lines().last().unwrap().split_whitespace().collect();
    assert_eq!(words.join(" "), "3 iam/create o.yml:2 nobody cares");
    assert!(told.starts_with("3 findings"), "those of the other rule: {told}");
}

#[test]
fn a_check_of_a_file_without_overrides_says_so() {
    let place = place();
    for text in ["overrides: []\n", "placeholders: {admins: [alice]}\n"] {
        place.write("o.yml", text);
        let output = run(&place, &["rules", "check", "--overrides", "o.yml"]);
        assert_eq!((code(&output), out(&output)), (0, "0 overrides: no mistakes, all tests passed\n".to_owned()));
    }
}

#[test]
fn rules_with_a_mistake_can_be_left_out() {
    let place = place();
    place.write("rules/broken.yml", "title: x\nfilter_pattern: '{$.a=}'\n");
    let refused = run(&place, &[&["scan", "a.ndjson"], &PACK[..]].concat());
    assert_eq!((code(&refused), out(&refused)), (2, String::new()));
    for command in [&["scan", "a.ndjson"][..], &["rules", "list"]] {
        let output = run(&place, &[command, &["--skip-refused"], &PACK[..]].concat());
        assert_eq!(code(&output), 0, "{}", err(&output));
        let told = err(&output);
        assert!(told.starts_with("rules/broken.yml:2:"), "{told}");
        assert!(told.contains("trailsieve: 1 mistake in rules that are left out; the others are in force\n"), "{told}");
        assert!(out(&output).contains("iam/create"), "{}", out(&output));
    }
}

#[test]
fn a_check_names_what_expired_what_means_no_rule_and_what_changes_nothing() {
    let place = place();
    let check = ["rules", "check", "rules", "--no-default-rules", "--overrides", "o.yml"];
    let output = run(&place, &check);
    assert_eq!((code(&output), out(&output)), (0, "1 rule, 3 overrides: no mistakes, all tests passed\n".to_owned()));
    let codes = |told: &str| {
        let lines: Vec<&str> = told.lines().filter(|line| line.starts_with("o.yml")).collect();
        lines
            .iter()
            .map(|line| format!("{} {}", line.split(' ').next().unwrap(), line.rsplit(' ').next().unwrap()))
            .collect::<Vec<_>>()
    };
    let unmatched = "o.yml:6:12: [override-unmatched]";
    assert_eq!(codes(&err(&output)), [unmatched, "o.yml:7: [override-expired]"]);
    assert!(err(&output).contains("did you mean `iam/create`?"), "{}", err(&output));
    let output = run(&place, &[&check[..], &["--records", "a.ndjson"]].concat());
    let told = codes(&err(&output));
    assert_eq!(told, [unmatched, "o.yml:7: [override-expired]", "o.yml:7: [override-unused]"]);
    assert!(err(&output).contains("no effect on 3 records: the move"), "{}", err(&output));
}

/// Of records that nobody judged it cannot be said that an override does nothing on them.
#[test]
fn a_check_tells_which_records_were_not_judged() {
    let place = place();
    let check = ["rules", "check", "rules", "--no-default-rules", "--overrides", "o.yml", "--records"];
    place.write("broken.ndjson", "{\"eventSource\n");
    let output = run(&place, &[&check[..], &["broken.ndjson"]].concat());
    assert_eq!(code(&output), 4);
    assert!(!err(&output).contains("[override-unused]"), "{}", err(&output));
    assert!(err(&output).contains("none of 1 record was judged (1 malformed)"), "{}", err(&output));
    let output = run(&place, &[&check[..], &["broken.ndjson", "--records", "a.ndjson"]].concat());
    assert_eq!(code(&output), 4);
    assert!(err(&output).contains("no effect on 3 records: the move"), "{}", err(&output));
    assert!(err(&output).ends_with("trailsieve: not judged: 1 malformed\n"), "{}", err(&output));
}

/// What holds for all records is observed as well: a rule that is off altogether would have found something.
#[test]
fn an_override_of_a_whole_rule_is_seen_to_do_something() {
    let place = place();
    for (overrides, used) in [
        ("overrides: [{rule: iam/create, enabled: false, reason: r}]\n", true),
        ("overrides: [{rule: iam/create, level: critical, reason: r}]\n", true),
        ("overrides: [{rule: securityhub/cloudwatch-1, enabled: false, reason: r}]\n", false),
        ("overrides: [{rule: iam/create, level: high, accounts: ['999999999999'], reason: r}]\n", false),
    ] {
        place.write("o.yml", overrides);
        let check = ["rules", "check", "rules", "--overrides", "o.yml", "--records", "a.ndjson"];
        let told = err(&run(&place, &check));
        assert_eq!(!told.contains("[override-unused]"), used, "{overrides}: {told}");
    }
}

/// Names of files are not spelled the same everywhere.
#[test]
fn a_rule_file_is_known_by_its_ending_in_any_case() {
    let place = place();
    place.write("rules/iam/delete.YML", CREATE.replace("CreateUser", "DeleteUser"));
    let output = run(&place, &["rules", "check", "rules"]);
    assert_eq!((code(&output), out(&output)), (0, "2 rules: no mistakes, all tests passed\n".to_owned()));
}

#[test]
fn overrides_alone_can_be_checked() {
    let place = place();
    place.write("o.yml", "overrides: [{rule: securityhub/*, level: medium, reason: r}]\n");
    let output = run(&place, &["rules", "check", "--overrides", "o.yml"]);
    assert_eq!((code(&output), out(&output)), (0, "1 override: no mistakes, all tests passed\n".to_owned()));
    assert_eq!(code(&run(&place, &["rules", "check"])), 3, "there is nothing to check");
}

#[test]
fn a_wrong_file_stops_every_command_and_is_told_with_its_place() {
    let place = place();
    place.write("o.yml", "overrides:\n  - {rule: iam/*, level: hihg, reason: r}\n");
    for command in [&["filter"][..], &["scan", "a.ndjson"], &["rules", "list"], &["rules", "check"]] {
        let output = run(&place, &[command, &["--overrides", "o.yml"]].concat());
        assert_eq!(code(&output), 2, "{command:?}: {}", err(&output));
        assert!(err(&output).starts_with("o.yml:2:26: `level:` must be one of"), "{}", err(&output));
    }
    let output = run(&place, &["scan", "a.ndjson", "--overrides", "absent.yml"]);
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("cannot read the overrides in absent.yml"), "{}", err(&output));
    let output = run(&place, &["scan", "a.ndjson", "--overrides", "o.yml", "--overrides", "o.yml"]);
    assert_eq!(code(&output), 3, "{}", err(&output));
}

/// Several files count one after the other.
#[test]
fn the_last_file_has_the_last_word() {
    let place = place();
    place.write("a.yml", "overrides: [{rule: iam/*, level: critical, reason: r}]\n");
    place.write("b.yml", "overrides: [{rule: iam/create, level: low, reason: r}]\n");
    for (files, level) in [(["a.yml", "b.yml"], "low"), (["b.yml", "a.yml"], "critical")] {
        let [one, other] = files;
        let list =
            ["rules", "list", "--no-default-rules", "--rules", "rules", "--overrides", one, "--overrides", other];
        let told = out(&run(&place, &list));
        assert!(told.lines().any(|line| line.trim_start().starts_with("iam/create") && line.contains(level)), "{told}");
    }
}
