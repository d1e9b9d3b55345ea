//! Simple case folding, as Unicode defines it: one character for one, nothing normalised.
//!
//! The table is that of `regex-syntax`, which lists for each character those that equal it when case is ignored; the
//! least of them stands for all.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};
use std::sync::OnceLock;

/// The character that stands for all that differ from this one in case only.
pub(super) fn fold(character: char) -> char {
    static FOLDED: OnceLock<Vec<char>> = OnceLock::new();
    let folded =
        FOLDED.get_or_init(|| (0..=u32::from(char::MAX)).map(|it| char::from_u32(it).map_or('\0', least)).collect());
    folded.get(character as usize).copied().unwrap_or(character)
}

fn least(character: char) -> char {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(character, character)]);
    class.case_fold_simple();
    class.ranges().first().map_or(character, ClassUnicodeRange::start)
}
