//! The scanner under test: each text it reads is read by the oracles as well, and all they find must be equal.
//!
//! Validity and values are those of the [`tree`]; wherever `serde_json::Value` accepts the text, its values count too.
#![expect(clippy::unwrap_used, reason = "a projection of a few paths can always be built")]

use crate::tree::{self, Kind, Node, Step};
use proptest::prop_assert_eq;
use proptest::test_runner::TestCaseError;
use serde_json::Value as Json;
use std::sync::Arc;
use trailsieve_core::record::path;
use trailsieve_core::record::{ProjectionBuilder, Reject, Scanner, Slot, Value, subtree};

/// A scanner, the paths it looks at, and what it found right so far.
pub struct Checked<'p> {
    paths: &'p [Vec<Step>],
    slots: Vec<Slot>,
    scanner: Scanner,
}

impl<'p> Checked<'p> {
    /// A scanner with no memory yet.
    pub fn new(paths: &'p [Vec<Step>]) -> Self {
        let mut builder = ProjectionBuilder::new();
        let slots = paths.iter().map(|path| builder.slot(&core_path(path))).collect();
        Self { paths, slots, scanner: Scanner::new(Arc::new(builder.build().unwrap())) }
    }

    /// Checks one text: its validity, all values at the paths, and for objects and arrays the closer look at them.
    /// Gives the number of values found, `None` if the text is malformed.
    pub fn reads(&mut self, bytes: &[u8]) -> Result<Option<usize>, TestCaseError> {
        // In a batch a line feed separates records; the host puts a carriage return in its place.
        let bytes: Vec<u8> = bytes.iter().map(|&byte| if byte == b'\n' { b'\r' } else { byte }).collect();
        let shown = bytes.escape_ascii();
        let (view, tree) = match (self.scanner.scan(&bytes), tree::read(&bytes)) {
            (Ok(view), Some(tree)) => (view, tree),
            (Err(Reject::Malformed), None) => return Ok(None),
            (Err(reject), Some(_)) => return Err(TestCaseError::fail(format!("valid, but {reject:?}: {shown}"))),
            (Err(reject), None) => return Err(TestCaseError::fail(format!("malformed, but {reject:?}: {shown}"))),
            (Ok(_), None) => return Err(TestCaseError::fail(format!("read, but malformed: {shown}"))),
        };
        let mut values = 0;
        let by_value: Option<Json> = serde_json::from_slice(&bytes).ok();
        for (path, &slot) in self.paths.iter().zip(&self.slots) {
            let nodes = tree.at(path);
            let found: Vec<Value<'_>> = view.all(slot).collect();
            values += found.len();
            let shown_values: Vec<String> = found.iter().map(|value| show(*value)).collect();
            let expected: Vec<String> = nodes.iter().map(|node| show_node(node)).collect();
            prop_assert_eq!(shown_values, expected, "{} at {:?}", shown, path);
            prop_assert_eq!(view.first(slot), found.first().copied(), "{} at {:?}", shown, path);
            for (value, node) in found.iter().zip(nodes) {
                closer_look(*value, node)?;
            }
            // What fields mean would have to be written a second time.
            let is_field = matches!(path.as_slice(), [Step::Field(_)]);
            if let Some(value) = by_value.as_ref().filter(|_| !is_field) {
                same_as_value(&found, value, path)?;
            }
        }
        Ok(Some(values))
    }
}

/// A scanner that has read nothing yet checks one text, and once more when it knows it.
pub fn agrees(bytes: &[u8], paths: &[Vec<Step>]) -> Result<(), TestCaseError> {
    let mut checked = Checked::new(paths);
    checked.reads(bytes)?;
    checked.reads(bytes).map(drop)
}

/// What can be made of an object or array that the scanner handed out whole.
fn closer_look(value: Value<'_>, node: &Node<'_>) -> Result<(), TestCaseError> {
    let (Value::Object(raw) | Value::Array(raw)) = value else { return Ok(()) };
    prop_assert_eq!(subtree::compact(raw), node.compact());
    let leaves: Vec<String> = subtree::leaves(raw).into_iter().map(show).collect();
    prop_assert_eq!(leaves, node.leaves().into_iter().map(show_node).collect::<Vec<_>>());
    match &node.kind {
        Kind::Object(members) => {
            let found: Vec<_> = subtree::members(raw).map(|(key, value)| (key.into_owned(), show(value))).collect();
            let expected: Vec<_> = members.iter().map(|(key, value)| (key.clone(), show_node(value))).collect();
            prop_assert_eq!(found, expected);
        }
        Kind::Array(elements) => {
            let found: Vec<String> = subtree::elements(raw).map(show).collect();
            prop_assert_eq!(found, elements.iter().map(show_node).collect::<Vec<_>>());
        }
        _ => {}
    }
    Ok(())
}

/// `Value` sorts keys and rounds numbers: the values found must be the same set, numbers equal as floats.
fn same_as_value(found: &[Value<'_>], value: &Json, path: &[Step]) -> Result<(), TestCaseError> {
    let mut expected: Vec<String> = reach(value, path).into_iter().map(Json::to_string).collect();
    let mut found: Vec<String> = found
        .iter()
        .map(|value| match value {
            Value::String(text) => Json::from(text.decode()).to_string(),
            other => serde_json::from_str::<Json>(&show(*other)).unwrap().to_string(),
        })
        .collect();
    expected.sort();
    found.sort();
    prop_assert_eq!(found, expected);
    Ok(())
}

fn reach<'v>(value: &'v Json, path: &[Step]) -> Vec<&'v Json> {
    let Some((step, rest)) = path.split_first() else { return vec![value] };
    let next: Vec<&Json> = match (step, value) {
        (Step::Member(key), Json::Object(members)) => members.get(key).into_iter().collect(),
        (Step::AnyMember, Json::Object(members)) => members.values().collect(),
        (Step::Element(number), Json::Array(elements)) => elements.get(*number).into_iter().collect(),
        (Step::AnyElement, Json::Array(elements)) => elements.iter().collect(),
        _ => Vec::new(),
    };
    next.into_iter().flat_map(|value| reach(value, rest)).collect()
}

/// The values at one path, shown.
pub fn scanned(bytes: &[u8], path: &[Step]) -> Result<Vec<String>, Reject> {
    let mut builder = ProjectionBuilder::new();
    let slot = builder.slot(&core_path(path));
    Scanner::new(Arc::new(builder.build().unwrap())).scan(bytes).map(|view| view.all(slot).map(show).collect())
}

/// Strings decoded and between quotes, all else as it was written.
fn show(value: Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::String(text) => format!("\"{}\"", text.decode()),
        Value::Number(raw) | Value::Object(raw) | Value::Array(raw) => raw.to_owned(),
    }
}

fn show_node(node: &Node<'_>) -> String {
    match &node.kind {
        Kind::String(text) => format!("\"{text}\""),
        _ => node.raw.to_owned(),
    }
}

fn core_path(path: &[Step]) -> path::Path {
    let step = |step: &Step| match step {
        Step::Member(key) => path::Step::Member(key.clone()),
        Step::AnyMember => path::Step::AnyMember,
        Step::Element(number) => path::Step::Element(u32::try_from(*number).unwrap()),
        Step::AnyElement => path::Step::AnyElement,
        Step::Field(name) => path::Step::Field(name.clone()),
    };
    path::Path(path.iter().map(step).collect())
}
