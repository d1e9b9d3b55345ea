//! JSON strings: finding where one ends, and what its text means.

use super::block::{BLOCK, WINDOW, equal_bytes, special_bytes, special_in};
use memchr::memchr;
use std::borrow::Cow;

/// What a look at a string found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StringEnd {
    /// Where its closing quote stands.
    pub(crate) quote: usize,
    /// It holds a backslash.
    pub(crate) escaped: bool,
}

/// Finds the end of the string whose first byte is at `start`. `None` if it is not valid: a control character, a bad
/// escape, bytes that are not UTF-8, no end.
#[inline(always)]
pub(crate) fn find_end(bytes: &[u8], start: usize) -> Option<StringEnd> {
    match first_special(bytes, start) {
        Some((at, b'"')) => Some(StringEnd { quote: at, escaped: false }),
        Some(_) => find_end_slowly(bytes, start),
        None => find_end_of_long(bytes, start),
    }
}

/// The first byte among the next that needs a closer look. `None`: there is none, or not enough bytes are left.
#[inline(always)]
fn first_special(bytes: &[u8], start: usize) -> Option<(usize, u8)> {
    let window = bytes.get(start..)?.first_chunk()?;
    let at = special_in(window)?.trailing_zeros() as usize;
    window.get(at).map(|&byte| (start + at, byte))
}

#[inline(never)]
fn find_end_of_long(bytes: &[u8], start: usize) -> Option<StringEnd> {
    let mut at = start + WINDOW;
    while bytes.len().saturating_sub(at) >= WINDOW {
        match first_special(bytes, at) {
            Some((at, b'"')) => return Some(StringEnd { quote: at, escaped: false }),
            Some(_) => break,
            None => at += WINDOW,
        }
    }
    find_end_slowly(bytes, start)
}

/// The same for strings that hold something else than printable ASCII, or stand at the very end.
#[inline(never)]
fn find_end_slowly(bytes: &[u8], start: usize) -> Option<StringEnd> {
    let (mut at, mut escaped, mut ascii) = (start, false, true);
    // Documents and records within strings have an escape every few bytes, so that all of a block are met in one look.
    'blocks: while let Some(block) = bytes.get(at..)?.first_chunk::<BLOCK>() {
        let (special, beyond_ascii) = special_bytes(block);
        let mut stops = special & !beyond_ascii;
        let mut passed = BLOCK;
        while stops != 0 {
            let place = stops.trailing_zeros() as usize;
            match block.get(place)? {
                b'"' => {
                    at += place;
                    ascii &= beyond_ascii & !(u32::MAX << place) == 0;
                    break 'blocks;
                }
                b'\\' => {
                    escaped = true;
                    let end = place + escape_length(bytes, at + place)?;
                    passed = passed.max(end);
                    // What an escape reaches into the next block was looked at with it.
                    stops &= u32::MAX << end;
                }
                _ => return None,
            }
        }
        ascii &= beyond_ascii == 0;
        at += passed;
    }
    loop {
        match bytes.get(at)? {
            b'"' => break,
            b'\\' => {
                escaped = true;
                at += escape_length(bytes, at)?;
            }
            0..b' ' => return None,
            byte => {
                ascii &= byte.is_ascii();
                at += 1;
            }
        }
    }
    let text = bytes.get(start..at)?;
    (ascii || std::str::from_utf8(text).is_ok()).then_some(StringEnd { quote: at, escaped })
}

fn escape_length(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

/// How many bytes at the beginning of a text are printable ASCII that stands for itself between quotes.
pub(crate) fn plain_length(text: &str) -> usize {
    let (blocks, rest) = text.as_bytes().as_chunks::<BLOCK>();
    for (number, block) in blocks.iter().enumerate() {
        let special = special_bytes(block).0 | equal_bytes(block, &[0x7f; BLOCK]);
        if special != 0 {
            return number * BLOCK + special.trailing_zeros() as usize;
        }
    }
    let is_plain = |&&byte: &&u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    blocks.len() * BLOCK + rest.iter().take_while(is_plain).count()
}

/// The text that the inside of a valid string means. A lone surrogate is read as U+FFFD.
pub fn decode(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'\\', raw.as_bytes()) else { return Cow::Borrowed(raw) };
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut next = Some(first);
    while let Some(at) = next {
        let (plain, escape) = rest.split_at(at);
        text.push_str(plain);
        let (meant, length) = decode_escape(escape);
        text.push(meant);
        rest = escape.get(length..).unwrap_or_default();
        // Documents in strings have an escape every few bytes; to begin a search must be cheap.
        next = rest.bytes().position(|byte| byte == b'\\');
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character that the escape at the beginning means, and how many bytes it takes.
fn decode_escape(escape: &str) -> (char, usize) {
    match escape.as_bytes().get(1) {
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'u') => decode_unicode_escape(escape),
        Some(&other) => (char::from(other), 2),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

fn decode_unicode_escape(escape: &str) -> (char, usize) {
    let unit = |at: usize| {
        let digits = escape.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let Some(first) = unit(0) else { return (char::REPLACEMENT_CHARACTER, 2) };
    if let Some(meant) = char::from_u32(first) {
        return (meant, 6);
    }
    match unit(6) {
        Some(second @ 0xDC00..0xE000) if first < 0xDC00 => {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
        }
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}
