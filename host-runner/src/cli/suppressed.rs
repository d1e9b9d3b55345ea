//! What filters and overrides suppressed, for a person. Takes counters and the manifest, gives text.

use super::counted::counted;
use super::table;
use super::terminal::plain;
use crate::engine::manifest::Manifest;
use crate::metrics::Counters;
use std::cmp::Reverse;

/// That there was something, and how to see it; empty where there was nothing.
pub(super) fn line(counters: &Counters) -> String {
    match counters.suppressed.total {
        0 => String::new(),
        total => format!("{} suppressed; --show-suppressed lists them\n", counted(total, "finding")),
    }
}

/// Each rule and who suppressed how many of its findings, and why.
pub(super) fn listed(counters: &Counters, manifest: &Manifest) -> String {
    let by_rule = &counters.suppressed.by_rule;
    let mut rows: Vec<(&str, &str, u64)> = by_rule
        .iter()
        .flat_map(|(rule, sources)| sources.iter().map(|(source, count)| (rule.as_str(), source.as_str(), *count)))
        .collect();
    if rows.is_empty() {
        return "nothing suppressed\n".to_owned();
    }
    rows.sort_by_key(|(rule, source, count)| (Reverse(*count), *rule, *source));
    let reason = |source: &str| {
        let adjustment = manifest.adjustments.iter().find(|adjustment| adjustment.source == source);
        adjustment.map(|adjustment| plain(&adjustment.reason)).unwrap_or_default()
    };
    let cells =
        rows.iter().map(|(rule, source, count)| [count.to_string(), plain(rule), plain(source), reason(source)]);
    let lines = table::lines(["SUPPRESSED", "RULE", "BY", "REASON"], cells, &[0]);
    let total = counted(counters.suppressed.total, "finding");
    format!("{total} suppressed:\n\n{}", lines.iter().map(|line| format!("{line}\n")).collect::<String>())
}
