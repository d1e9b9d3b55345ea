//! The texts of an object in which patterns and regular expressions are searched: its compact JSON, and every string,
//! number and boolean in it, decoded.
//!
//! They are made when a test first asks for them, once a record, and folded when a test first needs that.

use crate::fold::fold_bytes;
use crate::record::{Capture, Value, View, subtree};

/// The texts of those objects of one record that were asked for.
#[derive(Debug, Default)]
pub(super) struct Objects {
    known: Vec<Object>,
}

#[derive(Debug)]
struct Object {
    /// Where it stands in the record; no other object does.
    start: u32,
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
        self.known.clear();
    }

    /// The texts of an object, the compact one first.
    pub(super) fn texts(&mut self, view: View<'_>, capture: Capture) -> &mut [Text] {
        let at = self.known.iter().position(|object| object.start == capture.start).unwrap_or_else(|| {
            self.known.push(Object { start: capture.start, texts: texts(view.raw_str(capture)) });
            self.known.len() - 1
        });
        self.known.get_mut(at).map_or(&mut [], |object| &mut object.texts)
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
            let has_escapes = decoded.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\');
            Some(text(&decoded, !has_escapes))
        }
        Value::Number(number) => Some(text(number, true)),
        Value::Boolean(value) => Some(text(if value { "true" } else { "false" }, true)),
        Value::Null | Value::Object(_) | Value::Array(_) => None,
    });
    compact.chain(leaves).collect()
}
