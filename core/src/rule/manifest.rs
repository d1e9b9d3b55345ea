//! The manifest: what `load` answers about a pack, as JSON text. Members may be added, never changed.

use super::adjusters::{self, Adjuster};
use super::diagnostic::{Code, Diagnostic};
use super::gathered::Inapplicable;
use super::{Level, Rule};
use serde::Serialize;

#[derive(Serialize)]
struct Manifest<'p> {
    format: u32,
    detector: &'static str,
    version: &'static str,
    /// How many regular expressions the rules in force ask: what each remembers of texts must be paid for.
    expressions: usize,
    rules: Vec<Entry<'p>>,
    refused: Vec<Noted<'p>>,
    warnings: Vec<Noted<'p>>,
    /// Filters, overrides and settings that change what rules find.
    adjustments: Vec<Adjuster<'p>>,
    not_applicable: Vec<NotApplicable<'p>>,
}

#[derive(Serialize)]
struct Entry<'p> {
    name: &'p str,
    id: &'p str,
    title: &'p str,
    level: Level,
    language: &'static str,
    enabled: bool,
    built_in: bool,
    tags: &'p [String],
    description: &'p str,
    falsepositives: &'p [String],
    /// How many tests it carries.
    tests: usize,
    path: &'p str,
    /// The sources of those adjustments that are about it.
    adjustments: Vec<&'p str>,
}

#[derive(Serialize)]
struct Noted<'p> {
    path: &'p str,
    line: u32,
    column: u32,
    code: Code,
    message: &'p str,
    help: &'p str,
}

impl<'p> From<&'p Diagnostic> for Noted<'p> {
    fn from(diagnostic: &'p Diagnostic) -> Self {
        let Diagnostic { path, line, column, code, message, help } = diagnostic;
        Self { path, line: *line, column: *column, code: *code, message, help }
    }
}

/// A document that is about records of another source.
#[derive(Serialize)]
struct NotApplicable<'p> {
    name: &'p str,
    path: &'p str,
    logsource: String,
}

/// What there is to say beside the rules.
pub(super) struct Contents<'p> {
    /// The mistakes of those left out.
    pub(super) refused: &'p [Diagnostic],
    pub(super) warnings: &'p [Diagnostic],
    pub(super) adjusters: Vec<Adjuster<'p>>,
    pub(super) inapplicable: &'p [Inapplicable],
}

/// A rule of the pack and whether it is in force.
pub(super) struct Listed<'p> {
    pub(super) rule: &'p Rule,
    pub(super) enabled: bool,
    pub(super) built_in: bool,
}

/// The manifest of a pack: all its rules in the order given, and what is to be said of its files.
pub(super) fn text<'p>(rules: impl Iterator<Item = Listed<'p>> + Clone, contents: Contents<'p>) -> String {
    let in_force = rules.clone().filter(|listed| listed.enabled);
    let expressions = in_force.map(|listed| listed.rule.expressions()).sum();
    let mut sources = adjusters::by_rule(&contents.adjusters);
    let rules = rules.map(|Listed { rule, enabled, built_in }| Entry {
        name: &rule.name,
        id: &rule.id,
        title: &rule.title,
        level: rule.level,
        language: rule.language.name(),
        enabled,
        built_in,
        tags: &rule.tags,
        description: &rule.description,
        falsepositives: &rule.falsepositives,
        tests: rule.tests.count(),
        path: &rule.path,
        adjustments: sources.remove(rule.name.as_str()).unwrap_or_default(),
    });
    let noted = |diagnostics: &'p [Diagnostic]| diagnostics.iter().map(Noted::from).collect();
    let not_applicable = contents.inapplicable.iter().map(|document| NotApplicable {
        name: &document.name,
        path: &document.path,
        logsource: document.logsource.to_string(),
    });
    let manifest = Manifest {
        format: 1,
        detector: "trailsieve",
        version: env!("CARGO_PKG_VERSION"),
        expressions,
        rules: rules.collect(),
        refused: noted(contents.refused),
        warnings: noted(contents.warnings),
        adjustments: contents.adjusters,
        not_applicable: not_applicable.collect(),
    };
    // Texts and numbers only: there is nothing in it that JSON could not hold.
    serde_json::to_string(&manifest).unwrap_or_default()
}
