//! Overrides files: what they are read as, and every mistake with its place. What they do to records is tested with the
//! whole detector.

use super::{load, places, rule, told};
use serde_json::{Value, json};

/// One rule and one overrides file.
fn places_of(text: &str) -> String {
    let rule = rule("Rule", "");
    places(load(&[("iam/user.yml", &rule), ("o.yml", text)], r#"{"default_rules":false,"overrides":["o.yml"]}"#))
}

#[test]
fn values_of_the_wrong_kind_are_told_with_their_places() {
    let text = "\
overrides:
  - rule: [iam/*]
    reason: {a: b}
    level: hihg
    enabled: no
    accounts: 111122223333
    expires: 31.01.2027
  - rule: iam/*
    reason: r
    level: low
    accounts: [012345678901, 12345, '1111 2222 3333', all, ~]
  - {rule: iam/*, reason: r, level: low, not_accounts: []}
  - {rule: iam/*, reason: r, level: low, expires: 2027-02-29}
  - {rule: iam/*, reason: r, level: low, expires: 2027-01-31T12:00}
  - {rule: iam/*, reason: r, unless: {userIdentity.arn|endwith: x}}
  - {rule: iam/*, reason: r, unless: {s: {eventName: X}, condition: t}}
";
    insta::assert_snapshot!(places_of(text), @r"
    o.yml:2:11 rule-value
    o.yml:3:13 rule-value
    o.yml:4:12 rule-value
    o.yml:5:14 rule-value
    o.yml:6:15 rule-value
    o.yml:7:14 override-expires
    o.yml:11:60 rule-value
    o.yml:11:30 override-account
    o.yml:11:37 override-account
    o.yml:11:55 override-account
    o.yml:12:56 override-account
    o.yml:13:51 override-expires
    o.yml:14:51 override-expires
    o.yml:15:56 sigma-modifier
    o.yml:16:69 sigma-identifier
    ");
}

#[test]
fn all_mistakes_come_at_once_and_no_half_of_a_file_counts() {
    let torn = "title: Torn\nfilter_pattern: '{ $.a = }'\n";
    let files = [
        ("torn.yml", torn),
        ("a.yml", "placeholders: {p: [x]}\noverrides: [{}]\n"),
        ("b.yml", "placeholders: {p: [y]}\n"),
    ];
    let settings = r#"{"default_rules":false,"overrides":["a.yml","b.yml","c.yml"]}"#;
    insta::assert_snapshot!(told(load(&files, settings)), @r"
    b.yml:1:16 override-placeholder: the placeholder `p` is there in another file
        keep one of them, with all the texts
    :0:0 settings: `overrides` names `c.yml`, which is none of the files
        give the file, or leave its path out
    a.yml:2:13 override-missing: `rule:` is missing
        say which rules it is about, as in `rule: iam/*`
    a.yml:2:13 override-missing: `reason:` is missing
        say why, for whoever asks
    a.yml:2:13 override-missing: this override changes nothing
        give it at least one of `level:`, `enabled:` and `unless:`
    torn.yml:2:26 pattern-syntax: expected a value, found `}`
    ");
    // Rules may be left out; whatever somebody wants hidden or shown may not.
    let settings = r#"{"default_rules":false,"skip_refused":true,"overrides":["b.yml","c.yml"]}"#;
    insta::assert_snapshot!(told(load(&files[2..], settings)), @r"
    :0:0 settings: `overrides` names `c.yml`, which is none of the files
        give the file, or leave its path out
    ");
}

#[test]
fn the_manifest_lists_each_override_with_the_rules_it_is_about() {
    let rule = rule("Rule", "");
    let text = "\
overrides:
  - {rule: iam/*, reason: known, enabled: false, accounts: [111122223333], expires: 2027-01-31}
  - {rule: iam/usr, reason: renamed, level: low}
  - {rule: '*', reason: grave, level: high}
";
    let files = [("iam/user.yml", rule.as_str()), ("iam/role.yml", &rule), ("s3/bucket.yml", &rule), ("o.yml", text)];
    let pack = load(&files, r#"{"default_rules":false,"overrides":["o.yml"]}"#).unwrap();
    let manifest: Value = serde_json::from_str(&pack.manifest).unwrap();
    let all = json!(["iam/role", "iam/user", "s3/bucket"]);
    assert_eq!(
        manifest["adjustments"],
        json!([
            {"source": "o.yml:2", "kind": "override", "reason": "known", "rules": ["iam/role", "iam/user"], "enabled": false,
             "expires": "2027-01-31", "expires_at": 1_801_440_000},
            {"source": "o.yml:3", "kind": "override", "reason": "renamed", "rules": [], "level": "low"},
            {"source": "o.yml:4", "kind": "override", "reason": "grave", "rules": all, "level": "high"},
        ])
    );
    let of_rule: Vec<_> = manifest["rules"].as_array().unwrap().iter().map(|rule| &rule["adjustments"]).collect();
    assert_eq!(of_rule, [&json!(["o.yml:2", "o.yml:4"]), &json!(["o.yml:2", "o.yml:4"]), &json!(["o.yml:4"])]);
    assert!(manifest["rules"].as_array().unwrap().iter().all(|rule| rule["level"] == "high"));
    let [warning] = manifest["warnings"].as_array().unwrap().as_slice() else { panic!("{manifest}") };
    assert_eq!((&warning["code"], &warning["path"]), (&json!("override-unmatched"), &json!("o.yml")));
    assert_eq!(
        (&warning["line"], &warning["column"], &warning["help"]),
        (&json!(3), &json!(12), &json!("did you mean `iam/user`?"))
    );
}

#[test]
fn entries_on_one_line_are_told_apart() {
    let text = "overrides: [{rule: '*', level: low, reason: r}, {rule: '*', level: high, reason: r}]\n";
    let pack = load(&[("o.yml", text)], r#"{"overrides":["o.yml"]}"#).unwrap();
    let manifest: Value = serde_json::from_str(&pack.manifest).unwrap();
    let sources = manifest["adjustments"].as_array().unwrap().iter().map(|adjustment| &adjustment["source"]);
    assert_eq!(sources.collect::<Vec<_>>(), ["o.yml:1", "o.yml:1:49"]);
}
