//! Items that are refused, each at its place. `tests/errors` shows what is said.

use super::{places, read};

fn refused(texts: &[&str]) -> String {
    let told = texts.iter().map(|text| match read(text).0 {
        Ok(condition) => panic!("{text} is read: {condition:?}"),
        Err(mistakes) => format!("{text}\n  {}", places(&mistakes).replace('\n', "\n  ")),
    });
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn modifiers_that_are_not_known_or_do_not_go_together() {
    let texts = [
        "a|Contains: x",
        "a|contians: x",
        "a|: x",
        "'a|nonsense': x",
        "a|startswith|endswith: x",
        "a|contains|contains: x",
        "a|contains|re: x",
        "a|re|cased: x",
        "a|cased|re: x",
        "a|windash|re: x",
        "a|re|expand: x",
        "a|i: x",
        "a|contains|i: x",
        "a|re|i|ignorecase: x",
        "a|contains|base64: x",
        "a|base64|wide: x",
        "a|base64|base64offset: x",
        "a|wide|utf16be|base64: x",
        "a|windash|base64: x",
        "a|exists|neq: true",
        "a|cidr|contains: x",
        "a|cidr|cased: 10.0.0.0/8",
        "a|hour|contains: 5",
        "a|gte|hour: 5",
        "a|hour|day: 5",
        "a|gt|cased: 5",
        "a|fieldref|expand: b",
        "a|contains|fieldref: b",
        "a|fieldref|cidr: b",
        "'|exists': true",
        "'|neq': x",
        "'|fieldref': x",
        "'|gt': 5",
        "'': x",
        "a.b.c.d.e.f.g.h.i.j.k.l.m: x",
    ];
    insta::assert_snapshot!(refused(&texts), @r"
    a|Contains: x
      1:3 sigma-modifier
    a|contians: x
      1:3 sigma-modifier
    a|: x
      1:3 sigma-modifier
    'a|nonsense': x
      1:4 sigma-modifier
    a|startswith|endswith: x
      1:14 sigma-modifier
    a|contains|contains: x
      1:12 sigma-modifier
    a|contains|re: x
      1:12 sigma-modifier
    a|re|cased: x
      1:6 sigma-modifier
    a|cased|re: x
      1:9 sigma-modifier
    a|windash|re: x
      1:11 sigma-modifier
    a|re|expand: x
      1:6 sigma-modifier
    a|i: x
      1:3 sigma-modifier
    a|contains|i: x
      1:12 sigma-modifier
    a|re|i|ignorecase: x
      1:8 sigma-modifier
    a|contains|base64: x
      1:12 sigma-modifier
    a|base64|wide: x
      1:10 sigma-modifier
    a|base64|base64offset: x
      1:10 sigma-modifier
    a|wide|utf16be|base64: x
      1:8 sigma-modifier
    a|windash|base64: x
      1:11 sigma-modifier
    a|exists|neq: true
      1:10 sigma-modifier
    a|cidr|contains: x
      1:8 sigma-modifier
    a|cidr|cased: 10.0.0.0/8
      1:8 sigma-modifier
    a|hour|contains: 5
      1:8 sigma-modifier
    a|gte|hour: 5
      1:7 sigma-modifier
    a|hour|day: 5
      1:8 sigma-modifier
    a|gt|cased: 5
      1:6 sigma-modifier
    a|fieldref|expand: b
      1:12 sigma-modifier
    a|contains|fieldref: b
      1:12 sigma-modifier
    a|fieldref|cidr: b
      1:12 sigma-modifier
    '|exists': true
      1:3 sigma-modifier
    '|neq': x
      1:3 sigma-modifier
    '|fieldref': x
      1:3 sigma-modifier
    '|gt': 5
      1:3 sigma-modifier
    '': x
      1:1 sigma-detection
    a.b.c.d.e.f.g.h.i.j.k.l.m: x
      1:1 sigma-detection
    ");
}

#[test]
fn values_of_the_wrong_kind() {
    let texts = [
        "a|contains: 5",
        "a|startswith: true",
        "a|contains: null",
        "a|cased: 5",
        "a|windash: 5",
        "a|base64: 5",
        "a|re: 5",
        "a|exists: 'true'",
        "a|exists: [true]",
        "a|gt: '5'",
        "a|gt: 05",
        "a|gt: null",
        "a|hour: five",
        "a|fieldref: 5",
        "a|fieldref: 'b*'",
        "a|fieldref: ''",
        "a|cidr: 10.0.0.1/8",
        "a|cidr: 10.0.0.0/33",
        "a|cidr: 10.0.0.0/+8",
        "a|cidr: ten",
        "a|cidr: 2001:db8::1/32",
        "a|all: x",
        "a|all: [x]",
        "a: [null, x]",
        "a: []",
        "a: {b: c}",
        "a: [[x]]",
        "a: [{b: c}]",
        "a|base64: 'x*'",
        "a|base64: ''",
        "a|base64offset: x",
        "a|utf16: x",
        "a|wide: é",
        "a|expand: '%admin%'",
        "a|expand: '%none%'",
        "a|cidr|expand: '%admins%'",
        "{}",
        "[]",
        "[null]",
        "[[x]]",
        "a: [5, null, {b: c}]",
    ];
    insta::assert_snapshot!(refused(&texts), @r"
    a|contains: 5
      1:13 sigma-value
    a|startswith: true
      1:15 sigma-value
    a|contains: null
      1:13 sigma-value
    a|cased: 5
      1:10 sigma-value
    a|windash: 5
      1:12 sigma-value
    a|base64: 5
      1:11 sigma-value
    a|re: 5
      1:7 sigma-value
    a|exists: 'true'
      1:12 sigma-value
    a|exists: [true]
      1:11 sigma-value
    a|gt: '5'
      1:8 sigma-value
    a|gt: 05
      1:7 sigma-value
    a|gt: null
      1:7 sigma-value
    a|hour: five
      1:9 sigma-value
    a|fieldref: 5
      1:13 sigma-value
    a|fieldref: 'b*'
      1:14 sigma-value
    a|fieldref: ''
      1:14 sigma-value
    a|cidr: 10.0.0.1/8
      1:9 sigma-value
    a|cidr: 10.0.0.0/33
      1:9 sigma-value
    a|cidr: 10.0.0.0/+8
      1:9 sigma-value
    a|cidr: ten
      1:9 sigma-value
    a|cidr: 2001:db8::1/32
      1:9 sigma-value
    a|all: x
      1:8 sigma-value
    a|all: [x]
      1:8 sigma-value
    a: [null, x]
      1:5 sigma-value
    a: []
      1:4 sigma-value
    a: {b: c}
      1:4 sigma-value
    a: [[x]]
      1:5 sigma-value
    a: [{b: c}]
      1:5 sigma-value
    a|base64: 'x*'
      1:12 sigma-value
    a|base64: ''
      1:12 sigma-value
    a|base64offset: x
      1:17 sigma-value
    a|utf16: x
      1:10 sigma-value
    a|wide: é
      1:9 sigma-value
    a|expand: '%admin%'
      1:12 sigma-placeholder
    a|expand: '%none%'
      1:12 sigma-placeholder
    a|cidr|expand: '%admins%'
      1:17 sigma-value
    {}
      1:1 sigma-detection
    []
      1:1 sigma-detection
    [null]
      1:2 sigma-value
    [[x]]
      1:2 sigma-detection
    a: [5, null, {b: c}]
      1:8 sigma-value
      1:14 sigma-value
    ");
}
