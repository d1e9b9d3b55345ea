//! What an operator makes of one rule: takes the rule, the overrides and the settings, leaves level and adjustments on
//! the rule and gives whether it is in force.

use super::Override;
use super::layers::Layers;
use crate::rule::condition::Condition;
use crate::rule::settings::{MIN_LEVEL, Settings};
use crate::rule::{Adjustment, Effect, Rule, glob};

/// Tunes the rule. In force is a rule that may find something in some record.
///
/// What holds for all records is done to the rule itself, so that a rule which is off costs nothing; with
/// `settings.observe_overrides` it is left to the adjustments too, which are counted. `room` is how many tests may still
/// be repeated; none is given where that does not suffice.
pub(in crate::rule) fn tune(
    rule: &mut Rule,
    overrides: &[Override],
    settings: &Settings,
    room: &mut usize,
) -> Option<bool> {
    let mut enabled = Layers::new(rule.enabled);
    let mut level = Layers::new(rule.level);
    let mut exceptions = Vec::new();
    for entry in overrides.iter().filter(|entry| glob::matches(&entry.glob, &rule.name)) {
        let everywhere = settings.observe_overrides.then(|| Condition::And(Vec::new()));
        let scope = entry.scope.clone().or(everywhere);
        if let Some(value) = entry.enabled {
            enabled.lay(scope.clone(), value, &entry.source);
        }
        if let Some(value) = entry.level {
            level.lay(scope.clone(), value, &entry.source);
        }
        if let Some(unless) = &entry.unless {
            exceptions.push((Condition::And(scope.into_iter().chain([unless.clone()]).collect()), &*entry.source));
        }
    }
    if let Some(choice) = settings.choice(&rule.name) {
        enabled = Layers::new(choice);
    }
    rule.level = level.base();
    if !enabled.may_be(|on| on) || !level.may_be(|level| level >= settings.min_level) {
        return Some(false);
    }
    let is_low = |level| level < settings.min_level;
    *room = room.checked_sub(enabled.repeated(|on| !on) + level.repeated(is_low))?;
    let low = level.when(is_low).into_iter().map(|(when, _)| (when, MIN_LEVEL));
    let suppressed = enabled.when(|on| !on).into_iter().chain(exceptions).chain(low);
    let suppressed = suppressed.map(|(when, source)| (when, source, Effect::Suppress));
    let levels = level.upper().map(|(scope, level, source)| (scope.clone(), source, Effect::SetLevel(level)));
    rule.adjustments.extend(suppressed.chain(levels).map(|(when, source, effect)| Adjustment {
        source: source.to_owned(),
        when,
        effect,
    }));
    Some(true)
}
