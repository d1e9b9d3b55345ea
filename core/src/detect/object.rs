//! The texts of an object in which patterns and regular expressions are searched: its compact JSON, and every string,
//! number and boolean in it, decoded. Before those, the object as it stands, in which a look mostly shows that they need
//! not be made.
//!
//! All are made when a test first asks for them, once a record, and folded when a test first needs that.

use crate::fold::fold_bytes;
use crate::record::{Capture, Value, View, subtree};

/// What was made of those objects of one record that were asked for; the memory is kept for the next record.
#[derive(Debug, Default)]
pub(super) struct Objects {
    known: Vec<Object>,
    /// How many of them are this record's.
    count: usize,
}

#[derive(Debug, Default)]
struct Object {
    /// Where it stands in the record; no other object does.
    start: u32,
    escapes: Option<Escapes>,
    folded: Option<Vec<u8>>,
    /// Empty: not yet made; every object has one text at least.
    texts: Vec<Text>,
}

/// One of the texts of an object.
#[derive(Debug)]
pub(super) struct Text {
    as_written: Vec<u8>,
    folded: Option<Vec<u8>>,
    /// An earlier text holds all of it.
    is_repeated: bool,
}

impl Objects {
    /// Another record follows.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// How its strings are escaped.
    pub(super) fn escapes(&mut self, view: View<'_>, capture: Capture) -> Escapes {
        let Some(object) = self.object(capture) else { return Escapes::Other };
        *object.escapes.get_or_insert_with(|| escapes(view.raw(capture)))
    }

    /// The object as it stands; folded if it has letters beyond ASCII.
    pub(super) fn as_it_stands<'o>(&'o mut self, view: View<'o>, capture: Capture) -> &'o [u8] {
        let raw = view.raw(capture);
        if raw.is_ascii() {
            return raw;
        }
        let Some(object) = self.object(capture) else { return &[] };
        object.folded.get_or_insert_with(|| fold_bytes(raw).into_owned())
    }

    /// The texts of an object, the compact one first.
    pub(super) fn texts(&mut self, view: View<'_>, capture: Capture) -> &mut [Text] {
        let Some(object) = self.object(capture) else { return &mut [] };
        if object.texts.is_empty() {
            object.texts = texts(view.raw_str(capture));
        }
        &mut object.texts
    }

    fn object(&mut self, capture: Capture) -> Option<&mut Object> {
        let of_record = self.known.get(..self.count).unwrap_or_default();
        let known = of_record.iter().position(|object| object.start == capture.start);
        let at = known.unwrap_or(self.count);
        if known.is_none() {
            if self.known.len() == self.count {
                self.known.push(Object::default());
            }
            self.count += 1;
            if let Some(object) = self.known.get_mut(at) {
                object.start = capture.start;
                object.escapes = None;
                object.folded = None;
                object.texts.clear();
            }
        }
        self.known.get_mut(at)
    }
}

impl Text {
    /// Anything that must only stand somewhere in a text has been looked for in this one, too, after the earlier ones.
    pub(super) fn is_repeated(&self) -> bool {
        self.is_repeated
    }

    pub(super) fn as_written(&self) -> &[u8] {
        &self.as_written
    }

    pub(super) fn folded(&mut self) -> &[u8] {
        self.both().1
    }

    /// As written, and folded.
    pub(super) fn both(&mut self) -> (&[u8], &[u8]) {
        (&self.as_written, self.folded.get_or_insert_with(|| fold_bytes(&self.as_written).into_owned()))
    }
}

fn texts(object: &str) -> Vec<Text> {
    let (compact, leaves) = subtree::compact_and_leaves(object);
    let text = |text: &str, is_repeated| Text { as_written: text.as_bytes().to_vec(), folded: None, is_repeated };
    let compact = std::iter::once(text(&compact, false));
    let leaves = leaves.into_iter().filter_map(|leaf| match leaf {
        Value::String(string) => {
            let decoded = string.decode();
            Some(text(&decoded, !has_escapes(decoded.as_bytes())))
        }
        Value::Number(number) => Some(text(number, true)),
        Value::Boolean(value) => Some(text(if value { "true" } else { "false" }, true)),
        Value::Null | Value::Object(_) | Value::Array(_) => None,
    });
    compact.chain(leaves).collect()
}

/// Whether JSON escapes a character of this text.
pub(super) fn has_escapes(text: &[u8]) -> bool {
    text.iter().any(|&byte| byte < b' ' || byte == b'"' || byte == b'\\')
}

/// The escapes in the strings of an object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Escapes {
    None,
    /// Those that the compact text has, too.
    Needed,
    Other,
}

fn escapes(object: &[u8]) -> Escapes {
    let mut found = Escapes::None;
    let mut rest = object;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        match rest.get(at + 1) {
            Some(b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't') => found = Escapes::Needed,
            _ => return Escapes::Other,
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    found
}
