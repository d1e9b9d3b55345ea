//! Broken rules: for each the exact place and code, all mistakes of all files at once. `tests/errors` shows what is said
//! of one mistake at a time.

use super::{OWN_RULES, load, places, rule, told};
use crate::rule::pack::{SourceFile, build};

fn places_of(text: &str) -> String {
    places(load(&[("r.yml", text)], OWN_RULES))
}

/// One broken file after the other.
fn places_of_each(texts: &[&str]) -> String {
    texts.iter().map(|text| places_of(text)).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn keys_and_values_of_the_wrong_kind() {
    let text = "\
titel: Oops
id: [1]
level: hihg
status: unsupported
tags: attack.t1136
fields: [a.b, {c: d}, \"e\\ef\"]
enabled: no
alarm: 7
logsource: {product: windows, service: cloudtrail, category: process_creation}
filter_patern: x
my_own_key: fine
";
    insta::assert_snapshot!(places_of(text), @r"
    r.yml:1:1 rule-key
    r.yml:2:5 rule-value
    r.yml:3:8 rule-value
    r.yml:4:9 rule-value
    r.yml:6:15 rule-value
    r.yml:6:23 rule-value
    r.yml:7:10 rule-value
    r.yml:8:8 rule-value
    r.yml:9:22 rule-logsource
    r.yml:9:62 rule-logsource
    r.yml:10:1 rule-key
    ");
}

#[test]
fn yaml_that_could_be_misread() {
    let deep = format!("a: {}{}\n", "[".repeat(65), "]".repeat(65));
    let laughs = (1..9).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, level| {
        let alias = format!("*a{}, ", level - 1).repeat(9);
        format!("{text}a{level}: &a{level} [{alias}]\n")
    });
    let texts = [
        "title: One\ntitle: Two\nnested: {a: 1, 'a': 2}\n",
        "a: &x [*x]\n",
        "a: *nowhere\n",
        "? [a]\n: b\n",
        "base: &b {level: low}\n<<: *b\n",
        "title: !!int 5\nid: !custom x\nname: !!str 5\n",
        "title: a\u{0}\n",
        "title: \"torn\n",
        "title: a\n\tlevel: low\n",
        &deep,
        &laughs,
    ];
    insta::assert_snapshot!(places_of_each(&texts), @r"
    r.yml:1:1 rule-missing
    r.yml:2:1 yaml-duplicate-key
    r.yml:3:16 yaml-duplicate-key

    r.yml:1:8 yaml-alias

    r.yml:1:4 yaml-syntax

    r.yml:1:3 yaml-key

    r.yml:1:1 rule-missing
    r.yml:1:1 rule-missing
    r.yml:2:1 yaml-key

    r.yml:1:1 rule-missing
    r.yml:1:8 yaml-tag
    r.yml:2:5 yaml-tag

    r.yml:1:9 yaml-character

    r.yml:1:8 yaml-syntax

    r.yml:1:8 yaml-syntax

    r.yml:1:67 yaml-limit

    r.yml:5:40 yaml-limit
    ");
}

#[test]
fn bytes_that_are_no_text_and_files_beyond_the_limit() {
    let large = vec![b'#'; (1 << 20) + 1];
    let files = [
        SourceFile { path: "latin.yml", content: b"title: a\nauthor: J\xe9r\n" },
        SourceFile { path: "large.yml", content: &large },
    ];
    insta::assert_snapshot!(told(build(&files, OWN_RULES)), @r"
    large.yml:0:0 yaml-limit: the file is too large (limit 1048576 bytes, got 1048577)
        divide it into several files
    latin.yml:2:10 yaml-character: not UTF-8 from here on
        save the file as UTF-8
    ");
}

#[test]
fn tests_that_could_not_be_run() {
    let tests = "\
tests:
  match:
    - name: torn
      record: '{\"a\": 1,}'
    - name: further down
      record: |
        {
          \"a\": 1
          \"b\": 2
        }
    - record: {a: 1}
    - name: twice
      record: {a: .inf}
    - name: twice
      record: {}
    - name: list
      record: [1]
    - name: text
      record: hello
    - {nmae: x, record: {}}
  nomatch: []
  no_match: {name: a, record: {}}
";
    insta::assert_snapshot!(places_of(&rule("T", tests)), @r"
    r.yml:6:24 rule-tests
    r.yml:11:11 rule-tests
    r.yml:13:7 rule-tests
    r.yml:16:7 rule-tests
    r.yml:19:15 rule-tests
    r.yml:21:15 rule-tests
    r.yml:22:8 rule-tests
    r.yml:23:3 rule-tests
    r.yml:24:13 rule-tests
    ");
    insta::assert_snapshot!(places_of(&rule("T", "tests: [1]\n")), @r"r.yml:3:8 rule-tests");
}

#[test]
fn names_and_ids_are_taken_once() {
    let one = rule("One", "id: same");
    let two = format!("{}\n---\n{}\n---\n{}", rule("A", ""), rule("B", "name: n"), rule("C", "name: n"));
    let files = [("a.yml", one.as_str()), ("a.yaml", &two), ("b.yml", &one)];
    insta::assert_snapshot!(places(load(&files, OWN_RULES)), @r"
    a.yaml:1:1 rule-name
    a.yaml:9:1 rule-name
    b.yml:3:5 rule-id
    ");
}

#[test]
fn a_mistake_within_a_pattern_is_found_in_every_style_of_scalar() {
    // Mostly the same mistake: `#` in a value without quotes.
    for (text, line, column) in [
        ("filter_pattern: '{ $.a = x#y }'", 1, 27),
        ("filter_pattern: \"{ $.a = x#y }\"", 1, 27),
        ("filter_pattern: \"{ $.k = \\\"\\u0041\\\\\\\\\\\" && $.a = x#y }\"", 1, 51),
        ("filter_pattern: '{ $.[''k''] = 1 && $.a = x#y }'", 1, 44),
        ("filter_pattern:\n  '{ $.a\n\n     = x#y }'", 4, 9),
        ("filter_pattern: |-\n  { $.a =\n    x#y }", 3, 6),
        ("filter_pattern: >- # why\n\n  { $.ä = 1 }\n  x#y }", 3, 7),
        ("filter_pattern: |\n\n  { $.a =\n  }", 4, 3),
        ("filter_pattern: >-\n  { $.a =\n  1", 3, 4),
    ] {
        let mistakes = load(&[("r.yml", &format!("{text}\ntitle: T\n"))], OWN_RULES).unwrap_err();
        let places: Vec<_> = mistakes.iter().map(|mistake| (mistake.line, mistake.column)).collect();
        assert_eq!(places, [(line, column)], "{text}: {mistakes:?}");
    }
}
