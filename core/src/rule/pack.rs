//! A pack: the built-in rules and files given → the rules that are in force, and the manifest that lists them all.
//! Whether rules keep what their tests promise is for the self-test to see.

use super::built_in::{self, Head};
use super::diagnostic::{Code, Diagnostic, Position};
use super::filters::{self, Filter};
use super::gathered::{Gathered, Labels, Member};
use super::manifest::{self, Contents, Listed};
use super::overrides::Override;
use super::settings::{self, Settings};
use super::{Rule, adjusters, overrides};
use crate::limits::MAX_REPEATED_TESTS;

/// One file of rules as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile<'a> {
    /// Path below the rules folder, `/` between its parts.
    pub path: &'a str,
    /// Its bytes.
    pub content: &'a [u8],
}

/// A pack that is in order.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The rules in force, by name.
    pub rules: Vec<Rule>,
    /// The rules that are switched off, by name. They find nothing, but must keep what their tests promise.
    pub off: Vec<Rule>,
    /// All rules of the pack, JSON text.
    pub manifest: String,
    /// Whether a verdict tells which event it is about.
    pub event: bool,
}

/// Builds the pack that `settings` (JSON text) describe, or tells all mistakes at once.
pub fn build(files: &[SourceFile<'_>], settings: &str) -> Result<Pack, Vec<Diagnostic>> {
    let settings = settings::read(settings);
    let built_in = settings.as_ref().map_or(true, |settings| settings.default_rules);
    let built_in = if built_in { built_in::heads().map_err(|mistake| vec![mistake])? } else { Vec::new() };

    let mut mistakes = Vec::new();
    let paths = settings.as_ref().map_or(&[][..], |settings| &settings.overrides);
    let (overrides, files) = overrides::read(files, paths, &mut mistakes);
    let placeholders = &overrides.placeholders;
    let mut gathered = Gathered { warnings: overrides.warnings, ..Gathered::default() };
    for Head { path, document, tests } in built_in {
        gathered.built_in(path, document, tests, placeholders);
    }
    for file in files {
        gathered.file(file, placeholders);
    }
    let mut gathered = gathered.without_shared_labels();
    gathered.mistakes.sort();

    let settings = match settings {
        Ok(settings) => settings,
        Err(mistakes) => return Err(mistakes.into_iter().chain(gathered.mistakes).collect()),
    };
    mistakes.extend(unmatched_globs(&settings, &gathered));
    if !settings.skip_refused {
        mistakes.append(&mut gathered.mistakes);
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    filter(&mut gathered, &overrides.entries, &settings);
    gathered.warn_of_inapplicable();
    let dangling: Vec<_> = overrides.entries.iter().filter_map(|entry| entry.dangling(&gathered)).collect();
    gathered.warnings.extend(dangling);
    gathered.warnings.sort();

    let Gathered { rules, filters, mistakes: refused, warnings, inapplicable, .. } = gathered;
    let mut room = MAX_REPEATED_TESTS;
    let tune = |mut member: Member| {
        let in_force = overrides::tune(&mut member.rule, &overrides.entries, &settings, &mut room);
        in_force.map(|in_force| (member, in_force)).ok_or_else(|| vec![too_many(&overrides.entries)])
    };
    let tuned = rules.into_values().map(tune).collect::<Result<Vec<(Member, bool)>, _>>()?;
    let listed = tuned.iter().map(|(Member { rule, built_in, .. }, enabled)| Listed {
        rule,
        enabled: *enabled,
        built_in: *built_in,
    });
    let rules: Vec<&Rule> = tuned.iter().map(|(member, _)| &member.rule).collect();
    let adjusters = adjusters::all(filters.values().map(|(filter, _)| filter), &overrides.entries, &rules);
    let contents = Contents { refused: &refused, warnings: &warnings, adjusters, inapplicable: &inapplicable };
    let manifest = manifest::text(listed, contents);
    let (in_force, off): (Vec<_>, Vec<_>) = tuned.into_iter().partition(|(_, enabled)| *enabled);
    let rules_of = |members: Vec<(Member, bool)>| members.into_iter().map(|(member, _)| member.rule).collect();
    Ok(Pack { rules: rules_of(in_force), off: rules_of(off), manifest, event: settings.event })
}

/// Lets the filters that are on act on the rules.
fn filter(gathered: &mut Gathered, overrides: &[Override], settings: &Settings) {
    let is_on = |filter: &Filter, labels: &Labels| {
        let overridden = || overrides.iter().rev().find_map(|entry| entry.switches(filter));
        settings.choice(&filter.name).or_else(overridden).unwrap_or(labels.enabled)
    };
    let filters = gathered.filters.values().filter(|(filter, labels)| is_on(filter, labels));
    let mut targets: Vec<_> = gathered.rules.values_mut().map(Member::target).collect();
    let warnings = filters::apply(filters.map(|(filter, _)| filter), &mut targets, &gathered.others);
    gathered.warnings.extend(warnings);
}

/// The mistake that overrides take back too much of each other. It stands at the last entry that is bounded, as all of
/// them are that do so.
fn too_many(overrides: &[Override]) -> Diagnostic {
    let message =
        format!("the overrides up to here repeat too many tests of accounts and times (limit {MAX_REPEATED_TESTS})");
    let help = "list all accounts of one effect in one entry, name fewer rules, or let no entry take back another";
    match overrides.iter().rev().find(|entry| entry.scope.is_some()) {
        Some(Override { path, at, .. }) => {
            Diagnostic { path: path.clone(), ..Diagnostic::new(*at, Code::PackTooLarge, message, help) }
        }
        None => Diagnostic::new(Position::WHOLE, Code::PackTooLarge, message, help),
    }
}

/// A glob that means no rule is a slip of the pen; to disable nothing silently would be worse than to say so.
fn unmatched_globs(settings: &Settings, gathered: &Gathered) -> Vec<Diagnostic> {
    let unmatched = settings.select.iter().zip(1..).filter_map(|(choice, number)| {
        let (message, help) = gathered.unlike_any(&choice.glob)?;
        Some(Diagnostic::new(Position { line: number, column: 0 }, Code::Settings, message, help))
    });
    unmatched.collect()
}
