//! Step 1: one pass over the bytes of a record takes the values that rules ask for.

pub(crate) mod block;
mod capture;
pub mod decimal;
mod foresight;
mod grammar;
mod nesting;
pub(crate) mod number;
pub mod path;
mod projection;
mod scan;
pub(crate) mod string;
pub mod subtree;

pub(crate) use capture::{Capture, Kind};
pub use projection::{Projection, ProjectionBuilder, TooManyPaths};
pub use scan::Scanner;
pub use string::{closing_quote, decode};

use capture::Captures;
use std::borrow::Cow;

/// Names the values at one path of a projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub(crate) u32);

/// Why a record cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reject {
    /// It is not JSON in UTF-8.
    Malformed,
    /// It is valid, but nested deeper than [`crate::limits::MAX_DEPTH`].
    TooDeep,
}

/// One value of a record, borrowed from its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as written.
    Number(&'a str),
    /// A string, between its quotes, escapes not yet resolved.
    String(Text<'a>),
    /// An object from `{` to `}`, as written.
    Object(&'a str),
    /// An array from `[` to `]`, as written.
    Array(&'a str),
}

/// The inside of a JSON string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Text<'a> {
    /// The text that is meant: escapes resolved, a lone surrogate read as U+FFFD.
    pub fn decode(self) -> Cow<'a, str> {
        if self.escaped { decode(self.raw) } else { Cow::Borrowed(self.raw) }
    }
}

/// The wanted values of one record.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    captures: &'a Captures,
    bytes: &'a [u8],
}

impl<'a> View<'a> {
    /// All values at the slot's path, in the record's order.
    pub fn all(&self, slot: Slot) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let view = *self;
        view.captures(slot).map(move |capture| view.value(capture))
    }

    /// The same, and where they stand.
    pub(crate) fn captures(&self, slot: Slot) -> impl Iterator<Item = Capture> + use<'a> {
        self.captures.of(slot)
    }

    /// The first value at the slot's path; the only one unless the path has a wildcard.
    pub fn first(&self, slot: Slot) -> Option<Value<'a>> {
        self.first_capture(slot).map(|capture| self.value(capture))
    }

    /// The same, and where it stands.
    pub(crate) fn first_capture(&self, slot: Slot) -> Option<Capture> {
        self.captures.first_of(slot)
    }

    /// The batch in which the record stands.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether the first value in the slot is a string whose text passes. Asked of every record, so it makes no copy.
    pub(crate) fn is_text(&self, slot: Slot, passes: impl FnOnce(&[u8]) -> bool) -> bool {
        let first = self.first_capture(slot).filter(|capture| capture.kind != Kind::Number);
        first.and_then(|capture| self.text(capture)).is_some_and(|text| passes(&text))
    }

    /// Whether a value in the slot passes; they are asked in any order.
    #[inline]
    pub(crate) fn any(&self, slot: Slot, passes: impl FnMut(Capture) -> bool) -> bool {
        self.captures.any(slot, passes)
    }

    pub(crate) fn all_captures(&self) -> impl Iterator<Item = Capture> + use<'a> {
        self.captures.all()
    }

    /// The bytes of a value as the record has them.
    #[inline]
    pub(crate) fn raw(&self, capture: Capture) -> &'a [u8] {
        self.bytes.get(capture.start as usize..capture.end as usize).unwrap_or_default()
    }

    /// The text of a string, or of a number as written; other values have none.
    #[inline]
    pub(crate) fn text(&self, capture: Capture) -> Option<Cow<'a, [u8]>> {
        match capture.kind {
            Kind::String | Kind::Number => Some(Cow::Borrowed(self.raw(capture))),
            Kind::EscapedString => match decode(self.raw_str(capture)) {
                Cow::Borrowed(text) => Some(Cow::Borrowed(text.as_bytes())),
                Cow::Owned(text) => Some(Cow::Owned(text.into_bytes())),
            },
            _ => None,
        }
    }

    /// The same, and the words of booleans.
    #[inline]
    pub(crate) fn text_or_word(&self, capture: Capture) -> Option<Cow<'a, [u8]>> {
        match capture.kind {
            Kind::True | Kind::False => Some(Cow::Borrowed(self.raw(capture))),
            _ => self.text(capture),
        }
    }

    /// The scan has checked that it is UTF-8.
    pub(crate) fn raw_str(&self, capture: Capture) -> &'a str {
        std::str::from_utf8(self.raw(capture)).unwrap_or_default()
    }

    pub(crate) fn value(&self, capture: Capture) -> Value<'a> {
        let raw = self.raw_str(capture);
        match capture.kind {
            Kind::Null | Kind::StruckOut => Value::Null,
            Kind::True => Value::Boolean(true),
            Kind::False => Value::Boolean(false),
            Kind::Number => Value::Number(raw),
            Kind::String => Value::String(Text { raw, escaped: false }),
            Kind::EscapedString => Value::String(Text { raw, escaped: true }),
            Kind::Object => Value::Object(raw),
            Kind::Array => Value::Array(raw),
        }
    }
}

/// A record as it stands in a batch: on one line. A line feed becomes a carriage return, which is as much white space,
/// and as forbidden within a string.
pub fn one_line(record: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\n', record).is_none() {
        return Cow::Borrowed(record);
    }
    Cow::Owned(record.iter().map(|&byte| if byte == b'\n' { b'\r' } else { byte }).collect())
}

/// Where the line ends that begins at `start` and holds no valid record, and whether it begins like one.
#[inline(always)]
pub(crate) fn unreadable(batch: &[u8], start: usize) -> (usize, bool) {
    let rest = batch.get(start..).unwrap_or_default();
    let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let line = rest.get(..length).unwrap_or_default().trim_ascii_start();
    (start + length, matches!(line.first(), Some(b'{' | b'[')))
}
