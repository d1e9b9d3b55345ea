//! From the values of a record to the rules worth a look: exact texts by a hash table, literals by one automaton a slot.

use super::literals::{Literals, Place};
use super::object::Objects;
use super::predicate::PredicateId;
use super::recall::{Recall, Sought};
use super::trigger::{Case, Kinds};
use crate::fold::fold_bytes;
use crate::record::string::decode;
use crate::record::{Capture, Kind, View};
use crate::text_table::TextTable;
use aho_corasick::BuildError;
use std::borrow::Cow;
use std::cell::Cell;
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
    /// Rules that may match if a value of some kind is there.
    kinds: Vec<(Kinds, Vec<RuleId>)>,
    cased: Option<TextIndex>,
    folded: Option<TextIndex>,
}

/// What is looked for in the texts of one slot.
#[derive(Debug)]
struct TextIndex {
    /// Tells it from the others, from 1; the number behind it is that of objects there.
    number: u32,
    texts: TextTable,
    literals: Option<Literals>,
    /// Some literals are looked for within objects.
    looks_inside: bool,
    /// Those of the texts, then those of the literals.
    consequences: Vec<Consequence>,
    /// How many of them are those of texts.
    text_count: u32,
}

/// Collects what is looked for in one slot.
#[derive(Debug, Default)]
pub(super) struct SlotIndexBuilder {
    pub(super) kinds: BTreeMap<Kinds, Vec<RuleId>>,
    cased: TextIndexBuilder,
    folded: TextIndexBuilder,
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

    /// `None`: nothing is looked for. Three numbers from `number` on are its own.
    pub(super) fn build(self, number: u32) -> Result<Option<SlotIndex>, BuildError> {
        let cased = self.cased.build(number, false)?;
        let folded = self.folded.build(number + 1, true)?;
        if self.kinds.is_empty() && cased.is_none() && folded.is_none() {
            return Ok(None);
        }
        Ok(Some(SlotIndex { kinds: self.kinds.into_iter().collect(), cased, folded }))
    }
}

impl TextIndexBuilder {
    fn build(self, number: u32, folds: bool) -> Result<Option<TextIndex>, BuildError> {
        if self.texts.is_empty() && self.literals.is_empty() {
            return Ok(None);
        }
        let text_count = self.texts.len() as u32;
        let numbered: Vec<_> = self.texts.keys().zip(0..).map(|(text, number)| (text.as_bytes(), number)).collect();
        let texts = TextTable::new(&numbered);
        let sought: Vec<_> = self.literals.keys().map(|(text, place)| (text.as_str(), *place)).collect();
        let looks_inside = sought.iter().any(|(_, place)| *place == Place::Inside);
        let literals = if sought.is_empty() { None } else { Some(Literals::new(&sought, folds)?) };
        let consequences = self.texts.into_values().chain(self.literals.into_values()).collect();
        Ok(Some(TextIndex { number, texts, literals, looks_inside, consequences, text_count }))
    }
}

impl SlotIndex {
    /// Rules that may match because there is a value of this kind.
    #[inline]
    pub(super) fn rules_of(&self, kind: Kind) -> impl Iterator<Item = &RuleId> {
        let met = self.kinds.iter().filter(move |(kinds, _)| kinds.include(kind));
        met.flat_map(|(_, rules)| rules)
    }

    /// Whether the text of values must be looked at.
    pub(super) fn reads_text(&self) -> bool {
        self.cased.is_some() || self.folded.is_some()
    }

    /// Tells what follows from a value with this text. `true` and `false` have one where case does not count, which is
    /// in Sigma.
    #[inline]
    pub(super) fn look_up(
        &self,
        text: Sought<'_>,
        kind: Kind,
        recall: &mut Recall,
        mut follow: impl FnMut(&Consequence),
    ) {
        if let Some(index) = &self.cased
            && !matches!(kind, Kind::True | Kind::False)
        {
            index.look_up_cased(text, recall, &mut follow);
        }
        if let Some(index) = &self.folded {
            index.look_up_folded(text, recall, &mut follow);
        }
    }

    /// Tells what follows from an object.
    #[inline]
    pub(super) fn look_inside(
        &self,
        view: View<'_>,
        capture: Capture,
        memory: (&mut Recall, &mut Objects),
        mut follow: impl FnMut(&Consequence),
    ) {
        if let Some(index) = &self.folded
            && index.looks_inside
        {
            index.look_inside(view, capture, memory, &mut follow);
        }
    }
}

impl TextIndex {
    fn look_up_cased(&self, text: Sought<'_>, recall: &mut Recall, follow: &mut impl FnMut(&Consequence)) {
        let found = self.texts.get_hashed(text.text, || text.hash());
        if let Some(consequence) = found.and_then(|at| self.consequences.get(at as usize)) {
            follow(consequence);
        }
        if let Some(literals) = &self.literals {
            let found = recall.look_up(self.number, text, |found| literals.find(text.text, found));
            self.follow_literals(found, follow);
        }
    }

    fn look_up_folded(&self, sought: Sought<'_>, recall: &mut Recall, follow: &mut impl FnMut(&Consequence)) {
        let text = sought.text;
        // Folding changes the length of no text in ASCII.
        if self.literals.is_none() && !self.texts.has_one_as_long_as(text) && text.is_ascii() {
            return;
        }
        let found = recall.look_up(self.number, sought, |found| {
            if let Some(literals) = &self.literals {
                literals.find(&without_case(text), found);
            }
            found.iter_mut().for_each(|number| *number += self.text_count);
            found.extend(self.texts.get(&fold_bytes(text)));
        });
        for &number in found {
            if let Some(consequence) = self.consequences.get(number as usize) {
                follow(consequence);
            }
        }
    }

    /// An object is searched as it stands: no literal has a character that JSON puts between values, so that it makes no
    /// difference whether white space stands there, or a member that does not count. Its strings must be searched
    /// decoded, too, if they have escapes, and if those are not the ones that JSON demands, its texts are made.
    fn look_inside(
        &self,
        view: View<'_>,
        capture: Capture,
        (recall, objects): (&mut Recall, &mut Objects),
        follow: &mut impl FnMut(&Consequence),
    ) {
        let Some(literals) = &self.literals else { return };
        let (raw, hash) = (view.raw(capture), Cell::new(None));
        let found = recall.look_up(self.number + 1, Sought::new(raw, &hash), |found| {
            let mut find = |text: &[u8]| literals.find_inside(&without_case(text), found);
            match escapes(raw) {
                Escapes::None => find(raw),
                Escapes::Needed => {
                    find(raw);
                    find(decode(view.raw_str(capture)).as_bytes());
                }
                Escapes::Other => {
                    let texts = objects.texts(view, capture);
                    texts.iter().filter(|text| !text.is_repeated()).for_each(|text| find(text.as_written()));
                }
            }
        });
        self.follow_literals(found, follow);
    }

    fn follow_literals(&self, found: &[u32], follow: &mut impl FnMut(&Consequence)) {
        for &number in found {
            if let Some(consequence) = self.consequences.get((number + self.text_count) as usize) {
                follow(consequence);
            }
        }
    }
}

/// The escapes in the strings of an object.
enum Escapes {
    None,
    /// Those that the compact text has, too.
    Needed,
    Other,
}

fn escapes(object: &[u8]) -> Escapes {
    let mut found = Escapes::None;
    let mut rest = object;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        match rest.get(at + 1) {
            Some(b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't') => found = Escapes::Needed,
            _ => return Escapes::Other,
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    found
}

/// A text as the machine for folded literals takes it, which itself passes over the case of ASCII.
fn without_case(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() { Cow::Borrowed(text) } else { fold_bytes(text) }
}
