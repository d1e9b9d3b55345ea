//! Cuts what several readers give into pages that stand alone.
//!
//! Takes streams, one after the other; gives pages of whole values, so that pages of different inputs can follow each
//! other in an output without a value being torn. A value that is too long to be judged makes its page as long.

use std::io::{self, Read};

use crate::framing::{Framer, Mode, Page};

/// From how many bytes on a page is cut. The cost of a call no longer shows, and one body is shared by several workers.
const PAGE: usize = 128 * 1024;

/// The most bytes taken in one read.
const READ: usize = 64 * 1024;

/// Where even a value that never ends is cut. What a request may hold is bounded before; a file has no such bound.
pub(crate) const LONGEST_PAGE: usize = 64 << 20;

/// How much is gathered for a page of values that can be judged, the longest of which takes so much.
pub(super) fn gathered(max_record: usize) -> usize {
    max_record.saturating_add(2 * PAGE)
}

/// Frames what it reads.
pub(crate) struct Cutter {
    mode: Mode,
    max_record: usize,
    framer: Framer,
    page: Page,
}

impl Cutter {
    pub(crate) fn new(mode: Mode, max_record: usize) -> Self {
        Self { mode, max_record, framer: Framer::new(mode, max_record), page: Page::default() }
    }

    /// The same, whose first byte stands there in its input.
    pub(crate) fn starting_at(mode: Mode, max_record: usize, offset: u64) -> Self {
        let mut cutter = Self::new(mode, max_record);
        cutter.page.offset = offset;
        cutter
    }

    /// Reads once and frames it. Answers how many bytes came; 0 is the end.
    pub(crate) fn read(&mut self, source: &mut dyn Read) -> io::Result<usize> {
        let length = self.page.read_from(source, READ)?;
        self.page.frame(&mut self.framer);
        Ok(length)
    }

    /// The stream ends here; what is read next is another one.
    pub(crate) fn end(&mut self) {
        self.page.frame_end(&mut self.framer);
        self.framer = Framer::new(self.mode, self.max_record);
    }

    /// Whether it is time to cut.
    pub(crate) fn is_full(&self) -> bool {
        self.page.settled() >= PAGE
    }

    /// How many bytes it holds.
    pub(crate) fn gathered(&self) -> usize {
        self.page.bytes().len()
    }

    /// What is complete by now, and whether a reader could start anew behind it. Nothing, if nothing is.
    pub(crate) fn cut(&mut self) -> Option<(Page, bool)> {
        let is_torn = self.page.items.last().is_some_and(|item| !item.last);
        if self.page.settled() == 0 || (is_torn && self.page.settled() < LONGEST_PAGE) {
            return None;
        }
        let mut rest = Page::default();
        self.page.split_into(self.page.settled(), &mut rest);
        Some((std::mem::replace(&mut self.page, rest), self.framer.is_between()))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]
mod tests {
    use super::*;

    /// Reads at most so many bytes at a time.
    struct Dripping<'a>(&'a [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len());
            self.0.read(to.get_mut(..length).unwrap_or_default())
        }
    }

    fn values(page: &Page) -> Vec<String> {
        page.items.iter().map(|item| String::from_utf8_lossy(page.item(item)).into_owned()).collect()
    }

    #[test]
    fn pages_hold_whole_values_however_they_drip_in() {
        let text = format!("{{\"a\":1}}\n{{\"long\":\"{}\"}}\ntext\n{{\"b\":2}}", "z".repeat(300));
        for step in [1, 7, 64, 1_000] {
            let mut cutter = Cutter::new(Mode::Lines, 100);
            let mut source = Dripping(text.as_bytes(), step);
            let mut pages = Vec::new();
            while cutter.read(&mut source).unwrap() != 0 {
                pages.extend(cutter.cut());
            }
            cutter.end();
            pages.extend(cutter.cut());
            let parts: Vec<Vec<String>> = pages.iter().map(|(page, _)| values(page)).collect();
            for page in parts.iter().filter(|page| page.iter().any(|value| value.contains("long"))) {
                assert_eq!(page.concat().matches('z').count(), 300, "torn");
            }
            assert_eq!(parts.concat().concat(), text.replace('\n', ""));
            let bytes: Vec<u8> = pages.iter().flat_map(|(page, _)| page.bytes().to_vec()).collect();
            assert_eq!(bytes, text.as_bytes());
            let mut offset = 0;
            for (page, _) in &pages {
                assert_eq!(page.offset, offset);
                offset += page.bytes().len() as u64;
            }
        }
    }

    #[test]
    fn streams_share_a_page_and_nothing_else() {
        let mut cutter = Cutter::new(Mode::Guess, 1_000);
        for stream in ["{\n\"a\":1}", "{\"b\":", "{\"c\":2}\n"] {
            let mut source = stream.as_bytes();
            while cutter.read(&mut source).unwrap() != 0 {}
            cutter.end();
        }
        let (page, is_between) = cutter.cut().unwrap();
        assert!(is_between);
        assert_eq!(values(&page), ["{\n\"a\":1}", "{\"b\":", "{\"c\":2}"]);
        assert!(cutter.cut().is_none());
    }

    #[test]
    fn a_reader_can_start_anew_only_between_values() {
        let mut cutter = Cutter::new(Mode::Lines, 1_000);
        let mut source = "{\"Records\":[{\"a\":1},{\"b\":2}".as_bytes();
        while cutter.read(&mut source).unwrap() != 0 {}
        let (page, is_between) = cutter.cut().unwrap();
        assert_eq!((values(&page).len(), is_between), (2, false));
    }
}
