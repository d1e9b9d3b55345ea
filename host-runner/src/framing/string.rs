//! JSON strings: what one says, where in its spelling each part of that stands, and how to say something within one.
//!
//! Takes the inside of a string, between its quotes; gives bytes and places. What is no valid string says nothing; it
//! must not be guessed at. A lone surrogate says U+FFFD, as it does in the detector.

use std::borrow::Cow;

/// One escape in the spelling of a string.
struct Escape {
    /// How many bytes it takes.
    length: usize,
    /// What it says.
    meaning: char,
}

impl Escape {
    /// The escape whose backslash comes first in `rest`.
    fn at(rest: &[u8]) -> Option<Self> {
        let meaning = match rest.get(1)? {
            byte @ (b'"' | b'\\' | b'/') => char::from(*byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return Self::by_number(rest),
            _ => return None,
        };
        Some(Self { length: 2, meaning })
    }

    fn by_number(rest: &[u8]) -> Option<Self> {
        const SHORT: usize = 6;
        let first = number(rest)?;
        let second = rest.get(SHORT..).filter(|after| after.starts_with(b"\\u")).and_then(number);
        if let (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) = (first, second) {
            let meaning = char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?;
            return Some(Self { length: 2 * SHORT, meaning });
        }
        Some(Self { length: SHORT, meaning: char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER) })
    }
}

/// The four digits behind `\u`.
fn number(rest: &[u8]) -> Option<u32> {
    rest.get(2..6)?.iter().try_fold(0, |number, &digit| Some(number << 4 | char::from(digit).to_digit(16)?))
}

/// What a string says; `None` if it is not valid.
pub(super) fn said(spelling: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(spelling.len());
    let mut rest = spelling;
    loop {
        let (plain, escaped) = rest.split_at(memchr::memchr(b'\\', rest).unwrap_or(rest.len()));
        if plain.iter().any(|&byte| byte < b' ') {
            return None;
        }
        text.extend_from_slice(plain);
        if escaped.is_empty() {
            return Some(text);
        }
        let Escape { length, meaning } = Escape::at(escaped)?;
        text.extend_from_slice(meaning.encode_utf8(&mut [0; 4]).as_bytes());
        rest = escaped.get(length..)?;
    }
}

/// Turns ascending places in what a valid string says into places in its spelling.
pub(super) fn spelled_places<'a>(spelling: &[u8], places: impl Iterator<Item = &'a mut usize>) {
    let (mut at, mut at_said) = (0, 0);
    for place in places {
        while at_said < *place {
            let rest = spelling.get(at..).unwrap_or_default();
            let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len()).min(*place - at_said);
            at += plain;
            at_said += plain;
            if at_said == *place {
                break;
            }
            let Some(escape) = rest.get(plain..).and_then(Escape::at) else { break };
            at += escape.length;
            at_said += escape.meaning.len_utf8();
        }
        *place = at;
    }
}

/// What stands within this many strings, one in another, is spelled so; the way back is [`spelled`].
pub fn said_within(spelling: &[u8], level: u8) -> Cow<'_, [u8]> {
    let mut text = Cow::Borrowed(spelling);
    for _ in 0..level {
        let Some(inner) = said(&text) else { break };
        text = Cow::Owned(inner);
    }
    text
}

/// How `text` is spelled within this many strings.
pub fn spelled(text: &str, level: u8) -> Cow<'_, str> {
    let mut spelling = Cow::Borrowed(text);
    for _ in 0..level {
        let quoted = serde_json::Value::from(spelling.into_owned()).to_string();
        let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        spelling = Cow::Owned(inside.unwrap_or_default().to_owned());
    }
    spelling
}

#[cfg(test)]
mod tests {
    use super::{said, said_within, spelled, spelled_places};

    #[test]
    fn a_string_says_what_serde_json_reads_in_it() {
        let strings =
            ["", "plain é", r#"\"\\\/\b\f\n\r\t"#, r"\u0041\u00e9\u20AC\uD83D\ude00", r"\\u0041", r"a\\\\b\u005c"];
        for spelling in strings {
            let expected: String = serde_json::from_str(&format!("\"{spelling}\"")).unwrap();
            assert_eq!(said(spelling.as_bytes()).as_deref(), Some(expected.as_bytes()), "{spelling}");
        }
        for spelling in [r"\", r"\x", r"\u12", r"\u12g4", "\n", "a\tb", r"\u 123", r"\u+123"] {
            assert_eq!(said(spelling.as_bytes()), None, "{spelling}");
        }
    }

    #[test]
    fn a_lone_surrogate_says_the_replacement_character() {
        for (spelling, text) in
            [(r"\ud800", "\u{fffd}"), (r"\udc00x", "\u{fffd}x"), (r"\ud800\ud800\udc00", "\u{fffd}\u{10000}")]
        {
            assert_eq!(said(spelling.as_bytes()).as_deref(), Some(text.as_bytes()), "{spelling}");
        }
    }

    #[test]
    fn every_place_is_found_again_in_the_spelling() {
        let spelling = r#"{\"a\":\u007b\ud83d\ude00é\u007d}"#;
        let text = said(spelling.as_bytes()).unwrap();
        let text = std::str::from_utf8(&text).unwrap();
        let mut places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        spelled_places(spelling.as_bytes(), places.iter_mut());
        let parts: Vec<&str> = places.windows(2).map(|pair| spelling.get(pair[0]..pair[1]).unwrap()).collect();
        assert_eq!(parts, ["{", r#"\""#, "a", r#"\""#, ":", r"\u007b", r"\ud83d\ude00", "é", r"\u007d", "}"]);
    }

    #[test]
    fn what_is_spelled_within_strings_is_said_within_them() {
        for level in 0..4 {
            let text = "{\"a\":\"\\\\\"}";
            assert_eq!(&*said_within(spelled(text, level).as_bytes(), level), text.as_bytes());
        }
        assert_eq!(spelled("\"", 2), r#"\\\""#);
    }
}
