//! Where in the file a character of a scalar stands, for mistakes within a scalar: takes the file's text and where the
//! scalar begins, walks both side by side. Used for diagnostics only, so nothing is kept while all is well.
//!
//! Folding and indentation only add or drop white space, whatever the style; so the n-th character that is none stands
//! where the n-th such character of the source stands. Escapes of the quoted styles are the one exception.

use super::Entry;
use super::scalar::{Kind, Scalar, Style};
use crate::rule::diagnostic::Position;

/// The place of the character at this byte of the text of a scalar that begins there (a block: with its content). For
/// white space and the end of the text it is the place behind what comes before.
pub(crate) fn place_of(source: &str, begins: Position, scalar: &Scalar, offset: usize) -> Position {
    let before = scalar.text.get(..offset).unwrap_or(&scalar.text);
    let on_white_space = scalar.text.get(offset..).and_then(|rest| rest.chars().next()).is_none_or(char::is_whitespace);
    let passed = before.chars().filter(|letter| !letter.is_whitespace()).count();
    let wanted = if on_white_space { passed } else { passed + 1 };
    let mut cursor = Cursor::at(source, begins);
    if matches!(scalar.style, Style::SingleQuoted | Style::DoubleQuoted) {
        cursor.next();
    }
    let (mut found, mut behind) = (0, cursor.position);
    while found < wanted {
        let here = cursor.position;
        let Some(meant) = cursor.next_meant(scalar.style) else { break };
        if !meant.is_whitespace() {
            found += 1;
            behind = if found == passed + 1 { here } else { cursor.position };
        }
    }
    behind
}

/// The place of the character at this byte of a key.
pub(crate) fn place_in_key(source: &str, entry: &Entry, offset: usize) -> Position {
    let style = match Cursor::at(source, entry.at).next() {
        Some('\'') => Style::SingleQuoted,
        Some('"') => Style::DoubleQuoted,
        _ => Style::Plain,
    };
    place_of(source, entry.at, &Scalar { text: entry.key.clone(), kind: Kind::Text, style }, offset)
}

/// The place of the character at this byte of a text.
pub(crate) fn place_in(text: &str, offset: usize) -> Position {
    let mut cursor = Cursor::at(text, Position { line: 1, column: 1 });
    let end = text.len().saturating_sub(offset);
    while cursor.left() > end && cursor.next().is_some() {}
    cursor.position
}

/// Walks the source character by character; each kind of line break comes out as one line feed.
struct Cursor<'s> {
    rest: std::str::Chars<'s>,
    position: Position,
}

impl<'s> Cursor<'s> {
    fn at(source: &'s str, begins: Position) -> Self {
        let mut cursor = Self { rest: source.chars(), position: Position { line: 1, column: 1 } };
        while cursor.position < begins && cursor.next().is_some() {}
        cursor
    }

    fn left(&self) -> usize {
        self.rest.as_str().len()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.rest.next()?;
        if !matches!(letter, '\r' | '\n') {
            self.position.column += 1;
            return Some(letter);
        }
        if letter == '\r' {
            let rest = self.rest.as_str();
            self.rest = rest.strip_prefix('\n').unwrap_or(rest).chars();
        }
        self.position = Position { line: self.position.line + 1, column: 1 };
        Some('\n')
    }

    /// The next character of the scalar's text, escapes resolved as far as it matters here: to one character that is
    /// white space or is not.
    fn next_meant(&mut self, style: Style) -> Option<char> {
        let letter = self.next()?;
        match (style, letter) {
            (Style::SingleQuoted, '\'') => self.next(),
            (Style::DoubleQuoted, '\\') => {
                let escaped = self.next()?;
                let digits = match escaped {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    't' | 'n' | 'v' | 'f' | 'r' | 'N' | '_' | 'L' | 'P' => return Some(' '),
                    _ => return Some(escaped),
                };
                let code =
                    (0..digits).filter_map(|_| self.next()?.to_digit(16)).fold(0, |code, digit| code * 16 + digit);
                char::from_u32(code).or(Some(escaped))
            }
            _ => Some(letter),
        }
    }
}
