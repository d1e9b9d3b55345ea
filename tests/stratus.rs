//! The techniques of Stratus Red Team: `stratus.tsv` says of each by which rules its records are found, or why by none, and
//! where rules find only what goes with it.
//! The records are published and not part of this project, so that the table can be checked only where they are.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use trailsieve_core::Detector;
use trailsieve_tests::annotated::{self, Rules};
use trailsieve_tests::{data, table};

/// A rule that is off unless asked for finds nothing here.
#[test]
fn each_technique_is_found_by_the_rules_that_the_table_names() {
    let (Some(techniques), Some(records)) = (techniques(), data::records()) else { return };
    let mut found: BTreeMap<String, BTreeSet<String>> =
        techniques.into_iter().map(|it| (it, BTreeSet::new())).collect();
    let of_stratus: Vec<_> = records.iter().filter(|record| record.set() == "stratus").collect();
    let recorded = recorded();
    assert_eq!(of_stratus.len(), recorded.len(), "stratus.lines.tsv has a line for each record");
    for (record, technique) in of_stratus.iter().zip(&recorded) {
        let rules = found.get_mut(technique).unwrap_or_else(|| panic!("{technique} is not in the catalogue"));
        rules.extend(annotated::found(&record.bytes, Rules::On).into_keys());
    }
    let given = found.into_iter().map(|(technique, rules)| {
        let rules = Vec::from_iter(rules).join(", ");
        (technique, vec![if rules.is_empty() { "-".to_owned() } else { rules }])
    });
    let names = names();
    for row in table::hold("stratus.tsv", &given.collect()) {
        assert!(row.given != ["-"] || row.said.len() > 20, "{}: why does nothing find it?", row.key);
        for name in row.said.split([' ', ',', ';']).filter(|word| word.contains('/')) {
            assert!(names.contains(name), "{}: there is no rule {name}", row.key);
        }
        let without_records = row.said.starts_with("not in the records");
        assert_eq!(without_records, !recorded.contains(&row.key), "{}: are there records?", row.key);
    }
}

/// The names of all built-in rules.
fn names() -> BTreeSet<String> {
    let (_, manifest) = Detector::load(&[], "{}").unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let rules = manifest.get("rules").and_then(Value::as_array).unwrap();
    rules.iter().map(|rule| rule.get("name").and_then(Value::as_str).unwrap().to_owned()).collect()
}

/// The names of all techniques; `None` where the catalogue is absent.
fn techniques() -> Option<BTreeSet<String>> {
    let path = data::folder().join("catalogue/stratus_techniques.ndjson");
    if !path.is_file() {
        eprintln!("SKIPPED: there is no {}", path.display());
        return None;
    }
    let text = fs::read_to_string(path).unwrap();
    let techniques = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    Some(techniques.map(|it| it.get("technique").and_then(Value::as_str).unwrap().to_owned()).collect())
}

/// The technique of each record, which is the name of the file that it was published in.
fn recorded() -> Vec<String> {
    let text = fs::read_to_string(data::folder().join("records/stratus.lines.tsv")).unwrap();
    let paths = text.lines().skip(1).map(|line| line.split('\t').nth(1).unwrap());
    paths.map(|path| Path::new(path).file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}
