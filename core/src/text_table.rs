//! A hash table from the texts that rules name to numbers, built once and then only asked.

use crate::fold::fold_bytes;

/// Texts and their numbers.
#[derive(Clone, Debug)]
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
    number: Option<u32>,
}

const FREE: Place = Place { start: 0, len: 0, number: None };

impl TextTable {
    /// No texts.
    pub(crate) const EMPTY: Self = Self { lengths: 0, places: Vec::new(), bytes: Vec::new() };

    /// The texts must differ from each other.
    pub(crate) fn new(texts: &[(&[u8], u32)]) -> Self {
        let mask = (texts.len() * 2).next_power_of_two() - 1;
        let mut table = Self { lengths: 0, places: vec![FREE; mask + 1], bytes: Vec::new() };
        for &(text, number) in texts {
            table.lengths |= length_bit(text);
            let place = Place { start: table.bytes.len() as u32, len: text.len() as u32, number: Some(number) };
            table.bytes.extend_from_slice(text);
            let mut at = hash(text);
            while let Some(taken) = table.places.get_mut(at & mask) {
                if taken.number.is_none() {
                    *taken = place;
                    break;
                }
                at = at.wrapping_add(1);
            }
        }
        table
    }

    /// Whether one of the texts may be as long as this one.
    #[inline]
    pub(crate) fn has_one_as_long_as(&self, text: &[u8]) -> bool {
        self.lengths & length_bit(text) != 0
    }

    /// The number of this text.
    #[inline]
    pub(crate) fn get(&self, text: &[u8]) -> Option<u32> {
        self.get_hashed(text, || hash(text))
    }

    /// The same where the hash of the text may be known.
    #[inline]
    pub(crate) fn get_hashed(&self, text: &[u8], hash: impl FnOnce() -> usize) -> Option<u32> {
        self.find(text, hash, |known| known == text)
    }

    /// The same without regard to case, in a table of folded texts.
    #[inline]
    pub(crate) fn get_in_any_case(&self, text: &[u8], hash: impl FnOnce() -> usize) -> Option<u32> {
        if text.is_ascii() {
            return self.find(text, hash, |known| known.eq_ignore_ascii_case(text));
        }
        self.get(&fold_bytes(text))
    }

    #[inline]
    fn find(&self, text: &[u8], hash: impl FnOnce() -> usize, is_equal: impl Fn(&[u8]) -> bool) -> Option<u32> {
        if !self.has_one_as_long_as(text) {
            return None;
        }
        let mut at = hash();
        loop {
            let place = self.places.get(at & (self.places.len() - 1))?;
            let number = place.number?;
            if place.len as usize == text.len() && self.text(place).is_some_and(&is_equal) {
                return Some(number);
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
pub(crate) fn hash(text: &[u8]) -> usize {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    const LOWER_CASE: u64 = 0x2020_2020_2020_2020;
    let mix = |hash: u64, word: u64| {
        let product = (hash ^ (word | LOWER_CASE)).wrapping_mul(MIX);
        product ^ (product >> 32)
    };
    let mut hash = text.len() as u64;
    let mut rest = text;
    while let Some((word, more)) = rest.split_first_chunk::<8>() {
        hash = mix(hash, u64::from_le_bytes(*word));
        rest = more;
    }
    let tail = match (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        (Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)),
        _ => rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    };
    mix(hash, tail) as usize
}
