//! One pattern for text, prepared for use.

use crate::record::decimal::Decimal;
use crate::rule::condition::{Matcher, compile_regex};
use memchr::memmem::{self, Finder};
use regex::bytes::Regex;

/// A prepared pattern.
#[derive(Debug)]
pub(super) enum PreparedMatcher {
    Exact(Vec<u8>),
    Number(Vec<u8>, Decimal),
    Prefix(Vec<u8>),
    Suffix(Vec<u8>),
    Contains(Box<Finder<'static>>),
    Glob(Vec<Vec<u8>>),
    Regex(Regex),
}

impl PreparedMatcher {
    /// The error is what the regular expression engine says.
    pub(super) fn new(matcher: &Matcher) -> Result<Self, regex::Error> {
        let bytes = |text: &String| text.as_bytes().to_vec();
        Ok(match matcher {
            Matcher::Exact(text) => Self::Exact(bytes(text)),
            Matcher::Number(text, value) => Self::Number(bytes(text), value.clone()),
            Matcher::Prefix(text) => Self::Prefix(bytes(text)),
            Matcher::Suffix(text) => Self::Suffix(bytes(text)),
            Matcher::Contains(text) => Self::Contains(Box::new(Finder::new(text).into_owned())),
            Matcher::Glob(pieces) => Self::Glob(pieces.iter().map(bytes).collect()),
            Matcher::Regex(source) => Self::Regex(compile_regex(source)?),
        })
    }

    /// Whether the text of a string, or of a number as written, matches.
    pub(super) fn matches(&self, text: &[u8], is_number: bool) -> bool {
        match self {
            Self::Exact(wanted) => text == wanted,
            Self::Number(wanted, value) => {
                text == wanted || is_number && Decimal::parse(text).is_some_and(|number| number == *value)
            }
            Self::Prefix(prefix) => text.starts_with(prefix),
            Self::Suffix(suffix) => text.ends_with(suffix),
            Self::Contains(finder) => finder.find(text).is_some(),
            Self::Glob(pieces) => matches_glob(pieces, text),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// The first piece begins the text, the last one ends it, and each other one is taken where it first occurs: taking a
/// later one could only leave less room for those behind it.
fn matches_glob(pieces: &[Vec<u8>], text: &[u8]) -> bool {
    let Some((first, others)) = pieces.split_first() else { return text.is_empty() };
    let Some((last, inner)) = others.split_last() else { return text == first };
    let Some(mut rest) = text.strip_prefix(first.as_slice()).and_then(|rest| rest.strip_suffix(last.as_slice())) else {
        return false;
    };
    inner.iter().all(|piece| {
        let found = memmem::find(rest, piece).and_then(|at| rest.get(at + piece.len()..));
        rest = found.unwrap_or_default();
        found.is_some()
    })
}
