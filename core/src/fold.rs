//! Texts compared without regard to case: Unicode's simple case folding, one character for one, no normalisation.
//!
//! It gives a character that stands for all those that differ in case alone. Which one that is does not matter, as long
//! as it is the same for all of them; for ASCII it is the lower-case letter.

use std::borrow::Cow;

/// What stands for this character.
pub(crate) fn fold(letter: char) -> char {
    match letter {
        _ if letter.is_ascii() => letter.to_ascii_lowercase(),
        // Lower-case letters that are another form of one.
        '\u{b5}' => '\u{3bc}',
        '\u{17f}' => 's',
        '\u{345}' | '\u{1fbe}' => '\u{3b9}',
        '\u{3c2}' => '\u{3c3}',
        '\u{3d0}' => '\u{3b2}',
        '\u{3d1}' => '\u{3b8}',
        '\u{3d5}' => '\u{3c6}',
        '\u{3d6}' => '\u{3c0}',
        '\u{3f0}' => '\u{3ba}',
        '\u{3f1}' => '\u{3c1}',
        '\u{3f5}' => '\u{3b5}',
        '\u{1c80}' => '\u{432}',
        '\u{1c81}' => '\u{434}',
        '\u{1c82}' => '\u{43e}',
        '\u{1c83}' => '\u{441}',
        '\u{1c84}' | '\u{1c85}' => '\u{442}',
        '\u{1c86}' => '\u{44a}',
        '\u{1c87}' => '\u{463}',
        '\u{1c88}' => '\u{a64b}',
        '\u{1e9b}' => '\u{1e61}',
        '\u{1fd3}' => '\u{390}',
        '\u{1fe3}' => '\u{3b0}',
        '\u{fb05}' => '\u{fb06}',
        _ => {
            let mut lower = letter.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(lower), None) => lower,
                _ => letter,
            }
        }
    }
}

/// No character behind it has a case.
pub(crate) const LAST_WITH_CASE: char = '\u{1ffff}';

/// All that differ from this character in case alone, itself included: what a class of a regular expression must list
/// where case does not count.
pub(crate) fn forms(letter: char) -> impl Iterator<Item = char> {
    let wanted = fold(letter);
    let forms = match wanted {
        'k' => vec!['K', 'k', '\u{212a}'],
        's' => vec!['S', 's', '\u{17f}'],
        'a'..='z' => vec![wanted.to_ascii_uppercase(), wanted],
        _ if wanted.is_ascii() => vec![letter],
        _ => ('\u{80}'..=LAST_WITH_CASE).filter(|&other| fold(other) == wanted).collect(),
    };
    forms.into_iter()
}

/// What stands for this text.
pub(crate) fn fold_text(text: &str) -> String {
    text.chars().map(fold).collect()
}

/// The same for the bytes of a text; what is not UTF-8 does not occur and stays as it is.
pub(crate) fn fold_bytes(text: &[u8]) -> Cow<'_, [u8]> {
    let is_upper = |byte: &u8| byte.is_ascii_uppercase() || !byte.is_ascii();
    if !text.iter().any(is_upper) {
        return Cow::Borrowed(text);
    }
    match std::str::from_utf8(text) {
        Ok(text) if !text.is_ascii() => Cow::Owned(fold_text(text).into_bytes()),
        _ => Cow::Owned(text.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::{fold, forms};
    use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};
    use std::collections::BTreeMap;

    /// Letters with a case that Unicode 17 added: the standard library knows them, the oracle does not yet.
    const NEWER: [std::ops::RangeInclusive<char>; 2] = ['\u{a7ce}'..='\u{a7d5}', '\u{16ea0}'..='\u{16ed3}'];

    /// All characters that the standard library knows as letters or that have no case; those that a later version of
    /// Unicode added are not looked at.
    #[test]
    fn characters_fold_alike_exactly_if_unicode_says_so() {
        let alike = |letter: char| {
            let mut class = ClassUnicode::new([ClassUnicodeRange::new(letter, letter)]);
            class.case_fold_simple();
            class.iter().next().map_or(letter, |range| range.start())
        };
        let mut ours: BTreeMap<char, Vec<char>> = BTreeMap::new();
        let mut theirs: BTreeMap<char, Vec<char>> = BTreeMap::new();
        for letter in '\0'..=char::MAX {
            let first = alike(letter);
            let is_newer = NEWER.iter().any(|letters| letters.contains(&letter));
            if !is_newer && (letter.is_alphabetic() || first == letter) {
                ours.entry(fold(letter)).or_default().push(letter);
                theirs.entry(first).or_default().push(letter);
            }
        }
        let classes = |by: &BTreeMap<char, Vec<char>>| {
            let mut classes: Vec<_> = by.values().filter(|class| class.len() > 1).cloned().collect();
            classes.sort();
            classes
        };
        let classes = (classes(&ours), classes(&theirs));
        assert!(classes.1.len() > 1_300, "{} classes", classes.1.len());
        assert_eq!(classes.0, classes.1);
        for class in
            classes.1.iter().filter(|class| class.iter().any(char::is_ascii)).chain(classes.1.iter().step_by(50))
        {
            for &letter in class {
                assert_eq!(forms(letter).collect::<Vec<_>>(), *class, "{letter}");
            }
        }
    }
}
