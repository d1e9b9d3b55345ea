//! One test of a text, prepared for use.

use super::expression::PreparedExpression;
use super::inside::Piece;
use super::needle::Needle;
use super::object::Objects;
use super::pieces::Pieces;
use super::trigger::necessary_in_object;
use crate::fold::{fold_bytes, fold_text};
use crate::record::decimal::Decimal;
use crate::record::{Capture, View};
use crate::rule::condition::{Matcher, Pattern, Token};
use crate::words::equal_but_for_case;

/// A prepared pattern. Case counts.
#[derive(Debug)]
pub(super) enum PreparedMatcher {
    Number(Vec<u8>, Decimal),
    Pieces(Pieces),
    Regex(PreparedExpression),
}

impl PreparedMatcher {
    pub(super) fn new(matcher: &Matcher) -> Self {
        let pieces = |pieces: &[&String]| Self::Pieces(Pieces::of_literals(pieces.iter().map(|&piece| piece.clone())));
        let gap = &String::new();
        match matcher {
            Matcher::Number(text, value) => Self::Number(text.as_bytes().to_vec(), value.clone()),
            Matcher::Regex(expression) => Self::Regex(PreparedExpression::new(expression)),
            Matcher::Exact(text) => pieces(&[text]),
            Matcher::Prefix(text) => pieces(&[text, gap]),
            Matcher::Suffix(text) => pieces(&[gap, text]),
            Matcher::Contains(text) => pieces(&[gap, text, gap]),
            Matcher::Glob(all) => Self::Pieces(Pieces::of_literals(all.iter().cloned())),
        }
    }

    /// Whether the text of a string, or of a number as written, matches.
    pub(super) fn matches(&self, text: &[u8], is_number: bool) -> bool {
        match self {
            Self::Number(wanted, value) => {
                text == wanted || is_number && Decimal::parse(text).is_some_and(|number| number == *value)
            }
            Self::Pieces(pieces) => pieces.matches(text),
            Self::Regex(expression) => expression.is_found_in(text),
        }
    }
}

/// A prepared pattern of Sigma.
#[derive(Debug)]
pub(super) struct PreparedPattern {
    pieces: Pieces,
    pub(super) cased: bool,
    /// It is asked of objects, too.
    pub(super) asks_objects: bool,
    /// What a text holds matches only if the text does.
    pub(super) is_open: bool,
    /// The same for texts in ASCII, which then need not be folded.
    for_ascii: Option<OneLiteral>,
    /// Stands in every object that matches, which spares most objects a closer look.
    within: Option<Piece>,
}

/// A pattern that is one folded literal with a gap at one or both ends.
#[derive(Debug)]
enum OneLiteral {
    Start(Vec<u8>),
    End(Vec<u8>),
    Within(Needle),
}

impl PreparedPattern {
    pub(super) fn new(pattern: &Pattern) -> Self {
        let prepare = |text: &str| if pattern.cased { text.to_owned() } else { fold_text(text) };
        let is_open = is_open(&pattern.tokens);
        let within = Some(necessary_in_object(pattern)).filter(|literal| !literal.is_empty());
        Self {
            pieces: Pieces::of_tokens(&pattern.tokens, prepare),
            cased: pattern.cased,
            asks_objects: is_open || pattern.keyword,
            is_open,
            for_ascii: OneLiteral::new(&pattern.tokens).filter(|_| !pattern.cased),
            within: within.map(|literal| Piece::new(&literal)),
        }
    }

    /// Whether an object may match.
    pub(super) fn may_match_object(&self, view: View<'_>, capture: Capture, objects: &mut Objects) -> bool {
        self.within.as_ref().is_none_or(|piece| piece.is_in(view, capture, objects))
    }

    /// Whether a text matches.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        match &self.for_ascii {
            _ if self.cased => self.pieces.matches(text),
            Some(literal) if text.is_ascii() => literal.matches(text),
            _ => self.pieces.matches(&fold_bytes(text)),
        }
    }

    /// Whether a text matches that is folded if case does not count.
    pub(super) fn matches_prepared(&self, text: &[u8]) -> bool {
        self.pieces.matches(text)
    }
}

impl OneLiteral {
    fn new(tokens: &[Token]) -> Option<Self> {
        let bytes = |text: &str| fold_text(text).into_bytes();
        Some(match tokens {
            [Token::Text(text), Token::Any] => Self::Start(bytes(text)),
            [Token::Any, Token::Text(text)] => Self::End(bytes(text)),
            [Token::Any, Token::Text(text), Token::Any] => Self::Within(Needle::folded(&fold_text(text))),
            _ => return None,
        })
    }

    fn matches(&self, text: &[u8]) -> bool {
        match self {
            Self::Start(literal) => text.get(..literal.len()).is_some_and(|start| equal_but_for_case(start, literal)),
            Self::End(literal) => {
                let end = text.len().checked_sub(literal.len()).and_then(|start| text.get(start..));
                end.is_some_and(|end| equal_but_for_case(end, literal))
            }
            Self::Within(needle) => needle.is_in(text),
        }
    }
}

/// Anything may stand at both ends.
pub(super) fn is_open(tokens: &[Token]) -> bool {
    matches!((tokens.first(), tokens.last()), (Some(Token::Any), Some(Token::Any)))
}
