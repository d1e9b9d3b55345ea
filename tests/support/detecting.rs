//! Filter patterns and records through the native detector: each pattern becomes a rule file of its own, and what
//! comes back is which patterns matched which record.
#![expect(clippy::expect_used, reason = "a detector that answers nonsense ends the test")]

use crate::tree::{Kind, Node};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use trailsieve_core::{Counts, Detector, Diagnostic, Outcome, SourceFile, Suppression, Verdict, Verdicts};

/// What became of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The outcome by which it was counted.
    pub outcome: Outcome,
    /// The numbers of the patterns that matched.
    pub matched: BTreeSet<usize>,
}

/// A detector with exactly these patterns, or what is wrong with them.
pub fn load<S: AsRef<str>>(patterns: &[S]) -> Result<Detector, Vec<Diagnostic>> {
    let files: Vec<String> = patterns.iter().map(|pattern| rule_file(pattern.as_ref())).collect();
    load_files(&files)
}

/// A detector with exactly these rule files, each numbered as if it were a pattern, or what is wrong with them.
pub fn load_files<S: AsRef<str>>(files: &[S]) -> Result<Detector, Vec<Diagnostic>> {
    let paths: Vec<String> = (0..files.len()).map(path).collect();
    let sources: Vec<SourceFile<'_>> =
        paths.iter().zip(files).map(|(path, text)| SourceFile { path, content: text.as_ref().as_bytes() }).collect();
    Detector::load(&sources, r#"{"default_rules":false}"#).map(|(detector, _)| detector)
}

/// The numbers of the patterns that a detector refuses, all given at once.
pub fn refused<S: AsRef<str>>(patterns: &[S]) -> BTreeSet<usize> {
    let Err(diagnostics) = load(patterns) else { return BTreeSet::new() };
    let number = |found: &Diagnostic| (0..patterns.len()).find(|&number| path(number) == found.path);
    diagnostics.iter().map(|found| number(found).expect("a diagnostic without a file")).collect()
}

/// Judges records in batches of a few hundred, and each of them alone as well: neighbours must change nothing, every
/// batch must balance, verdicts must ascend.
pub fn judge<B: AsRef<[u8]>>(detector: &mut Detector, records: &[B]) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    for records in records.chunks(300) {
        let batch = records.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(&b'\n');
        let together = detector.detect(&batch).expect("a batch that could not be judged");
        let mut alone = Verdicts::default();
        let mut suppressed = BTreeMap::new();
        for (number, record) in (0_u32..).zip(records) {
            let of_one = detector.detect(record.as_ref()).expect("a record that could not be judged");
            let outcome = only_outcome(&of_one.counts);
            let verdict = of_one.verdicts.into_iter().next();
            let matched = verdict.as_ref().map(|verdict| matched(&verdict.annotation)).unwrap_or_default();
            judgements.push(Judgement { outcome, matched });
            alone.counts = sum(&alone.counts, &of_one.counts);
            alone.verdicts.extend(verdict.map(|verdict| Verdict { record: number, ..verdict }));
            for one in of_one.suppressed {
                *suppressed.entry((one.rule, one.source)).or_default() += one.count;
            }
        }
        let summed = suppressed.into_iter().map(|((rule, source), count)| Suppression { rule, source, count });
        alone.suppressed = summed.collect();
        assert_eq!(together, alone, "judged in one batch, and one by one");
    }
    judgements
}

/// What must become of a record, by the definition of the outcomes and what the rules say of its tree.
pub fn expected(
    record: &[u8],
    tree: Option<&Node<'_>>,
    matched: impl FnOnce(&Node<'_>) -> BTreeSet<usize>,
) -> Judgement {
    let unmatched = |outcome| Judgement { outcome, matched: BTreeSet::new() };
    let Some(tree) = tree else {
        let begins_like_json = matches!(record.trim_ascii_start().first(), Some(b'{' | b'['));
        return unmatched(if begins_like_json { Outcome::Malformed } else { Outcome::NotCloudtrail });
    };
    let is_text = |key: &str, test: &dyn Fn(&str) -> bool| matches!(tree.member(key).map(|value| &value.kind), Some(Kind::String(text)) if test(text));
    let is_event = is_text("eventSource", &|text| text.ends_with(".amazonaws.com"));
    let is_insight = is_text("eventType", &|text| text == "AwsCloudTrailInsight");
    if !is_event && !is_insight {
        return unmatched(Outcome::NotCloudtrail);
    }
    let matched = matched(tree);
    Judgement { outcome: if matched.is_empty() { Outcome::Clean } else { Outcome::Flagged }, matched }
}

/// The outcome of a batch that holds one record.
fn only_outcome(counts: &Counts) -> Outcome {
    match (counts.clean, counts.flagged, counts.unjudged, counts.malformed, counts.not_cloudtrail) {
        (1, 0, 0, 0, 0) => Outcome::Clean,
        (0, 1, 0, 0, 0) => Outcome::Flagged,
        (0, 0, 1, 0, 0) => Outcome::Unjudged,
        (0, 0, 0, 1, 0) => Outcome::Malformed,
        (0, 0, 0, 0, 1) => Outcome::NotCloudtrail,
        _ => unbalanced(counts),
    }
}

#[expect(clippy::panic, reason = "counts that do not add up to the one record end the test")]
fn unbalanced(counts: &Counts) -> ! {
    panic!("one record in, but {counts:?}")
}

fn sum(one: &Counts, other: &Counts) -> Counts {
    Counts {
        clean: one.clean + other.clean,
        flagged: one.flagged + other.flagged,
        unjudged: one.unjudged + other.unjudged,
        malformed: one.malformed + other.malformed,
        not_cloudtrail: one.not_cloudtrail + other.not_cloudtrail,
    }
}

fn matched(annotation: &str) -> BTreeSet<usize> {
    #[derive(Deserialize)]
    struct Annotation {
        #[serde(default)]
        rules: Vec<String>,
    }
    if annotation.is_empty() {
        return BTreeSet::new();
    }
    let annotation: Annotation = serde_json::from_str(annotation).expect("not an annotation");
    let number = |name: &String| name.strip_prefix("patterns/").and_then(|number| number.parse().ok());
    annotation.rules.iter().map(|name| number(name).expect("a rule that nobody gave")).collect()
}

/// Where the file with this number would lie.
pub fn path(number: usize) -> String {
    format!("patterns/{number}.yml")
}

/// JSON text is YAML as well, so that any pattern can be quoted.
fn rule_file(pattern: &str) -> String {
    format!("title: a pattern under test\nfilter_pattern: {}\n", serde_json::json!(pattern))
}
