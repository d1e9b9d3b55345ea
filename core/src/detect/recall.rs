//! Remembers what was found in the texts met lately. The same few user agents, callers and addresses come again and
//! again, so a comparison mostly takes the place of looking for thousands of literals.
//!
//! What is remembered changes how fast a text is searched, never what is found in it. Memory is bounded.

use crate::text_table::hash;
use std::cell::Cell;

/// What was found in some texts.
#[derive(Debug)]
pub(super) struct Recall {
    /// A text has one place; a later one takes that of an earlier one.
    remembered: Vec<Remembered>,
}

#[derive(Clone, Debug, Default)]
struct Remembered {
    /// In which field it was looked for; 0: nothing is remembered.
    field: u32,
    text: Vec<u8>,
    found: Vec<u32>,
}

/// A text that is looked for in several places, and its hash, which is reckoned when it is first needed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sought<'t> {
    pub(super) text: &'t [u8],
    hash: &'t Cell<Option<usize>>,
}

impl<'t> Sought<'t> {
    /// `hash` is empty.
    pub(super) fn new(text: &'t [u8], hash: &'t Cell<Option<usize>>) -> Self {
        Self { text, hash }
    }

    #[inline]
    pub(super) fn hash(self) -> usize {
        self.hash.get().unwrap_or_else(|| {
            let hash = hash(self.text);
            self.hash.set(Some(hash));
            hash
        })
    }
}

/// Enough for the callers and programs that are busy at one time; a full table takes some 100 kB.
const PLACES: usize = 256;

/// Longer texts seldom come again: policies, messages.
const LONGEST: usize = 512;

impl Default for Recall {
    fn default() -> Self {
        // One place more, for texts that are not to be remembered.
        Self { remembered: vec![Remembered::default(); PLACES + 1] }
    }
}

impl Recall {
    /// What is found in a text of this field (numbered from 1). It is looked for only if nothing is remembered.
    #[inline]
    pub(super) fn look_up(&mut self, field: u32, text: Sought<'_>, find: impl FnOnce(&mut Vec<u32>)) -> &[u32] {
        let (text, hash) = (text.text, || text.hash());
        let place = if text.len() <= LONGEST { (hash() ^ field as usize) % PLACES } else { PLACES };
        let Some(remembered) = self.remembered.get_mut(place) else { return &[] };
        if remembered.field != field || remembered.text != text {
            remembered.found.clear();
            find(&mut remembered.found);
            let is_kept = place < PLACES;
            remembered.field = if is_kept { field } else { 0 };
            remembered.text.clear();
            remembered.text.extend_from_slice(if is_kept { text } else { &[] });
        }
        &remembered.found
    }
}
