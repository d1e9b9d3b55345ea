//! Only rules over which both engines agree are worth timing: rules → those that give the same verdicts on all records.
//! What falls out is told. In what the engines differ, and why, stands in `tests/sigma/differences.tsv`.

use crate::records::Corpus;
use crate::rules::Rule;
use crate::theirs::Options;
use crate::{ours, theirs};
use anyhow::{Result, ensure};
use std::collections::BTreeMap;

/// The rules of which both make the same.
pub(crate) fn reached(rules: Vec<Rule>, corpus: &Corpus) -> Result<Vec<Rule>> {
    let mut taken = Vec::new();
    for rule in rules {
        match theirs::refusal(&rule) {
            Some(why) => println!("left out: {}: rsigma refuses it: {why}", rule.name),
            None => match ours::native(std::slice::from_ref(&rule)) {
                Err(why) => println!("left out: {}: {why}", rule.name),
                Ok(_) => taken.push(rule),
            },
        }
    }
    let ours = ours::verdicts(&mut ours::native(&taken)?, corpus)?;
    let theirs = theirs::verdicts(&theirs::engine(&taken, Options::None)?, corpus)?;
    ensure!(ours.len() == theirs.len(), "{} records for us, {} for them", ours.len(), theirs.len());
    let mut counts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (ours, theirs) in ours.iter().zip(&theirs) {
        for &rule in ours.difference(theirs) {
            counts.entry(rule).or_default().0 += 1;
        }
        for &rule in theirs.difference(ours) {
            counts.entry(rule).or_default().1 += 1;
        }
    }
    let mut agreed = Vec::new();
    for (number, rule) in taken.into_iter().enumerate() {
        match counts.get(&number) {
            None => agreed.push(rule),
            Some((ours, theirs)) => {
                println!("left out: {}: {ours} records only for Trailsieve, {theirs} only for rsigma", rule.name);
            }
        }
    }
    let fitting = ours.iter().filter(|rules| !rules.is_empty()).count();
    println!("{} rules agree on all {} records, of which {fitting} match some rule", agreed.len(), ours.len());
    Ok(agreed)
}
