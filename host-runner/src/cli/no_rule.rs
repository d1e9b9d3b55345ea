//! Why nothing can be found, where no rule is on: takes the manifest and what was chosen, gives a sentence in the words of
//! the place where it was chosen.

use super::level::Level;
use crate::engine::manifest::Manifest;

/// What the ways to choose rules are called.
pub(super) struct Words {
    rules: &'static str,
    no_default_rules: &'static str,
    min_level: &'static str,
    disable: &'static str,
    overrides: &'static str,
    /// How to see what is on.
    shown: &'static str,
}

/// On the command line.
pub(super) const OPTIONS: Words = Words {
    rules: "--rules",
    no_default_rules: "--no-default-rules",
    min_level: "--min-level",
    disable: "--disable",
    overrides: "--overrides",
    shown: "; `rules list` with the same options shows them",
};

/// In a configuration.
pub(super) const KEYS: Words = Words {
    rules: "`paths`",
    no_default_rules: "`default_rules = false`",
    min_level: "`min_level`",
    disable: "`disable`",
    overrides: "`overrides`",
    shown: "",
};

impl Words {
    /// Why no rule is on; `None` where one is.
    pub(super) fn why(&self, manifest: &Manifest, no_default_rules: bool, min_level: Option<Level>) -> Option<String> {
        let Self { rules: add, min_level: least_level, disable, overrides, shown, .. } = self;
        let rules = &manifest.rules;
        if rules.iter().any(|rule| rule.enabled) {
            return None;
        }
        if rules.is_empty() {
            return Some(if !manifest.not_applicable.is_empty() {
                "those that were given are about records of other sources".to_owned()
            } else if no_default_rules {
                format!("{} leaves out all there are; add your own with {add}", self.no_default_rules)
            } else {
                format!("the detector has none; add your own with {add}")
            });
        }
        let all = match rules.len() {
            1 => "the only one".to_owned(),
            number => format!("all {number}"),
        };
        Some(match min_level {
            Some(least) if rules.iter().all(|rule| Level::named_or_gravest(&rule.level) < least) => {
                let are = if rules.len() == 1 { "is" } else { "are" };
                format!("{all} {are} below {}; lower {least_level} or add your own with {add}", least.name())
            }
            Some(_) => format!("{least_level}, {disable}, {overrides} or their own files switch off {all}{shown}"),
            None => format!("{disable}, {overrides} or their own files switch off {all}{shown}"),
        })
    }
}
