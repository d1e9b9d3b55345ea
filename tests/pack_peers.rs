//! Every built-in Sigma rule judged twice, those that are off included: through the component that ships, and by another
//! engine, `rsigma-eval`. `pack_differences.tsv` says where the two differ, and why.
//!
//! The records are the published ones, where they are, and those of the rules' own tests.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use trailsieve_core::rule::Tests;
use trailsieve_core::{Detector, SourceFile};
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::peer::{Difference, Peer};
use trailsieve_tests::through::Through;
use trailsieve_tests::{data, table};

/// All rules, whether they are on or off, and none that came with the component.
const ALL: &str = r#"{"default_rules":false,"select":[{"glob":"*","enabled":true}]}"#;

/// One built-in rule of Sigma.
struct Rule {
    name: String,
    title: String,
    text: String,
    /// The records of its tests.
    records: Vec<Vec<u8>>,
}

#[test]
fn another_engine_differs_over_the_built_in_rules_as_the_table_says() {
    let Some(published) = data::records() else { return };
    let rules = rules();
    let published: Vec<Vec<u8>> = published.iter().map(|record| record.bytes.clone()).collect();
    let own: Vec<Vec<u8>> = rules.iter().flat_map(|rule| rule.records.clone()).collect();
    let (published, own) = (differences(&rules, &published), differences(&rules, &own));
    let given = published.into_iter().map(|(name, published)| {
        let own = own.get(&name).cloned().unwrap_or_default();
        (name, vec![shown(&published), shown(&own)])
    });
    let given = given.filter(|(_, columns)| columns.iter().any(|column| column != "-"));
    for row in table::hold("pack_differences.tsv", &given.collect()) {
        assert!(row.said.len() > 20, "{}: why do they differ?", row.key);
    }
}

fn shown(difference: &Difference) -> String {
    if *difference == Difference::default() { "-".to_owned() } else { difference.to_string() }
}

/// For each rule where the two give other verdicts.
fn differences(rules: &[Rule], records: &[Vec<u8>]) -> BTreeMap<String, Difference> {
    let peer = Peer::load(rules.iter().map(|rule| (rule.title.as_str(), rule.text.as_str())));
    let files: Vec<(String, &str)> =
        rules.iter().map(|rule| (format!("{}.yml", rule.name), rule.text.as_str())).collect();
    let mut through = Through::load(files.iter().map(|(path, text)| (path.as_str(), *text)), ALL);
    let mut differences: BTreeMap<String, Difference> = BTreeMap::new();
    for (record, ours) in records.iter().zip(through.rules(records)) {
        let theirs = peer.matches(record);
        for rule in rules {
            let difference = differences.entry(rule.name.clone()).or_default();
            difference.refused = peer.refused.contains(&rule.title);
            match (ours.contains(&rule.name), theirs.contains(&rule.title)) {
                (true, false) => difference.ours += 1,
                (false, true) => difference.theirs += 1,
                _ => {}
            }
        }
    }
    differences
}

/// All built-in rules that are written in Sigma; no two have one title.
fn rules() -> Vec<Rule> {
    let folder = workspace().join("core/rules").canonicalize().unwrap();
    let mut rules = Vec::new();
    collect(&folder, &folder, &mut rules);
    let titles: BTreeMap<&str, &str> = rules.iter().map(|rule| (rule.title.as_str(), rule.name.as_str())).collect();
    assert_eq!(titles.len(), rules.len(), "two rules have one title");
    assert!(rules.len() > 200, "only {} rules", rules.len());
    rules
}

fn collect(folder: &Path, root: &Path, rules: &mut Vec<Rule>) {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, root, rules);
        } else if path.extension().is_some_and(|end| end == "yml") {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(root).unwrap().with_extension("").to_str().unwrap().replace('\\', "/");
            if text.contains("\ndetection:\n") {
                rules.push(rule(name, text));
            }
        }
    }
}

fn rule(name: String, text: String) -> Rule {
    let path = format!("{name}.yml");
    let file = SourceFile { path: &path, content: text.as_bytes() };
    let (detector, _) = Detector::load(&[file], ALL).unwrap_or_else(|mistakes| panic!("{name}: {mistakes:?}"));
    let rule = detector.rules().first().unwrap();
    let Tests::Given(tests) = &rule.tests else { panic!("{name}: its tests are packed") };
    let records = tests.iter().map(|test| test.record.replace('\n', "\r").into_bytes()).collect();
    Rule { name, title: rule.title.clone(), text, records }
}
