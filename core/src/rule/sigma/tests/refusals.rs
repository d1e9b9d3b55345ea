//! Items that are refused: each with its place, what was expected and the way out.

use super::{read, told};

fn refused(texts: &[&str]) -> String {
    let told = texts.iter().map(|text| match read(text).0 {
        Ok(condition) => panic!("{text} is read: {condition:?}"),
        Err(mistakes) => format!("{text}\n  {}", told(&mistakes).replace('\n', "\n  ")),
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
      1:3 sigma-modifier: `Contains` is not a modifier — did you mean `contains`?
    a|contians: x
      1:3 sigma-modifier: `contians` is not a modifier — did you mean `contains`?
    a|: x
      1:3 sigma-modifier: `` is not a modifier — modifiers are contains, startswith, endswith, re, cidr, exists, lt, lte, gt, gte, i, ignorecase, m, multiline, s, dotall, wide, utf16le, utf16be, utf16, base64, base64offset, minute, hour, day, week, month, year, fieldref, all, cased, neq, windash, expand
    'a|nonsense': x
      1:4 sigma-modifier: `nonsense` is not a modifier — modifiers are contains, startswith, endswith, re, cidr, exists, lt, lte, gt, gte, i, ignorecase, m, multiline, s, dotall, wide, utf16le, utf16be, utf16, base64, base64offset, minute, hour, day, week, month, year, fieldref, all, cased, neq, windash, expand
    a|startswith|endswith: x
      1:14 sigma-modifier: `startswith` and `endswith` cannot be used together — keep one of them, or write two items
    a|contains|contains: x
      1:12 sigma-modifier: `contains` says again what `contains` says — leave it out
    a|contains|re: x
      1:12 sigma-modifier: `contains` and `re` cannot be used together — keep one of them, or write two items
    a|re|cased: x
      1:6 sigma-modifier: `re` and `cased` cannot be used together — keep one of them, or write two items
    a|cased|re: x
      1:9 sigma-modifier: `cased` and `re` cannot be used together — keep one of them, or write two items
    a|windash|re: x
      1:11 sigma-modifier: `windash` and `re` cannot be used together — keep one of them, or write two items
    a|re|expand: x
      1:6 sigma-modifier: `re` and `expand` cannot be used together — keep one of them, or write two items
    a|i: x
      1:3 sigma-modifier: `i` is a flag of regular expressions — write it behind `re`
    a|contains|i: x
      1:12 sigma-modifier: `i` is a flag of regular expressions — write it behind `re`
    a|re|i|ignorecase: x
      1:8 sigma-modifier: `ignorecase` says again what `i` says — leave it out
    a|contains|base64: x
      1:12 sigma-modifier: `base64` comes too late — write it before `contains`
    a|base64|wide: x
      1:10 sigma-modifier: `wide` comes too late — write it before `base64`
    a|base64|base64offset: x
      1:10 sigma-modifier: `base64` and `base64offset` cannot be used together — keep one of them, or write two items
    a|wide|utf16be|base64: x
      1:8 sigma-modifier: `wide` and `utf16be` cannot be used together — keep one of them, or write two items
    a|windash|base64: x
      1:11 sigma-modifier: `base64` comes too late — write it before `windash`
    a|exists|neq: true
      1:10 sigma-modifier: `exists` and `neq` cannot be used together — keep one of them, or write two items
    a|cidr|contains: x
      1:8 sigma-modifier: `cidr` and `contains` cannot be used together — keep one of them, or write two items
    a|cidr|cased: 10.0.0.0/8
      1:8 sigma-modifier: `cidr` and `cased` cannot be used together — keep one of them, or write two items
    a|hour|contains: 5
      1:8 sigma-modifier: `hour` and `contains` cannot be used together — keep one of them, or write two items
    a|gte|hour: 5
      1:7 sigma-modifier: `hour` comes too late — write it before `gte`
    a|hour|day: 5
      1:8 sigma-modifier: `hour` and `day` cannot be used together — keep one of them, or write two items
    a|gt|cased: 5
      1:6 sigma-modifier: `gt` and `cased` cannot be used together — keep one of them, or write two items
    a|fieldref|expand: b
      1:12 sigma-modifier: `fieldref` and `expand` cannot be used together — keep one of them, or write two items
    a|contains|fieldref: b
      1:12 sigma-modifier: `fieldref` comes too late — write it before `contains`
    a|fieldref|cidr: b
      1:12 sigma-modifier: `fieldref` and `cidr` cannot be used together — keep one of them, or write two items
    '|exists': true
      1:3 sigma-modifier: `exists` needs a field before it — write `field|…`
    '|neq': x
      1:3 sigma-modifier: `neq` needs a field before it — write `field|…`
    '|fieldref': x
      1:3 sigma-modifier: `fieldref` needs a field before it — write `field|…`
    '|gt': 5
      1:3 sigma-modifier: `gt` needs a field before it — write `field|…`
    '': x
      1:1 sigma-detection: this item names no field — write `field: value`; to search the whole record, give a list of texts without a field
    a.b.c.d.e.f.g.h.i.j.k.l.m: x
      1:1 sigma-detection: the name of this field has too many parts (limit 12, got 13) — no field of CloudTrail has so many; to search all of an object, name it and use `contains`
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
      1:13 sigma-value: `contains` takes a text, found a number `5` — put it in quotes
    a|startswith: true
      1:15 sigma-value: `startswith` takes a text, found a boolean `true` — put it in quotes
    a|contains: null
      1:13 sigma-value: `contains` takes a text, found nothing `null` — null stands alone: `field: null`
    a|cased: 5
      1:10 sigma-value: `cased` takes a text, found a number `5` — put it in quotes
    a|windash: 5
      1:12 sigma-value: `windash` takes a text, found a number `5` — put it in quotes
    a|base64: 5
      1:11 sigma-value: `base64` takes a text, found a number `5` — put it in quotes
    a|re: 5
      1:7 sigma-value: `re` takes a text, found a number `5` — put it in quotes
    a|exists: 'true'
      1:12 sigma-value: `exists` takes true or false, found a text `true` — write it without quotes
    a|exists: [true]
      1:11 sigma-value: `exists` takes true or false, found a list — write one of them
    a|gt: '5'
      1:8 sigma-value: a number is expected, found a text `5` — write it without quotes and without leading zeros
    a|gt: 05
      1:7 sigma-value: a number is expected, found a text `05` — write it without quotes and without leading zeros
    a|gt: null
      1:7 sigma-value: a number is expected, found nothing `null` — write it without quotes and without leading zeros
    a|hour: five
      1:9 sigma-value: a number is expected, found a text `five` — write it without quotes and without leading zeros
    a|fieldref: 5
      1:13 sigma-value: `fieldref` takes a text, found a number `5` — put it in quotes
    a|fieldref: 'b*'
      1:14 sigma-value: `fieldref` takes the name of a field, found a text `b*` — write it without wildcards
    a|fieldref: ''
      1:14 sigma-value: `fieldref` takes the name of a field, found a text `` — write it without wildcards
    a|cidr: 10.0.0.1/8
      1:9 sigma-value: in `10.0.0.1/8` bits behind the prefix are set — the network that holds it is `10.0.0.0/8`
    a|cidr: 10.0.0.0/33
      1:9 sigma-value: the prefix of `10.0.0.0/33` is too long (limit 32, got 33) — without a prefix it is one address
    a|cidr: 10.0.0.0/+8
      1:9 sigma-value: `10.0.0.0/+8` is not a network of addresses — write a network as in `10.0.0.0/8` or `2001:db8::/32`
    a|cidr: ten
      1:9 sigma-value: `ten` is not a network of addresses — write a network as in `10.0.0.0/8` or `2001:db8::/32`
    a|cidr: 2001:db8::1/32
      1:9 sigma-value: in `2001:db8::1/32` bits behind the prefix are set — the network that holds it is `2001:db8::/32`
    a|all: x
      1:8 sigma-value: `all` takes a list of at least two values — leave `all` out for one value
    a|all: [x]
      1:8 sigma-value: `all` takes a list of at least two values — leave `all` out for one value
    a: [null, x]
      1:5 sigma-value: null cannot stand in a list — give it an identifier of its own, and join both in the condition
    a: []
      1:4 sigma-value: an empty list matches nothing — write `null` for a field that is absent
    a: {b: c}
      1:4 sigma-value: a map is not a value — name what is nested with dots: `requestParameters.bucketName: value`
    a: [[x]]
      1:5 sigma-value: a value is a text, a number, true, false or null, found a list — give the values in one list
    a: [{b: c}]
      1:5 sigma-value: a value is a text, a number, true, false or null, found a map — give the values in one list
    a|base64: 'x*'
      1:12 sigma-value: there can be no wildcard in this value — write `\*` and `\?` for the characters themselves
    a|base64: ''
      1:12 sigma-value: `` cannot be found once it is encoded: it is too short — give a longer text
    a|base64offset: x
      1:17 sigma-value: `x` cannot be found once it is encoded: it is too short — give a longer text
    a|utf16: x
      1:10 sigma-value: `x` cannot be found once it is encoded: such bytes cannot stand in a JSON text — write `base64` or `base64offset` behind it
    a|wide: é
      1:9 sigma-value: `é` cannot be found once it is encoded: such bytes cannot stand in a JSON text — write `base64` or `base64offset` behind it
    a|expand: '%admin%'
      1:12 sigma-placeholder: the placeholder `%admin%` has no values — did you mean `admins`?
    a|expand: '%none%'
      1:12 sigma-placeholder: the placeholder `%none%` has no values — list them in a file given with `--overrides`, as in `placeholders: {none: [one, two]}`
    a|cidr|expand: '%admins%'
      1:17 sigma-value: there can be no wildcard in this value — write `\*` and `\?` for the characters themselves
    {}
      1:1 sigma-detection: this is a map without anything to look for — write `field: value`, or a list of texts
    []
      1:1 sigma-detection: this is a list without anything to look for — write `field: value`, or a list of texts
    [null]
      1:2 sigma-value: a keyword is a text, found nothing `null` — null needs a field, as in `errorCode: null`
    [[x]]
      1:2 sigma-detection: a list cannot hold another one — make it one list
    a: [5, null, {b: c}]
      1:8 sigma-value: null cannot stand in a list — give it an identifier of its own, and join both in the condition
      1:14 sigma-value: a value is a text, a number, true, false or null, found a map — give the values in one list
    ");
}
