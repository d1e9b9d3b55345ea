//! JSON strings: finding where one ends, and what its text means.

use super::block::{BLOCK, WINDOW, equal_bytes, special_bytes, special_in};
use crate::words::bytes_before;
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

/// Where the string ends whose first byte is at `start`: at its closing quote. It may be no valid one.
pub fn closing_quote(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while let Some(word) = bytes.get(at..)?.first_chunk() {
        let plain = bytes_before(*word, b'"', b'\\');
        at += plain;
        match word.get(plain) {
            None => {}
            Some(b'"') => return Some(at),
            Some(_) => at += 2,
        }
    }
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The text that the inside of a valid string means. A lone surrogate is read as U+FFFD.
pub fn decode(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'\\', raw.as_bytes()) else { return Cow::Borrowed(raw) };
    let text = decode_from(raw.as_bytes(), first).and_then(|text| String::from_utf8(text).ok());
    Cow::Owned(text.unwrap_or_default())
}

/// The same from the first escape on. Documents in strings have one every few bytes, before which no search or copy pays
/// that has to begin anew: words are copied whole, and what they hold from an escape on is overwritten.
fn decode_from(raw: &[u8], first: usize) -> Option<Vec<u8>> {
    // What is meant is never longer than how it is spelled.
    let mut text = raw.to_vec();
    let (mut from, mut to) = (first, first);
    while let Some(byte) = raw.get(from) {
        if *byte == b'\\' {
            let behind = raw.get(from + 2..)?;
            let mut buffer = [0; 4];
            let (meant, length): (&[u8], _) = match raw.get(from + 1)? {
                b'b' => (&[8], 0),
                b'f' => (&[12], 0),
                b'n' => (b"\n", 0),
                b'r' => (b"\r", 0),
                b't' => (b"\t", 0),
                b'u' => {
                    let (meant, length) = decode_digits(behind);
                    (meant.encode_utf8(&mut buffer).as_bytes(), length)
                }
                itself => (std::slice::from_ref(itself), 0),
            };
            for byte in meant {
                *text.get_mut(to)? = *byte;
                to += 1;
            }
            from += 2 + length;
        } else if let Some(word) = raw.get(from..)?.first_chunk() {
            let plain = bytes_before(*word, b'\\', b'\\');
            *text.get_mut(to..)?.first_chunk_mut()? = *word;
            from += plain;
            to += plain;
        } else {
            *text.get_mut(to)? = *byte;
            from += 1;
            to += 1;
        }
    }
    text.truncate(to);
    Some(text)
}

/// The character that is meant by what follows `\u`, and how many bytes that takes, with those of the second half if
/// there are two.
fn decode_digits(digits: &[u8]) -> (char, usize) {
    let unit = |digits: Option<&[u8]>| u32::from_str_radix(std::str::from_utf8(digits?).ok()?, 16).ok();
    let Some(first) = unit(digits.get(..4)) else { return (char::REPLACEMENT_CHARACTER, 0) };
    if let Some(meant) = char::from_u32(first) {
        return (meant, 4);
    }
    let second = digits.get(4..6).filter(|next| *next == b"\\u").and_then(|_| unit(digits.get(6..10)));
    match second {
        Some(second @ 0xDC00..0xE000) if first < 0xDC00 => {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 10)
        }
        _ => (char::REPLACEMENT_CHARACTER, 4),
    }
}
