//! From the values of a record to the rules worth a look: exact texts by a hash table, literals by one automaton a slot.

use super::predicate::PredicateId;
use super::recall::Recall;
use super::trigger::Place;
use crate::text_table::TextTable;
use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, BuildError};
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
    /// Tells it from the others; from 1.
    number: u32,
    /// Rules that may match if anything is there.
    pub(super) present: Vec<RuleId>,
    texts: TextTable,
    text_consequences: Vec<Consequence>,
    literals: Option<Literals>,
}

#[derive(Debug)]
struct Literals {
    machine: Machine,
    sought: Vec<Literal>,
}

#[derive(Debug)]
struct Literal {
    length: usize,
    place: Place,
    consequence: Consequence,
}

/// Finds all literals in one pass over a text.
#[derive(Debug)]
enum Machine {
    /// A few instructions a byte.
    Fast(DFA),
    /// A tenth of the memory.
    Small(NFA),
}

/// All literals of a field together for which the fast machine is made: it takes some 200 bytes of memory for each of
/// theirs.
const MOST_FOR_FAST: usize = 64 * 1024;

/// Collects what is looked for in one slot.
#[derive(Debug, Default)]
pub(super) struct SlotIndexBuilder {
    pub(super) present: Vec<RuleId>,
    pub(super) texts: BTreeMap<String, Consequence>,
    pub(super) literals: BTreeMap<(String, Place), Consequence>,
}

impl SlotIndexBuilder {
    /// `None`: nothing is looked for.
    pub(super) fn build(self, number: u32) -> Result<Option<SlotIndex>, BuildError> {
        if self.present.is_empty() && self.texts.is_empty() && self.literals.is_empty() {
            return Ok(None);
        }
        let numbered: Vec<_> = self.texts.keys().zip(0..).map(|(text, number)| (text.as_bytes(), number)).collect();
        let texts = TextTable::new(&numbered);
        let literals = if self.literals.is_empty() { None } else { Some(Literals::new(self.literals)?) };
        let text_consequences = self.texts.into_values().collect();
        Ok(Some(SlotIndex { number, present: self.present, texts, text_consequences, literals }))
    }
}

impl SlotIndex {
    /// Whether the text of values must be looked at.
    pub(super) fn reads_text(&self) -> bool {
        !self.text_consequences.is_empty() || self.literals.is_some()
    }

    /// Tells what follows from a value with this text.
    #[inline]
    pub(super) fn look_up(&self, text: &[u8], recall: &mut Recall, mut follow: impl FnMut(&Consequence)) {
        if let Some(consequence) = self.texts.get(text).and_then(|at| self.text_consequences.get(at as usize)) {
            follow(consequence);
        }
        let Some(literals) = &self.literals else { return };
        for &number in recall.look_up(self.number, text, |found| literals.find(text, found)) {
            if let Some(literal) = literals.sought.get(number as usize) {
                follow(&literal.consequence);
            }
        }
    }
}

impl Literals {
    fn new(literals: BTreeMap<(String, Place), Consequence>) -> Result<Self, BuildError> {
        let texts = literals.keys().map(|(text, _)| text);
        let machine = if texts.clone().map(String::len).sum::<usize>() <= MOST_FOR_FAST {
            Machine::Fast(DFA::new(texts)?)
        } else {
            Machine::Small(NFA::new(texts)?)
        };
        let sought =
            literals.into_iter().map(|((text, place), consequence)| Literal { length: text.len(), place, consequence });
        Ok(Self { machine, sought: sought.collect() })
    }

    /// Adds the numbers of all literals that the text holds where they must stand.
    fn find(&self, text: &[u8], found: &mut Vec<u32>) {
        match &self.machine {
            Machine::Fast(machine) => self.find_with(machine, text, found),
            Machine::Small(machine) => self.find_with(machine, text, found),
        }
    }

    /// Walks the machine itself: its own search for overlapping matches takes several times as long.
    fn find_with<A: Automaton>(&self, machine: &A, text: &[u8], found: &mut Vec<u32>) {
        // Machines made with the default settings start anywhere; they refuse nothing else.
        let Ok(mut state) = machine.start_state(Anchored::No) else { return };
        for (&byte, end) in text.iter().zip(1..) {
            state = machine.next_state(Anchored::No, state, byte);
            if machine.is_special(state) && machine.is_match(state) {
                let numbers = (0..machine.match_len(state)).map(|at| machine.match_pattern(state, at).as_u32());
                found.extend(numbers.filter(|&number| self.stands_right(number, end, text.len())));
            }
        }
    }

    fn stands_right(&self, number: u32, end: usize, length: usize) -> bool {
        self.sought.get(number as usize).is_some_and(|literal| match literal.place {
            Place::Start => literal.length == end,
            Place::End => length == end,
            Place::Anywhere => true,
        })
    }
}
