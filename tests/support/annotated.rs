//! What a record gains from the built-in rules, and what most tests ask of it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use trailsieve_core::Detector;
use trailsieve_core::rule::Level;

/// Kind, MFA and result: what most questions are about.
pub fn facts(signin: &Value) -> [&str; 3] {
    let text = |pointer: &str| signin.pointer(pointer).and_then(Value::as_str).unwrap_or("(missing)");
    [text("/kind"), text("/how/mfa"), text("/result/outcome")]
}

/// The `signin` member of the record's annotation; null where there is none.
pub fn signin(record: &Value) -> Value {
    annotation(record)["signin"].take()
}

/// The names of the Security Hub controls that match.
pub fn controls(record: &Value) -> Vec<String> {
    let annotation = annotation(record);
    let names = annotation["rules"].as_array().into_iter().flatten().filter_map(Value::as_str);
    names.filter(|name| name.starts_with("securityhub/")).map(str::to_owned).collect()
}

/// The findings of the built-in rules in this folder, each by its rule's name without the folder.
pub fn findings(record: &Value, folder: &str) -> BTreeMap<String, Value> {
    let mut annotation = annotation(record);
    let findings: Vec<Value> = serde_json::from_value(annotation["findings"].take()).unwrap_or_default();
    let named = findings.into_iter().filter_map(|finding| {
        let name = finding["rule"].as_str()?.strip_prefix(folder)?.strip_prefix('/')?.to_owned();
        Some((name, finding))
    });
    named.collect()
}

/// What the record gains from the built-in rules; null when it gains nothing.
pub fn annotation(record: &Value) -> Value {
    annotate(record.to_string().as_bytes(), Rules::On)
}

/// Which of the built-in rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// Those that are on unless somebody says otherwise.
    On,
    /// All.
    All,
}

/// The built-in rules that match a record, each with the level of its finding.
pub fn found(record: &[u8], which: Rules) -> BTreeMap<String, Level> {
    let annotation = annotate(record, which);
    let findings = annotation["findings"].as_array().into_iter().flatten();
    let text = |finding: &Value, member: &str| finding[member].as_str().unwrap().to_owned();
    findings.map(|it| (text(it, "rule"), Level::named(&text(it, "level")).unwrap())).collect()
}

/// What a record gains; null when it gains nothing.
pub fn annotate(record: &[u8], which: Rules) -> Value {
    fn loaded(settings: &str) -> RefCell<Detector> {
        RefCell::new(Detector::load(&[], settings).unwrap().0)
    }
    thread_local! {
        static ON: RefCell<Detector> = loaded("{}");
        static ALL: RefCell<Detector> = loaded(r#"{"select":[{"glob":"*","enabled":true}]}"#);
    }
    let detector = match which {
        Rules::On => &ON,
        Rules::All => &ALL,
    };
    let verdicts = detector.with_borrow_mut(|detector| detector.detect(record).unwrap());
    let mut annotations = verdicts.verdicts.iter().map(|verdict| serde_json::from_str(&verdict.annotation).unwrap());
    annotations.next().unwrap_or_default()
}
