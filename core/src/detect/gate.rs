//! A second look before a rule is asked: may a record that triggers it hold something else, too, that the rule needs?
//!
//! Where thousands of rules are loaded, dozens know of the same event and few of them match. What a gate compares stands
//! beside the trigger, so that a rule whose gate is shut is never fetched from memory. A gate may open in vain.

use crate::record::{Capture, Kind, Projection, Slot, View};
use crate::words::{last_word, splat};

/// Opens if one of the values in a slot may have a certain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextGate {
    slot: Slot,
    mark: u32,
}

/// Opens if one of the values in a slot may hold a certain literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LiteralGate {
    slot: Slot,
    /// Numbers of pairs of neighbours in it.
    pairs: [u8; 4],
}

impl TextGate {
    /// For this text, in whatever case. `None`: it is not ASCII.
    pub(super) fn new(slot: Slot, text: &str) -> Option<Self> {
        text.is_ascii().then(|| Self { slot, mark: mark(text.as_bytes()) })
    }
}

impl LiteralGate {
    /// For this literal, in whatever case. `None`: it is not ASCII, or too short.
    pub(super) fn new(slot: Slot, literal: &str) -> Option<Self> {
        let numbers: Vec<u8> = numbers_of_pairs(literal.as_bytes()).collect();
        let last = numbers.len().checked_sub(1).filter(|_| literal.is_ascii())?;
        let pairs = [0, 1, 2, 3].map(|part| numbers.get(last * part / 3).copied().unwrap_or_default());
        Some(Self { slot, pairs })
    }
}

/// Tells a text from most others by its length and its end, where names and ARNs differ most; whatever the case of letters.
fn mark(text: &[u8]) -> u32 {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let end = text.last_chunk().map_or_else(|| last_word(text), |end| u64::from_le_bytes(*end));
    let lower_case = end | splat(0x20);
    ((lower_case ^ text.len() as u64).wrapping_mul(MIX) >> 32) as u32
}

/// A number for each pair of neighbours, of which several have the same; whatever the case of letters.
fn numbers_of_pairs(text: &[u8]) -> impl Iterator<Item = u8> {
    const LOWER_CASE: u8 = 0x20;
    let number = |one: u8, other: u8| (one | LOWER_CASE).wrapping_mul(37).wrapping_add(other | LOWER_CASE);
    text.iter().zip(text.iter().skip(1)).map(move |(&one, &other)| number(one, other))
}

/// What the slots of one record hold, as far as gates have asked. Records have numbers from 1.
#[derive(Debug)]
pub(super) struct Gates {
    texts: Vec<(u32, Texts)>,
    pairs: Vec<(u32, Pairs)>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Texts {
    #[default]
    None,
    /// One, with this mark.
    One(u32),
    /// More than a mark tells of: several, or one with other letters than those of ASCII.
    Any,
}

/// A bit for each number of the pairs in all texts; all bits where an object, or letters beyond ASCII, may hold more.
#[derive(Clone, Copy, Debug, Default)]
struct Pairs([u64; 4]);

impl Gates {
    pub(super) fn new(projection: &Projection) -> Self {
        let slots = projection.nodes_of_slots().len();
        Self { texts: vec![Default::default(); slots], pairs: vec![Default::default(); slots] }
    }

    /// Records are numbered from the beginning again.
    pub(super) fn forget(&mut self) {
        self.texts.fill(Default::default());
        self.pairs.fill(Default::default());
    }

    #[inline]
    pub(super) fn open_for_text(&mut self, gate: TextGate, record: u32, view: View<'_>) -> bool {
        let Some((known, texts)) = self.texts.get_mut(gate.slot.0 as usize) else { return true };
        if *known != record {
            (*known, *texts) = (record, Texts::of(view, gate.slot));
        }
        match *texts {
            Texts::None => false,
            Texts::One(mark) => mark == gate.mark,
            Texts::Any => true,
        }
    }

    #[inline]
    pub(super) fn open_for_literal(&mut self, gate: LiteralGate, record: u32, view: View<'_>) -> bool {
        let Some((known, pairs)) = self.pairs.get_mut(gate.slot.0 as usize) else { return true };
        if *known != record {
            (*known, *pairs) = (record, Pairs::of(view, gate.slot));
        }
        gate.pairs.iter().all(|number| pairs.have(*number))
    }
}

impl Texts {
    #[inline(never)]
    fn of(view: View<'_>, slot: Slot) -> Self {
        let mut texts = Self::None;
        view.any(slot, |capture| {
            texts = match (texts, view.text_or_word(capture)) {
                (texts, None) => texts,
                (Self::None, Some(text)) if text.is_ascii() => Self::One(mark(&text)),
                _ => Self::Any,
            };
            false
        });
        texts
    }
}

impl Pairs {
    #[inline(never)]
    fn of(view: View<'_>, slot: Slot) -> Self {
        let mut pairs = Self::default();
        let may_hold_more = |capture: Capture| match view.text_or_word(capture) {
            Some(text) if text.is_ascii() => {
                numbers_of_pairs(&text).for_each(|number| pairs.add(number));
                false
            }
            Some(_) => true,
            None => capture.kind == Kind::Object,
        };
        if view.any(slot, may_hold_more) { Self([u64::MAX; 4]) } else { pairs }
    }

    fn add(&mut self, number: u8) {
        if let Some(word) = self.0.get_mut(usize::from(number >> 6)) {
            *word |= 1 << (number & 63);
        }
    }

    #[inline]
    fn have(&self, number: u8) -> bool {
        self.0.get(usize::from(number >> 6)).is_some_and(|word| word >> (number & 63) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{LiteralGate, Pairs, TextGate, numbers_of_pairs};
    use crate::record::Slot;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn a_gate_is_open_for_what_it_waits_for(before in "[ -~]*", literal in "[ -~]{2,}", after in "[ -~]*") {
            let slot = Slot(0);
            prop_assert_eq!(TextGate::new(slot, &literal), TextGate::new(slot, &literal.to_uppercase()));
            let text = format!("{before}{}{after}", literal.to_uppercase());
            let mut pairs = Pairs::default();
            numbers_of_pairs(text.as_bytes()).for_each(|number| pairs.add(number));
            let gate = LiteralGate::new(slot, &literal).map(|gate| gate.pairs).unwrap_or_default();
            prop_assert!(gate.iter().all(|number| pairs.have(*number)));
        }
    }
}
