//! YAML text becomes trees of nodes that know where they stand. Takes a file's bytes, gives its documents and what is
//! wrong with them; what the keys mean is none of its business.
//!
//! YAML 1.2 with the core schema, narrowed where a rule file could be misread: see [`scalar`]. Keys are texts, each at
//! most once in a map.

mod place;
mod scalar;
mod tree;

pub(crate) use place::{place_in, place_in_key, place_of};
pub(crate) use scalar::{Kind, Scalar, Style};
pub(crate) use tree::documents;

use super::diagnostic::{Diagnostic, Position};

/// The largest rule file. The longest list in public Sigma rules has 4,432 values: at 60 characters each they take a
/// quarter of it.
pub(crate) const MAX_FILE_BYTES: usize = 1 << 20;

/// How deep nodes may be nested, those behind an alias included: real records in `tests:` reach 11 levels, and what
/// reads the tree may recurse.
const MAX_DEPTH: usize = 64;

/// How many nodes and how much text a file may have once its aliases are replaced by what they stand for. A few lines
/// of aliases of aliases would otherwise stand for gigabytes.
const MAX_NODES: usize = 1 << 16;
const MAX_TEXT_BYTES: usize = 4 * MAX_FILE_BYTES;

/// One document of a file.
#[derive(Debug)]
pub(crate) struct Document {
    /// Its top node.
    pub(crate) root: Node,
    /// What is wrong with it as YAML; the tree is there all the same, so that further mistakes can be found in it.
    pub(crate) mistakes: Vec<Diagnostic>,
}

/// A value and where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Where it begins.
    pub(crate) at: Position,
    /// What it is.
    pub(crate) body: Body,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A member of a map.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its key.
    pub(crate) key: String,
    /// Where the key begins.
    pub(crate) at: Position,
    /// Its value.
    pub(crate) value: Node,
}

impl Body {
    /// What it is, in a sentence of a diagnostic.
    pub(crate) fn described(&self) -> &'static str {
        match self {
            Self::Map(_) => "a map",
            Self::List(_) => "a list",
            Self::Scalar(scalar) => scalar.kind.described(),
        }
    }
}
