//! One literal that is looked for in short texts without regard to the case of ASCII letters.
//!
//! It is found by the one of its bytes that is least common, so that no copy of the text in lower case must be made.

use crate::words::equal_but_for_case;
use memchr::memchr2;

/// A literal, prepared.
#[derive(Debug)]
pub(super) struct Needle {
    /// Folded.
    text: Vec<u8>,
    /// Where its rarest byte stands in it, and the two forms of that.
    rarest: usize,
    forms: [u8; 2],
}

/// What values of CloudTrail are made of, the rarest first. Whatever is missing here is rarer.
const COMMON: &[u8] = b"zqxjkv/w_gybhufmpldcosrnati-0123456789e:\",\\ ";

impl Needle {
    /// Of a folded text.
    pub(super) fn new(text: &str) -> Self {
        let text = text.as_bytes().to_vec();
        let how_common = |byte: &u8| COMMON.iter().position(|common| common == byte).map_or(0, |at| at + 1);
        let rarest = text.iter().enumerate().min_by_key(|(_, byte)| how_common(byte));
        let (rarest, byte) = rarest.map_or((0, 0), |(at, byte)| (at, *byte));
        Self { text, rarest, forms: [byte, byte.to_ascii_uppercase()] }
    }

    /// Whether it stands in a text; letters beyond ASCII must be folded there.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let [lower, upper] = self.forms;
        let mut from = self.rarest;
        while let Some(passed) = text.get(from..).and_then(|rest| memchr2(lower, upper, rest)) {
            let start = from + passed - self.rarest;
            let found = text.get(start..start + self.text.len());
            if found.is_some_and(|found| equal_but_for_case(found, &self.text)) {
                return true;
            }
            from += passed + 1;
        }
        false
    }
}
