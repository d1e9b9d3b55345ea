//! CloudWatch filter patterns: the documented edge cases one by one, then the core against the naive evaluator.
#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::collections::BTreeSet;
use trailsieve_core::Outcome;
use trailsieve_tests::detecting::{Judgement, expected, judge, load, refused};
use trailsieve_tests::meanings::Expected::{self, Match, NoMatch, Refused};
use trailsieve_tests::meanings::{FIELDS, MEANINGS, VERDICTS, record_with};
use trailsieve_tests::population::population;
use trailsieve_tests::{generate, naive, tree};

/// Every row but 32 and 33, which are about messages that are no JSON object.
#[test]
fn every_row_of_the_verdict_table_holds() {
    let cases: Vec<_> = VERDICTS.iter().map(|&(_, pattern, members, expected)| (pattern, members, expected)).collect();
    let rows: BTreeSet<u8> = VERDICTS.iter().map(|&(row, ..)| row).collect();
    let absent: Vec<u8> = (1..=34).filter(|row| !rows.contains(row)).collect();
    assert_eq!(absent, [32, 33]);
    check(&cases);
}

#[test]
fn wildcards_numbers_selectors_and_spellings_mean_what_the_digest_says() {
    check(MEANINGS);
}

/// Rows 32 and 33.
#[test]
fn a_message_that_is_no_json_object_matches_nothing() {
    let record = r#"{"eventSource":"iam.amazonaws.com","x":"a"}"#;
    let records = [
        record.to_owned(),
        format!("{record} trailing"),
        format!("{record}{record}"),
        format!("[{record}]"),
        "x = a".to_owned(),
        r#""a""#.to_owned(),
    ];
    let judgements = judge(&mut load(&[r#"{ $.x = "a" }"#, "{ $.y NOT EXISTS }"]).unwrap(), &records);
    let [object, others @ ..] = judgements.as_slice() else { panic!("no answer") };
    assert_eq!(*object, Judgement { outcome: Outcome::Flagged, matched: BTreeSet::from([0, 1]) });
    let outcomes: Vec<Outcome> = others.iter().map(|judgement| judgement.outcome).collect();
    use Outcome::{Malformed, NotCloudtrail};
    assert_eq!(outcomes, [Malformed, Malformed, NotCloudtrail, NotCloudtrail, NotCloudtrail]);
    assert!(others.iter().all(|judgement| judgement.matched.is_empty()));
}

/// Length counts in characters, not in bytes.
#[test]
fn a_pattern_has_at_most_1024_characters() {
    let longest = format!("{{ $.x = \"{}\" }}", "日".repeat(1024 - 12));
    assert_eq!(longest.chars().count(), 1024);
    assert!(refused(&[&longest]).is_empty());
    assert_eq!(refused(&[longest.replacen("日", "日日", 1)]), BTreeSet::from([0]));
}

/// S1.24
#[test]
fn a_value_deep_in_arrays_is_found_and_an_empty_object_is_no_value() {
    let record = r#"{"eventVersion":"1.08","eventSource":"ec2.amazonaws.com","eventName":"CreateInternetGateway",
        "requestParameters":{"tagSpecificationSet":{"items":[{"resourceType":"internet-gateway",
        "tags":[{"key":"Name","value":"test_igw"}]}]}},"responseElements":{"requestId":"5c0c0a3e",
        "internetGateway":{"internetGatewayId":"igw-0a1b2c3d","ownerId":"123456789012","attachmentSet":{},
        "tagSet":{"items":[{"key":"Name","value":"test_igw"}]},"association":{}}}}"#
        .replace('\n', "\r");
    let patterns = [
        r#"{ $.requestParameters.tagSpecificationSet.items[0].tags[0].value = "test_igw" }"#,
        r#"{ $.requestParameters.tagSpecificationSet.items[*].tags[0].value = "test_*" }"#,
        "{ $.responseElements.internetGateway.attachmentSet = * }",
        r#"{ $.responseElements.internetGateway.attachmentSet != "a" }"#,
        r#"{ $.responseElements.internetGateway.attachmentSet = "{}" }"#,
        "{ $.responseElements.internetGateway.attachmentSet IS NULL }",
        "{ $.responseElements.internetGateway.attachmentSet NOT EXISTS }",
        "{ $.responseElements.internetGateway.attachmentSet.items NOT EXISTS }",
    ];
    let judgements = judge(&mut load(&patterns).unwrap(), &[record]);
    assert_eq!(judgements[0].matched, BTreeSet::from([0, 1, 7]));
}

/// S1.18 and S0.28, in CloudWatch's language: each of the 42 fields and of those beyond, absent, null and present.
#[test]
fn every_field_of_a_record_is_reachable_absent_null_and_present() {
    for &(field, value) in FIELDS {
        let selector: String = field.split('.').map(|key| format!("['{key}']")).collect();
        let text = match serde_json::from_str(value).unwrap() {
            serde_json::Value::String(text) => text,
            _ => value.to_owned(),
        };
        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
        let patterns = [
            format!("{{ ${selector} NOT EXISTS }}"),
            format!("{{ ${selector} IS NULL }}"),
            format!("{{ ${selector} = * }}"),
            format!("{{ ${selector} = \"{text}\" }}"),
            format!("{{ ${selector} != \"another\" }}"),
            format!("{{ ${selector} IS {} }}", if value == "true" { "TRUE" } else { "FALSE" }),
        ];
        let mut detector = load(&patterns).unwrap();
        let mut matched = |record: String| judge(&mut detector, &[record])[0].matched.clone();
        let present = match value.as_bytes()[0] {
            b'"' | b'0' => BTreeSet::from([2, 3, 4]),
            b't' | b'f' => BTreeSet::from([2, 5]),
            _ => BTreeSet::new(),
        };
        assert_eq!(matched(record_with(field, value)), present, "{field} present");
        if field == "eventSource" {
            // Without it a record is not one of CloudTrail's and no rule is asked.
            continue;
        }
        assert_eq!(matched(record_with(field, "null")), BTreeSet::from([1]), "{field} null");
        assert_eq!(matched(record_with("another", value)), BTreeSet::from([0]), "{field} absent");
        if let Some((parent, _)) = field.rsplit_once('.') {
            for value in ["null", "{}", "\"\"", "[]"] {
                assert_eq!(matched(record_with(parent, value)), BTreeSet::from([0]), "{field} within {value}");
            }
        }
    }
}

/// Checks the naive evaluator and the core against what the digest says, both on their own.
fn check(cases: &[(&str, &str, Expected)]) {
    let mut wrong = Vec::new();
    for (pattern, members, expected) in cases {
        let comma = if members.is_empty() { "" } else { "," };
        let record = format!("{{\"eventSource\":\"iam.amazonaws.com\"{comma}{members}}}");
        let node = tree::read(record.as_bytes()).unwrap();
        let by_oracle = match naive::parse(pattern) {
            None => Refused,
            Some(parsed) if naive::matches(&parsed, &node) => Match,
            Some(_) => NoMatch,
        };
        let by_core = match load(&[pattern]) {
            Err(_) => Refused,
            Ok(mut detector) => match judge(&mut detector, &[&record])[0].matched.contains(&0) {
                true => Match,
                false => NoMatch,
            },
        };
        if (by_oracle, by_core) != (*expected, *expected) {
            wrong.push(format!("{pattern}  on  {record}: {expected:?}, oracle {by_oracle:?}, core {by_core:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// A population of patterns made from records, over published, invented and damaged records: the core refuses the very
/// patterns that the oracle refuses and finds the very matches that it finds.
#[test]
fn the_core_and_the_naive_evaluator_agree_on_every_pattern_and_record() {
    let records = population(2_000);
    let trees: Vec<Option<tree::Node<'_>>> = records.iter().map(|record| tree::read(record)).collect();
    let places = trees.iter().flatten().step_by(5).map(generate::pattern::places).filter(|places| !places.is_empty());
    let patterns = generate::sample(600, generate::pattern::pattern(places.collect()));

    let parsed = agree_on_refusals(&patterns);
    let (accepted, meanings): (Vec<&String>, Vec<&naive::Pattern>) =
        patterns.iter().zip(&parsed).filter_map(|(text, parsed)| Some((text, parsed.as_ref()?))).unzip();
    let judgements = judge(&mut load(&accepted).unwrap(), &records);
    let mut matches = 0;
    let mut fruitful = BTreeSet::new();
    for ((record, tree), judgement) in records.iter().zip(&trees).zip(judgements) {
        let expected = expect(record, tree.as_ref(), &meanings);
        matches += expected.matched.len();
        fruitful.extend(expected.matched.iter().copied());
        if judgement != expected {
            let only = |one: &Judgement, other: &Judgement| -> Vec<&String> {
                one.matched.difference(&other.matched).map(|&number| accepted[number]).collect()
            };
            panic!(
                "{}\n{:?}, {:?} by the oracle\nmatched by the core only: {:#?}\nby the oracle only: {:#?}",
                record.escape_ascii(),
                judgement.outcome,
                expected.outcome,
                only(&judgement, &expected),
                only(&expected, &judgement)
            );
        }
    }
    // Agreement on patterns that never match would say little.
    assert!(fruitful.len() * 3 > accepted.len(), "only {} of {} patterns match", fruitful.len(), accepted.len());
    assert!(matches > records.len(), "only {matches} matches on {} records", records.len());
}

/// Patterns with a mistake in them, or what may be one. Not those with a regular expression: nobody says what a stray
/// bracket in one means.
#[test]
fn a_damaged_pattern_is_refused_by_the_core_if_and_only_if_the_grammar_refuses_it() {
    let records = generate::sample(200, generate::record::record());
    let places = records.iter().map(|record| generate::pattern::places(&tree::read(record.as_bytes()).unwrap()));
    let mut patterns = generate::sample(5_000, generate::pattern::damaged(places.collect()));
    patterns.retain(|pattern| !pattern.contains('%'));
    let accepted = agree_on_refusals(&patterns).iter().flatten().count();
    let whole = patterns.len();
    assert!(accepted > whole / 10 && accepted < whole * 9 / 10, "{accepted} of {whole} accepted");
}

/// Reads the patterns as the oracle does, and checks that the core refuses the same ones.
fn agree_on_refusals(patterns: &[String]) -> Vec<Option<naive::Pattern>> {
    let parsed: Vec<_> = patterns.iter().map(|pattern| naive::parse(pattern)).collect();
    let by_core = refused(patterns);
    let by_oracle: BTreeSet<usize> = (0..parsed.len()).filter(|&number| parsed[number].is_none()).collect();
    let only =
        |one: &BTreeSet<usize>, other| -> Vec<&String> { one.difference(other).map(|&at| &patterns[at]).collect() };
    let (core_only, oracle_only) = (only(&by_core, &by_oracle), only(&by_oracle, &by_core));
    assert!(core_only.is_empty(), "refused by the core only: {core_only:#?}\nby the oracle only: {oracle_only:#?}");
    assert!(oracle_only.is_empty(), "refused by the oracle only: {oracle_only:#?}");
    parsed
}

/// The built-in pack's patterns, as its files hold them, over the same records: what the pack finds is what its patterns
/// say, index and all.
#[test]
fn the_security_hub_rules_find_what_their_patterns_say() {
    let patterns: Vec<String> = (1..=14).map(security_hub_pattern).collect();
    let parsed: Vec<naive::Pattern> = patterns.iter().map(|pattern| naive::parse(pattern).unwrap()).collect();
    let records = population(2_000);
    let judgements = judge(&mut load(&patterns).unwrap(), &records);
    let mut fruitful = BTreeSet::new();
    for (record, judgement) in records.iter().zip(judgements) {
        let expected = expect(record, tree::read(record).as_ref(), &parsed.iter().collect::<Vec<_>>());
        fruitful.extend(expected.matched.iter().copied());
        assert_eq!(judgement, expected, "{}", record.escape_ascii());
    }
    assert_eq!(fruitful, (0..14).collect(), "patterns that no record of the population matches prove nothing");
}

/// The pattern in the file of this control's rule. Either it stands in single quotes, which YAML doubles inside, or
/// alone on the line below.
fn security_hub_pattern(control: usize) -> String {
    let path = format!("{}/../core/rules/securityhub/cloudwatch-{control}.yml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    let (_, behind) = text.split_once("\nfilter_pattern:").unwrap();
    let mut lines = behind.lines().map(str::trim);
    match lines.next().unwrap() {
        "|-" => lines.next().unwrap().to_owned(),
        quoted => quoted.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap().replace("''", "'"),
    }
}

/// What must become of a record.
fn expect(record: &[u8], tree: Option<&tree::Node<'_>>, patterns: &[&naive::Pattern]) -> Judgement {
    expected(record, tree, |tree| {
        (0..patterns.len()).filter(|&number| naive::matches(patterns[number], tree)).collect()
    })
}
