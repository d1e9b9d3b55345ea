//! What a file that is in order becomes.

use super::{OWN_RULES, load, rule, tests_of};
use crate::record::path::{Path, Step};
use crate::rule::Level;
use crate::rule::condition::{Condition, Matcher, Test};

#[test]
fn every_key_of_a_rule_arrives_where_it_belongs() {
    let text = r#"
title: Who made a user
id: 6e1f1f0e-6a0c-4f7e-9d52-0d0f3a7a2a11
status: test
description: |
  Two lines
  of reason.
references: [https://docs.aws.amazon.com/]
logsource: {product: aws, service: cloudtrail}
level: high
tags: [attack.t1136.003, cis.1.4.0-4.4]
fields: [userIdentity.arn]
falsepositives: [onboarding]
enabled: false
my_team: {owner: blue}
filter_pattern: '{ $.eventName = "CreateUser" }'
alarm: {threshold: 1, period: 300}
tests:
  match:
    - name: as text
      record: |
        {"eventName": "CreateUser"}
  no_match:
    - name: as a map
      record:
        eventName: DeleteUser
        recipientAccountId: 012345678901
        readOnly: false
        answer: [1e400, ~, No, "true", 'é"\', {}]
"#;
    let pack = load(
        &[("iam/user.yml", text)],
        r#"{"default_rules":false,"select":[{"glob":"iam/*","enabled":true}],"event":true}"#,
    )
    .unwrap();
    assert!(pack.event);
    let [rule] = pack.rules.as_slice() else { panic!("{:?}", pack.rules) };
    assert_eq!((rule.name.as_str(), rule.path.as_str()), ("iam/user", "iam/user.yml"));
    assert_eq!(rule.id, "6e1f1f0e-6a0c-4f7e-9d52-0d0f3a7a2a11");
    assert_eq!((rule.title.as_str(), rule.level, rule.enabled), ("Who made a user", Level::High, false));
    assert_eq!(rule.tags, ["attack.t1136.003", "cis.1.4.0-4.4"]);
    assert_eq!(rule.fields, ["userIdentity.arn"]);
    let path = Path(vec![Step::Member("eventName".to_owned())]);
    let test = Test::Text { matcher: Matcher::Exact("CreateUser".to_owned()), negated: false };
    assert_eq!(rule.condition, Condition::Test(path, test));
    let tests: Vec<_> =
        tests_of(rule).iter().map(|test| (test.record.trim_end(), test.matches, test.position)).collect();
    let map = r#"{"eventName":"DeleteUser","recipientAccountId":"012345678901","readOnly":false,"answer":[1e400,null,"No","true","é\"\\",{}]}"#;
    assert_eq!(tests, [(r#"{"eventName": "CreateUser"}"#, true, (20, 7)), (map, false, (24, 7))]);
}

#[test]
fn further_documents_are_named_behind_the_file() {
    let text =
        [rule("One", "name: ignored"), rule("Two", "name: second"), rule("Three", ""), String::new()].join("\n---\n");
    for file in ["a/b.yaml", "a/b.YML"] {
        let pack = load(&[(file, &text)], OWN_RULES).unwrap();
        let names: Vec<_> = pack.rules.iter().map(|rule| (rule.name.as_str(), rule.id.as_str())).collect();
        assert_eq!(names, [("a/b", "a/b"), ("a/b#3", "a/b#3"), ("a/b#second", "a/b#second")]);
    }
}

#[test]
fn an_alias_stands_for_the_value_behind_its_anchor() {
    let text = rule(
        "Aliases",
        "tests:\n  match:\n    - {name: one, record: &r {a: &x [1, {b: c}], d: *x}}\n    - {name: two, record: {all: *r}}\n",
    );
    let pack = load(&[("a.yml", &text)], OWN_RULES).unwrap();
    let records: Vec<_> = tests_of(&pack.rules[0]).iter().map(|test| test.record.as_str()).collect();
    let one = r#"{"a":[1,{"b":"c"}],"d":[1,{"b":"c"}]}"#;
    assert_eq!(records, [one, &format!(r#"{{"all":{one}}}"#)]);
}

#[test]
fn a_byte_order_mark_and_any_line_break_are_read_over() {
    for line_break in ["\n", "\r\n", "\r"] {
        let text = format!("\u{feff}{}", rule("T", "level: low\nlevle: high\n")).replace('\n', line_break);
        let mistakes = load(&[("a.yml", &text)], OWN_RULES).unwrap_err();
        let places: Vec<_> = mistakes.iter().map(|mistake| (mistake.line, mistake.column)).collect();
        assert_eq!(places, [(4, 1)], "{line_break:?}");
    }
}
