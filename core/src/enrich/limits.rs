//! How much of a record an annotation may repeat, in bytes of UTF-8, with the reason for each number, and the one way of cutting.
//!
//! Attackers write parts of a record. The record keeps all of it; an annotation shows enough to act on.

use std::borrow::Cow;

/// Names, ids, Regions, event names. IAM names end at 64 characters and `role/session` at 129, so twice that never cuts
/// anything that AWS made.
pub(super) const MAX_NAME: usize = 256;

/// An IAM ARN is at most some 640 characters: a path of 512, a name of 64 and the prefix.
pub(super) const MAX_ARN: usize = 640;

/// A browser's user agent fits in 200 characters; AWS cuts at 1,024, most of which only a forger would use.
pub(super) const MAX_USER_AGENT: usize = 256;

/// AWS cuts messages at 1,024 characters; who was denied what stands in the first half.
pub(super) const MAX_MESSAGE: usize = 512;

/// Scheme, host and path without the query; console addresses are below 100 characters.
pub(super) const MAX_URL: usize = 256;

/// One string in a finding's `fields`: an ARN with a long path, the first of what somebody typed.
pub(super) const MAX_VALUE: usize = 512;

/// A policy in a finding's `fields`: IAM's longest has 6,144 characters, of which any may name whom it lets in, and white
/// space is not counted in them.
pub(super) const MAX_POLICY: usize = 8192;

/// Elements or members shown of one array or object: what a person still reads.
pub(super) const MAX_ELEMENTS: usize = 32;

/// Objects and arrays shown within each other. Records nest 11 deep at most, and each level within a field is scanned
/// again, so this also bounds the work.
pub(super) const MAX_NESTING: usize = 4;

/// All bytes that one entry of `fields` may show, keys included, so that many long elements do not add up.
pub(super) const MAX_FIELD: usize = 2048;

/// The longest object or array that is looked into, in bytes. AWS's own limit is that of a whole record; a closer look
/// takes up to 40 times the memory of the text.
pub(super) const MAX_SUBTREE: usize = 256 * 1024;

/// Stands at the end of what was cut.
pub(super) const CUT_MARK: &str = "…";

/// The text, or as many of its characters as fit in `max` bytes, with [`CUT_MARK`] behind them.
pub(super) fn cut(text: Cow<'_, str>, max: usize) -> Cow<'_, str> {
    if text.len() <= max {
        return text;
    }
    let (shown, _) = text.split_at(text.floor_char_boundary(max));
    Cow::Owned(format!("{shown}{CUT_MARK}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters_and_marked() {
        assert_eq!(cut("ééé".into(), 6), "ééé");
        assert_eq!(cut("éééé".into(), 7), "ééé…");
        assert_eq!(cut("".into(), 3), "");
    }
}
