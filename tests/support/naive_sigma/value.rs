//! The values that a field reaches in a record, and the texts of one value.

use super::fold::fold;
use crate::tree::{self, Kind, Node};
use std::cell::OnceCell;

/// A record, and its texts once somebody asks for them.
#[derive(Debug)]
pub struct Record<'n, 'a> {
    /// The record itself.
    pub(super) node: &'n Node<'a>,
    texts: OnceCell<Vec<Text>>,
}

/// A text, and the same without regard to case.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) plain: String,
    pub(super) characters: Vec<char>,
    pub(super) folded: Vec<char>,
}

impl<'n, 'a> Record<'n, 'a> {
    /// A record as the rules see it.
    pub fn new(node: &'n Node<'a>) -> Self {
        Self { node, texts: OnceCell::new() }
    }

    /// What keywords search: the texts of the record, which is an object.
    pub(super) fn texts(&self) -> &[Text] {
        self.texts.get_or_init(|| object_texts(self.node))
    }
}

impl Text {
    pub(super) fn new(plain: String) -> Self {
        let characters: Vec<char> = plain.chars().collect();
        Self { folded: characters.iter().map(|&it| fold(it)).collect(), characters, plain }
    }
}

/// What stands at a field: `a.b.c` walks objects, and since a key may itself hold dots, every way to split the name is
/// gone. An array on the way fans out. An array at the end is given as it is.
pub(super) fn reached<'n, 'a>(node: &'n Node<'a>, field: &str) -> Vec<&'n Node<'a>> {
    match &node.kind {
        Kind::Array(elements) => elements.iter().flat_map(|element| reached(element, field)).collect(),
        Kind::Object(members) => {
            let mut found = Vec::new();
            for (key, value) in members {
                if field == key {
                    found.push(value);
                } else if let Some(rest) = field.strip_prefix(key).and_then(|rest| rest.strip_prefix('.')) {
                    found.extend(reached(value, rest));
                }
            }
            found
        }
        _ => Vec::new(),
    }
}

/// The values themselves: of an array its elements, of nested arrays theirs.
pub(super) fn elements<'n, 'a>(node: &'n Node<'a>) -> Vec<&'n Node<'a>> {
    match &node.kind {
        Kind::Array(inner) => inner.iter().flat_map(elements).collect(),
        _ => vec![node],
    }
}

/// Whether nothing but JSON null is there. `[]` and `{}` are values.
pub(super) fn is_null(node: &Node<'_>) -> bool {
    match &node.kind {
        Kind::Null => true,
        Kind::Array(inner) => !inner.is_empty() && inner.iter().all(is_null),
        _ => false,
    }
}

/// The text of a string, of a number as written, of a boolean.
pub(super) fn text(node: &Node<'_>) -> Option<Text> {
    match &node.kind {
        Kind::Boolean(value) => Some(value.to_string()),
        _ => node.text().map(str::to_owned),
    }
    .map(Text::new)
}

/// The texts of an object: its compact JSON, and every scalar leaf, decoded, at any depth.
pub(super) fn object_texts(node: &Node<'_>) -> Vec<Text> {
    match &node.kind {
        Kind::Object(_) => node.leaves().into_iter().filter_map(text).chain([Text::new(node.compact())]).collect(),
        _ => Vec::new(),
    }
}

/// Whether a text is a JSON number, nothing before it or behind it.
pub(super) fn is_json_number(written: &str) -> bool {
    matches!(tree::read(written.as_bytes()), Some(Node { kind: Kind::Number(number), .. }) if number == written)
}
