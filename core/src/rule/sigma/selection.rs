//! What one search identifier holds → [`Condition`]: a map of items, a list of maps, keywords.

use super::modifiers::Key;
use super::{Source, all_of, any_of, item, value};
use crate::rule::condition::Condition;
use crate::rule::diagnostic::{Code, Notes};
use crate::rule::yaml::{Body, Entry, Node};

/// Reads it. Gives `None` where a mistake was noted.
pub(super) fn read(node: &Node, source: Source<'_>, notes: &mut Notes) -> Option<Condition> {
    let Body::List(items) = &node.body else { return element(node, source, notes) };
    if items.is_empty() {
        return empty(node, notes);
    }
    let read: Vec<Option<Condition>> = items.iter().map(|item| element(item, source, notes)).collect();
    Some(any_of(read.into_iter().collect::<Option<_>>()?))
}

fn element(node: &Node, source: Source<'_>, notes: &mut Notes) -> Option<Condition> {
    match &node.body {
        Body::Map(entries) if entries.is_empty() => empty(node, notes),
        Body::Map(entries) => items(entries, source, notes),
        Body::Scalar(scalar) => value::read(&Key::keyword(), node, scalar, source, notes),
        Body::List(_) => {
            notes.refuse(node.at, Code::SigmaDetection, "a list cannot hold another one", "make it one list");
            None
        }
    }
}

fn items(entries: &[Entry], source: Source<'_>, notes: &mut Notes) -> Option<Condition> {
    let read: Vec<Option<Condition>> = entries.iter().map(|entry| item::read(entry, source, notes)).collect();
    Some(all_of(read.into_iter().collect::<Option<_>>()?))
}

fn empty(node: &Node, notes: &mut Notes) -> Option<Condition> {
    let message = format!("this is {} without anything to look for", node.body.described());
    notes.refuse(node.at, Code::SigmaDetection, message, "write `field: value`, or a list of texts");
    None
}
