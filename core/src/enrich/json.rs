//! Writes JSON on one line that no terminal, log viewer or line protocol can be disturbed by.
//!
//! Takes anything serde can serialise; strings come out with every control, line-separating, invisible or
//! direction-changing character as `\uXXXX`. What is meant stays the same: only the spelling differs.

use crate::record::string::plain_length;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io;

/// Appends the value. What cannot be written as JSON (no type of this crate) becomes `null`.
pub(crate) fn write<T: Serialize + ?Sized>(out: &mut String, value: &T) {
    let start = out.len();
    let mut serializer = Serializer::with_formatter(Sink(out), Visible);
    if value.serialize(&mut serializer).is_err() {
        out.truncate(start);
        out.push_str("null");
    }
}

/// Appends a text. Nearly all need no escape and go the short way, the others from where they need one.
pub(crate) fn write_text(out: &mut String, text: &str) {
    let (plain, rest) = text.split_at(plain_length(text));
    out.reserve(text.len() + 2);
    out.push('"');
    out.push_str(plain);
    if rest.is_empty() {
        out.push('"');
    } else {
        let quote = out.len();
        write(out, rest);
        out.remove(quote);
    }
}

/// The value as JSON text.
pub(crate) fn text<T: Serialize + ?Sized>(value: &T) -> String {
    let mut out = String::new();
    write(&mut out, value);
    out
}

struct Visible;

impl Formatter for Visible {
    /// serde_json escapes what JSON demands and hands over the rest.
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let plain = plain_length(fragment);
        let mut written = 0;
        let rest = fragment.get(plain..).unwrap_or_default();
        for (at, character) in rest.char_indices().filter(|&(_, character)| must_not_show(character)) {
            let at = plain + at;
            writer.write_all(fragment.get(written..at).unwrap_or_default().as_bytes())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            written = at + character.len_utf8();
        }
        writer.write_all(fragment.get(written..).unwrap_or_default().as_bytes())
    }
}

fn must_not_show(character: char) -> bool {
    matches!(character,
        '\u{7f}'..='\u{9f}' // delete and the C1 controls: CSI in one character
        | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // direction, zero width
        | '\u{2028}' | '\u{2029}' // line ends to JavaScript and to some line readers
        | '\u{ad}' | '\u{180e}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' // invisible
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' // invisible
        | '\u{e0000}'..='\u{e0fff}' // invisible: ASCII as tags, selectors of variants, and what is kept for more
    )
}

/// serde_json writes bytes and never splits a character between two writes.
struct Sink<'a>(&'a mut String);

impl io::Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        self.0.push_str(text);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

    #[test]
    fn nothing_a_terminal_obeys_comes_out_and_the_meaning_stays() {
        let hostile: String =
            (0..=0x2100).chain(0xfe00..=0xffff).chain(0xe_0000..=0xe_1000).filter_map(char::from_u32).collect();
        let written = super::text(&hostile);
        let mut short_way = String::new();
        super::write_text(&mut short_way, &hostile);
        assert_eq!(short_way, written);
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), hostile);
        assert!(!written.chars().any(char::is_control), "{written:?}");
        let obeyed_or_invisible = [
            '\u{9b}',
            '\u{ad}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{2028}',
            '\u{202e}',
            '\u{2060}',
            '\u{2067}',
            '\u{206f}',
            '\u{feff}',
            '\u{fff9}',
            '\u{e0000}',
            '\u{e0041}',
            '\u{e0100}',
            '\u{e0fff}',
        ];
        for character in obeyed_or_invisible {
            assert!(!written.contains(character), "{character:?}");
        }
        assert!(written.contains('é') && written.contains('…'), "readable text stays readable");
    }
}
