//! A pattern's text and how far it is read.

use super::Mistake;
use crate::rule::diagnostic::{Code, quoted};

/// Walks a pattern from left to right.
pub(super) struct Text<'p> {
    pattern: &'p str,
    at: usize,
}

impl<'p> Text<'p> {
    pub(super) fn new(pattern: &'p str) -> Self {
        Self { pattern, at: 0 }
    }

    /// At which byte the rest begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'p str {
        self.pattern.get(self.at..).unwrap_or_default()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Steps over one character.
    pub(super) fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    /// Steps over exactly this text, if it comes next.
    pub(super) fn take(&mut self, expected: &str) -> bool {
        let comes = self.rest().starts_with(expected);
        if comes {
            self.at += expected.len();
        }
        comes
    }

    /// Steps over all characters up to the first that is not wanted.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'p str {
        let rest = self.rest();
        let end = rest.find(|letter| !wanted(letter)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    pub(super) fn skip_space(&mut self) {
        self.take_while(|letter| matches!(letter, ' ' | '\t' | '\r' | '\n'));
    }

    /// The number, from 1, of the character at this byte.
    pub(super) fn character(&self, at: usize) -> usize {
        self.pattern.get(..at).unwrap_or_default().chars().count() + 1
    }

    /// The letters and digits that come next, for messages.
    pub(super) fn word(&self) -> &'p str {
        let rest = self.rest();
        let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    /// The mistake of something else standing here than was expected.
    pub(super) fn unexpected(&self, expected: &str, help: &'static str) -> Mistake {
        Mistake::new(self.at, Code::PatternSyntax, found(expected, self.word(), self.peek()), help)
    }
}

/// Says what was expected, and the word found instead or, if it is empty, the character.
pub(super) fn found(expected: &str, word: &str, letter: Option<char>) -> String {
    match (word, letter) {
        ("", None) => format!("expected {expected}, found the end of the pattern"),
        ("", Some(' ')) => format!("expected {expected}, found a space"),
        ("", Some(letter)) => format!("expected {expected}, found {}", quoted(&letter.to_string())),
        (word, _) => format!("expected {expected}, found {}", quoted(word)),
    }
}
