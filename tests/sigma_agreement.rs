//! The core against the naive evaluator of Sigma: our own rules and generated ones, over published, invented, damaged
//! and our own records, natively and through the component.
#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use trailsieve::batch::{Judge, Outcome, Records};
use trailsieve::engine::{BUILT_IN, Component, Limits, Pack, SourceFile};
use trailsieve_tests::detecting::{Judgement, expected, judge, load_files};
use trailsieve_tests::naive_sigma::{Placeholders, Record, Rule};
use trailsieve_tests::population::population;
use trailsieve_tests::{data, generate, sigma_rules, tree};

/// All rules in one pack, so that they share an index, over every record.
#[test]
fn our_rules_find_what_the_naive_evaluator_finds() {
    let (texts, wanted) = ours();
    let records = records();
    let found = judge(&mut load_files(texts).unwrap(), records);
    compare(texts, records, &found, wanted);
}

/// A rule that never matches, or always does, tests little, so each has a record of either kind; but for those that say
/// that there is none. Without published records those of our own must do for most of them.
#[test]
fn each_of_our_rules_matches_some_records_and_not_others() {
    let (texts, wanted) = ours();
    let matches = |rule: usize| wanted.iter().filter(|judgement| judgement.matched.contains(&rule)).count();
    let idle: Vec<&String> = (0..texts.len()).filter(|&rule| matches(rule) == 0).map(|rule| &texts[rule]).collect();
    let idle: Vec<_> = idle.into_iter().filter(|text| !text.contains(" never ")).collect();
    match data::records() {
        Some(_) => assert!(idle.is_empty(), "match nothing: {idle:#?}"),
        None => assert!(idle.len() < 80, "{} match nothing", idle.len()),
    }
    assert!((0..texts.len()).all(|rule| matches(rule) < wanted.len()));
}

/// Neighbours in a pack change nothing: not their order, and not whether there are any.
#[test]
fn a_rule_finds_the_same_alone_and_in_any_order() {
    let (texts, wanted) = ours();
    let (records, wanted): (Vec<_>, Vec<_>) = records().iter().zip(wanted).step_by(11).unzip();
    let count = texts.len();
    for step in [count - 1, 59] {
        let order: Vec<usize> = (0..count).map(|number| number * step % count).collect();
        assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), count, "{step} and {count} share a divisor");
        let permuted: Vec<&String> = order.iter().map(|&number| &texts[number]).collect();
        let found = judge(&mut load_files(&permuted).unwrap(), &records);
        for (judgement, wanted) in found.iter().zip(&wanted) {
            assert_eq!(judgement.matched.iter().map(|&at| order[at]).collect::<BTreeSet<_>>(), wanted.matched);
        }
    }
    for (number, text) in texts.iter().enumerate() {
        let found = judge(&mut load_files(&[text]).unwrap(), &records);
        for ((record, judgement), wanted) in records.iter().zip(found).zip(&wanted) {
            let matched = judgement.matched.contains(&0);
            assert_eq!(matched, wanted.matched.contains(&number), "{text}\n{}", record.escape_ascii());
        }
    }
}

/// Rules made from what records hold.
#[test]
fn generated_rules_find_what_the_naive_evaluator_finds() {
    let records: Vec<Vec<u8>> = records().iter().step_by(3).cloned().collect();
    let texts = generated(&records, 700);
    let (texts, meanings) = agree_on_refusals(texts);
    let wanted = judgements(&records, &meanings);
    compare(&texts, &records, &judge(&mut load_files(&texts).unwrap(), &records), &wanted);
    // Agreement on rules that never match would say little.
    let fruitful: BTreeSet<usize> = wanted.iter().flat_map(|judgement| judgement.matched.iter().copied()).collect();
    assert!(fruitful.len() * 3 > texts.len(), "only {} of {} rules match", fruitful.len(), texts.len());
}

/// The component has no tables of Unicode for regular expressions, and other vectors. Its fuel is the usual one: it must
/// suffice for rules of which many look at whole records.
#[test]
fn the_component_finds_what_the_naive_evaluator_finds() {
    let (ours, wanted) = ours();
    let records: Vec<&Vec<u8>> = records().iter().step_by(5).collect();
    let wanted: Vec<&Judgement> = wanted.iter().step_by(5).collect();
    let file = |(number, text): (usize, &String)| SourceFile {
        path: format!("ours/{number}.yml"),
        content: text.clone().into_bytes(),
    };
    let files = ours.iter().enumerate().map(file).collect();
    let component = Component::compile(BUILT_IN, Limits::default(), None).unwrap();
    let loaded = component.load(Pack { files, settings: r#"{"default_rules":false}"#.to_owned() }).unwrap();
    let mut worker = loaded.workers(1).pop().unwrap();
    for (records, wanted) in records.chunks(100).zip(wanted.chunks(100)) {
        let mut batch = Records::new();
        records.iter().for_each(|record| batch.push(record));
        let judged = worker.judge(&batch);
        let flagged: Vec<usize> = (0..wanted.len()).filter(|&at| !wanted[at].matched.is_empty()).collect();
        let reasons: BTreeSet<&str> = judged.marks.iter().map(|mark| mark.reason).collect();
        assert_eq!(judged.counts.unjudged, 0, "{reasons:?}");
        let marks: Vec<_> = judged.marks.iter().filter(|mark| mark.outcome == Outcome::Flagged).collect();
        assert_eq!(marks.iter().map(|mark| mark.record as usize).collect::<Vec<_>>(), flagged);
        for mark in marks {
            let rules = serde_json::from_str::<serde_json::Value>(&mark.annotation).unwrap_or_default();
            let number = |name: &serde_json::Value| name.as_str()?.strip_prefix("ours/")?.parse::<usize>().ok();
            let found: BTreeSet<usize> = rules["rules"].as_array().into_iter().flatten().filter_map(number).collect();
            assert_eq!(found, wanted[mark.record as usize].matched);
        }
    }
}

/// The texts of our rules, and what must become of every record.
fn ours() -> &'static (Vec<String>, Vec<Judgement>) {
    static OURS: OnceLock<(Vec<String>, Vec<Judgement>)> = OnceLock::new();
    OURS.get_or_init(|| {
        let (texts, meanings): (Vec<_>, Vec<_>) =
            sigma_rules::rules().into_iter().map(|rule| (rule.text, rule.meaning)).unzip();
        let wanted = judgements(records(), &meanings);
        (texts, wanted)
    })
}

fn records() -> &'static [Vec<u8>] {
    static RECORDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    RECORDS.get_or_init(|| sigma_rules::records().into_iter().map(<[u8]>::to_vec).chain(population(800)).collect())
}

fn judgements(records: &[Vec<u8>], meanings: &[Rule]) -> Vec<Judgement> {
    let judgement = |record: &Vec<u8>| {
        let tree = tree::read(record);
        expected(record, tree.as_ref(), |tree| {
            let record = Record::new(tree);
            (0..meanings.len()).filter(|&number| meanings[number].matches(&record)).collect()
        })
    };
    records.iter().map(judgement).collect()
}

fn generated(records: &[Vec<u8>], count: usize) -> Vec<String> {
    let places = records.iter().step_by(5).filter_map(|record| Some(generate::sigma::places(&tree::read(record)?)));
    generate::sample(count, generate::sigma::rule(places.filter(|places| !places.is_empty()).collect()))
}

/// Those that both load, and what they mean; that one refuses what the other takes is a failure.
fn agree_on_refusals(texts: Vec<String>) -> (Vec<String>, Vec<Rule>) {
    let mut accepted = (Vec::new(), Vec::new());
    let whole = texts.len();
    for text in texts {
        match (Rule::read(&text, &Placeholders::new()), load_files(&[&text])) {
            (Ok(meaning), Ok(_)) => {
                accepted.0.push(text);
                accepted.1.push(meaning);
            }
            (Err(_), Err(_)) => {}
            (Err(why), Ok(_)) => panic!("refused by the oracle only: {why}\n{text}"),
            (Ok(_), Err(mistakes)) => panic!("refused by the core only: {mistakes:#?}\n{text}"),
        }
    }
    assert!(accepted.0.len() * 10 > whole * 7, "only {} of {whole} load", accepted.0.len());
    accepted
}

/// Every difference at once; the first few in full.
fn compare(texts: &[String], records: &[Vec<u8>], found: &[Judgement], wanted: &[Judgement]) {
    let mut by_rule: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for ((record, found), wanted) in records.iter().zip(found).zip(wanted) {
        for &rule in found.matched.symmetric_difference(&wanted.matched) {
            let by = if found.matched.contains(&rule) { "core" } else { "oracle" };
            by_rule.entry(rule).or_default().push(format!("matched by the {by} only: {}", record.escape_ascii()));
        }
        let same = found.matched != wanted.matched || found.outcome == wanted.outcome;
        assert!(same, "{:?}, {:?} by the oracle: {}", found.outcome, wanted.outcome, record.escape_ascii());
    }
    let shown = by_rule.iter().map(|(&rule, records)| {
        let least = records.iter().min_by_key(|record| record.len()).unwrap();
        format!("{}{} records, such as one {least}\n", texts[rule], records.len())
    });
    let shown: Vec<String> = shown.take(12).collect();
    assert!(by_rule.is_empty(), "{} of {} rules:\n{}", by_rule.len(), texts.len(), shown.join("\n"));
}
