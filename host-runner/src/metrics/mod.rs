//! Counts what became of every record.
//!
//! Takes each page as it is delivered; gives the counters, which serialise as the one JSON object of `--stats`. The
//! outcomes are counted apart from the records, so that a record lost on the way shows.

mod service;

pub(crate) use service::Metrics;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::batch::{Judged, Outcome, Suppression};
use crate::framing::{Item, Kind};
use crate::output::Finding;

/// A broken detector could invent names without end; no real pack has as many rules.
pub(crate) const MAX_NAMES: usize = 10_000;

/// What is counted together once there are too many names.
const FURTHER_NAMES: &str = "(further names)";

/// How many records came in and what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Records, and what stands in their place: lines of other text, stretches that break off.
    pub records_in: u64,
    /// Judged, no rule matched.
    pub clean: u64,
    /// Those of the clean ones that gained an annotation all the same.
    pub annotated: u64,
    /// Judged, at least one finding.
    pub flagged: u64,
    /// Kept from being judged by a limit or a fault.
    pub unjudged: u64,
    /// Begins like JSON and is none.
    pub malformed: u64,
    /// Longer than a record may be.
    pub oversized: u64,
    /// Something else than a CloudTrail record.
    pub not_cloudtrail: u64,
    /// The unjudged ones by reason.
    pub unjudged_by_reason: BTreeMap<&'static str, u64>,
    /// What the rules found.
    pub findings: FindingCounters,
    /// What filters and overrides declared to be no finding.
    pub suppressed: SuppressionCounters,
    /// Records that had a field of our name before.
    pub field_existed: u64,
    /// Bytes read, after decompression.
    pub bytes_in: u64,
    /// Bytes written.
    pub bytes_out: u64,
}

/// Findings by what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FindingCounters {
    /// All of them; a record may have several.
    pub total: u64,
    /// By level, as the detector names it.
    pub by_level: BTreeMap<String, u64>,
    /// By the name of the rule.
    pub by_rule: BTreeMap<String, u64>,
    /// By the name of the rule, and for each rule by level: an override may give some of its findings another one.
    #[serde(skip)]
    pub levels_by_rule: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Matches of rules that are no findings, because a filter or an override says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SuppressionCounters {
    /// All of them.
    pub total: u64,
    /// By the name of the rule, and for each rule by who says so.
    pub by_rule: BTreeMap<String, BTreeMap<String, u64>>,
    /// How many sources all rules have together.
    #[serde(skip)]
    sources: usize,
}

impl Counters {
    /// Whether every record that came in has an outcome.
    pub fn balance(&self) -> bool {
        self.records_in == self.outcomes()
    }

    /// The number of records that have an outcome.
    pub fn outcomes(&self) -> u64 {
        self.clean + self.flagged + self.unjudged + self.malformed + self.oversized + self.not_cloudtrail
    }

    /// The number of records that the detector has judged.
    pub fn judged(&self) -> u64 {
        self.clean + self.flagged
    }

    /// Counts what the framer found. Records get their outcome from the detector, the others have theirs already.
    pub(crate) fn count_items(&mut self, items: &[Item]) {
        for item in items.iter().filter(|item| item.last && item.kind != Kind::Tail) {
            self.records_in += 1;
            match item.kind {
                Kind::Record | Kind::Tail => {}
                Kind::Text | Kind::Element => self.not_cloudtrail += 1,
                Kind::Malformed => self.malformed += 1,
                Kind::Oversized => self.oversized += 1,
            }
        }
    }

    /// Counts what the detector says.
    pub(crate) fn count_judged(&mut self, judged: &Judged) {
        self.clean += judged.counts.clean;
        self.flagged += judged.counts.flagged;
        self.unjudged += judged.counts.unjudged;
        self.malformed += judged.counts.malformed;
        self.not_cloudtrail += judged.counts.not_cloudtrail;
        for mark in &judged.marks {
            match mark.outcome {
                Outcome::Clean => self.annotated += 1,
                Outcome::Unjudged => *self.unjudged_by_reason.entry(mark.reason).or_default() += 1,
                Outcome::Flagged | Outcome::Malformed | Outcome::NotCloudtrail => {}
            }
        }
        for Suppression { rule, source, count } in &judged.suppressed {
            let count = u64::from(*count);
            self.suppressed.total += count;
            let SuppressionCounters { by_rule, sources, .. } = &mut self.suppressed;
            let of_rule = entry(by_rule, rule);
            let is_new = !of_rule.contains_key(source);
            let source = if is_new && *sources >= MAX_NAMES { FURTHER_NAMES } else { source };
            *sources += usize::from(is_new);
            *of_rule.entry(source.to_owned()).or_default() += count;
        }
    }

    /// Counts one finding.
    pub(crate) fn count_finding(&mut self, finding: &Finding<'_>) {
        self.findings.total += 1;
        *entry(&mut self.findings.by_level, &finding.level) += 1;
        *entry(&mut self.findings.by_rule, &finding.rule) += 1;
        *entry(entry(&mut self.findings.levels_by_rule, &finding.rule), &finding.level) += 1;
    }
}

/// What is counted under this name, or under the common one once there are too many names.
fn entry<'c, T: Default>(counters: &'c mut BTreeMap<String, T>, name: &str) -> &'c mut T {
    let is_full = counters.len() >= MAX_NAMES && !counters.contains_key(name);
    let name = if is_full { FURTHER_NAMES } else { name };
    counters.entry(name.to_owned()).or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_detector_makes_the_counters_grow_without_end() {
        let mut counters = Counters::default();
        for number in 0..3 * MAX_NAMES {
            let (rule, source) = (format!("rule {}", number % 7), format!("source {number}"));
            let suppressed = vec![Suppression { rule, source, count: 1 }];
            counters.count_judged(&Judged { suppressed, ..Judged::default() });
        }
        let SuppressionCounters { total, by_rule, .. } = &counters.suppressed;
        assert_eq!(*total, 3 * MAX_NAMES as u64);
        assert_eq!(by_rule.values().flat_map(BTreeMap::values).sum::<u64>(), *total);
        assert_eq!(by_rule.values().map(BTreeMap::len).sum::<usize>(), MAX_NAMES + 7);
    }
}
