//! Who else than their authors says something about the rules of a pack: takes filters, overrides and the tuned rules,
//! gives what the manifest lists of each.

use super::filters::Filter;
use super::overrides::Override;
use super::settings::MIN_LEVEL;
use super::{Level, Rule, glob};
use serde::Serialize;
use std::collections::HashMap;

/// A filter, an override, or the lowest level that is wanted. All are listed, those without a rule too.
#[derive(Serialize)]
pub(super) struct Adjuster<'p> {
    /// By what it is shown and counted.
    source: &'p str,
    kind: &'static str,
    reason: &'p str,
    /// The names of the rules that it is about.
    rules: Vec<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    /// Until when it applies, as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<&'p str>,
    /// The first second at which it no longer does, since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

/// All of them, in the order in which they apply.
pub(super) fn all<'p>(
    filters: impl Iterator<Item = &'p Filter>,
    overrides: &'p [Override],
    rules: &[&'p Rule],
) -> Vec<Adjuster<'p>> {
    let adjusted_by = |source: &str| {
        let is_source = |rule: &&&Rule| rule.adjustments.iter().any(|adjustment| adjustment.source == source);
        rules.iter().filter(is_source).map(|rule| rule.name.as_str()).collect::<Vec<_>>()
    };
    let plain = |source: &'p str, kind, reason, rules| {
        let (level, enabled, expires, expires_at) = (None, None, None, None);
        Adjuster { source, kind, reason, rules, level, enabled, expires, expires_at }
    };
    let mut adjusters: Vec<Adjuster<'p>> =
        filters.map(|filter| plain(&filter.name, "filter", &filter.title, adjusted_by(&filter.name))).collect();
    adjusters.extend(overrides.iter().map(|entry| {
        let named = rules.iter().filter(|rule| glob::matches(&entry.glob, &rule.name));
        Adjuster {
            level: entry.level,
            enabled: entry.enabled,
            expires: entry.expires.as_ref().map(|expiry| expiry.text.as_str()),
            expires_at: entry.expires.as_ref().map(|expiry| expiry.at),
            ..plain(&entry.source, "override", &entry.reason, named.map(|rule| rule.name.as_str()).collect())
        }
    }));
    let low = adjusted_by(MIN_LEVEL);
    if !low.is_empty() {
        adjusters.push(plain(MIN_LEVEL, "setting", "an override gives some findings another level", low));
    }
    adjusters
}

/// For each rule the sources of those that are about it.
pub(super) fn by_rule<'p>(adjusters: &[Adjuster<'p>]) -> HashMap<&'p str, Vec<&'p str>> {
    let mut sources: HashMap<&str, Vec<&str>> = HashMap::new();
    for adjuster in adjusters {
        for rule in &adjuster.rules {
            sources.entry(rule).or_default().push(adjuster.source);
        }
    }
    sources
}
