//! rsigma-eval: rules and records → which rules match which record.

use crate::records::Corpus;
use crate::rules::Rule;
use anyhow::{Result, anyhow, ensure};
use rsigma_eval::{Engine, JsonEvent};
use std::collections::BTreeSet;

/// What its documentation offers for speed beyond what it always does, which is an index over what rules need.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Options {
    None,
    /// Filters before substrings are looked for, one a field, and one automaton for all rules.
    All,
}

/// The engine with these rules, which are named by their numbers.
pub(crate) fn engine(rules: &[Rule], options: Options) -> Result<Engine> {
    let mut engine = Engine::new();
    engine.set_bloom_prefilter(options == Options::All);
    engine.set_cross_rule_ac(options == Options::All);
    let mut parsed = Vec::with_capacity(rules.len());
    for (number, rule) in rules.iter().enumerate() {
        let mut collection = rsigma_parser::parse_sigma_yaml(&rule.text)?;
        ensure!(collection.errors.is_empty(), "{}: {:?}", rule.name, collection.errors);
        ensure!(collection.rules.len() == 1, "{}: {} rules", rule.name, collection.rules.len());
        collection.rules.iter_mut().for_each(|rule| rule.title = number.to_string());
        parsed.append(&mut collection.rules);
    }
    match engine.add_rules(&parsed).into_iter().next() {
        None => Ok(engine),
        Some((number, error)) => {
            Err(anyhow!(error).context(rules.get(number).map_or_else(String::new, |rule| rule.name.clone())))
        }
    }
}

/// Why the engine takes no such rule, if so.
pub(crate) fn refusal(rule: &Rule) -> Option<String> {
    engine(std::slice::from_ref(rule), Options::None).err().map(|error| format!("{error:#}"))
}

/// The numbers of the rules that match, for each record.
pub(crate) fn verdicts(engine: &Engine, corpus: &Corpus) -> Result<Vec<BTreeSet<usize>>> {
    let values = corpus.slices.iter().flat_map(|slice| &slice.values);
    values
        .map(|value| {
            let results = engine.evaluate(&JsonEvent::borrow(value));
            results.iter().map(|result| Ok(result.header.rule_title.parse()?)).collect()
        })
        .collect()
}
