//! Broken rules: for each the exact place, code, message and help. All mistakes of all files come at once.

use super::{OWN_RULES, load, rule, told};
use crate::rule::pack::{SourceFile, build};

fn told_of(text: &str) -> String {
    told(load(&[("r.yml", text)], OWN_RULES))
}

/// One broken file after the other.
fn told_of_each(texts: &[&str]) -> String {
    texts.iter().map(|text| told_of(text)).collect::<Vec<_>>().join("\n\n")
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
    insta::assert_snapshot!(told_of(text), @r"
    r.yml:1:1 rule-key: `titel` is not a known key
        did you mean `title`? a key of your own must differ more
    r.yml:2:5 rule-value: `id:` must be a text, found a list
    r.yml:3:8 rule-value: `level:` must be one of informational, low, medium, high, critical, found `hihg`
        did you mean `high`?
    r.yml:4:9 rule-value: a rule of `status: unsupported` cannot be used as it is
        take it out of the folder, or mend it and its status
    r.yml:6:15 rule-value: `fields:` must be a list of texts, found a map
    r.yml:6:23 rule-value: `fields:` holds an empty text or a control character
        write one line of text; `>-` folds several lines into one
    r.yml:7:10 rule-value: `enabled:` must be true or false, found a text
        YAML 1.2 reads yes, no, on and off as texts
    r.yml:8:8 rule-value: `alarm:` must be a map, found a number
    r.yml:9:22 rule-logsource: `logsource:` names another source: `product:` must be aws, found `windows`
        this detector reads CloudTrail records only
    r.yml:9:62 rule-logsource: `logsource:` names another source: `category:` must be absent, found `process_creation`
        this detector reads CloudTrail records only
    r.yml:10:1 rule-key: `filter_patern` is not a known key
        did you mean `filter_pattern`? a key of your own must differ more
    ");
}

#[test]
fn what_is_no_rule_at_all() {
    let texts = [
        "- a\n- b\n",
        "just text",
        "# only a comment\n",
        "level: low\n",
        "title: Sigma\nlogsource: {definition: all of it}\ndetection: {}\nfilter_pattern: x\n",
        "title: Sigma\ndetection: s\n",
        "title: Later\ncorrelation: {type: event_count}\n",
        "title: Unquoted\nfilter_pattern: {a: b}\n",
        "title: Unquoted\nfilter_pattern: { ($.a = \"b\") && ($.c = \"d\") }\n",
        "title: Unquoted\nfilter_pattern: { $.a[0] = 1 }\n",
        "title: Empty\nfilter_pattern:\n",
    ];
    insta::assert_snapshot!(told_of_each(&texts), @r"
    r.yml:1:1 rule-form: a rule is a map of keys such as `title:`, found a list

    r.yml:1:1 rule-form: a rule is a map of keys such as `title:`, found a text

    r.yml:0:0 rule-form: the file holds no rule
        a rule has at least `title:` and `detection:` or `filter_pattern:`

    r.yml:1:1 rule-missing: `detection:` or `filter_pattern:` is missing
        a rule carries a Sigma detection or a CloudWatch Logs filter pattern
    r.yml:1:1 rule-missing: `title:` is missing
        say in a few words what the rule finds

    r.yml:2:1 sigma-logsource: `logsource:` names neither `product:` nor `service:` nor `category:`
        for CloudTrail it is {product: aws, service: cloudtrail}
    r.yml:3:1 sigma-condition: `condition:` is missing
        say which identifiers must match, as in `condition: selection and not filter`
    r.yml:4:1 rule-form: `detection:` and `filter_pattern:` cannot stand in one document
        put `---` and a title between them

    r.yml:1:1 rule-missing: `logsource:` is missing
        for CloudTrail it is `logsource: {product: aws, service: cloudtrail}`
    r.yml:2:12 sigma-detection: `detection:` must be a map, found a text
        it holds search identifiers and their `condition:`

    r.yml:2:1 sigma-correlation: `correlation:` is not read by this version
        leave the file out; the rules that it counts are read one by one

    r.yml:2:17 rule-value: `filter_pattern:` must be a text, found a map
        YAML reads an unquoted `{` as a map: put the filter pattern in single quotes

    r.yml:2:17 rule-value: `filter_pattern:` must be a text, found a map
        YAML reads an unquoted `{` as a map: put the filter pattern in single quotes

    r.yml:2:22 yaml-syntax: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'
        YAML reads an unquoted `{` as a map: put the filter pattern in single quotes

    r.yml:2:15 rule-value: `filter_pattern:` must be a text, found nothing
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
    insta::assert_snapshot!(told_of_each(&texts), @r"
    r.yml:1:1 rule-missing: `detection:` or `filter_pattern:` is missing
        a rule carries a Sigma detection or a CloudWatch Logs filter pattern
    r.yml:2:1 yaml-duplicate-key: the key `title` is there twice in one map
        keep one of them
    r.yml:3:16 yaml-duplicate-key: the key `a` is there twice in one map
        keep one of them

    r.yml:1:8 yaml-alias: an alias stands within what it stands for
        write the value out

    r.yml:1:4 yaml-syntax: not valid YAML: while parsing node, found unknown anchor

    r.yml:1:3 yaml-key: the key of a map must be a text
        put a key that begins with `*`, `[` or `{` in quotes

    r.yml:1:1 rule-missing: `detection:` or `filter_pattern:` is missing
        a rule carries a Sigma detection or a CloudWatch Logs filter pattern
    r.yml:1:1 rule-missing: `title:` is missing
        say in a few words what the rule finds
    r.yml:2:1 yaml-key: the merge key `<<` is not read
        write the members out; merge keys are not part of YAML 1.2

    r.yml:1:1 rule-missing: `detection:` or `filter_pattern:` is missing
        a rule carries a Sigma detection or a CloudWatch Logs filter pattern
    r.yml:1:8 yaml-tag: the tag `tag:yaml.org,2002:!int` is not read
        leave it out; quotes make a text of any value
    r.yml:2:5 yaml-tag: the tag `!custom` is not read
        leave it out; quotes make a text of any value

    r.yml:1:9 yaml-character: the control character U+0000 is not allowed in YAML
        in double quotes it can be written as an escape

    r.yml:1:8 yaml-syntax: not valid YAML: while scanning a quoted scalar, found unexpected end of stream

    r.yml:1:8 yaml-syntax: not valid YAML: while scanning a plain scalar, found a tab

    r.yml:1:67 yaml-limit: nested too deep (limit 64 levels)
        a test's record may be given as JSON text instead

    r.yml:5:40 yaml-limit: too many values with aliases replaced (limit 65536 values, 4194304 bytes of text a file)
        divide the file, or use fewer aliases
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
    insta::assert_snapshot!(told_of(&rule("T", tests)), @r"
    r.yml:6:24 rule-tests: the record is no JSON: key must be a string
        give one JSON object as text, or a YAML map
    r.yml:11:11 rule-tests: the record is no JSON: expected `,` or `}`
        give one JSON object as text, or a YAML map
    r.yml:13:7 rule-tests: this test has no `name:`
    r.yml:16:7 rule-tests: two records of this rule have the name `twice`
        say what each of them shows
    r.yml:19:15 rule-tests: `record:` must be a map or JSON text, found a list
    r.yml:21:15 rule-tests: the record is no JSON: a record begins with `{`
        give one JSON object as text, or a YAML map
    r.yml:22:8 rule-tests: a test is a map of `name:` and `record:`; `nmae` is not known here
        did you mean `name`?
    r.yml:23:3 rule-tests: `tests:` is a map of `match:` and `no_match:`; `nomatch` is not known here
        did you mean `no_match`?
    r.yml:24:13 rule-tests: `no_match:` must be a list of records, found a map
        begin each record with `- name:`
    ");
    insta::assert_snapshot!(told_of(&rule("T", "tests: [1]\n")), @r"r.yml:3:8 rule-tests: `tests:` is a map of `match:` and `no_match:`, found a list");
}

#[test]
fn names_and_ids_are_taken_once() {
    let one = rule("One", "id: same");
    let two = format!("{}\n---\n{}\n---\n{}", rule("A", ""), rule("B", "name: n"), rule("C", "name: n"));
    let files = [("a.yml", one.as_str()), ("a.yaml", &two), ("b.yml", &one)];
    insta::assert_snapshot!(told(load(&files, OWN_RULES)), @r"
    a.yaml:1:1 rule-name: the name `a` is taken by `a.yml`
        rename the file, or give the document another `name:`
    a.yaml:9:1 rule-name: the name `a#n` is taken by `a.yaml`
        rename the file, or give the document another `name:`
    b.yml:0:0 rule-id: the rules `a` and `b` have the same id `same`
        give it one of its own; to replace a rule, give the file the rule's name
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
