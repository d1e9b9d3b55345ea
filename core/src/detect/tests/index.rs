//! The index decides how fast rules are found, never which: the same rules, once as they are and once in a form that
//! has no triggers and nothing that the index could settle, match the same records.

#![expect(clippy::panic, reason = "a test ends where it fails")]

use super::{field, whole};
use crate::detect::{Compiler, Evaluation};
use crate::record::path::{Path, Step};
use crate::record::{Scanner, one_line};
use crate::rule::condition::{Comparison, Condition, Matcher, Pattern, Standing, Test, Token};
use crate::rule::expression::Expression;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::cell::Cell;

/// Texts that fold, that JSON escapes, that JSON puts between values, and that repeat.
const PIECES: [&str; 22] = [
    "a", "A", "ab", "b", "é", "É", "\u{212a}", "k", "ſ", "S", "ß", "\u{1e9e}", "\"", "\\", ":", ",", "{", "}", "-",
    "\u{2014}", "1", "日",
];

/// The same, as they may stand in JSON.
const WRITTEN: [&str; 26] = [
    "a", "A", "ab", "b", "é", "É", "\u{212a}", "k", "ſ", "S", "ß", "\u{1e9e}", "\\\"", "\\\\", ":", ",", "{", "}", "-",
    "\u{2014}", "1", "日", "\\u0061", "\\u00c9", "\\n", "\\/",
];

const KEYS: [&str; 5] = ["a", "b", "a.b", "ab", "c"];

/// Texts that such expressions may be found in.
pub(super) fn text() -> impl Strategy<Value = String> + Clone {
    prop::collection::vec(select(PIECES.to_vec()), 0..4).prop_map(|pieces| pieces.concat())
}

fn record() -> impl Strategy<Value = String> {
    let string =
        prop::collection::vec(select(WRITTEN.to_vec()), 0..5).prop_map(|pieces| format!("\"{}\"", pieces.concat()));
    let scalar = prop_oneof![4 => string, 1 => select(vec!["null", "true", "false", "1", "11", "1.0", "-1e0"]).prop_map(str::to_owned)];
    let value = scalar.prop_recursive(4, 24, 5, |value| {
        prop_oneof![
            1 => prop::collection::vec(value.clone(), 0..4).prop_map(|values| format!("[{}]", values.join(","))),
            3 => object(value),
        ]
    });
    object(value)
}

fn object(value: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = String> {
    let member = (select(KEYS.to_vec()), value, select(vec!["", "", " "]));
    prop::collection::vec(member, 0..5).prop_map(|members| {
        let members: Vec<_> = members
            .iter()
            .map(|(key, value, space)| format!("{space}\"{key}\"{space}:{space}{value}{space}"))
            .collect();
        format!("{{{}}}", members.join(","))
    })
}

fn token() -> impl Strategy<Value = Token> {
    prop_oneof![4 => text().prop_map(Token::Text), 4 => Just(Token::Any), 1 => Just(Token::One), 1 => Just(Token::Dash)]
}

fn pattern() -> impl Strategy<Value = Test> {
    let tokens = prop_oneof![
        1 => prop::collection::vec(token(), 0..5),
        1 => text().prop_map(|text| vec![Token::Text(text)]),
        1 => text().prop_map(|text| vec![Token::Text(text), Token::Any]),
        1 => text().prop_map(|text| vec![Token::Any, Token::Text(text)]),
        3 => text().prop_map(|text| vec![Token::Any, Token::Text(text), Token::Any]),
    ];
    (tokens, prop::bool::weighted(0.2), prop::bool::weighted(0.2))
        .prop_map(|(tokens, cased, keyword)| Test::Pattern(Pattern { tokens, cased, keyword }))
}

/// Regular expressions.
pub(super) fn expression() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => select(PIECES.to_vec()).prop_map(|piece| piece.chars().map(|letter| format!("\\x{{{:X}}}", u32::from(letter))).collect()),
        1 => select(vec![".", ".*", "[aA]", "[kK\u{212a}]", "(?:a|bc)", "(?:ab)+", "(?:ab)?", "b{2}", "^", "$", "(?:|a)", "[^a]", "(?-u:\\b)"]).prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

fn test() -> impl Strategy<Value = (Path, Test)> {
    let name = select(vec!["a", "b", "a.b", "a.a", "a.b.c", "ab", "c.a"]);
    let path = prop_oneof![6 => name.prop_map(field), 1 => Just(whole())];
    let sigma = prop_oneof![
        8 => pattern(),
        2 => expression().prop_map(|source| Test::Regex(Expression::new(source).unwrap())),
        1 => select(vec![Test::Something, Test::NotNull, Test::Present]),
    ];
    let matcher = prop_oneof![
        text().prop_map(Matcher::Exact),
        text().prop_map(Matcher::Prefix),
        text().prop_map(Matcher::Contains),
        prop::collection::vec(text(), 1..4).prop_map(Matcher::Glob),
    ];
    let other = (matcher, prop::bool::weighted(0.2)).prop_map(|(matcher, negated)| Test::Text { matcher, negated });
    let member = select(KEYS.to_vec()).prop_map(|key| Path(vec![Step::Member(key.to_owned())]));
    prop_oneof![5 => (path, sigma), 1 => (member, other)]
}

fn condition() -> impl Strategy<Value = Condition> {
    let places = vec![Standing::Whole, Standing::Within, Standing::AtStart, Standing::AtEnd];
    let pair = (select(vec!["a", "a.b"]), select(vec!["b", "c"]), select(places), any::<bool>())
        .prop_map(|(one, other, place, cased)| Condition::Pair(field(one), field(other), Comparison { place, cased }));
    let leaf = prop_oneof![12 => test().prop_map(|(path, test)| Condition::Test(path, test)), 1 => pair];
    leaf.prop_recursive(3, 10, 4, |part| {
        prop_oneof![
            2 => prop::collection::vec(part.clone(), 1..4).prop_map(Condition::And),
            2 => prop::collection::vec(part.clone(), 0..4).prop_map(Condition::Or),
            1 => part.clone().prop_map(|part| Condition::Not(Box::new(part))),
            1 => part.prop_map(|part| Condition::Named("selection".to_owned(), Box::new(part))),
        ]
    })
}

/// Which leaves of a record a condition asks for, and how.
fn choices() -> impl Strategy<Value = Vec<(Index, u8)>> {
    prop::collection::vec((any::<Index>(), 0..5_u8), 2..4)
}

/// A condition that needs several things, most or all of which this record holds.
fn needing(record: &str, choices: &[(Index, u8)]) -> Condition {
    let mut leaves = Vec::new();
    collect_leaves(&serde_json::from_str(record).unwrap(), "", &mut leaves);
    let part = |(leaf, form): &(Index, u8)| {
        let (name, text) = if leaves.is_empty() { Default::default() } else { leaf.get(&leaves).clone() };
        let tokens = match form {
            0 => vec![Token::Text(text)],
            1 => vec![Token::Text(text.to_uppercase())],
            2 => vec![Token::Any, Token::Text(text.chars().skip(1).collect()), Token::Any],
            3 => vec![Token::Text(text.chars().take(3).collect()), Token::Any],
            _ => vec![Token::Any, Token::Text(text.to_lowercase())],
        };
        Condition::Test(field(&name), Test::Pattern(Pattern { tokens, cased: false, keyword: false }))
    };
    Condition::And(choices.iter().map(part).collect())
}

fn collect_leaves(value: &serde_json::Value, name: &str, leaves: &mut Vec<(String, String)>) {
    let below = |key: &String| if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
    match value {
        serde_json::Value::Object(members) => {
            members.iter().for_each(|(key, value)| collect_leaves(value, &below(key), leaves));
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect_leaves(value, name, leaves)),
        serde_json::Value::String(text) => leaves.push((name.to_owned(), text.clone())),
        other => leaves.push((name.to_owned(), other.to_string())),
    }
}

/// The same condition, of which no index knows anything.
fn plain(condition: &Condition) -> Condition {
    let parts = |parts: &[Condition]| parts.iter().map(plain).collect();
    match condition {
        Condition::And(all) => Condition::And(parts(all)),
        Condition::Or(all) => Condition::Or(parts(all)),
        Condition::Not(part) => Condition::Not(Box::new(plain(part))),
        Condition::Named(_, part) => plain(part),
        Condition::Pair(..) => condition.clone(),
        Condition::Test(path, Test::Pattern(pattern)) => {
            let mut tokens = pattern.tokens.clone();
            if !tokens.contains(&Token::Any) {
                // With empty texts behind it, one text is one no longer.
                tokens.extend(["", ""].map(|text| Token::Text(text.to_owned())));
            }
            Condition::Test(path.clone(), Test::Pattern(Pattern { tokens, ..pattern.clone() }))
        }
        Condition::Test(path, Test::Text { matcher: Matcher::Exact(text), negated: false }) => {
            let glob = Test::Text { matcher: Matcher::Glob(vec![text.clone()]), negated: false };
            Condition::Test(path.clone(), glob)
        }
        Condition::Test(..) => condition.clone(),
    }
}

/// It is false, but not found to be so by looking for anything.
fn never() -> Condition {
    Condition::Not(Box::new(Condition::And(Vec::new())))
}

fn matches(conditions: &[Condition], records: &[String]) -> Vec<Vec<usize>> {
    let mut compiler = Compiler::new();
    conditions.iter().for_each(|condition| compiler.add(condition, &[]));
    let set = compiler.build().unwrap();
    let mut scanner = Scanner::new(set.projection());
    let mut evaluation = Evaluation::new(set);
    let mut matches = |record: &String| {
        let record = one_line(record.as_bytes());
        let view = scanner.scan(&record).unwrap();
        evaluation.matches(view).iter().map(|matched| matched.rule).collect()
    };
    records.iter().map(&mut matches).collect()
}

/// So many cases, the same ones each time.
pub(super) fn settings(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(20_261_121), failure_persistence: None, ..Config::default() }
}

#[test]
fn rules_match_the_same_records_with_and_without_the_index() {
    let settings = settings(3_000);
    let (found, asked) = (Cell::new(0), Cell::new(0));
    let needing_all = prop::collection::vec((any::<Index>(), choices()), 0..6);
    let strategy = (prop::collection::vec(condition(), 1..12), prop::collection::vec(record(), 1..6), needing_all);
    let outcome = TestRunner::new(settings).run(&strategy, |(mut conditions, records, needing_all)| {
        conditions.extend(needing_all.iter().map(|(record, choices)| needing(record.get::<String>(&records), choices)));
        let plain: Vec<_> = conditions.iter().map(|condition| Condition::Or(vec![plain(condition), never()])).collect();
        let without = matches(&plain, &records);
        prop_assert_eq!(matches(&conditions, &records), &*without);
        found.set(found.get() + without.iter().map(Vec::len).sum::<usize>());
        asked.set(asked.get() + conditions.len() * records.len());
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    // If everything matched, or nothing, this would say little.
    let share = found.get() * 100 / asked.get();
    assert!((10..90).contains(&share), "{share} % match");
}
