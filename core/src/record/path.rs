//! Places within a record.

/// Where values are found, from the record's top.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The member of an object with exactly this key.
    Member(String),
    /// Every member of an object (`.*`).
    AnyMember,
    /// The element of an array with this number, counted from 0.
    Element(u32),
    /// Every element of an array (`[*]`).
    AnyElement,
}
