//! A hash table from the texts that rules name to numbers, built once and then only asked.

use crate::fold::fold_bytes;
use crate::words::{equal, equal_but_for_case, last_word};
use std::cell::Cell;

/// Texts and their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextTable {
    /// Bit n is set if some text is n bytes long (63: 63 or more): most strangers are turned away by this alone.
    lengths: u64,
    /// Twice as many places as texts or more, a power of two, so that a search always ends at a free one, and soon.
    places: Vec<Place>,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    len: u32,
    /// Tells a stranger from the text at a glance.
    hash: u32,
    number: u32,
}

/// No text has this number.
const NONE: u32 = u32::MAX;
const FREE: Place = Place { start: 0, len: 0, hash: 0, number: NONE };

/// A text that is looked for, in several tables perhaps: its hash is reckoned once, when it is first needed.
#[derive(Debug)]
pub(crate) struct Sought<'t> {
    bytes: &'t [u8],
    hash: Cell<Option<Hash>>,
}

#[derive(Clone, Copy, Debug)]
struct Hash {
    value: u32,
    /// The text has no other characters.
    is_ascii: bool,
}

impl<'t> Sought<'t> {
    /// This text.
    #[inline]
    pub(crate) fn new(bytes: &'t [u8]) -> Self {
        Self { bytes, hash: Cell::new(None) }
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &'t [u8] {
        self.bytes
    }

    /// The same for texts that differ in the case of ASCII letters alone.
    #[inline]
    pub(crate) fn hash(&self) -> u32 {
        self.hashed().value
    }

    #[inline]
    fn hashed(&self) -> Hash {
        self.hash.get().unwrap_or_else(|| {
            let hash = hash(self.bytes);
            self.hash.set(Some(hash));
            hash
        })
    }
}

impl TextTable {
    /// No texts.
    pub(crate) const EMPTY: Self = Self { lengths: 0, places: Vec::new(), bytes: Vec::new() };

    /// Of texts that differ from each other, numbered from 0.
    pub(crate) fn of<'s>(texts: impl Iterator<Item = &'s String>) -> Self {
        Self::new(&texts.zip(0..).map(|(text, number)| (text.as_bytes(), number)).collect::<Vec<_>>())
    }

    /// The texts must differ from each other.
    pub(crate) fn new(texts: &[(&[u8], u32)]) -> Self {
        let mask = (texts.len() * 2).next_power_of_two() - 1;
        let mut table = Self { lengths: 0, places: vec![FREE; mask + 1], bytes: Vec::new() };
        for &(text, number) in texts {
            table.lengths |= length_bit(text);
            let (start, len) = (table.bytes.len() as u32, text.len() as u32);
            let place = Place { start, len, hash: hash(text).value, number };
            table.bytes.extend_from_slice(text);
            let mut at = place.hash as usize;
            while let Some(taken) = table.places.get_mut(at & mask) {
                if taken.number == NONE {
                    *taken = place;
                    break;
                }
                at = at.wrapping_add(1);
            }
        }
        table
    }

    /// The number of this text.
    #[inline]
    pub(crate) fn get(&self, text: &Sought<'_>) -> Option<u32> {
        self.find(text, |known| equal(known, text.bytes))
    }

    /// The same without regard to case, in a table of folded texts.
    #[inline]
    pub(crate) fn get_in_any_case(&self, text: &Sought<'_>) -> Option<u32> {
        if !text.hashed().is_ascii {
            let folded = fold_bytes(text.bytes);
            return self.get(&Sought::new(&folded));
        }
        self.find(text, |known| equal_but_for_case(text.bytes, known))
    }

    #[inline]
    fn find(&self, text: &Sought<'_>, is_equal: impl Fn(&[u8]) -> bool) -> Option<u32> {
        if self.lengths & length_bit(text.bytes) == 0 {
            return None;
        }
        let hash = text.hash();
        let mut at = hash as usize;
        loop {
            let place = self.places.get(at & (self.places.len() - 1))?;
            if place.number == NONE {
                return None;
            }
            if place.hash == hash && self.text(place).is_some_and(&is_equal) {
                return Some(place.number);
            }
            at = at.wrapping_add(1);
        }
    }

    fn text(&self, place: &Place) -> Option<&[u8]> {
        self.bytes.get(place.start as usize..(place.start + place.len) as usize)
    }
}

#[inline]
fn length_bit(text: &[u8]) -> u64 {
    1 << text.len().min(63)
}

/// Quick rather than proof against collisions: only rules fill the tables, so nobody who writes records can make their
/// texts collide. The same for texts that differ in the case of ASCII letters alone.
#[inline]
fn hash(text: &[u8]) -> Hash {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    const LOWER_CASE: u64 = 0x2020_2020_2020_2020;
    let mix = |hash: u64, word: u64| {
        let product = (hash ^ (word | LOWER_CASE)).wrapping_mul(MIX);
        product ^ (product >> 32)
    };
    let mut hash = text.len() as u64;
    let mut seen = 0;
    let mut rest = text;
    while let Some((word, more)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        seen |= word;
        hash = mix(hash, word);
        rest = more;
    }
    let tail = last_word(rest);
    seen |= tail;
    Hash { value: mix(hash, tail) as u32, is_ascii: seen & 0x8080_8080_8080_8080 == 0 }
}
