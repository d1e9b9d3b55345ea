//! From the values of a record to the rules worth a look: exact texts by a hash table, literals by one automaton a slot.

use super::gate::{LiteralGate, TextGate};
use super::inside::Inside;
use super::literals::{Literals, Place, without_case};
use super::object::Objects;
use super::predicate::PredicateId;
use super::recall::Recall;
use super::trigger::{Case, Kinds};
use crate::fold::fold_text;
use crate::record::{Capture, Kind, View};
use crate::text_table::{Sought, TextTable};
use crate::words::equal;
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
#[derive(Debug)]
pub(super) struct SlotIndex {
    kinds: Arc<RulesOfKinds>,
    cased: TextIndex,
    folded: TextIndex,
    inside: Option<Arc<Inside>>,
}

/// What is looked for in the texts of one slot.
#[derive(Debug)]
struct TextIndex {
    texts: BTreeMap<String, Consequence>,
    literals: Option<Arc<LiteralIndex>>,
}

#[derive(Debug)]
struct LiteralIndex {
    literals: Literals,
    consequences: Vec<Consequence>,
}

/// All that is looked for in the values at one node, which may belong to several slots: rules of different languages
/// name it differently. One look at a value must cost little, so the exact texts of all are in one table.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Tells it from the others, from 1; the next number is its own, too.
    number: u32,
    all_kinds: Kinds,
    kinds: Vec<Arc<RulesOfKinds>>,
    /// Folded.
    texts: TextTable,
    of_texts: Vec<OfText>,
    cased: Vec<Arc<LiteralIndex>>,
    folded: Vec<Arc<LiteralIndex>>,
    inside: Vec<Arc<Inside>>,
}

/// What follows from texts that differ in case alone.
#[derive(Debug, Default)]
struct OfText {
    in_any_case: Consequence,
    as_written: Vec<(String, Consequence)>,
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
            cased: self.cased.build(false)?,
            folded: self.folded.build(true)?,
            inside: Inside::new(self.inside)?.map(Arc::new),
        })
    }
}

impl TextIndexBuilder {
    fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.literals.is_empty()
    }

    fn build(self, folds: bool) -> Result<TextIndex, BuildError> {
        let sought: Vec<_> = self.literals.keys().map(|(text, place)| (text.as_str(), *place)).collect();
        let literals = if sought.is_empty() { None } else { Some(Literals::new(&sought, folds)?) };
        let consequences = self.literals.into_values().collect();
        let literals = literals.map(|literals| Arc::new(LiteralIndex { literals, consequences }));
        Ok(TextIndex { texts: self.texts, literals })
    }
}

impl Consequence {
    fn add(&mut self, other: &Self) {
        self.predicates.extend(&other.predicates);
        self.rules.extend(&other.rules);
    }
}

impl Watched {
    /// Of the slots of a node.
    pub(super) fn new(number: u32, slots: &[&SlotIndex]) -> Self {
        let mut watched = Self { number, ..Self::default() };
        for SlotIndex { kinds, cased, folded, inside } in slots {
            watched.all_kinds = kinds.iter().fold(watched.all_kinds, |all, (kinds, _)| all.or(*kinds));
            watched.kinds.push(Arc::clone(kinds));
            watched.cased.extend(cased.literals.clone());
            watched.folded.extend(folded.literals.clone());
            watched.inside.extend(inside.clone());
        }
        (watched.texts, watched.of_texts) = texts_of(slots);
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
        !self.of_texts.is_empty() || self.has_literals()
    }

    fn has_literals(&self) -> bool {
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
        if let Some(number) = self.texts.get_in_any_case(text)
            && let Some(OfText { in_any_case, as_written }) = self.of_texts.get(number as usize)
        {
            follow(in_any_case);
            let same = as_written.iter().filter(|(written, _)| !is_word && equal(written.as_bytes(), text.bytes()));
            same.for_each(|(_, consequence)| follow(consequence));
        }
        if !self.has_literals() {
            return;
        }
        let number = self.number + u32::from(is_word);
        for &number in recall.look_up(number, text, |found| self.find_literals(text.bytes(), is_word, found)) {
            self.literals()
                .flat_map(|index| &index.consequences)
                .nth(number as usize)
                .into_iter()
                .for_each(&mut follow);
        }
    }

    /// In the order in which they are numbered.
    fn literals(&self) -> impl Iterator<Item = &LiteralIndex> {
        self.cased.iter().chain(&self.folded).map(AsRef::as_ref)
    }

    /// Adds the numbers of the literals found, among those of all slots.
    fn find_literals(&self, text: &[u8], is_word: bool, found: &mut Vec<u32>) {
        let mut first = 0;
        let mut find = |index: &LiteralIndex, text: &[u8]| {
            let known = found.len();
            index.literals.find(text, found);
            found.iter_mut().skip(known).for_each(|number| *number += first);
            first += index.consequences.len() as u32;
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

/// The exact texts of some slots and what follows from each.
fn texts_of(slots: &[&SlotIndex]) -> (TextTable, Vec<OfText>) {
    let mut texts: BTreeMap<String, OfText> = BTreeMap::new();
    for SlotIndex { cased, folded, .. } in slots {
        for (text, consequence) in &folded.texts {
            texts.entry(text.clone()).or_default().in_any_case.add(consequence);
        }
        for (text, consequence) in &cased.texts {
            let of_text = texts.entry(fold_text(text)).or_default();
            of_text.as_written.push((text.clone(), consequence.clone()));
        }
    }
    (TextTable::of(texts.keys()), texts.into_values().collect())
}
