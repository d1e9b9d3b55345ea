//! The same Sigma rules and records judged by another engine, `rsigma-eval`: equal, but for the differences that a table
//! names. And the rules that SigmaHQ publishes for CloudTrail, where they are at hand.
#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};
use trailsieve_core::Diagnostic;
use trailsieve_tests::detecting::{judge, load_files};
use trailsieve_tests::naive_sigma::{Placeholders, Record, Rule};
use trailsieve_tests::peer::{Difference, Peer};
use trailsieve_tests::{data, sigma_rules, tree};

/// A table of differences: titles of rules, what differs, and why ours is right. Tab-separated, ordered by title.
const OF_OUR_RULES: &str = include_str!("sigma/differences.tsv");

/// The same for SigmaHQ's rules.
const OF_SIGMAHQ: &str = include_str!("sigma/sigmahq_differences.tsv");

#[test]
fn the_other_engine_differs_on_our_own_records_as_the_table_says() {
    let records: Vec<Vec<u8>> = sigma_rules::records().into_iter().map(<[u8]>::to_vec).collect();
    hold(OF_OUR_RULES, 2, &differences(&ours(), &records));
}

#[test]
fn the_other_engine_differs_on_published_records_as_the_table_says() {
    let Some(published) = data::records() else { return };
    let records: Vec<Vec<u8>> = published.iter().map(|record| record.bytes.clone()).collect();
    hold(OF_OUR_RULES, 1, &differences(&ours(), &records));
}

#[test]
fn every_difference_has_its_reason() {
    for line in [OF_OUR_RULES, OF_SIGMAHQ].into_iter().flat_map(lines) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [_, _, _, section, reason] = columns[..] else { panic!("not five columns: {line}") };
        assert!(section.starts_with(|it: char| it.is_ascii_digit()) && reason.len() > 20, "{line}");
    }
}

/// All 57 load as they are, and mean what the naive evaluator says.
#[test]
fn rules_of_sigmahq_mean_what_the_naive_evaluator_says() {
    let Some(rules) = sigmahq("rules/cloud/aws/cloudtrail") else { return };
    assert_eq!(rules.len(), 57);
    let texts: Vec<&String> = rules.iter().map(|(_, text)| text).collect();
    let mut detector = load_files(&texts).unwrap();
    let read = |text: &&String| Rule::read(text, &Placeholders::new()).map_err(|why| format!("{why}\n{text}"));
    let meanings: Vec<Rule> = texts.iter().map(|text| read(text).unwrap()).collect();
    let records = published_and_ours();
    for (record, judgement) in records.iter().zip(judge(&mut detector, &records)) {
        let node = tree::read(record).unwrap();
        let seen = Record::new(&node);
        let wanted: BTreeSet<usize> = (0..meanings.len()).filter(|&number| meanings[number].matches(&seen)).collect();
        let titles =
            |numbers: &BTreeSet<usize>| numbers.iter().map(|&it| meanings[it].title.clone()).collect::<Vec<_>>();
        assert_eq!(titles(&judgement.matched), titles(&wanted), "{}", record.escape_ascii());
    }
}

#[test]
fn the_other_engine_differs_on_rules_of_sigmahq_as_the_table_says() {
    let (Some(rules), Some(published)) = (sigmahq("rules/cloud/aws/cloudtrail"), data::records()) else { return };
    let rules: Vec<(String, String)> =
        rules.into_iter().map(|(_, text)| (Rule::read(&text, &Placeholders::new()).unwrap().title, text)).collect();
    let records: Vec<Vec<u8>> = published.iter().map(|record| record.bytes.clone()).collect();
    hold(OF_SIGMAHQ, 1, &differences(&rules, &records));
}

/// Nine more are about CloudTrail: one needs values for its placeholders, eight are marked as unsupported, of which seven
/// count in their condition, six of those and the eighth within a time frame.
#[test]
fn the_rules_of_sigmahq_that_are_no_rules_are_refused_with_every_reason() {
    let (Some(unsupported), Some(placeholders)) = (sigmahq("unsupported/cloud"), sigmahq("rules-placeholder/cloud"))
    else {
        return;
    };
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let about_cloudtrail = |(_, text): &&(PathBuf, String)| text.contains("service: cloudtrail");
    for (path, text) in unsupported.iter().chain(&placeholders).filter(about_cloudtrail) {
        let mistakes = load_files(&[text]).err().unwrap_or_else(|| panic!("{} loads", path.display()));
        let says_all = |it: &Diagnostic| it.line > 0 && it.column > 0 && !it.message.is_empty() && !it.help.is_empty();
        assert!(mistakes.iter().all(says_all), "{mistakes:#?}");
        for code in mistakes.iter().map(|mistake| mistake.code.name()).collect::<BTreeSet<_>>() {
            *reasons.entry(code).or_default() += 1;
        }
    }
    let expected = [("rule-value", 8), ("sigma-aggregation", 7), ("sigma-placeholder", 1), ("sigma-timeframe", 7)];
    assert_eq!(reasons, BTreeMap::from(expected));
}

/// Titles and texts of our own rules.
fn ours() -> Vec<(String, String)> {
    sigma_rules::rules().into_iter().map(|rule| (rule.title, rule.text)).collect()
}

fn published_and_ours() -> Vec<Vec<u8>> {
    let published = data::records().unwrap_or_default().iter().map(|record| record.bytes.clone());
    published.chain(sigma_rules::records().into_iter().map(<[u8]>::to_vec)).collect()
}

/// Where the two engines give other verdicts, by the title of the rule.
fn differences(rules: &[(String, String)], records: &[Vec<u8>]) -> BTreeMap<String, Difference> {
    let peer = Peer::load(rules.iter().map(|(title, text)| (title.as_str(), text.as_str())));
    let difference = |title: &String| Difference { refused: peer.refused.contains(title), ..Difference::default() };
    let mut differences: BTreeMap<String, Difference> =
        rules.iter().map(|(title, _)| (title.clone(), difference(title))).collect();
    assert_eq!(differences.len(), rules.len(), "two rules have one title");
    let texts: Vec<&String> = rules.iter().map(|(_, text)| text).collect();
    let judgements = judge(&mut load_files(&texts).unwrap(), records);
    for (record, judgement) in records.iter().zip(judgements) {
        let theirs = peer.matches(record);
        let ours: BTreeSet<String> = judgement.matched.iter().map(|&number| rules[number].0.clone()).collect();
        for title in ours.symmetric_difference(&theirs) {
            let difference = differences.get_mut(title).unwrap();
            if ours.contains(title) { difference.ours += 1 } else { difference.theirs += 1 }
        }
    }
    differences.retain(|_, difference| difference.refused || *difference != Difference::default());
    differences
}

/// The table says of each rule how the engines differ; `-` where they do not. What differs and does not stand there is a
/// failure, and so is what stands there and does not differ.
fn hold(table: &str, column: usize, differences: &BTreeMap<String, Difference>) {
    let row = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        (columns[0].to_owned(), columns[column].to_owned())
    };
    let written: BTreeSet<(String, String)> = lines(table).map(row).filter(|(_, it)| it != "-").collect();
    let found: BTreeSet<(String, String)> =
        differences.iter().map(|(title, it)| (title.clone(), it.to_string())).collect();
    let missing: Vec<_> = found.difference(&written).collect();
    let gone: Vec<_> = written.difference(&found).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not in the table: {missing:#?}\nonly in the table: {gone:#?}");
}

fn lines(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

/// Files of SigmaHQ's repository below a folder, in the order of their paths. They are not part of this project:
/// `TRAILSIEVE_SIGMAHQ` names a folder that has them.
fn sigmahq(folder: &str) -> Option<Vec<(PathBuf, String)>> {
    let Some(root) = env::var_os("TRAILSIEVE_SIGMAHQ").map(PathBuf::from) else {
        eprintln!("SKIPPED: TRAILSIEVE_SIGMAHQ names no folder with SigmaHQ's {folder}");
        return None;
    };
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    files.sort();
    let relative = |path: PathBuf| path.strip_prefix(&root).unwrap().to_owned();
    Some(files.into_iter().map(|path| (relative(path.clone()), fs::read_to_string(path).unwrap())).collect())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(&path, files),
            false if path.extension().is_some_and(|extension| extension == "yml") => files.push(path),
            false => {}
        }
    }
}
