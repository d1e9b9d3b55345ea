//! What Sigma means: every row of our digest of the specification, as the naive evaluator and the core see it, natively
//! and through the component that ships with the runner.
#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::collections::BTreeSet;
use std::fs;
use trailsieve::batch::{Judge, Records};
use trailsieve::engine::{self, BUILT_IN, Component, Error, Limits, Pack};
use trailsieve_core::{Detector, Diagnostic, SourceFile};
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::detecting::{judge, load_files};
use trailsieve_tests::meanings::{FIELDS, record_with};
use trailsieve_tests::naive_sigma::{Filter, Placeholders, Record, Rule};
use trailsieve_tests::sigma_rows::Expected::{self, Match, NoMatch, Refused};
use trailsieve_tests::sigma_rows::{self, Row, filter_lines, lines, rows};
use trailsieve_tests::tree;

#[test]
fn the_naive_evaluator_gives_every_verdict() {
    check(|row| match by_oracle(row) {
        Err(_) => Refused,
        Ok(true) => Match,
        Ok(false) => NoMatch,
    });
}

#[test]
fn the_core_gives_every_verdict() {
    check(|row| match load_files(&files(row)).map(|mut detector| judge(&mut detector, &[&row.record])) {
        Err(_) => Refused,
        Ok(judgements) if judgements[0].matched.contains(&0) => Match,
        Ok(_) => NoMatch,
    });
}

/// All that load are one pack, so that their index is one; each record is asked for the rule of its row.
#[test]
fn the_core_gives_every_verdict_when_all_rows_are_one_pack() {
    let rows: Vec<Row> = rows().into_iter().filter(|row| row.expected != Refused && row.filter.is_none()).collect();
    let rules: Vec<&str> = rows.iter().map(|row| row.rule.as_str()).collect();
    let records: Vec<&str> = rows.iter().map(|row| row.record.as_str()).collect();
    let judgements = judge(&mut load_files(&rules).unwrap(), &records);
    let meanings: Vec<Rule> = rules.iter().map(|text| Rule::read(text, &Placeholders::new()).unwrap()).collect();
    for (number, (row, judgement)) in rows.iter().zip(judgements).enumerate() {
        assert_eq!(judgement.matched.contains(&number), row.expected == Match, "row {}", row.id);
        let node = tree::read(row.record.as_bytes()).unwrap();
        let expected: BTreeSet<usize> =
            (0..meanings.len()).filter(|&other| meanings[other].matches(&Record::new(&node))).collect();
        assert_eq!(judgement.matched, expected, "the record of row {}, all rules", row.id);
    }
}

/// The component's regular expressions go without tables of Unicode that a native build may have.
#[test]
fn the_component_gives_every_verdict() {
    let component = Component::compile(BUILT_IN, Limits::default(), None).unwrap();
    check(|row| {
        let name = |number| format!("sigma/{number}.yml");
        let files = files(row).into_iter().enumerate();
        let files =
            files.map(|(number, text)| engine::SourceFile { path: name(number), content: text.into_bytes() }).collect();
        match component.load(Pack { files, settings: r#"{"default_rules":false}"#.to_owned() }) {
            Err(Error::Refused(_)) => Refused,
            Err(other) => panic!("row {}: {other}", row.id),
            Ok(loaded) => {
                let mut records = Records::new();
                records.push(row.record.as_bytes());
                let counts = loaded.workers(1).pop().unwrap().judge(&records).counts;
                if counts.flagged == 1 { Match } else { NoMatch }
            }
        }
    });
}

/// A refusal names file, line and column, what is wrong and the way out. The place lies within what the row wrote.
#[test]
fn every_refusal_says_where_and_what_to_do() {
    let mut silent = Vec::new();
    for row in rows().iter().filter(|row| row.expected == Refused) {
        let Err(mistakes) = load_files(&files(row)) else { continue };
        let files = files(row);
        let says_all = |it: &Diagnostic| {
            let file =
                files.iter().enumerate().find(|(number, _)| trailsieve_tests::detecting::path(*number) == it.path);
            let line = it.line.checked_sub(1).and_then(|line| file?.1.lines().nth(line as usize).map(str::to_owned));
            let is_within = line.is_some_and(|line| (1..=line.chars().count() + 1).contains(&(it.column as usize)));
            is_within && !it.message.is_empty() && !it.help.is_empty() && it.code.name().starts_with("sigma-")
        };
        if mistakes.is_empty() || !mistakes.iter().all(says_all) {
            silent.push(format!("row {}: {mistakes:#?}\n{}", row.id, files.concat()));
        }
    }
    assert!(silent.is_empty(), "{} refusals say too little:\n{}", silent.len(), silent.join("\n"));
}

/// Our copy of the rows is the digest's, word for word, where the digest is at hand.
#[test]
fn no_row_of_the_digest_is_missing() {
    let path = workspace().join("../shared/reference/sigma.md");
    let Ok(digest) = fs::read_to_string(&path) else {
        assert!(!path.exists(), "{} cannot be read", path.display());
        eprintln!("SKIPPED: no digest in {}", path.display());
        return;
    };
    let (_, verdicts) = digest.split_once("\n## 8. Verdicts\n").unwrap();
    let blocks: Vec<&str> = verdicts.split("```\n").skip(1).step_by(2).collect();
    let [of_rules, _correlations, of_filters] = blocks[..] else { panic!("{} blocks", blocks.len()) };
    assert_eq!(lines(), of_rules.lines().collect::<Vec<_>>());
    assert_eq!(filter_lines(), of_filters.lines().collect::<Vec<_>>());
}

/// S1.18 and S0.28, in Sigma: each of the 42 fields and of those beyond, absent, null and present. Null and absent are one
/// for Sigma, unless a rule asks whether the field exists.
#[test]
fn every_field_of_a_record_is_reachable_absent_null_and_present() {
    for &(field, value) in FIELDS {
        let text = match serde_json::from_str(value).unwrap() {
            serde_json::Value::String(text) => text.replace('\\', "\\\\"),
            _ => value.to_owned(),
        };
        let text = serde_json::Value::from(text);
        let items = [
            format!("'{field}': null"),
            format!("'{field}|exists': true"),
            format!("'{field}': '*'"),
            format!("'{field}': {text}"),
            format!("'{field}|neq': another"),
        ];
        let rule =
            |(number, item)| sigma_rows::rule(&format!("rule {number}"), &format!("{{s: {{{item}}}, condition: s}}"));
        let rules: Vec<String> = items.iter().enumerate().map(rule).collect();
        let mut detector = load_files(&rules).unwrap();
        let mut matched = |record: String| judge(&mut detector, &[record])[0].matched.clone();
        let is_scalar = !value.starts_with(['{', '[']);
        let present = if is_scalar { BTreeSet::from([1, 2, 3, 4]) } else { BTreeSet::from([1, 2, 4]) };
        assert_eq!(matched(record_with(field, value)), present, "{field} present");
        if field == "eventSource" {
            // Without it a record is not one of CloudTrail's and no rule is asked.
            continue;
        }
        assert_eq!(matched(record_with(field, "null")), BTreeSet::from([0, 1, 4]), "{field} null");
        assert_eq!(matched(record_with("another", value)), BTreeSet::from([0, 4]), "{field} absent");
        if let Some((parent, _)) = field.rsplit_once('.') {
            for value in ["null", "{}", "\"\"", "[]"] {
                assert_eq!(matched(record_with(parent, value)), BTreeSet::from([0, 4]), "{field} within {value}");
            }
        }
    }
}

/// Filters concern rules of either language, and each has its say.
#[test]
fn filters_narrow_what_a_rule_of_either_language_finds() {
    let of_sigma = sigma_rows::rule("a rule", "{s: {eventName: Go*}, condition: s}");
    let of_cloudwatch = "title: a rule\nid: a-rule\nlogsource: {product: aws, service: cloudtrail}\nfilter_pattern: '{ \
                         $.eventName = \"Go*\" }'\n";
    let filter = |selection: &str, condition: &str| {
        format!(
            "title: 'a filter of {selection}'\nlogsource: {{product: aws, service: cloudtrail}}\nfilter:\n  rules: \
             [a-rule]\n  selection: {{{selection}}}\n  condition: {condition}\n"
        )
    };
    let (by_name, by_place) =
        (filter("user: adm*", "not selection"), filter("sourceIPAddress|cidr: 10.0.0.0/8", "not selection"));
    let keeps = filter("user: a*", "selection").replace("condition:", "intent: keep\n  condition:");
    let record = |name: &str, user: &str, address: &str| {
        format!(
            r#"{{"eventSource":"a.amazonaws.com","eventName":"{name}","user":"{user}","sourceIPAddress":"{address}"}}"#
        )
    };
    let records = [
        record("Going", "bob", "192.0.2.1"),
        record("Going", "ADMIN", "192.0.2.1"),
        record("Going", "bob", "10.1.2.3"),
        record("Going", "admin", "10.1.2.3"),
        record("Going", "alice", "192.0.2.1"),
        record("Staying", "alice", "192.0.2.1"),
    ];
    let cases: [(&[&String], [bool; 6]); 5] = [
        (&[], [true, true, true, true, true, false]),
        (&[&by_name], [true, false, true, false, true, false]),
        (&[&by_name, &by_place], [true, false, false, false, true, false]),
        (&[&by_place, &by_name], [true, false, false, false, true, false]),
        (&[&by_name, &by_place, &keeps], [false, false, false, false, true, false]),
    ];
    for rule in [of_sigma.as_str(), of_cloudwatch] {
        for (filters, expected) in cases {
            let mut files = vec![rule];
            files.extend(filters.iter().map(|filter| filter.as_str()));
            let judgements = judge(&mut load_files(&files).unwrap(), &records);
            let matched: Vec<bool> = judgements.iter().map(|judgement| judgement.matched.contains(&0)).collect();
            assert_eq!(matched, expected, "{rule}\n{filters:#?}");
        }
    }
}

/// Placeholders become each of the values that the operator gives them, in an overrides file.
#[test]
fn placeholders_stand_for_the_values_that_the_operator_gives() {
    let overrides = "placeholders:\n  admins: [alice, 'b*b']\n  numbers: ['1', '2']\n";
    let values = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>();
    let placeholders = Placeholders::from([
        ("admins".to_owned(), values(&["alice", "b*b"])),
        ("numbers".to_owned(), values(&["1", "2"])),
    ]);
    let items = [
        "a|expand: '%admins%'",
        "a|contains|expand: '-%admins%-'",
        "a|expand|endswith: ['/%admins%', x]",
        "a|expand: '%admins%-%numbers%'",
        "a|expand|neq: '%admins%'",
        "a|expand: '100\\%'",
        "a|expand|cased: '%admins%'",
        "a: '%admins%'",
        "a|expand|all: ['*%admins%*', '*%numbers%*']",
    ];
    let texts = ["ALICE", "bob", "b*b", "x-alice-y", "user/bob", "alice-2", "bob-12", "100%", "%admins%", "x", ""];
    let records = texts.map(|text| format!(r#"{{"eventSource":"x.amazonaws.com","a":"{text}"}}"#));
    let rules = items.map(|item| sigma_rows::rule("a rule", &format!("{{s: {{{item}}}, condition: s}}")));
    for rule in &rules {
        let file = |path, text: &'static str| SourceFile { path, content: text.as_bytes() };
        let files = [SourceFile { path: "rule.yml", content: rule.as_bytes() }, file("overrides.yml", overrides)];
        let settings = r#"{"default_rules":false,"overrides":["overrides.yml"]}"#;
        let (mut detector, _) = Detector::load(&files, settings).unwrap();
        let meaning = Rule::read(rule, &placeholders).unwrap();
        for record in &records {
            let found = detector.detect(record.as_bytes()).unwrap().counts.flagged == 1;
            let node = tree::read(record.as_bytes()).unwrap();
            assert_eq!(found, meaning.matches(&Record::new(&node)), "{rule}{record}");
        }
    }
}

fn files(row: &Row) -> Vec<String> {
    [&row.rule].into_iter().chain(&row.filter).cloned().collect()
}

fn by_oracle(row: &Row) -> Result<bool, String> {
    let mut rule = Rule::read(&row.rule, &Placeholders::new())?;
    if let Some(filter) = &row.filter {
        rule = rule.with(&Filter::read(filter, &Placeholders::new())?);
    }
    Ok(rule.matches(&Record::new(&tree::read(row.record.as_bytes()).unwrap())))
}

/// All rows, and those with another verdict at once.
fn check(verdict: impl Fn(&Row) -> Expected) {
    let rows = rows();
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let given = verdict(row);
            let shown = || {
                format!("row {}: {:?}, given {given:?}\n{}{}\n", row.id, row.expected, files(row).concat(), row.record)
            };
            (given != row.expected).then(shown)
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
