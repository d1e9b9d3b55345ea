//! Remembers what was found in the texts met lately. The same few user agents, callers and addresses come again and
//! again, so a comparison mostly takes the place of looking for thousands of literals.
//!
//! What is remembered changes how fast a text is searched, never what is found in it. Memory is bounded.

use crate::text_table::Sought;
use crate::words::equal;

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

/// Enough for the callers and programs that are busy at one time; a full table takes some 100 kB.
const PLACES: usize = 512;

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
    pub(super) fn look_up(&mut self, field: u32, text: &Sought<'_>, find: impl FnOnce(&mut Vec<u32>)) -> &[u32] {
        let place = if text.bytes().len() <= LONGEST { (text.hash() ^ field) as usize % PLACES } else { PLACES };
        let text = text.bytes();
        let Some(remembered) = self.remembered.get_mut(place) else { return &[] };
        if remembered.field != field || !equal(&remembered.text, text) {
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
