//! A JSON value as a tree that loses nothing: numbers and sub-trees keep the text they were written with, and every
//! duplicate key is still there to be decided upon.
//!
//! The oracle of what the scanner reads. It takes bytes and gives a tree by means of `serde_json` alone: validity is
//! that of [`RawValue`], strings are decoded by its reader of byte strings. It must share nothing with the core and
//! it may be slow.
#![expect(clippy::unwrap_used, reason = "the text was found valid before its parts are looked at")]

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// One value and the bytes it was written with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node<'a> {
    /// From the first byte to the last, no white space around it.
    pub raw: &'a str,
    /// What it is.
    pub kind: Kind<'a>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as written.
    Number(&'a str),
    /// A string, escapes resolved, a lone surrogate read as U+FFFD.
    String(String),
    /// The elements.
    Array(Vec<Node<'a>>),
    /// The members that count, in their order: of those with equal keys only the last, as if the others were not written.
    Object(Vec<(String, Node<'a>)>),
}

/// One step of a path through a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The member with exactly this key.
    Member(String),
    /// Every member of an object.
    AnyMember,
    /// The element with this number, from 0.
    Element(usize),
    /// Every element of an array.
    AnyElement,
    /// A field as Sigma names it; a path of its own.
    Field(String),
}

/// Whether the bytes are one JSON value in UTF-8, however deep, however large its numbers.
pub fn is_valid(bytes: &[u8]) -> bool {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    reader.disable_recursion_limit();
    <&RawValue>::deserialize(&mut reader).is_ok() && reader.end().is_ok()
}

/// The tree of a JSON text, `None` if it is not valid. It descends by recursion: not for very deep values.
pub fn read(bytes: &[u8]) -> Option<Node<'_>> {
    is_valid(bytes).then(|| grow(serde_json::from_slice::<&RawValue>(bytes).unwrap()))
}

fn grow(value: &RawValue) -> Node<'_> {
    let raw = value.get();
    let kind = match raw.as_bytes().first().unwrap() {
        b'n' => Kind::Null,
        b't' => Kind::Boolean(true),
        b'f' => Kind::Boolean(false),
        b'"' => Kind::String(decode(raw)),
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(raw).unwrap();
            Kind::Array(elements.into_iter().map(grow).collect())
        }
        b'{' => {
            let Members(written) = serde_json::from_str(raw).unwrap();
            let mut members: Vec<(String, Node<'_>)> = Vec::new();
            for (key, value) in written {
                let (key, value) = (decode(key.get()), grow(value));
                members.retain(|(known, _)| *known != key);
                members.push((key, value));
            }
            Kind::Object(members)
        }
        _ => Kind::Number(raw),
    };
    Node { raw, kind }
}

impl Node<'_> {
    /// How many brackets are open at the deepest place.
    pub fn depth(&self) -> usize {
        match &self.kind {
            Kind::Array(elements) => 1 + elements.iter().map(Node::depth).max().unwrap_or(0),
            Kind::Object(members) => 1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// The member that counts.
    pub fn member(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// All values that the path reaches, in the order of the tree.
    pub fn at(&self, path: &[Step]) -> Vec<&Self> {
        let Some((step, rest)) = path.split_first() else { return vec![self] };
        let next: Vec<&Self> = match (step, &self.kind) {
            (Step::Member(key), Kind::Object(_)) => self.member(key).into_iter().collect(),
            (Step::AnyMember, Kind::Object(members)) => members.iter().map(|(_, value)| value).collect(),
            (Step::Element(number), Kind::Array(elements)) => elements.get(*number).into_iter().collect(),
            (Step::AnyElement, Kind::Array(elements)) => elements.iter().collect(),
            (Step::Field(name), Kind::Object(members)) => fields(members, name),
            _ => Vec::new(),
        };
        next.into_iter().flat_map(|node| node.at(rest)).collect()
    }

    /// What a name leads to that goes on behind a dot; an array stands for what it holds.
    fn field(&self, name: &str) -> Vec<&Self> {
        match &self.kind {
            Kind::Object(members) => fields(members, name),
            Kind::Array(elements) => elements.iter().flat_map(|element| element.field(name)).collect(),
            _ => Vec::new(),
        }
    }

    /// Itself, and if it is an array what it holds, at any depth of arrays.
    fn unrolled(&self) -> Vec<&Self> {
        let elements = if let Kind::Array(elements) = &self.kind { elements.as_slice() } else { &[] };
        std::iter::once(self).chain(elements.iter().flat_map(Self::unrolled)).collect()
    }

    /// The text of a string, or of a number as written; nothing else has one.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            Kind::Number(text) => Some(text),
            _ => None,
        }
    }

    /// Without insignificant white space, keys in their order, strings with no more escapes than JSON demands, numbers
    /// as written.
    pub fn compact(&self) -> String {
        match &self.kind {
            Kind::String(text) => serde_json::to_string(text).unwrap(),
            Kind::Array(elements) => {
                format!("[{}]", elements.iter().map(Self::compact).collect::<Vec<_>>().join(","))
            }
            Kind::Object(members) => {
                let pairs: Vec<String> = members
                    .iter()
                    .map(|(key, value)| format!("{}:{}", serde_json::to_string(key).unwrap(), value.compact()))
                    .collect();
                format!("{{{}}}", pairs.join(","))
            }
            _ => self.raw.to_owned(),
        }
    }

    /// Every value inside that is no array and no object, in the order of the tree.
    pub fn leaves(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Array(elements) => elements.iter().flat_map(Self::leaves).collect(),
            Kind::Object(members) => members.iter().flat_map(|(_, value)| value.leaves()).collect(),
            _ => vec![self],
        }
    }
}

/// What a name leads to in an object: a key is all of it, or all before some dot of it.
fn fields<'t, 'a>(members: &'t [(String, Node<'a>)], name: &str) -> Vec<&'t Node<'a>> {
    let of_member = |(key, value): &'t (String, Node<'a>)| match name.strip_prefix(key.as_str()) {
        Some("") => value.unrolled(),
        Some(rest) => rest.strip_prefix('.').map(|rest| value.field(rest)).unwrap_or_default(),
        None => Vec::new(),
    };
    members.iter().flat_map(of_member).collect()
}

/// Decodes a JSON string with its quotes. `serde_json` hands out strings with lone surrogates only as bytes, each such
/// surrogate as the three bytes that UTF-8 would use if it were a character.
fn decode(quoted: &str) -> String {
    struct Bytes(Vec<u8>);
    impl<'de> Deserialize<'de> for Bytes {
        fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
            struct Take;
            impl Visitor<'_> for Take {
                type Value = Bytes;
                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("a string")
                }
                fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                    Ok(Bytes(bytes.to_vec()))
                }
            }
            reader.deserialize_bytes(Take)
        }
    }
    let Bytes(bytes) = serde_json::from_str(quoted).unwrap();
    let mut readable = Vec::with_capacity(bytes.len());
    let mut rest = bytes.as_slice();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == 0xED && after.first().is_some_and(|next| (0xA0..=0xBF).contains(next)) {
            readable.extend_from_slice("\u{FFFD}".as_bytes());
            rest = after.get(2..).unwrap();
        } else {
            readable.push(byte);
            rest = after;
        }
    }
    String::from_utf8(readable).unwrap()
}

/// All members of an object as written, duplicates included.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Take;
        impl<'de> Visitor<'de> for Take {
            type Value = Vec<(&'de RawValue, &'de RawValue)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    members.push(entry);
                }
                Ok(members)
            }
        }
        reader.deserialize_map(Take).map(Members)
    }
}
