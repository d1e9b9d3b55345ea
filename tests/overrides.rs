//! What an operator says of rules that are somebody else's, and what comes of it, natively and through the component
//! that ships with the runner.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use trailsieve_core::{Detector, SourceFile};
use trailsieve_tests::signins;
use trailsieve_tests::tuned::{CREATE, CREATE_IN_SIGMA, DELETE, ONE, OTHER, Tuned, call};

const RULES: [(&str, &str); 3] =
    [("iam/create.yml", CREATE), ("iam/sigma.yml", CREATE_IN_SIGMA), ("own/delete.yml", DELETE)];

fn create(account: &str) -> Value {
    call("CreateUser", json!(account), "alice", json!("2026-11-21T08:00:00Z"))
}

/// S1.16: the operator raises the level of rules that ship with the detector, and stays with them.
#[test]
fn the_level_of_built_in_rules_is_raised() {
    let raise = "overrides:\n  - {rule: securityhub/*, level: critical, reason: we answer for these}\n";
    let tuned = Tuned::new(&[], raise).with("default_rules", json!(true)).with("min_level", json!("high"));
    let seen = tuned.judge(&[signins::r1()]);
    assert_eq!(seen.levels("securityhub/cloudwatch-1"), ["critical"]);
    assert_eq!(tuned.judge_inside(&[signins::r1()]), seen);
    let rules = tuned.native().1["rules"].clone();
    let listed = rules.as_array().unwrap().iter().find(|rule| rule["name"] == "securityhub/cloudwatch-1").unwrap();
    assert_eq!((&listed["level"], &listed["adjustments"]), (&json!("critical"), &json!(["o.yml:2"])));
}

/// S1.32: one file, in Sigma, and one entry that makes an exception of it.
#[test]
fn an_event_name_is_suspicious_but_for_those_who_may() {
    let rule = "title: Password policy changed\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  \
                selection: {eventName: UpdateAccountPasswordPolicy}\n  condition: selection\n";
    let exception = "\
placeholders:
  stewards: [steward, keeper]
overrides:
  - rule: own/policy
    reason: it is their work
    unless:
      userIdentity.arn|endswith|expand: '/%stewards%'
";
    let tuned = Tuned::new(&[("own/policy.yml", rule)], exception);
    let by = |who| call("UpdateAccountPasswordPolicy", json!(ONE), who, Value::Null);
    let records = [by("alice"), by("steward"), by("Keeper"), by("stewards"), create(ONE)];
    let seen = tuned.judge(&records);
    assert_eq!(seen.levels("own/policy"), ["medium", "-", "-", "medium", "-"]);
    assert_eq!(seen.suppressed, BTreeMap::from([(("own/policy".to_owned(), "o.yml:4".to_owned()), 2)]));
    assert_eq!(tuned.judge_inside(&records), seen);
}

/// S4.19: a Sigma filter that lists the expected actors suppresses their findings, in both languages, and no others.
#[test]
fn what_expected_actors_do_is_no_finding() {
    let filter = "\
title: Expected actors
logsource: {product: aws, service: cloudtrail}
filter:
  rules: any
  expected:
    userIdentity.arn|endswith: [/deploy, /backup]
  condition: not expected
";
    let files = [RULES[0], RULES[1], ("filters/actors.yml", filter)];
    let tuned = Tuned::new(&files, "overrides: []\n");
    let by = |who| call("CreateUser", json!(ONE), who, Value::Null);
    let records = [by("alice"), by("deploy"), by("backup"), by("deploy-2")];
    let seen = tuned.judge(&records);
    assert_eq!(seen.levels("iam/create"), ["low", "-", "-", "low"]);
    assert_eq!(seen.levels("iam/sigma"), ["medium", "-", "-", "medium"]);
    assert_eq!(seen.suppressed_by("filters/actors"), 4);
    assert_eq!(tuned.judge_inside(&records), seen);
    let adjustment = &tuned.native().1["adjustments"][0];
    assert_eq!((&adjustment["kind"], &adjustment["reason"]), (&json!("filter"), &json!("Expected actors")));
    assert_eq!(adjustment["rules"], json!(["iam/create", "iam/sigma"]));
}

/// Entries that take back what others say, for all rules, are refused before they fill the memory.
#[test]
fn overrides_that_add_too_much_are_refused_with_their_place() {
    let load = |number: usize| {
        let entry = |number| {
            let (account, enabled) = (100_000_000_000_usize + number, number % 2 == 0);
            format!("  - {{rule: '*', accounts: ['{account}'], enabled: {enabled}, reason: r}}\n")
        };
        let text = format!("overrides:\n{}", (0..number).map(entry).collect::<String>());
        let file = SourceFile { path: "o.yml", content: text.as_bytes() };
        Detector::load(&[file], r#"{"overrides": ["o.yml"]}"#).map(|_| ())
    };
    assert_eq!(load(30), Ok(()));
    let told = load(100).unwrap_err();
    let places: Vec<_> = told.iter().map(|told| (told.path.as_str(), told.line, told.code.name())).collect();
    assert_eq!(places, [("o.yml", 101, "pack-too-large")]);
}

/// A filter is only on or off. What else an override says of one is warned of, as it does nothing.
#[test]
fn an_override_switches_a_filter() {
    const FILTER: &str = "title: Expected\nlogsource: {product: aws, service: cloudtrail}\nfilter:\n  rules: any\n  \
                          expected: {userIdentity.arn|endswith: /alice}\n  condition: not expected\n";
    let off = FILTER.replace("logsource", "enabled: false\nlogsource");
    let by_alice = create(ONE);
    for (filter, entries, level, warnings) in [
        (FILTER, "", "-", 0),
        (FILTER, "{rule: filters/expected, enabled: false, reason: r}", "low", 0),
        (FILTER, "{rule: filters/*, enabled: false, reason: r}, {rule: filters/e*, enabled: true, reason: r}", "-", 0),
        (&off, "", "low", 0),
        (&off, "{rule: '*', enabled: true, reason: r}", "-", 0),
        (FILTER, "{rule: filters/expected, enabled: false, accounts: ['111122223333'], reason: r}", "-", 1),
        (FILTER, "{rule: filters/*, level: high, reason: r}", "-", 1),
        (FILTER, "{rule: '*', level: high, reason: r}", "-", 0),
    ] {
        let overrides = format!("overrides: [{entries}]\n");
        let tuned = Tuned::new(&[RULES[0], ("filters/expected.yml", filter)], &overrides);
        assert_eq!(tuned.judge(std::slice::from_ref(&by_alice)).levels("iam/create"), [level], "{entries}");
        assert_eq!(tuned.native().1["warnings"].as_array().unwrap().len(), warnings, "{entries}");
    }
}

#[test]
fn an_override_is_about_the_accounts_that_it_names() {
    let text = "\
overrides:
  - {rule: iam/create, level: critical, accounts: [012345678901], reason: production}
  - {rule: iam/sigma, enabled: false, not_accounts: [012345678901], reason: playground}
  - {rule: own/delete, enabled: true, accounts: ['012345678901', 111122223333], reason: watched}
";
    let tuned = Tuned::new(&RULES, text);
    let of = |event, account| call(event, account, "alice", Value::Null);
    let accounts = [json!(ONE), json!(OTHER), json!("999999999999"), json!(111_122_223_333_u64), Value::Null];
    let events = ["CreateUser", "DeleteUser"];
    let records: Vec<_> =
        events.iter().flat_map(|event| accounts.iter().map(|account| of(event, account.clone()))).collect();
    let seen = tuned.judge(&records);
    // What no account is known of stays at its own level, is found, and is not switched on.
    assert_eq!(seen.levels("iam/create")[..5], ["low", "critical", "low", "low", "low"]);
    assert_eq!(seen.levels("iam/sigma")[..5], ["-", "medium", "-", "-", "medium"]);
    assert_eq!(seen.levels("own/delete")[5..], ["high", "high", "-", "high", "-"]);
    assert_eq!((seen.suppressed_by("o.yml:3"), seen.suppressed_by("o.yml:4")), (3, 2));
    assert_eq!(tuned.judge_inside(&records), seen);
}

#[test]
fn an_override_ends_by_the_time_of_the_event() {
    for (expires, within, beyond) in [
        ("2027-01-31", "2027-01-31T23:59:59Z", "2027-02-01T00:00:00Z"),
        ("2027-01-31T12:00:00Z", "2027-01-31T11:59:59Z", "2027-01-31T12:00:00Z"),
        ("2027-01-31T12:00:00+02:00", "2027-01-31T09:59:59Z", "2027-01-31T10:00:00Z"),
    ] {
        let text = format!("overrides: [{{rule: iam/create, enabled: false, expires: '{expires}', reason: r}}]\n");
        let tuned = Tuned::new(&RULES, &text);
        let at = |time| call("CreateUser", json!(ONE), "alice", time);
        let records = [at(json!(within)), at(json!(beyond)), at(Value::Null), at(json!("soon"))];
        let seen = tuned.judge(&records);
        assert_eq!(seen.levels("iam/create"), ["-", "low", "low", "low"], "{expires}");
        assert_eq!(tuned.judge_inside(&records), seen);
    }
}

#[test]
fn the_lowest_level_goes_by_what_a_level_is_after_overrides() {
    let text = "\
overrides:
  - {rule: iam/create, level: high, accounts: [111122223333], reason: production}
  - {rule: iam/sigma, level: low, accounts: [111122223333], reason: noise}
";
    let records = [create(ONE), create(OTHER)];
    let tuned = Tuned::new(&RULES, text).with("min_level", json!("medium"));
    let seen = tuned.judge(&records);
    assert_eq!(seen.levels("iam/create"), ["high", "-"], "a raise counts, though the rule itself is too low");
    assert_eq!(seen.levels("iam/sigma"), ["-", "medium"]);
    assert_eq!(seen.suppressed_by("min_level"), 2);
    assert_eq!(tuned.judge_inside(&records), seen);
    let tuned = Tuned::new(&RULES, text).with("min_level", json!("critical"));
    let (detector, _) = tuned.native();
    assert!(detector.rules().is_empty(), "no override makes any of them critical");
}

#[test]
fn what_is_typed_has_the_last_word_on_whether_a_rule_is_on() {
    let text = "\
overrides:
  - {rule: iam/*, enabled: false, reason: r}
  - {rule: own/*, enabled: true, accounts: [111122223333], reason: r}
";
    let on: BTreeSet<String> = rules_on(&Tuned::new(&RULES, text));
    assert_eq!(on, BTreeSet::from(["own/delete".to_owned()]));
    let tuned = Tuned::new(&RULES, text)
        .with("select", json!([{"glob": "*", "enabled": false}, {"glob": "iam/sigma", "enabled": true}]));
    assert_eq!(rules_on(&tuned), BTreeSet::from(["iam/sigma".to_owned()]));
    assert_eq!(tuned.judge(&[create(ONE)]).levels("iam/sigma"), ["medium"]);
}

fn rules_on(tuned: &Tuned<'_>) -> BTreeSet<String> {
    tuned.native().0.rules().iter().map(|rule| rule.name.clone()).collect()
}

/// A rule's own tests are about the rule, whatever an operator suppresses.
#[test]
fn an_override_breaks_no_test_of_a_rule() {
    let test = "{name: made, record: {eventSource: iam.amazonaws.com, eventName: CreateUser}}";
    let rule = format!("{CREATE}tests: {{match: [{test}]}}\n");
    let text = "overrides: [{rule: '*', unless: {eventName: '*'}, reason: r}]\n";
    let tuned = Tuned::new(&[("iam/create.yml", &rule)], text);
    assert_eq!(tuned.judge(&[create(ONE)]).levels("iam/create"), ["-"]);
}
