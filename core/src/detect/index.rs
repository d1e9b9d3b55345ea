//! From the values of a record to the rules worth a look: exact texts by a hash table, literals by one automaton a slot.

use super::predicate::PredicateId;
use super::trigger::Place;
use crate::text_table::TextTable;
use aho_corasick::AhoCorasick;
use std::collections::BTreeMap;

/// Position of a rule in its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RuleId(pub(super) u32);

/// What follows from finding something.
#[derive(Clone, Debug, Default)]
pub(super) struct Consequence {
    /// These tests hold.
    pub(super) predicates: Vec<PredicateId>,
    /// These rules may match.
    pub(super) rules: Vec<RuleId>,
}

/// All that is looked for in one slot.
#[derive(Debug)]
pub(super) struct SlotIndex {
    /// Rules that may match if anything is there.
    pub(super) present: Vec<RuleId>,
    texts: TextTable,
    text_consequences: Vec<Consequence>,
    literals: Option<Literals>,
}

#[derive(Debug)]
struct Literals {
    automaton: AhoCorasick,
    /// For each of its patterns where it must stand, and what follows.
    found: Vec<(Place, Consequence)>,
}

/// Collects what is looked for in one slot.
#[derive(Debug, Default)]
pub(super) struct SlotIndexBuilder {
    pub(super) present: Vec<RuleId>,
    pub(super) texts: BTreeMap<String, Consequence>,
    pub(super) literals: BTreeMap<(String, Place), Consequence>,
}

impl SlotIndexBuilder {
    /// `None`: nothing is looked for.
    pub(super) fn build(self) -> Result<Option<SlotIndex>, aho_corasick::BuildError> {
        if self.present.is_empty() && self.texts.is_empty() && self.literals.is_empty() {
            return Ok(None);
        }
        let numbered: Vec<_> = self.texts.keys().zip(0..).map(|(text, number)| (text.as_bytes(), number)).collect();
        let texts = TextTable::new(&numbered);
        let literals = if self.literals.is_empty() {
            None
        } else {
            let automaton = AhoCorasick::new(self.literals.keys().map(|(literal, _)| literal))?;
            let found = self.literals.into_iter().map(|((_, place), consequence)| (place, consequence)).collect();
            Some(Literals { automaton, found })
        };
        let text_consequences = self.texts.into_values().collect();
        Ok(Some(SlotIndex { present: self.present, texts, text_consequences, literals }))
    }
}

impl SlotIndex {
    /// Whether the text of values must be looked at.
    pub(super) fn reads_text(&self) -> bool {
        !self.text_consequences.is_empty() || self.literals.is_some()
    }

    /// Tells what follows from a value with this text.
    #[inline]
    pub(super) fn look_up(&self, text: &[u8], mut follow: impl FnMut(&Consequence)) {
        if let Some(consequence) = self.texts.get(text).and_then(|at| self.text_consequences.get(at as usize)) {
            follow(consequence);
        }
        let Some(literals) = &self.literals else { return };
        for hit in literals.automaton.find_overlapping_iter(text) {
            match literals.found.get(hit.pattern().as_usize()) {
                Some((Place::Start, _)) if hit.start() != 0 => {}
                Some((Place::End, _)) if hit.end() != text.len() => {}
                Some((_, consequence)) => follow(consequence),
                None => {}
            }
        }
    }
}
