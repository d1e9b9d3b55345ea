//! Overrides and filters that do nothing any more: takes the manifest, the time and what came of recorded traffic; gives
//! what to tell of them.

use super::counted::counted;
use crate::engine::Diagnostic;
use crate::engine::manifest::{AdjustmentEntry, Manifest};
use crate::metrics::Counters;
use crate::output::{Delivery, Output};
use std::collections::BTreeSet;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

/// What came of recorded traffic.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) counters: Counters,
    /// Each rule that found something, with the levels of its findings.
    findings: BTreeSet<(String, String)>,
}

impl Output for Seen {
    fn write(&mut self, delivery: &Delivery<'_>, _: &mut Counters) -> io::Result<()> {
        let found = |finding: &crate::output::Finding<'_>| (finding.rule.to_string(), finding.level.to_string());
        self.findings.extend(delivery.findings().map(found));
        Ok(())
    }
}

/// Those that apply to older events only.
pub(super) fn expired(manifest: &Manifest) -> impl Iterator<Item = Diagnostic> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let is_over = move |adjustment: &&AdjustmentEntry| {
        adjustment.expires_at.is_some_and(|at| u64::try_from(at).is_ok_and(|at| at <= now) || at < 0)
    };
    manifest.adjustments.iter().filter(is_over).map(|adjustment| {
        let expires = adjustment.expires.as_deref().unwrap_or_default();
        let message = format!("expired ({expires}), so that it applies to older events only: {}", adjustment.reason);
        told(adjustment, "override-expired", message, "take it out, or give it a later `expires:`")
    })
}

/// Those that changed nothing that was found in the records. One without a rule is told as that.
pub(super) fn without_effect(manifest: &Manifest, seen: &Seen) -> Vec<Diagnostic> {
    let judged = counted(seen.counters.clean + seen.counters.flagged, "record");
    let idle = manifest.adjustments.iter().filter(|adjustment| !adjustment.rules.is_empty() && !seen.shows(adjustment));
    let message = |adjustment: &AdjustmentEntry| format!("no effect on {judged}: {}", adjustment.reason);
    idle.map(|adjustment| told(adjustment, "override-unused", message(adjustment), "is it still needed?")).collect()
}

impl Seen {
    /// Whether a filter or an override did something. A finding at the level that it gives counts for it.
    fn shows(&self, adjustment: &AdjustmentEntry) -> bool {
        let by_rule = &self.counters.suppressed.by_rule;
        let suppresses = by_rule.values().any(|sources| sources.contains_key(&adjustment.source));
        suppresses
            || self.findings.iter().any(|(rule, level)| {
                let is_levelled = adjustment.level.as_ref() == Some(level);
                (is_levelled || adjustment.enabled == Some(true)) && adjustment.rules.contains(rule)
            })
    }
}

/// An override's source is file and line, a filter's is its name.
fn told(adjustment: &AdjustmentEntry, code: &str, message: String, help: &str) -> Diagnostic {
    let place = adjustment.source.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse().ok()?)));
    let (path, line) = place.unwrap_or((&adjustment.source, 0));
    Diagnostic { path: path.to_owned(), line, column: 0, code: code.to_owned(), message, help: help.to_owned() }
}
