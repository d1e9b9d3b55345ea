//! A pattern with gaps, prepared: literal pieces in order, anything between them.
//!
//! Each inner piece is taken where it first occurs, since taking a later one could only leave less room for those behind
//! it. So the work is that of looking for each piece once, whatever the pattern and the text.

use super::needle::Needle;
use crate::rule::condition::Token;
use std::collections::VecDeque;

/// What a text must be.
#[derive(Debug)]
pub(super) struct Pieces {
    /// Begins the text.
    first: Piece,
    /// Those between two gaps.
    inner: Vec<Piece>,
    /// Stands behind the last gap and ends the text. None: there is no gap.
    last: Option<Piece>,
}

#[derive(Debug)]
enum Piece {
    Literal(Vec<u8>),
    /// A literal that is looked for.
    Sought(Needle),
    /// Something in it is one of several characters.
    Units(Vec<Unit>),
}

#[derive(Debug)]
enum Unit {
    Literal(Vec<u8>),
    /// Any character.
    One,
    /// A character by which options begin.
    Dash,
}

const DASHES: [&str; 5] = ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"];

impl Pieces {
    /// Of literal pieces with a gap between each.
    pub(super) fn of_literals(pieces: impl IntoIterator<Item = String>) -> Self {
        Self::new(pieces.into_iter().map(|piece| Piece::Literal(piece.into_bytes())).collect())
    }

    /// Of a pattern; `prepare` makes its texts comparable.
    pub(super) fn of_tokens(tokens: &[Token], prepare: impl Fn(&str) -> String) -> Self {
        let unit = |token: &Token| match token {
            Token::Text(text) => Some(Unit::Literal(prepare(text).into_bytes())),
            Token::One => Some(Unit::One),
            Token::Dash => Some(Unit::Dash),
            Token::Any => None,
        };
        let pieces = tokens.split(|token| *token == Token::Any);
        Self::new(pieces.map(|piece| Piece::new(piece.iter().filter_map(unit).collect())).collect())
    }

    fn new(mut pieces: VecDeque<Piece>) -> Self {
        let first = pieces.pop_front().unwrap_or_else(|| Piece::Literal(Vec::new()));
        let last = pieces.pop_back();
        Self { first, inner: pieces.into_iter().map(Piece::prepare_to_find).collect(), last }
    }

    /// Whether this text, which is UTF-8, is like that.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        let Some(mut rest) = self.first.strip_from_start(text) else { return false };
        let Some(last) = &self.last else { return rest.is_empty() };
        for piece in &self.inner {
            let Some(behind) = piece.find(rest) else { return false };
            rest = behind;
        }
        last.ends(rest)
    }
}

impl Piece {
    fn new(mut units: Vec<Unit>) -> Self {
        // The texts of neighbouring tokens are one.
        units.dedup_by(|next, unit| match (unit, next) {
            (Unit::Literal(text), Unit::Literal(more)) => {
                text.append(more);
                true
            }
            _ => false,
        });
        match units.as_mut_slice() {
            [] => Self::Literal(Vec::new()),
            [Unit::Literal(text)] => Self::Literal(std::mem::take(text)),
            _ => Self::Units(units),
        }
    }

    fn prepare_to_find(self) -> Self {
        match self {
            Self::Literal(text) => Self::Sought(Needle::cased(text)),
            other => other,
        }
    }

    /// What stands behind it.
    fn strip_from_start<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        match self {
            Self::Literal(literal) => text.strip_prefix(literal.as_slice()),
            Self::Sought(needle) => text.strip_prefix(needle.text()),
            Self::Units(units) => units.iter().try_fold(text, |rest, unit| unit.strip_from_start(rest)),
        }
    }

    /// What stands behind the first place where it occurs.
    fn find<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        match self {
            Self::Sought(needle) => text.get(needle.find(text)? + needle.text().len()..),
            Self::Literal(_) | Self::Units(_) => {
                let starts = (0..=text.len()).filter(|&at| text.get(at).is_none_or(|&byte| begins_character(byte)));
                starts.filter_map(|at| text.get(at..)).find_map(|rest| self.strip_from_start(rest))
            }
        }
    }

    fn ends(&self, text: &[u8]) -> bool {
        match self {
            Self::Literal(literal) => text.ends_with(literal),
            Self::Sought(needle) => text.ends_with(needle.text()),
            Self::Units(units) => units.iter().rev().try_fold(text, |rest, unit| unit.strip_from_end(rest)).is_some(),
        }
    }
}

impl Unit {
    fn strip_from_start<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        match self {
            Self::Literal(literal) => text.strip_prefix(literal.as_slice()),
            Self::One => {
                let (_, rest) = text.split_first()?;
                rest.get(rest.iter().take_while(|&&byte| !begins_character(byte)).count()..)
            }
            Self::Dash => DASHES.iter().find_map(|dash| text.strip_prefix(dash.as_bytes())),
        }
    }

    fn strip_from_end<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        match self {
            Self::Literal(literal) => text.strip_suffix(literal.as_slice()),
            Self::One => text.get(..text.iter().rposition(|&byte| begins_character(byte))?),
            Self::Dash => DASHES.iter().find_map(|dash| text.strip_suffix(dash.as_bytes())),
        }
    }
}

fn begins_character(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}
