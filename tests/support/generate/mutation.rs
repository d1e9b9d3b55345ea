//! What can happen to the bytes of a record on their way, by accident or on purpose.

use super::json;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// One change to some bytes.
#[derive(Clone, Debug)]
pub enum Mutation {
    /// Some bits of one byte are turned over.
    Flip(Index, u8),
    /// The end is lost.
    Cut(Index),
    /// A few bytes are lost.
    Remove(Index, usize),
    /// Bytes appear.
    Insert(Index, Vec<u8>),
    /// From here on it is another record, from there on.
    Splice(Index, Index),
    /// The object gains a member, at its front or at its end: often one that it has already.
    Member(bool, String, String),
    /// A piece is repeated in place.
    Repeat(Index, usize),
    /// The whole is wrapped in so many arrays or objects.
    Nest(usize, bool),
}

/// What a parser may take for something else, valid in some places and not in others.
const SNIPPETS: [&[u8]; 40] = [
    b",",
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"null",
    b" ",
    b"\t",
    b"\r",
    b"\n",
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe2\x82",
    b"\xf0\x9f\x98\x80",
    b"\x00",
    b"\x1f",
    b"\x7f",
    b"\xef\xbb\xbf",
    b"\"a\":1,",
    b"tru",
    b"01",
    b"1.",
    b".5",
    b"+1",
    b"-",
    b"1e",
    b"\\u12",
    b"\\x",
    b"'a'",
    b"NaN",
    b"//",
    b"\x0b",
    b"\xc2\xa0",
    b"\\ud800",
    b"{}",
];

/// Any one change.
pub fn mutation() -> impl Strategy<Value = Mutation> {
    let place = || any::<Index>();
    prop_oneof![
        4 => (place(), 1..=255_u8).prop_map(|(place, bits)| Mutation::Flip(place, bits)),
        1 => place().prop_map(Mutation::Cut),
        2 => (place(), 1..4_usize).prop_map(|(place, length)| Mutation::Remove(place, length)),
        6 => (place(), select(SNIPPETS.to_vec())).prop_map(|(place, bytes)| Mutation::Insert(place, bytes.to_vec())),
        1 => (place(), place()).prop_map(|(place, other)| Mutation::Splice(place, other)),
        3 => (any::<bool>(), json::key(), json::value())
            .prop_map(|(front, key, value)| Mutation::Member(front, key, value)),
        1 => (place(), 1..40_usize).prop_map(|(place, length)| Mutation::Repeat(place, length)),
        1 => (1..60_usize, any::<bool>()).prop_map(|(levels, arrays)| Mutation::Nest(levels, arrays)),
    ]
}

/// A few changes, often none.
pub fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    prop_oneof![
        1 => Just(Vec::new()),
        3 => prop::collection::vec(mutation(), 1..4),
    ]
}

/// The bytes after these changes; `other` is where a splice goes on.
pub fn apply(mutations: &[Mutation], bytes: &[u8], other: &[u8]) -> Vec<u8> {
    mutations.iter().fold(bytes.to_vec(), |bytes, mutation| mutation.applied(bytes, other))
}

impl Mutation {
    fn applied(&self, mut bytes: Vec<u8>, other: &[u8]) -> Vec<u8> {
        let length = bytes.len();
        let at = |place: &Index, length: usize| place.index(length + 1);
        match self {
            Self::Flip(place, bits) => {
                if let Some(byte) = (length > 0).then(|| place.index(length)).and_then(|at| bytes.get_mut(at)) {
                    *byte ^= bits;
                }
            }
            Self::Cut(place) => bytes.truncate(at(place, length)),
            Self::Remove(place, count) => {
                let from = at(place, length);
                bytes.drain(from..length.min(from + count));
            }
            Self::Insert(place, inserted) => {
                let at = at(place, length);
                bytes.splice(at..at, inserted.iter().copied());
            }
            Self::Splice(place, there) => {
                bytes.truncate(at(place, length));
                bytes.extend(other.iter().skip(at(there, other.len())));
            }
            Self::Member(at_front, key, value) => {
                let is_empty = bytes.iter().filter(|byte| !byte.is_ascii_whitespace()).count() <= 2;
                let member = format!("{key}:{value}");
                let (at, text) = match (at_front, is_empty) {
                    (_, true) => (1, member),
                    (true, false) => (1, member + ","),
                    (false, false) => (length.saturating_sub(1), format!(",{member}")),
                };
                let at = at.min(length);
                bytes.splice(at..at, text.into_bytes());
            }
            Self::Repeat(place, count) => {
                let from = at(place, length);
                let piece: Vec<u8> = bytes.iter().skip(from).take(*count).copied().collect();
                bytes.splice(from..from, piece);
            }
            Self::Nest(levels, arrays) => {
                let (open, close) = if *arrays { ("[", "]") } else { ("{\"a\":", "}") };
                bytes = [open.repeat(*levels).as_bytes(), &bytes, close.repeat(*levels).as_bytes()].concat();
            }
        }
        bytes
    }
}
