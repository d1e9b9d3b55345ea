//! Walks through what ends with its line: other text, and what is left behind a break.
//!
//! Takes the bytes of a line; gives the item that it is. A line that begins with a quote may be one string, which may
//! hold a record; any other is told as it streams by.

use super::members::after_value;
use super::{Framer, Item, Kind, Mode, State};

impl Framer {
    pub(super) fn quoted(&mut self, bytes: &[u8], items: &mut Vec<Item>) {
        let rest = bytes.get(self.at..).unwrap_or_default();
        if let Some(length) = memchr::memchr(b'\n', rest) {
            self.at += length;
            self.end_quoted(bytes, items);
            self.state = State::Between;
        } else {
            self.at = bytes.len();
        }
    }

    /// A line that begins with a quote ends here. Commas behind a string stand between values, as everywhere.
    pub(super) fn end_quoted(&mut self, bytes: &[u8], items: &mut Vec<Item>) {
        let line = bytes.get(self.start..self.at).unwrap_or_default();
        let is_between = |bytes: &[u8]| bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == b',');
        let kind = match after_value(line, 0) {
            _ if self.is_over() => Kind::Text,
            Some(end) if line.get(end..).is_some_and(is_between) => {
                self.at = self.start + end;
                Kind::Element
            }
            None if says_object(line) => Kind::Malformed,
            _ => Kind::Text,
        };
        self.end(kind, items);
    }

    pub(super) fn rest(&mut self, kind: Kind, bytes: &[u8], items: &mut Vec<Item>) {
        let to_line_feed = kind == Kind::Text || self.mode != Mode::Document;
        let rest = bytes.get(self.at..).unwrap_or_default();
        match memchr::memchr(b'\n', rest) {
            Some(length) if to_line_feed => {
                self.at += length;
                self.end(kind, items);
                self.state = State::Between;
            }
            _ => self.at = bytes.len(),
        }
    }

    /// Whether the line feed at `at` ends what is open. Guesses the mode if need be.
    pub(super) fn ends_line(&mut self, bytes: &[u8], new: usize, in_string: bool) -> bool {
        if self.mode == Mode::Guess {
            let line = bytes.get(new..self.at).unwrap_or_default().trim_ascii_end();
            let last = line.last().copied().unwrap_or(self.last_byte);
            let goes_on = !in_string && matches!(last, b'{' | b'[' | b',');
            self.mode = if goes_on { Mode::Document } else { Mode::Lines };
        }
        self.mode == Mode::Lines
    }
}

/// Whether a string begins as it does if it says an object with members. What breaks off in one must be told.
fn says_object(string: &[u8]) -> bool {
    string.starts_with(b"\"{\\")
}
