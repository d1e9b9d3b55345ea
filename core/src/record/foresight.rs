//! Foresees which key comes next. Records of one service name their members in the same order again and again, so a
//! comparison with the key that came last time mostly takes the place of finding where a key ends and looking it up.
//!
//! What is remembered changes how fast a record is read, never what is read: a key that was foreseen wrongly is read
//! the slow way. Memory is bounded; when it is full, learning starts afresh.

use super::projection::{NodeId, UNWANTED};
use crate::text_table::hash;
use wide::u8x16;

/// A key that was met, and which keys followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory(u32);

/// Nothing is remembered here.
pub(crate) const BLANK: Memory = Memory(0);
/// The record itself, before its first key.
pub(crate) const BEGINNING: Memory = Memory(1);

/// How far reading an object has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trail {
    /// The key read last, or the one whose value this object is.
    pub(crate) after: Memory,
    /// The latter.
    is_within: bool,
    /// The key that came next the last time.
    expected: Memory,
}

/// A key that came as expected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Foreseen {
    pub(crate) trail: Trail,
    /// Where it leads.
    pub(crate) node: NodeId,
    /// The place behind its colon.
    pub(crate) end: usize,
}

impl Trail {
    /// Nothing is expected.
    pub(crate) const NONE: Self = Self { after: BLANK, is_within: true, expected: BLANK };
}

/// Keys met so far.
#[derive(Debug)]
pub(crate) struct Foresight {
    met: Box<[Met; MOST]>,
    /// How many of those there are.
    count: usize,
    /// Finds what was met by object and key; a later one takes the place of an earlier one.
    places: Vec<Memory>,
    /// There was no room for a key of this record.
    is_full: bool,
}

#[derive(Clone, Debug)]
#[repr(align(64))]
struct Met {
    /// Quote, key, quote, colon; then anything.
    text: [u8; WIDTH],
    /// One bit for each byte of it that counts.
    mask: u64,
    parent: NodeId,
    child: NodeId,
    /// The first key of the object that is its value.
    within: Memory,
    /// The next key of the same object.
    behind: Memory,
}

/// Holds keys of up to 29 bytes, which is nearly all that CloudTrail has.
const WIDTH: usize = 32;
const HALF: usize = WIDTH / 2;

/// Some 60 kB. A stream of records of all services has a few hundred keys at the places that rules look at.
const MOST: usize = 1024;

/// More places than keys, so that two keys seldom want the same one.
const PLACES: usize = 4 * MOST;

/// What stands for `BLANK`, for `BEGINNING` and where nothing is met yet. More bits than a text has bytes keep it from
/// being foreseen.
const NOT_MET: Met =
    Met { text: [0; WIDTH], mask: u64::MAX, parent: UNWANTED, child: UNWANTED, within: BLANK, behind: BLANK };

impl Default for Foresight {
    fn default() -> Self {
        Self { met: Box::new([const { NOT_MET }; MOST]), count: 2, places: vec![BLANK; PLACES], is_full: false }
    }
}

impl Foresight {
    /// A record begins. Learning starts afresh only here, so that what is remembered keeps its meaning within a record.
    pub(crate) fn begin(&mut self) {
        if self.is_full {
            *self = Self::default();
        }
    }

    /// The key foreseen, if it stands with its colon right behind the brace or comma at `at`.
    #[inline(always)]
    pub(crate) fn foresee(&self, trail: Trail, bytes: &[u8], at: usize) -> Option<Foreseen> {
        let met = self.met(trail.expected);
        let found = bytes.get(at + 1..)?.first_chunk::<WIDTH>()?;
        let equal = equal_bytes(found.first_chunk()?, met.text.first_chunk()?)
            | equal_bytes(found.last_chunk()?, met.text.last_chunk()?) << HALF;
        if u64::from(equal) & met.mask != met.mask {
            return None;
        }
        let trail = Trail { after: trail.expected, is_within: false, expected: met.behind };
        Some(Foreseen { trail, node: met.child, end: at + 1 + met.mask.trailing_ones() as usize })
    }

    /// What to expect in the object that is the value of this key.
    #[inline]
    pub(crate) fn within(&self, after: Memory) -> Trail {
        let expected = self.met(after).within;
        Trail { after, is_within: true, expected }
    }

    /// Remembers that this key, read the slow way, came where the trail ends.
    pub(crate) fn learn(&mut self, trail: Trail, parent: NodeId, key: &[u8], child: NodeId) -> Trail {
        let Some(memory) = self.find_or_add(parent, key, child) else { return Trail::NONE };
        if trail.after != BLANK
            && let Some(met) = self.met.get_mut(trail.after.0 as usize)
        {
            *if trail.is_within { &mut met.within } else { &mut met.behind } = memory;
        }
        let expected = self.met(memory).behind;
        Trail { after: memory, is_within: false, expected }
    }

    fn find_or_add(&mut self, parent: NodeId, key: &[u8], child: NodeId) -> Option<Memory> {
        let mut text = [0; WIDTH];
        let (open, rest) = text.split_first_mut()?;
        *open = b'"';
        let (place, rest) = rest.split_at_mut_checked(key.len())?;
        place.copy_from_slice(key);
        rest.first_chunk_mut::<2>()?.copy_from_slice(b"\":");
        let mask = u64::MAX >> (u64::BITS as usize - (key.len() + 3));

        let place = self.places.get_mut((hash(key) ^ parent.number()) % PLACES)?;
        let memory = *place;
        if let Some(met) = self.met.get(memory.0 as usize)
            && met.parent == parent
            && met.text == text
        {
            return Some(memory);
        }
        let Some(free) = self.met.get_mut(self.count) else {
            self.is_full = true;
            return None;
        };
        *free = Met { text, mask, parent, child, within: BLANK, behind: BLANK };
        *place = Memory(self.count as u32);
        self.count += 1;
        Some(*place)
    }

    /// Masking tells the compiler that there is one.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "the mask keeps the index below the length, which is a power of two")]
    fn met(&self, memory: Memory) -> &Met {
        &self.met[memory.0 as usize & (MOST - 1)]
    }
}

/// One bit for each byte, set where both have the same.
#[inline]
fn equal_bytes(one: &[u8; HALF], two: &[u8; HALF]) -> u32 {
    u8x16::new(*one).simd_eq(u8x16::new(*two)).to_bitmask()
}
