//! JSON strings: what one says, where in its spelling each part of that stands, and how to say something within one.
//!
//! Takes the inside of a string, between its quotes; gives bytes and places. What is no valid string says nothing; it
//! must not be guessed at. A lone surrogate says U+FFFD, as it does in the detector.

use std::borrow::Cow;

use wide::u8x16;

/// One escape in the spelling of a string.
struct Escape {
    /// How many bytes it takes.
    length: usize,
    /// What it says.
    meaning: char,
}

impl Escape {
    /// The escape that comes first in `rest`, if one does.
    fn at(rest: &[u8]) -> Option<Self> {
        let meaning = match rest.strip_prefix(b"\\")?.first()? {
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

/// How many bytes come before the first backslash, or the first byte that no string may hold.
fn plain(rest: &[u8]) -> usize {
    let (blocks, tail) = rest.as_chunks::<16>();
    for (number, block) in blocks.iter().enumerate() {
        let bytes = u8x16::new(*block);
        let is_control = (bytes & u8x16::splat(0xe0)).simd_eq(u8x16::splat(0));
        let found = (is_control | bytes.simd_eq(u8x16::splat(b'\\'))).to_bitmask();
        if found != 0 {
            return number * 16 + found.trailing_zeros() as usize;
        }
    }
    let in_tail = tail.iter().take_while(|&&byte| byte != b'\\' && byte >= b' ').count();
    blocks.len() * 16 + in_tail
}

/// What a string that is spelled so says; `None` if it is not valid.
pub(super) fn said(spelling: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(spelling.len());
    let mut at = 0;
    loop {
        let rest = spelling.get(at..)?;
        let plain = plain(rest);
        text.extend_from_slice(rest.get(..plain)?);
        at += plain;
        if at == spelling.len() {
            return Some(text);
        }
        let Escape { length, meaning } = Escape::at(rest.get(plain..)?)?;
        text.extend_from_slice(meaning.encode_utf8(&mut [0; 4]).as_bytes());
        at += length;
    }
}

/// Goes through a valid string once, to translate places in what it says.
pub(super) struct Places<'a> {
    spelling: &'a [u8],
    /// A place in the text.
    said: usize,
    /// The same place in the spelling.
    at: usize,
}

impl<'a> Places<'a> {
    /// Those of the string that is spelled so.
    pub(super) fn of(spelling: &'a [u8]) -> Self {
        Self { spelling, said: 0, at: 0 }
    }

    /// Where this place in the text stands in the spelling. It must not come before the last one that was asked for.
    pub(super) fn spelled_at(&mut self, place: usize) -> usize {
        while self.said < place {
            let rest = self.spelling.get(self.at..).unwrap_or_default();
            // To look further would be to look at the same bytes again for the next place.
            let plain = plain(rest.get(..place - self.said).unwrap_or(rest));
            self.at += plain;
            self.said += plain;
            if self.said < place {
                let Some(escape) = rest.get(plain..).and_then(Escape::at) else { break };
                self.at += escape.length;
                self.said += escape.meaning.len_utf8();
            }
        }
        self.at
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
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]
mod tests {
    use super::{Places, said, said_within, spelled};

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
        let spelling = r#"{\"a\":\u007b\ud83d\ude00é\u007d}"#.repeat(30);
        let text = String::from_utf8(said(spelling.as_bytes()).unwrap()).unwrap();
        let mut spelled = Places::of(spelling.as_bytes());
        let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        let places: Vec<usize> = places.map(|place| spelled.spelled_at(place)).collect();
        let parts: Vec<&str> = places.windows(2).map(|pair| spelling.get(pair[0]..pair[1]).unwrap()).collect();
        let once = ["{", r#"\""#, "a", r#"\""#, ":", r"\u007b", r"\ud83d\ude00", "é", r"\u007d", "}"];
        assert_eq!(parts, once.repeat(30));
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
