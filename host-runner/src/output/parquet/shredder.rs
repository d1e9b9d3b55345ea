//! Takes rows apart into columns of plain values, as Parquet stores them.
//!
//! A leaf keeps its values, and beside each place two levels that say how far the way to it was there (definition) and
//! in which list a new element began (repetition). It must not guess: a value of another type is refused.

use parquet::data_type::ByteArray;
use serde_json::Value;

use super::columns::{COLUMNS, Column, Kind};

/// What a place takes: two levels.
const PLACE_BYTES: usize = 4;

/// What a value takes beside its text: a pointer with its length, and what is kept of it where it leads to.
const VALUE_BYTES: usize = 64;

/// The rows that wait for their row group.
pub(super) struct Shredder {
    roots: Vec<(&'static str, Node)>,
    /// About how much memory they take.
    pub(super) bytes: usize,
    pub(super) rows: usize,
}

/// A value stands where none can. Nobody should see it: rows are checked when they come out of the sandbox.
#[derive(Debug)]
pub(super) struct Misfit;

/// A plain column.
#[derive(Default)]
pub(super) struct Leaf {
    pub(super) values: Values,
    pub(super) definition: Vec<i16>,
    pub(super) repetition: Vec<i16>,
}

/// The values that are there.
pub(super) enum Values {
    Texts(Vec<ByteArray>),
    Times(Vec<i64>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Texts(Vec::new())
    }
}

/// The columns as a tree, whose leaves from left to right are those of the file.
enum Node {
    Leaf(Leaf),
    Struct(Vec<(&'static str, Node)>),
    List(Box<Node>),
}

/// How far the way to a value is there, in which list an element began, and how many lists are around it.
#[derive(Clone, Copy)]
struct Place {
    definition: i16,
    repetition: i16,
    depth: i16,
}

impl Place {
    /// One step further that is there.
    fn within(self) -> Self {
        Self { definition: self.definition + 1, ..self }
    }

    /// Where the elements of a list go, one by one: the first continues what is around the list.
    fn elements(self) -> impl Iterator<Item = Self> {
        let depth = self.depth + 1;
        let first = Self { definition: self.definition + 2, depth, ..self };
        std::iter::once(first).chain(std::iter::repeat(Self { repetition: depth, ..first }))
    }
}

impl Shredder {
    pub(super) fn new() -> Self {
        Self { roots: members(COLUMNS), bytes: 0, rows: 0 }
    }

    /// Takes one row apart.
    pub(super) fn add(&mut self, row: &Value) -> Result<(), Misfit> {
        let place = Place { definition: 0, repetition: 0, depth: 0 };
        let Value::Object(row) = row else { return Err(Misfit) };
        for (name, node) in &mut self.roots {
            self.bytes += node.put(row.get(*name), place)?;
        }
        self.rows += 1;
        Ok(())
    }

    /// All leaves in the order of the file, which begin anew.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Leaf> + use<> {
        let mut leaves = Vec::new();
        self.roots.iter_mut().for_each(|(_, node)| node.take(&mut leaves));
        (self.bytes, self.rows) = (0, 0);
        leaves.into_iter()
    }
}

fn members(columns: &[Column]) -> Vec<(&'static str, Node)> {
    columns.iter().map(|column| (column.name, Node::of(&column.kind))).collect()
}

impl Node {
    fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Text => Self::Leaf(Leaf::default()),
            Kind::Time => Self::Leaf(Leaf { values: Values::Times(Vec::new()), ..Leaf::default() }),
            Kind::Struct(columns) => Self::Struct(members(columns)),
            Kind::List(element) => Self::List(Box::new(Self::of(element))),
        }
    }

    /// Puts a value at this place; says how much memory that takes.
    fn put(&mut self, value: Option<&Value>, place: Place) -> Result<usize, Misfit> {
        let value = value.filter(|value| !value.is_null());
        let mut bytes = 0;
        match (self, value) {
            (Self::Leaf(leaf), value) => bytes += leaf.put(value, place)?,
            (Self::Struct(members), None) => {
                for (_, node) in members {
                    bytes += node.put(None, place)?;
                }
            }
            (Self::Struct(members), Some(Value::Object(object))) => {
                for (name, node) in members {
                    bytes += node.put(object.get(*name), place.within())?;
                }
            }
            (Self::List(element), None) => bytes += element.put(None, place)?,
            (Self::List(element), Some(Value::Array(elements))) => {
                if elements.is_empty() {
                    bytes += element.put(None, place.within())?;
                }
                for (value, place) in elements.iter().zip(place.elements()) {
                    bytes += element.put(Some(value), place)?;
                }
            }
            _ => return Err(Misfit),
        }
        Ok(bytes)
    }

    fn take(&mut self, leaves: &mut Vec<Leaf>) {
        match self {
            Self::Leaf(leaf) => leaves.push(leaf.take()),
            Self::Struct(members) => members.iter_mut().for_each(|(_, node)| node.take(leaves)),
            Self::List(element) => element.take(leaves),
        }
    }
}

impl Leaf {
    fn put(&mut self, value: Option<&Value>, place: Place) -> Result<usize, Misfit> {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            self.push(None, place.definition, place.repetition);
            return Ok(PLACE_BYTES);
        };
        let definition = place.definition + 1;
        match (&mut self.values, value) {
            (Values::Texts(_), Value::String(text)) => {
                self.push(Some(text), definition, place.repetition);
                Ok(text.len() + VALUE_BYTES + PLACE_BYTES)
            }
            (Values::Times(times), Value::Number(number)) => {
                times.push(number.as_i64().ok_or(Misfit)?);
                self.push(None, definition, place.repetition);
                Ok(VALUE_BYTES + PLACE_BYTES)
            }
            _ => Err(Misfit),
        }
    }

    /// A place, and the text that stands there.
    fn push(&mut self, text: Option<&str>, definition: i16, repetition: i16) {
        if let (Values::Texts(texts), Some(text)) = (&mut self.values, text) {
            texts.push(text.into());
        }
        self.definition.push(definition);
        self.repetition.push(repetition);
    }

    /// What it holds, and an empty one of its kind in its place.
    fn take(&mut self) -> Self {
        let values = match &self.values {
            Values::Texts(_) => Values::Texts(Vec::new()),
            Values::Times(_) => Values::Times(Vec::new()),
        };
        std::mem::replace(self, Self { values, ..Self::default() })
    }
}
