//! The manifest: what `load` answers about a pack, as JSON text. Members may be added, never changed.

use super::diagnostic::Diagnostic;
use super::{Language, Level, Rule};
use serde::Serialize;

#[derive(Serialize)]
struct Manifest<'p> {
    format: u32,
    detector: &'static str,
    version: &'static str,
    rules: Vec<Entry<'p>>,
    refused: Vec<Refused<'p>>,
}

#[derive(Serialize)]
struct Entry<'p> {
    name: &'p str,
    id: &'p str,
    title: &'p str,
    level: Level,
    language: Language,
    enabled: bool,
    built_in: bool,
    tags: &'p [String],
}

#[derive(Serialize)]
struct Refused<'p> {
    path: &'p str,
    line: u32,
    column: u32,
    code: &'static str,
    message: &'p str,
    help: &'p str,
}

/// A rule of the pack and whether it is in force.
pub(super) struct Listed<'p> {
    pub(super) rule: &'p Rule,
    pub(super) enabled: bool,
    pub(super) built_in: bool,
}

/// The manifest of a pack: all its rules in the order given, and the mistakes of those left out.
pub(super) fn text<'p>(rules: impl Iterator<Item = Listed<'p>>, refused: &'p [Diagnostic]) -> String {
    let rules = rules.map(|Listed { rule, enabled, built_in }| Entry {
        name: &rule.name,
        id: &rule.id,
        title: &rule.title,
        level: rule.level,
        language: rule.language,
        enabled,
        built_in,
        tags: &rule.tags,
    });
    let refused = refused.iter().map(|mistake| Refused {
        path: &mistake.path,
        line: mistake.line,
        column: mistake.column,
        code: mistake.code,
        message: &mistake.message,
        help: &mistake.help,
    });
    let manifest = Manifest {
        format: 1,
        detector: "trailsieve",
        version: env!("CARGO_PKG_VERSION"),
        rules: rules.collect(),
        refused: refused.collect(),
    };
    // Texts and numbers only: there is nothing in it that JSON could not hold.
    serde_json::to_string(&manifest).unwrap_or_default()
}
