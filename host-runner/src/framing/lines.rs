//! Walks through what ends with its line: other text, and what is left behind a break.
//!
//! Takes the bytes of a line; gives the item that it is. A line that begins with a quote may be one string or several,
//! which may hold records; any other is told as it streams by.

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
        let end = self.at;
        let mut line = bytes.get(self.start..end).unwrap_or_default();
        if self.is_over() {
            let is_text = !self.over && !says_object(line);
            return self.end(if is_text { Kind::Text } else { Kind::Oversized }, items);
        }
        // Strings that say objects follow each other as objects do.
        while let Some((length, next)) = before_another(line) {
            self.at = self.start + length;
            self.end(Kind::Element, items);
            line = line.get(next..).unwrap_or_default();
            self.start = end - line.len();
        }
        self.at = end;
        let kind = match after_value(line, 0) {
            Some(length) if behind_commas(line, length) == line.len() => {
                self.at = self.start + length;
                Kind::Element
            }
            None if says_object(line) => Kind::Malformed,
            _ => Kind::Text,
        };
        self.end(kind, items);
    }

    /// A line that begins with a quote is longer than what may be held: text, unless it begins as a string that says an
    /// object; that one is told as too long.
    pub(super) fn hold_no_more(&mut self, bytes: &[u8]) {
        match says_object(bytes.get(self.start..).unwrap_or_default()) {
            true => self.over = true,
            false => self.state = State::Rest(Kind::Text),
        }
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

/// How a string begins if it says an object with members.
pub(super) const SAYS_OBJECT: &[u8] = b"\"{\\";

/// Whether a string begins so. What breaks off in one must be told.
fn says_object(string: &[u8]) -> bool {
    string.starts_with(SAYS_OBJECT)
}

/// Where the string that says an object ends, and where one more begins behind it.
fn before_another(line: &[u8]) -> Option<(usize, usize)> {
    let length = says_object(line).then(|| after_value(line, 0))??;
    let next = behind_commas(line, length);
    (line.get(next) == Some(&b'"')).then_some((length, next))
}

/// Where something else stands than commas and white space.
fn behind_commas(line: &[u8], from: usize) -> usize {
    let rest = line.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count()
}
