//! Conditions: what they mean for every way in which identifiers can hold.

use super::{condition, places, read};
use crate::rule::condition::Condition;

/// Identifiers `a`, `b`, `c`, … that ask nothing of each other.
fn with(names: &[&str], text: &str) -> String {
    let identifiers: String = names.iter().map(|name| format!("{name}: {{x: y}}\n")).collect();
    format!("{identifiers}condition: {text}\n")
}

fn holds(condition: &Condition, true_ones: &[&str]) -> bool {
    match condition {
        Condition::And(parts) => parts.iter().all(|part| holds(part, true_ones)),
        Condition::Or(parts) => parts.iter().any(|part| holds(part, true_ones)),
        Condition::Not(part) => !holds(part, true_ones),
        Condition::Named(name, _) => true_ones.contains(&name.as_str()),
        other => panic!("outside of any identifier: {other:?}"),
    }
}

#[test]
fn operators_bind_as_the_specification_says() {
    type Meaning = fn(bool, bool, bool) -> bool;
    let cases: [(&str, Meaning); 12] = [
        ("a or b and c", |a, b, c| a || (b && c)),
        ("a and b or c", |a, b, c| (a && b) || c),
        ("not a or b and not c", |a, b, c| !a || (b && !c)),
        ("not (a or b) and c", |a, b, c| !(a || b) && c),
        ("not not a and (b or c)", |a, b, c| a && (b || c)),
        ("(a)and not(b)or(c)", |a, b, c| (a && !b) || c),
        ("not 1 of them", |a, b, c| !(a || b || c)),
        ("not all of them", |a, b, c| !(a && b && c)),
        ("a and 1 of b* or all of c", |a, b, c| (a && b) || c),
        ("any of a or 1 of *b or 1 of *c*", |a, b, c| a || b || c),
        ("((((a and b and c))))", |a, b, c| a && b && c),
        ("a and\n  (b\n  or c)", |a, b, c| a && (b || c)),
    ];
    for (text, meaning) in cases {
        let condition = condition(&with(&["a", "b", "c"], &format!("|-\n  {text}")));
        for bits in 0..8 {
            let [a, b, c] = [bits & 1 != 0, bits & 2 != 0, bits & 4 != 0];
            let names: Vec<_> =
                [("a", a), ("b", b), ("c", c)].into_iter().filter_map(|(name, is)| is.then_some(name)).collect();
            assert_eq!(holds(&condition, &names), meaning(a, b, c), "{text} with {names:?}");
        }
    }
}

#[test]
fn words_are_keywords_only_as_a_whole_and_patterns_reach_any_name() {
    let names = ["not_a", "1", "all", "f_x", "f_y.conf", "_f_z", "of-course"];
    for (text, true_ones, expected) in [
        ("not_a and not (1 or all or of-course) and not 1 of f* and not 1 of _*", &["not_a"][..], true),
        ("1 and all or not_a or of-course or 1 of f_* or 1 of _f*", &["1"], false),
        ("1 and all or not_a or of-course or 1 of f_* or 1 of _f*", &["f_y.conf"], true),
        ("1 of them and not 1 of _*", &["f_y.conf"], true),
        ("1 of * and not 1 of _f_z", &["_f_z"], false),
        ("1 of _*z or 1 of them", &["_f_z"], true),
    ] {
        let (condition, _) = read(&with(&names, text));
        let condition = condition.unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"));
        assert_eq!(holds(&condition, true_ones), expected, "{text} with {true_ones:?}");
    }
    let (mistakes, _) = read(&with(&["_a"], "1 of *a"));
    assert_eq!(places(&mistakes.unwrap_err()), "2:17 sigma-identifier");
}

#[test]
fn what_can_be_read_but_is_probably_a_slip_warns() {
    let (condition, warnings) = read(&with(&["a", "b", "c"], "[a AND b, Not b]"));
    assert!(holds(&condition.unwrap(), &[]));
    insta::assert_snapshot!(places(&warnings), @r"
    4:12 sigma-condition
    4:15 sigma-condition
    4:22 sigma-condition
    3:1 sigma-unused
    ");
}

#[test]
fn a_condition_that_cannot_be_read_is_refused_at_its_place() {
    let deep = format!("{}a{}", "(".repeat(65), ")".repeat(65));
    let refused = |text: &str| places(&read(&with(&["a", "selection"], text)).0.unwrap_err());
    let texts = [
        "a and",
        "a b",
        "(a or b",
        "(a",
        "a)",
        "and a",
        "not",
        "''",
        "a or or a",
        "1 of",
        "1 of f.x",
        "3 of them",
        "all selection*",
        "selektion and a",
        "a && a",
        "'!a'",
        "'a | count() by x > 5'",
        "a|near b",
        "[]",
        "{a: b}",
        "5",
        "of them",
        "Selection",
        "1 of sel_*",
        &deep,
    ];
    insta::assert_snapshot!(texts.map(|text| format!("{text:.30}\n  {}", refused(text).replace('\n', "\n  "))).join("\n"), @r"
    a and
      3:17 sigma-condition
    a b
      3:14 sigma-condition
    (a or b
      3:12 sigma-condition
    (a
      3:12 sigma-condition
    a)
      3:13 sigma-condition
    and a
      3:12 sigma-condition
    not
      3:15 sigma-condition
    ''
      3:13 sigma-condition
    a or or a
      3:17 sigma-condition
    1 of
      3:16 sigma-condition
    1 of f.x
      3:17 sigma-condition
    3 of them
      3:12 sigma-condition
    all selection*
      3:16 sigma-condition
    selektion and a
      3:12 sigma-identifier
    a && a
      3:14 sigma-condition
    '!a'
      3:13 sigma-condition
    'a | count() by x > 5'
      3:15 sigma-aggregation
    a|near b
      3:13 sigma-aggregation
    []
      3:12 sigma-condition
    {a: b}
      3:12 sigma-condition
    5
      3:12 sigma-condition
    of them
      3:12 sigma-condition
    Selection
      3:12 sigma-identifier
    1 of sel_*
      3:17 sigma-identifier
    ((((((((((((((((((((((((((((((
      3:77 sigma-condition
    ");
    let long = "selection or ".repeat(70_000);
    insta::assert_snapshot!(places(&read(&with(&["selection"], &format!("{long} selection"))).0.unwrap_err()), @"2:851980 sigma-limit");
}
