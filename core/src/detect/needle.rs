//! One literal that is looked for in short texts, with or without regard to the case of ASCII letters.
//!
//! It is found by the one of its bytes that is least common, so that no copy of the text in lower case must be made.

use crate::words::{equal, equal_but_for_case};
use memchr::memchr2;

/// A literal, prepared.
#[derive(Debug)]
pub(super) struct Needle {
    text: Vec<u8>,
    cased: bool,
    /// Where its rarest byte stands in it, and the forms of that which are looked for.
    rarest: usize,
    forms: [u8; 2],
}

/// How common a byte is, compared to others.
pub(super) fn how_common(byte: &u8) -> usize {
    COMMON.iter().position(|common| common == byte).map_or(0, |at| at + 1)
}

/// What values of CloudTrail are made of, the rarest first. Whatever is missing here is rarer.
const COMMON: &[u8] = b"zqxjkv/w_gybhufmpldcosrnati-0123456789e:\",\\ ";

impl Needle {
    /// Without regard to case, of a folded text.
    pub(super) fn folded(text: &str) -> Self {
        Self::new(text.as_bytes().to_vec(), false)
    }

    /// Of a text as it is written.
    pub(super) fn cased(text: Vec<u8>) -> Self {
        Self::new(text, true)
    }

    fn new(text: Vec<u8>, cased: bool) -> Self {
        let rarest = text.iter().enumerate().min_by_key(|(_, byte)| how_common(byte));
        let (rarest, byte) = rarest.map_or((0, 0), |(at, byte)| (at, *byte));
        Self { text, cased, rarest, forms: [byte, if cased { byte } else { byte.to_ascii_uppercase() }] }
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether it stands in a text. If case does not count, letters beyond ASCII must be folded there.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        self.find(text).is_some()
    }

    /// Where it first stands in such a text.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        if self.text.is_empty() {
            return Some(0);
        }
        let [one, other] = self.forms;
        let mut from = self.rarest;
        while let Some(passed) = text.get(from..).and_then(|rest| memchr2(one, other, rest)) {
            let start = from + passed - self.rarest;
            let found = text.get(start..start + self.text.len())?;
            let is_same = if self.cased { equal(found, &self.text) } else { equal_but_for_case(found, &self.text) };
            if is_same {
                return Some(start);
            }
            from += passed + 1;
        }
        None
    }
}
