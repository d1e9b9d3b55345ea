//! What is doubtful in a pack that loads, above all overrides and filters that do nothing any more: takes the manifest,
//! the time and what came of recorded traffic; gives what to tell of them.

use super::counted::counted;
use super::diagnostics::{Mistake, Place};
use super::terminal;
use crate::engine::Diagnostic;
use crate::engine::manifest::{AdjustmentEntry, Manifest};
use crate::metrics::Counters;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the detector warns of, and what applies to older events only; each with the path that the user knows.
pub(super) fn doubts(manifest: &Manifest, shown: &BTreeMap<String, String>) -> Vec<Mistake> {
    let all = manifest.warnings.iter().cloned().chain(expired(manifest));
    all.map(|told| placed(told, shown)).collect()
}

/// Says that there are such doubts, where records are in the foreground.
pub(super) fn hint(manifest: &Manifest, quiet: bool) {
    let number = manifest.warnings.len() + expired(manifest).count();
    if number > 0 && !quiet {
        let warnings = counted(number as u64, "warning");
        terminal::complain(&format!("{warnings} about rules or overrides; `rules check` with the same files tells"));
    }
}

fn placed(told: Diagnostic, shown: &BTreeMap<String, String>) -> Mistake {
    Mistake { place: Place::File(shown.get(&told.path).unwrap_or(&told.path).clone()), told }
}

/// What applies to older events only.
fn expired(manifest: &Manifest) -> impl Iterator<Item = Diagnostic> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let is_over = move |adjustment: &&AdjustmentEntry| adjustment.expires_at.is_some_and(|at| at <= now);
    manifest.adjustments.iter().filter(is_over).map(|adjustment| {
        let expires = adjustment.expires.as_deref().unwrap_or_default();
        let message = format!("expired ({expires}), so that it applies to older events only: {}", adjustment.reason);
        doubt(adjustment, "override-expired", message, "take it out, or give it a later `expires:`")
    })
}

/// Those that changed nothing that was found in the records. One without a rule is told as that.
pub(super) fn without_effect(
    manifest: &Manifest,
    counters: &Counters,
    shown: &BTreeMap<String, String>,
) -> Vec<Mistake> {
    let judged = counted(counters.judged(), "record");
    let idle = manifest.adjustments.iter().filter(|adjustment| !adjustment.rules.is_empty());
    let idle = idle.filter(|adjustment| !has_effect(adjustment, counters));
    let message = |adjustment: &AdjustmentEntry| format!("no effect on {judged}: {}", adjustment.reason);
    let idle = idle.map(|adjustment| doubt(adjustment, "override-unused", message(adjustment), "is it still needed?"));
    idle.map(|told| placed(told, shown)).collect()
}

/// Whether a filter or an override did something. A finding at the level that it gives counts for it.
fn has_effect(adjustment: &AdjustmentEntry, counters: &Counters) -> bool {
    let mut suppressed = counters.suppressed.by_rule.values();
    let mut found = adjustment.rules.iter().filter_map(|rule| counters.findings.levels_by_rule.get(rule));
    suppressed.any(|sources| sources.contains_key(&adjustment.source))
        || found.any(|levels| {
            let is_levelled = adjustment.level.as_ref().is_some_and(|level| levels.contains_key(level));
            is_levelled || adjustment.enabled == Some(true)
        })
}

/// The source of an override is file and line already, that of a filter its name.
fn doubt(adjustment: &AdjustmentEntry, code: &str, message: String, help: &str) -> Diagnostic {
    let (path, code, help) = (adjustment.source.clone(), code.to_owned(), help.to_owned());
    Diagnostic { path, line: 0, column: 0, code, message, help }
}
