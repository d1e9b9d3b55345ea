//! Sigma filters on the rules of a pack, once all of it is read: takes both, leaves an adjustment on each rule that a
//! filter is about. What a filter says wins over what the rule finds, in either language.

use super::condition::Condition;
use super::diagnostic::{Code, Diagnostic, Position, quoted};
use super::logsource::Logsource;
use super::sigma::{Concerned, Filtering};
use super::{Adjustment, Effect, Rule, suggest};
use std::collections::HashSet;

const CODE: Code = Code::SigmaFilter;

/// A filter of the pack.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) title: String,
    pub(super) filtering: Filtering,
    pub(super) logsource: Logsource,
}

/// A rule and what filters may call it.
pub(super) struct Target<'r> {
    pub(super) rule: &'r mut Rule,
    pub(super) reference: Option<&'r str>,
    pub(super) logsource: &'r Logsource,
}

impl Target<'_> {
    fn is_called(&self, name: &str) -> bool {
        self.rule.id == name || self.reference == Some(name) || self.rule.name == name
    }
}

/// Lets the filters act on the rules. Gives what is probably not meant so; a name among `others` is known, but not that
/// of a rule which could be filtered.
pub(super) fn apply<'f>(
    filters: impl Iterator<Item = &'f Filter>,
    rules: &mut [Target<'_>],
    others: &HashSet<String>,
) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for filter in filters {
        match &filter.filtering.rules {
            Concerned::Any => {
                for target in rules.iter_mut().filter(|target| filter.logsource.contains(target.logsource)) {
                    target.rule.adjustments.push(filter.adjustment());
                }
            }
            Concerned::Named(names) => {
                // A rule that is named twice, by id and by name, is filtered once.
                let mut done = HashSet::new();
                for (name, at) in names {
                    let mut called = rules.iter_mut().filter(|target| target.is_called(name)).peekable();
                    if called.peek().is_none() && !others.contains(name) {
                        warnings.push(filter.dangling(name, *at, rules));
                        continue;
                    }
                    for target in called {
                        if !filter.logsource.contains(target.logsource) {
                            warnings.push(filter.elsewhere(target, *at));
                        } else if done.insert(target.rule.name.clone()) {
                            target.rule.adjustments.push(filter.adjustment());
                        }
                    }
                }
            }
        }
    }
    warnings
}

impl Filter {
    fn adjustment(&self) -> Adjustment {
        let when = Condition::Not(Box::new(self.filtering.keeps.clone()));
        Adjustment { source: self.name.clone(), when, effect: Effect::Suppress }
    }

    fn dangling(&self, name: &str, at: Position, rules: &[Target<'_>]) -> Diagnostic {
        let message = format!("the filter names a rule that is not there: {}", quoted(name));
        let known = rules.iter().flat_map(|target| [Some(target.rule.name.as_str()), target.reference]).flatten();
        let otherwise = || "give its id, its `name:`, or its name in `rules list`".to_owned();
        let help = suggest::did_you_mean_or(name, known, otherwise);
        self.warning(at, message, help)
    }

    fn elsewhere(&self, target: &Target<'_>, at: Position) -> Diagnostic {
        let (own, other) = (&self.logsource, target.logsource);
        let rule = quoted(&target.rule.name);
        let message = format!("the filter is not applied to {rule}: it is about {own}, the rule about {other}");
        self.warning(at, message, "state no more in the filter's `logsource:` than the rule does".to_owned())
    }

    fn warning(&self, at: Position, message: String, help: String) -> Diagnostic {
        let mut warning = Diagnostic::new(at, CODE, message, help);
        self.path.clone_into(&mut warning.path);
        warning
    }
}
