//! Places within a record.

/// Where values are found, from the record's top. No steps: the record itself.
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
    /// A field as Sigma names it, always the only step: dots walk into objects, but a key may hold dots itself, so that
    /// every way to divide the name counts; an array on the way or at the end stands for all that it holds, at any depth,
    /// and at the end for itself, too.
    Field(String),
}
