//! How much the built-in rules find in records in which nobody attacks: with the defaults at most five findings of medium
//! or above in an account on a day. `noise.tsv` has each rule's findings per 1,000 records of each published set.
#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use serde_json::Value;
use std::collections::BTreeMap;
use trailsieve_core::rule::Level;
use trailsieve_tests::annotated::{self, Rules};
use trailsieve_tests::{data, table};

/// Findings of medium or above that one account may give on one day.
const A_DAY: usize = 5;

/// What the simulation in `invictus` puts into everything it makes and into the user agent of what it calls, with a hyphen
/// in names and an underscore in the agent.
const SIMULATION: [&str; 2] = ["stratus-red-team-", "stratus-red-team_"];

/// The sets in which nobody attacks. `grycap` is an account of 2017 at work.
const QUIET: [&str; 2] = ["grycap", "invictus-quiet"];

#[test]
fn a_quiet_day_has_few_findings_that_ask_for_attention() {
    let Some(records) = data::records() else { return };
    let mut days: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for record in records.iter().filter(|record| QUIET.contains(&set(record).as_str())) {
        let findings = annotated::found(&record.bytes, Rules::On).into_iter();
        let grave = findings.filter(|(_, level)| *level >= Level::Medium);
        let day = days.entry(account_and_day(&record.bytes)).or_default();
        day.extend(grave.map(|(rule, _)| format!("{rule} at {}", record.place)));
    }
    assert!(days.len() >= QUIET.len(), "no records");
    for (day, findings) in days {
        assert!(findings.len() <= A_DAY, "{day:?}: {} findings: {findings:#?}", findings.len());
    }
}

/// Rules that are off are in the table too: it is why most of them are.
#[test]
fn each_rule_finds_as_much_as_the_table_says() {
    let Some(records) = data::records() else { return };
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for record in records {
        let set = set(record);
        *sizes.entry(set.clone()).or_default() += 1;
        for rule in annotated::found(&record.bytes, Rules::All).into_keys() {
            *counts.entry(rule).or_default().entry(set.clone()).or_default() += 1;
        }
    }
    let per_thousand = |count: usize, size: usize| format!("{:.1}", count as f64 * 1000.0 / size as f64);
    let given = counts.into_iter().map(|(rule, counts)| {
        let columns = sizes.iter().map(|(set, size)| match counts.get(set) {
            Some(count) => per_thousand(*count, *size),
            None => "-".to_owned(),
        });
        (rule, columns.collect())
    });
    let mut given: BTreeMap<String, Vec<String>> = given.collect();
    // The first key in the order of keys, as no rule has a capital.
    given.insert("RULE".to_owned(), sizes.iter().map(|(set, size)| format!("{set} ({size})")).collect());
    table::hold("noise.tsv", &given);
}

/// The set that a record is counted in. What `invictus` recorded is an exercise of an hour: one user ran attacks of the
/// simulation, which marks all it does, beside everyday work of Terraform, the consoles and AWS itself. What has no mark is
/// `invictus-quiet`; what has one is `invictus-attack`, the building and clearing of its stage included.
fn set(record: &data::Published) -> String {
    let text = String::from_utf8_lossy(&record.bytes);
    match record.set() {
        "invictus" if SIMULATION.iter().any(|mark| text.contains(mark)) => "invictus-attack".to_owned(),
        "invictus" => "invictus-quiet".to_owned(),
        other => other.to_owned(),
    }
}

/// Whose account the record is about, and on which day it was.
fn account_and_day(record: &[u8]) -> (String, String) {
    let record: Value = serde_json::from_slice(record).unwrap();
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    let account = text("/recipientAccountId").or_else(|| text("/userIdentity/accountId")).unwrap_or_default();
    let day = text("/eventTime").and_then(|time| time.get(..10)).unwrap_or_default();
    (account.to_owned(), day.to_owned())
}
