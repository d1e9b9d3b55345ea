//! One stretch of the input on its way from the reader through a worker to the writer.
//!
//! Takes what a source has to give; gives bytes with the items located in them. It only holds; the memory is used
//! again for later pages.

use std::io::{self, ErrorKind, Read};
use std::mem;

use super::open::{Found, open, open_element, open_tail};
use super::{Forms, Framer, Item, Kind};

/// Bytes as they came, and what of them counts.
#[derive(Debug, Default)]
pub struct Page {
    /// Longer than what it holds, so that it need not be cleared before each read.
    memory: Vec<u8>,
    filled: usize,
    /// Up to here the framer has settled what there is.
    settled: usize,
    /// The items in it, in the order of the bytes.
    pub items: Vec<Item>,
    /// Where the page starts in the input.
    pub offset: u64,
}

impl Page {
    /// The bytes as they came.
    pub fn bytes(&self) -> &[u8] {
        self.memory.get(..self.filled).unwrap_or_default()
    }

    /// The bytes of one item.
    pub fn item(&self, item: &Item) -> &[u8] {
        self.bytes().get(item.start..item.end).unwrap_or_default()
    }

    /// Puts the records that stand within something else in its place, takes away what is framing after all, and hands
    /// over what each record says. No item is an `Element` or a `Tail` from then on.
    pub fn open(&mut self, forms: &Forms, mut take: impl FnMut(&[u8])) {
        let items = mem::take(&mut self.items);
        let mut opened = Vec::with_capacity(items.len());
        for mut item in items {
            let found = match item.kind {
                Kind::Record => open(forms, self.item(&item)),
                Kind::Tail => open_tail(forms, self.item(&item)),
                Kind::Element => {
                    item.kind = Kind::Text;
                    open_element(forms, self.item(&item))
                }
                Kind::Text | Kind::Malformed | Kind::Oversized => Vec::new(),
            };
            if found.is_empty() && item.kind != Kind::Tail {
                if item.kind == Kind::Record {
                    take(self.item(&item));
                }
                opened.push(item);
            }
            for found in found {
                let located = located(&found, item.start);
                if located.kind == Kind::Record {
                    take(found.text.as_deref().unwrap_or_else(|| self.item(&located)));
                }
                opened.push(located);
            }
        }
        self.items = opened;
    }

    /// Reads once, at most `most` bytes, behind what is there. Answers how many bytes came; 0 is the end.
    pub(crate) fn read_from(&mut self, input: &mut dyn Read, most: usize) -> io::Result<usize> {
        let wanted = self.filled + most;
        if self.memory.len() < wanted {
            self.memory.resize(wanted, 0);
        }
        loop {
            match input.read(self.memory.get_mut(self.filled..wanted).unwrap_or_default()) {
                Ok(length) => {
                    self.filled += length.min(most);
                    return Ok(length);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// How many bytes the framer has settled.
    pub(crate) fn settled(&self) -> usize {
        self.settled
    }

    /// Forgets what it holds and keeps the memory, to start another input.
    pub(crate) fn clear(&mut self) {
        self.filled = 0;
        self.settled = 0;
        self.items.clear();
        self.offset = 0;
    }

    /// Locates the items in what was read since the last time; answers how many bytes of the page are settled.
    pub(crate) fn frame(&mut self, framer: &mut Framer) -> usize {
        let known = self.items.len();
        let rest = self.memory.get(self.settled..self.filled).unwrap_or_default();
        let settled = framer.push(rest, &mut self.items);
        self.settle(known, settled);
        self.settled
    }

    /// Locates what is open where the input ends.
    pub(crate) fn frame_end(&mut self, framer: &mut Framer) {
        let known = self.items.len();
        let rest = self.memory.get(self.settled..self.filled).unwrap_or_default();
        framer.finish(rest, &mut self.items);
        self.settle(known, rest.len());
    }

    /// So many bytes more are settled, and the items from this number on were located from where the others ended.
    fn settle(&mut self, known: usize, bytes: usize) {
        for item in self.items.iter_mut().skip(known) {
            item.start += self.settled;
            item.end += self.settled;
        }
        self.settled += bytes;
    }

    /// Keeps the first `settled` bytes and moves the others to `next`, whose former content is forgotten.
    pub(crate) fn split_into(&mut self, settled: usize, next: &mut Self) {
        let rest = self.memory.get(settled..self.filled).unwrap_or_default();
        if next.memory.len() < rest.len() {
            next.memory.resize(rest.len(), 0);
        }
        if let Some(start) = next.memory.get_mut(..rest.len()) {
            start.copy_from_slice(rest);
        }
        next.filled = rest.len();
        next.settled = 0;
        next.items.clear();
        next.offset = self.offset + settled as u64;
        self.filled = settled.min(self.filled);
    }
}

/// What was found in an object that starts here, as an item of the page.
fn located(found: &Found, start: usize) -> Item {
    let Found { kind, level, .. } = *found;
    let closing = found.end - found.closing;
    Item { start: start + found.start, end: start + found.end, kind, last: true, level, closing }
}
