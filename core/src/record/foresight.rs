//! Foresees which key comes next. Records of one service name their members in the same order again and again, so a
//! comparison with the key that came last time mostly takes the place of finding where a key ends and looking it up.
//!
//! What is remembered changes how fast a record is read, never what is read: a key that was foreseen wrongly is read
//! the slow way. Memory is bounded; when it is full, learning starts afresh.

use super::block::{WINDOW, equal_where};
use super::projection::{NodeId, UNWANTED};
use crate::text_table::Sought;
use crate::words::equal;

/// A key that was met, and which keys followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory(u32);

/// Nothing is remembered here.
pub(crate) const BLANK: Memory = Memory(0);
/// The record itself, before its first key.
pub(crate) const BEGINNING: Memory = Memory(1);

/// Marks a key within whose value reading has just begun.
const WITHIN: u32 = 1 << 31;

/// How far reading an object has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trail {
    /// The key read last, or the one whose value this object is, marked as such.
    pub(crate) after: Memory,
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
    pub(crate) const NONE: Self = Self { after: BLANK, expected: BLANK };

    fn is_within(self) -> bool {
        self.after.0 & WITHIN != 0
    }
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
    /// Quote, key, quote, colon; then anything. It holds keys of up to 29 bytes, which is nearly all that CloudTrail has.
    text: [u8; WINDOW],
    /// One bit for each byte of it that counts.
    mask: u64,
    parent: NodeId,
    child: NodeId,
    /// The first key of the object that is its value.
    within: Memory,
    /// The next key of the same object, and the one that came there before another one did. Some members are there in
    /// one record and not in the next, so that two keys often take turns.
    behind: Memory,
    formerly_behind: Memory,
}

/// Some 60 kB. A stream of records of all services has a few hundred keys at the places that rules look at.
const MOST: usize = 1024;

/// More places than keys, so that two keys seldom want the same one.
const PLACES: usize = 4 * MOST;

/// What stands for `BLANK`, for `BEGINNING` and where nothing is met yet. More bits than a text has bytes keep it from
/// being foreseen.
const NOT_MET: Met = Met {
    text: [0; WINDOW],
    mask: u64::MAX,
    parent: UNWANTED,
    child: UNWANTED,
    within: BLANK,
    behind: BLANK,
    formerly_behind: BLANK,
};

impl Met {
    fn is(&self, key: &[u8]) -> bool {
        self.mask == mask_of(key) && self.text.get(1..=key.len()).is_some_and(|text| equal(text, key))
    }
}

/// One bit for each byte of a key, its quotes and its colon; all bits for one that is too long to be kept.
fn mask_of(key: &[u8]) -> u64 {
    u64::MAX >> (u64::BITS as usize).saturating_sub(key.len() + 3)
}

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
        self.check(trail.expected, bytes, at)
    }

    /// The same for the second guess, to be asked when the first one was wrong. If it is right, it is the first one the
    /// next time.
    pub(crate) fn foresee_otherwise(&mut self, trail: Trail, bytes: &[u8], at: usize) -> Option<Foreseen> {
        let memory = if trail.is_within() { BLANK } else { self.met(trail.after).formerly_behind };
        let foreseen = self.check(memory, bytes, at)?;
        self.expect(trail, memory);
        Some(foreseen)
    }

    /// The next time, this key is expected where the trail ends.
    fn expect(&mut self, trail: Trail, memory: Memory) {
        let after = Memory(trail.after.0 & !WITHIN);
        if after != BLANK
            && let Some(met) = self.met.get_mut(after.0 as usize)
        {
            if trail.is_within() {
                met.within = memory;
            } else {
                met.formerly_behind = std::mem::replace(&mut met.behind, memory);
            }
        }
    }

    #[inline(always)]
    fn check(&self, memory: Memory, bytes: &[u8], at: usize) -> Option<Foreseen> {
        let met = self.met(memory);
        let found = bytes.get(at + 1..)?.first_chunk()?;
        if !equal_where(met.mask, found, &met.text)? {
            return None;
        }
        let trail = Trail { after: memory, expected: met.behind };
        Some(Foreseen { trail, node: met.child, end: at + 1 + met.mask.trailing_ones() as usize })
    }

    /// What to expect in the object that is the value of this key.
    #[inline]
    pub(crate) fn within(&self, after: Memory) -> Trail {
        let expected = self.met(after).within;
        Trail { after: Memory(after.0 | WITHIN), expected }
    }

    /// Remembers that this key, read the slow way, came where the trail ends.
    pub(crate) fn learn(&mut self, trail: Trail, parent: NodeId, key: &Sought<'_>, child: NodeId) -> Trail {
        let Some(memory) = self.find_or_add(parent, key, child) else { return Trail::NONE };
        self.expect(trail, memory);
        let expected = self.met(memory).behind;
        Trail { after: memory, expected }
    }

    fn find_or_add(&mut self, parent: NodeId, key: &Sought<'_>, child: NodeId) -> Option<Memory> {
        let place = self.places.get_mut((key.hash() as usize ^ parent.number()) % PLACES)?;
        let key = key.bytes();
        let memory = *place;
        if let Some(met) = self.met.get(memory.0 as usize)
            && met.parent == parent
            && met.is(key)
        {
            return Some(memory);
        }
        let mut text = [0; WINDOW];
        let (open, rest) = text.split_first_mut()?;
        *open = b'"';
        let (letters, rest) = rest.split_at_mut_checked(key.len())?;
        letters.copy_from_slice(key);
        rest.first_chunk_mut::<2>()?.copy_from_slice(b"\":");
        let Some(free) = self.met.get_mut(self.count) else {
            self.is_full = true;
            return None;
        };
        *free = Met { text, mask: mask_of(key), parent, child, ..NOT_MET };
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
