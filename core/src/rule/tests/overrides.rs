//! Overrides files: what they are read as, and every mistake with its place. What they do to records is tested with the
//! whole detector.

use super::{load, rule, told};
use serde_json::{Value, json};

/// One rule and one overrides file.
fn told_of(text: &str) -> String {
    let rule = rule("Rule", "");
    told(load(&[("iam/user.yml", &rule), ("o.yml", text)], r#"{"default_rules":false,"overrides":["o.yml"]}"#))
}

fn told_of_each(texts: &[&str]) -> String {
    texts.iter().map(|text| told_of(text)).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn an_entry_that_means_nothing_is_refused() {
    let texts = [
        "overrides:\n  - rule: iam/*\n    reason: nobody knows\n",
        "overrides:\n  - level: low\n",
        "overrides:\n  - {rule: iam/*, reason: '', enabled: false}\n",
        "overrides:\n  - {rule: iam/*, reason: r, enabled: false, level: low}\n",
        "overrides:\n  - {rule: iam/*, reason: r, enabled: false, unless: {eventName: X}}\n",
        "overrides:\n  - {rule: iam/*, reason: r, level: low, accounts: ['111122223333'], not_accounts: ['111122223333']}\n",
        "overrides:\n  - {rules: iam/*, raeson: r, level: low, why: not}\n",
        "overrides:\n  - iam/*\n  - [a]\n",
    ];
    insta::assert_snapshot!(told_of_each(&texts), @r"
    o.yml:2:5 override-missing: this override changes nothing
        give it at least one of `level:`, `enabled:` and `unless:`

    o.yml:2:5 override-missing: `rule:` is missing
        say which rules it is about, as in `rule: iam/*`
    o.yml:2:5 override-missing: `reason:` is missing
        say why, for whoever asks

    o.yml:2:27 rule-value: `reason:` holds an empty text or a control character
        write one line of text; `>-` folds several lines into one

    o.yml:2:5 override-effect: `enabled: false` leaves nothing to `level:`
        keep one of them: `unless:` says which matches are none, `enabled: false` that all are

    o.yml:2:5 override-effect: `enabled: false` leaves nothing to `unless:`
        keep one of them: `unless:` says which matches are none, `enabled: false` that all are

    o.yml:2:5 override-account: `accounts:` and `not_accounts:` in one override
        list the accounts that it is about, or those that it is not about

    o.yml:2:6 override-key: `rules` is not known here; the keys are rule, reason, level, enabled, unless, accounts, not_accounts, expires
        did you mean `rule`?
    o.yml:2:20 override-key: `raeson` is not known here; the keys are rule, reason, level, enabled, unless, accounts, not_accounts, expires
        did you mean `reason`?
    o.yml:2:43 override-key: `why` is not known here; the keys are rule, reason, level, enabled, unless, accounts, not_accounts, expires

    o.yml:2:5 override-form: an override is a map of `rule:`, `reason:` and what they change, found a text
    o.yml:3:5 override-form: an override is a map of `rule:`, `reason:` and what they change, found a list
    ");
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
    insta::assert_snapshot!(told_of(text), @r"
    o.yml:2:11 rule-value: `rule:` must be a text, found a list
    o.yml:3:13 rule-value: `reason:` must be a text, found a map
    o.yml:4:12 rule-value: `level:` must be one of informational, low, medium, high, critical, found `hihg`
        did you mean `high`?
    o.yml:5:14 rule-value: `enabled:` must be true or false, found a text
        YAML 1.2 reads yes, no, on and off as texts
    o.yml:6:15 rule-value: `accounts:` must be a list of texts, found a number
    o.yml:7:14 override-expires: `expires:` must be a date or a date and time, found `31.01.2027`
        write `2027-01-31`, which is the end of that day in UTC, or `2027-01-31T12:00:00Z`
    o.yml:11:60 rule-value: `accounts:` must be a list of texts, found nothing
    o.yml:11:30 override-account: `accounts:` must list ids of accounts, found `12345`
        an id has twelve digits, leading zeros included
    o.yml:11:37 override-account: `accounts:` must list ids of accounts, found `1111 2222 3333`
        an id has twelve digits, leading zeros included
    o.yml:11:55 override-account: `accounts:` must list ids of accounts, found `all`
        an id has twelve digits, leading zeros included
    o.yml:12:56 override-account: `not_accounts:` lists no account
        leave it out, or list ids of accounts
    o.yml:13:51 override-expires: `expires:` must be a date or a date and time, found `2027-02-29`
        write `2027-01-31`, which is the end of that day in UTC, or `2027-01-31T12:00:00Z`
    o.yml:14:51 override-expires: `expires:` must be a date or a date and time, found `2027-01-31T12:00`
        write `2027-01-31`, which is the end of that day in UTC, or `2027-01-31T12:00:00Z`
    o.yml:15:56 sigma-modifier: `endwith` is not a modifier
        did you mean `endswith`?
    o.yml:16:69 sigma-identifier: there is no identifier `t`
        there are `s`
    ");
}

#[test]
fn a_file_of_another_form_is_refused() {
    let texts = [
        "",
        "- rule: iam/*\n",
        "override:\n  - {rule: iam/*, reason: r, level: low}\n",
        "overrides: {rule: iam/*, reason: r, level: low}\n",
        "overrides:\n",
        "overrides: []\n---\noverrides: []\n",
        "overrides: [\n",
        "placeholders: [a]\n",
        "placeholders:\n  none: []\n  one: alice\n  wrong: [{a: b}]\n",
        "overrides: []\noverrides: []\n",
    ];
    insta::assert_snapshot!(told_of_each(&texts), @r"
    o.yml:0:0 override-form: the file holds no overrides
        an empty list is written `overrides: []`

    o.yml:1:1 override-form: an overrides file is a map of `overrides:` and `placeholders:`, found a list

    o.yml:1:1 override-key: `override` is not known here; the keys are placeholders, overrides
        did you mean `overrides`?

    o.yml:1:12 override-form: `overrides:` must be a list, found a map
        begin each override with `- rule:`

    o.yml:1:10 override-form: `overrides:` must be a list, found nothing
        begin each override with `- rule:`

    o.yml:3:1 override-form: an overrides file is one document
        put its entries into the first document, or into a file of their own

    o.yml:2:1 yaml-syntax: not valid YAML: while parsing a node, did not find expected node content

    o.yml:1:15 rule-value: `placeholders:` must be a map, found a list

    o.yml:2:9 override-placeholder: the placeholder `none` has no texts
        a rule that expands it would never match; list at least one
    o.yml:3:8 rule-value: `one:` must be a list of texts, found a text
    o.yml:4:11 rule-value: `wrong:` must be a list of texts, found a map

    o.yml:2:1 yaml-duplicate-key: the key `overrides` is there twice in one map
        keep one of them
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
