//! A pack of a few rules with overrides, judged natively and through the component that ships with the runner.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a pack that does not load ends the test")]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use trailsieve::batch::{Judge, Records, Suppression};
use trailsieve::engine::{BUILT_IN, Component, Limits, Pack, SourceFile};
use trailsieve_core::Detector;

/// A rule in the language of filter patterns.
pub const CREATE: &str = "title: User created\nlevel: low\nfilter_pattern: '{ $.eventName = \"CreateUser\" }'\n";
/// The same in Sigma.
pub const CREATE_IN_SIGMA: &str = "title: User created\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  \
                               selection: {eventName: CreateUser}\n  condition: selection\n";
/// One that is off.
pub const DELETE: &str =
    "title: User deleted\nlevel: high\nenabled: false\nfilter_pattern: '{ $.eventName = \"DeleteUser\" }'\n";

/// An account.
pub const ONE: &str = "111122223333";
/// An account whose id begins with a zero.
pub const OTHER: &str = "012345678901";

/// What came of some records.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Of each record its findings: rule and level.
    pub findings: Vec<BTreeMap<String, String>>,
    /// How often each rule was suppressed, and by whom.
    pub suppressed: BTreeMap<(String, String), u32>,
}

impl Seen {
    /// How many findings this source suppressed.
    pub fn suppressed_by(&self, source: &str) -> u32 {
        self.suppressed.iter().filter(|((_, by), _)| by == source).map(|(_, count)| count).sum()
    }

    /// The levels of one rule's findings, one for each record.
    pub fn levels(&self, rule: &str) -> Vec<&str> {
        self.findings.iter().map(|findings| findings.get(rule).map_or("-", String::as_str)).collect()
    }
}

/// A pack with these overrides, on both sides of the boundary.
pub struct Tuned<'f> {
    files: Vec<(&'f str, &'f str)>,
    settings: Value,
}

impl<'f> Tuned<'f> {
    /// These rules alone, with this overrides file.
    pub fn new(rules: &[(&'f str, &'f str)], overrides: &'f str) -> Self {
        let files = rules.iter().copied().chain([("o.yml", overrides)]).collect();
        Self { files, settings: json!({"default_rules": false, "overrides": ["o.yml"]}) }
    }

    /// With this setting.
    #[must_use]
    pub fn with(mut self, setting: &str, value: Value) -> Self {
        self.settings[setting] = value;
        self
    }

    /// The native detector, whose rules pass their tests, and its manifest.
    pub fn native(&self) -> (Detector, Value) {
        let source =
            |&(path, text): &(&'f str, &'f str)| trailsieve_core::SourceFile { path, content: text.as_bytes() };
        let files: Vec<_> = self.files.iter().map(source).collect();
        let (mut detector, manifest) = Detector::load(&files, &self.settings.to_string()).unwrap();
        assert_eq!(detector.self_test(), []);
        (detector, serde_json::from_str(&manifest).unwrap())
    }

    /// What comes of these records.
    pub fn judge(&self, records: &[Value]) -> Seen {
        let batch = records.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        let verdicts = self.native().0.detect(batch.as_bytes()).unwrap();
        assert_eq!(verdicts.counts.clean + verdicts.counts.flagged, records.len() as u32, "{records:?}");
        let annotations = verdicts.verdicts.iter().map(|verdict| (verdict.record, verdict.annotation.as_str()));
        let suppressed = verdicts.suppressed.iter().map(|told| (told.rule.as_str(), told.source.as_str(), told.count));
        seen(records.len(), annotations, suppressed)
    }

    /// The same records through the component.
    pub fn judge_inside(&self, records: &[Value]) -> Seen {
        let file = |&(path, text): &(&str, &str)| SourceFile { path: path.to_owned(), content: text.into() };
        let pack = Pack { files: self.files.iter().map(file).collect(), settings: self.settings.to_string() };
        let mut worker = component().load(pack).unwrap().workers(1).pop().unwrap();
        let mut batch = Records::new();
        records.iter().for_each(|record| batch.push(record.to_string().as_bytes()));
        let judged = worker.judge(&batch);
        let annotations = judged.marks.iter().map(|mark| (mark.record, mark.annotation.as_str()));
        let told = |Suppression { rule, source, count }: &Suppression| (rule.clone(), source.clone(), *count);
        let suppressed: Vec<_> = judged.suppressed.iter().map(told).collect();
        let suppressed = suppressed.iter().map(|(rule, source, count)| (rule.as_str(), source.as_str(), *count));
        seen(records.len(), annotations, suppressed)
    }
}

fn component() -> &'static Component {
    static COMPONENT: OnceLock<Component> = OnceLock::new();
    COMPONENT.get_or_init(|| Component::compile(BUILT_IN, Limits::default(), None).unwrap())
}

fn seen<'a>(
    records: usize,
    annotations: impl Iterator<Item = (u32, &'a str)>,
    suppressed: impl Iterator<Item = (&'a str, &'a str, u32)>,
) -> Seen {
    let mut seen = Seen { findings: vec![BTreeMap::new(); records], ..Seen::default() };
    for (record, annotation) in annotations {
        let annotation: Value = serde_json::from_str(annotation).unwrap();
        for finding in annotation["findings"].as_array().into_iter().flatten() {
            let text = |member: &str| finding[member].as_str().unwrap().to_owned();
            seen.findings[record as usize].insert(text("rule"), text("level"));
        }
    }
    for (rule, source, count) in suppressed {
        assert!(seen.suppressed.insert((rule.to_owned(), source.to_owned()), count).is_none(), "{rule} {source}");
    }
    seen
}

/// A call of CloudTrail's; what is null is not there.
pub fn call(event: &str, account: Value, by: &str, time: Value) -> Value {
    let mut record = json!({"eventVersion": "1.11", "eventSource": "iam.amazonaws.com", "eventName": event});
    record["userIdentity"] = json!({"type": "AssumedRole", "arn": format!("arn:aws:sts::{ONE}:assumed-role/{by}")});
    for (member, value) in [("recipientAccountId", account), ("eventTime", time)] {
        if !value.is_null() {
            record[member] = value;
        }
    }
    record
}
