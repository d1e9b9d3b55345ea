//! From the values of a record to the rules worth a look: exact texts by a hash table, literals by one automaton a slot.

use super::gate::{LiteralGate, TextGate};
use super::inside::Inside;
use super::literals::{Literals, Place, without_case};
use super::object::Objects;
use super::predicate::PredicateId;
use super::recall::Recall;
use super::trigger::{Case, Kinds};
use crate::record::{Capture, Kind, View};
use crate::text_table::{Sought, TextTable};
use aho_corasick::BuildError;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Position of a rule in its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RuleId(pub(super) u32);

/// A rule that may match because of something that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) rule: RuleId,
    /// What else the rule needs (see [`super::gate`]).
    pub(super) text: Option<TextGate>,
    pub(super) literal: Option<LiteralGate>,
}

/// What follows from finding something.
#[derive(Clone, Debug, Default)]
pub(super) struct Consequence {
    /// These tests hold.
    pub(super) predicates: Vec<PredicateId>,
    /// These rules may match.
    pub(super) rules: Vec<Candidate>,
}

/// Rules that may match if a value of some kind is there.
type RulesOfKinds = Vec<(Kinds, Vec<Candidate>)>;

/// All that is looked for in one slot.
#[derive(Clone, Debug)]
pub(super) struct SlotIndex {
    kinds: Arc<RulesOfKinds>,
    cased: Option<Arc<TextIndex>>,
    folded: Option<Arc<TextIndex>>,
    inside: Option<Arc<Inside>>,
}

/// What is looked for in the texts of one slot.
#[derive(Debug)]
struct TextIndex {
    texts: TextTable,
    of_texts: Vec<Consequence>,
    literals: Option<Literals>,
    of_literals: Vec<Arc<Consequence>>,
}

/// All that is looked for in the values at one node, which may belong to several slots: rules of different languages
/// name it differently. There is a row for each kind of search, as one look at a value must cost little.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Tells it from the others, from 1; the next number is its own, too.
    number: u32,
    all_kinds: Kinds,
    kinds: Vec<Arc<RulesOfKinds>>,
    cased: Vec<Arc<TextIndex>>,
    folded: Vec<Arc<TextIndex>>,
    inside: Vec<Arc<Inside>>,
    /// Those of the cased literals, then those of the folded ones.
    of_literals: Vec<Arc<Consequence>>,
}

/// Collects what is looked for in one slot.
#[derive(Debug, Default)]
pub(super) struct SlotIndexBuilder {
    pub(super) kinds: BTreeMap<Kinds, Vec<Candidate>>,
    cased: TextIndexBuilder,
    folded: TextIndexBuilder,
    /// Folded literals that must stand in an object.
    pub(super) inside: BTreeMap<String, Consequence>,
}

#[derive(Debug, Default)]
pub(super) struct TextIndexBuilder {
    pub(super) texts: BTreeMap<String, Consequence>,
    pub(super) literals: BTreeMap<(String, Place), Consequence>,
}

impl SlotIndexBuilder {
    pub(super) fn of(&mut self, case: Case) -> &mut TextIndexBuilder {
        match case {
            Case::Counts => &mut self.cased,
            Case::Folded => &mut self.folded,
        }
    }

    /// Whether nothing is looked for.
    pub(super) fn is_empty(&self) -> bool {
        self.kinds.is_empty() && self.cased.is_empty() && self.folded.is_empty() && self.inside.is_empty()
    }

    pub(super) fn build(self) -> Result<SlotIndex, BuildError> {
        Ok(SlotIndex {
            kinds: Arc::new(self.kinds.into_iter().collect()),
            cased: self.cased.build(false)?.map(Arc::new),
            folded: self.folded.build(true)?.map(Arc::new),
            inside: Inside::new(self.inside)?.map(Arc::new),
        })
    }
}

impl TextIndexBuilder {
    fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.literals.is_empty()
    }

    fn build(self, folds: bool) -> Result<Option<TextIndex>, BuildError> {
        if self.is_empty() {
            return Ok(None);
        }
        let texts = TextTable::of(self.texts.keys());
        let sought: Vec<_> = self.literals.keys().map(|(text, place)| (text.as_str(), *place)).collect();
        let literals = if sought.is_empty() { None } else { Some(Literals::new(&sought, folds)?) };
        Ok(Some(TextIndex {
            texts,
            of_texts: self.texts.into_values().collect(),
            literals,
            of_literals: self.literals.into_values().map(Arc::new).collect(),
        }))
    }
}

impl Watched {
    /// Of the slots of a node.
    pub(super) fn new(number: u32, slots: Vec<SlotIndex>) -> Self {
        let mut watched = Self { number, ..Self::default() };
        for SlotIndex { kinds, cased, folded, inside } in slots {
            watched.all_kinds = kinds.iter().fold(watched.all_kinds, |all, (kinds, _)| all.or(*kinds));
            watched.kinds.push(kinds);
            watched.cased.extend(cased);
            watched.folded.extend(folded);
            watched.inside.extend(inside);
        }
        let with_literals = watched.cased.iter().chain(&watched.folded);
        watched.of_literals = with_literals.flat_map(|index| index.of_literals.iter().map(Arc::clone)).collect();
        watched
    }

    /// Rules that may match because there is a value of this kind.
    #[inline]
    pub(super) fn rules_of(&self, kind: Kind, consider: impl FnMut(&Candidate)) {
        if self.all_kinds.include(kind) {
            let all = self.kinds.iter().flat_map(|kinds| kinds.iter()).filter(|(kinds, _)| kinds.include(kind));
            all.flat_map(|(_, rules)| rules).for_each(consider);
        }
    }

    /// Whether the text of values must be looked at.
    #[inline]
    pub(super) fn reads_text(&self) -> bool {
        !self.cased.is_empty() || !self.folded.is_empty()
    }

    /// Tells what follows from a value with this text. `true` and `false` have one where case does not count, which is
    /// in Sigma.
    #[inline]
    pub(super) fn look_up(
        &self,
        text: &Sought<'_>,
        kind: Kind,
        recall: &mut Recall,
        mut follow: impl FnMut(&Consequence),
    ) {
        let is_word = matches!(kind, Kind::True | Kind::False);
        if !is_word {
            for TextIndex { texts, of_texts, .. } in self.cased.iter().map(AsRef::as_ref) {
                if let Some(number) = texts.get(text)
                    && let Some(consequence) = of_texts.get(number as usize)
                {
                    follow(consequence);
                }
            }
        }
        for TextIndex { texts, of_texts, .. } in self.folded.iter().map(AsRef::as_ref) {
            if let Some(number) = texts.get_in_any_case(text)
                && let Some(consequence) = of_texts.get(number as usize)
            {
                follow(consequence);
            }
        }
        if self.of_literals.is_empty() {
            return;
        }
        let number = self.number + u32::from(is_word);
        for &number in recall.look_up(number, text, |found| self.find_literals(text.bytes(), is_word, found)) {
            if let Some(consequence) = self.of_literals.get(number as usize) {
                follow(consequence);
            }
        }
    }

    /// Adds the numbers of the literals found, among those of all slots.
    fn find_literals(&self, text: &[u8], is_word: bool, found: &mut Vec<u32>) {
        let mut first = 0;
        let mut find = |index: &TextIndex, text: &[u8]| {
            let known = found.len();
            index.literals.iter().for_each(|literals| literals.find(text, found));
            found.iter_mut().skip(known).for_each(|number| *number += first);
            first += index.of_literals.len() as u32;
        };
        let nothing: &[u8] = &[];
        self.cased.iter().for_each(|index| find(index, if is_word { nothing } else { text }));
        let text = without_case(text);
        self.folded.iter().for_each(|index| find(index, &text));
    }

    /// Tells what follows from an object.
    #[inline]
    pub(super) fn look_inside(
        &self,
        view: View<'_>,
        capture: Capture,
        objects: &mut Objects,
        mut follow: impl FnMut(&Consequence),
    ) {
        self.inside.iter().for_each(|inside| inside.look(view, capture, objects, &mut follow));
    }
}
