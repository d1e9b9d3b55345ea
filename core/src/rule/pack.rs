//! A pack: the built-in rules and files given → the rules that are in force, and the manifest that lists them all.
//! Whether rules keep what their tests promise is for the self-test to see.

use super::built_in::{self, Head};
use super::diagnostic::{Diagnostic, Position, quoted};
use super::filters;
use super::gathered::{Gathered, Member};
use super::manifest::{self, Contents, Listed};
use super::settings::{self, Settings};
use super::sigma::Placeholders;
use super::{Rule, glob, suggest};

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

    let placeholders = Placeholders::new();
    let mut gathered = Gathered::default();
    for Head { path, text, tests } in built_in {
        gathered.file(SourceFile { path, content: text.as_bytes() }, &placeholders, Some(tests));
    }
    for &file in files {
        gathered.file(file, &placeholders, None);
    }
    let mut gathered = gathered.without_shared_labels();
    gathered.mistakes.sort();

    let settings = match settings {
        Ok(settings) => settings,
        Err(mistakes) => return Err(mistakes.into_iter().chain(gathered.mistakes).collect()),
    };
    let mut mistakes = unmatched_globs(&settings, &gathered);
    if !settings.skip_refused {
        mistakes.append(&mut gathered.mistakes);
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    filter(&mut gathered, &settings);
    gathered.warn_of_inapplicable();
    gathered.warnings.sort();

    let Gathered { rules, mistakes: refused, warnings, inapplicable, .. } = gathered;
    let in_force = |rule: &Rule| rule.level >= settings.min_level && chosen(&rule.name, rule.enabled, &settings);
    let listed = rules.values().map(|member| Listed {
        rule: &member.rule,
        enabled: in_force(&member.rule),
        built_in: member.built_in,
    });
    let contents = Contents { refused: &refused, warnings: &warnings, inapplicable: &inapplicable };
    let manifest = manifest::text(listed, contents);
    let (rules, off) = rules.into_values().map(|member| member.rule).partition(in_force);
    Ok(Pack { rules, off, manifest, event: settings.event })
}

/// Lets the filters that are on act on the rules.
fn filter(gathered: &mut Gathered, settings: &Settings) {
    let is_on = |name: &str, enabled| chosen(name, enabled, settings);
    let filters = gathered.filters.values().filter(|(filter, labels)| is_on(&filter.name, labels.enabled));
    let mut targets: Vec<_> = gathered.rules.values_mut().map(Member::target).collect();
    let warnings = filters::apply(filters.map(|(filter, _)| filter), &mut targets, &gathered.others);
    gathered.warnings.extend(warnings);
}

fn chosen(name: &str, enabled: bool, settings: &Settings) -> bool {
    let mut choices = settings.select.iter().rev();
    choices.find(|choice| glob::matches(&choice.glob, name)).map_or(enabled, |choice| choice.enabled)
}

/// A glob that means no rule is a slip of the pen; to disable nothing silently would be worse than to say so. Names of
/// documents that are refused or not applied count, as those are told already.
fn unmatched_globs(settings: &Settings, gathered: &Gathered) -> Vec<Diagnostic> {
    let Gathered { rules, filters, others, .. } = gathered;
    let is_unmatched = |glob: &str| {
        let mut names = rules.keys().chain(filters.keys()).chain(others);
        !names.any(|name| glob::matches(glob, name))
    };
    let globs = settings.select.iter().map(|choice| choice.glob.as_str()).filter(|glob| is_unmatched(glob));
    globs
        .map(|glob| {
            let message = format!("no rule has a name like {}", quoted(glob));
            let help = match suggest::did_you_mean(glob, rules.keys().map(String::as_str)) {
                help if help.is_empty() => "names are listed by `rules list`; `*` stands for any characters".to_owned(),
                help => help,
            };
            Diagnostic::new(Position::WHOLE, "settings", message, help)
        })
        .collect()
}
