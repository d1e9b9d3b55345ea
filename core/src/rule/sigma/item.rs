//! An item of a search identifier, `field|modifier: values` → [`Condition`].

use super::modifiers::{self, Key, Operator};
use super::{Source, all_of, any_of, not, value};
use crate::rule::condition::Condition;
use crate::rule::diagnostic::{Code, Notes, Position};
use crate::rule::yaml::{Body, Entry, Kind, Node};

/// Reads an item. Gives `None` where a mistake was noted.
pub(super) fn read(entry: &Entry, source: Source<'_>, notes: &mut Notes) -> Option<Condition> {
    let key = modifiers::read(entry, source, notes)?;
    if let (Some(names), Some(field)) = (source.names, key.field) {
        names.look_at_field(field, entry.at, notes);
    }
    let modifiers = &key.modifiers;
    let at = entry.value.at;
    let values = match &entry.value.body {
        Body::Scalar(_) if modifiers.all => {
            return refuse(at, "`all` takes a list of at least two values", "leave `all` out for one value", notes);
        }
        Body::Scalar(_) => std::slice::from_ref(&entry.value),
        Body::List(items) if items.is_empty() => {
            return refuse(at, "an empty list matches nothing", "write `null` for a field that is absent", notes);
        }
        Body::List(items) if modifiers.all && items.len() < 2 => {
            return refuse(at, "`all` takes a list of at least two values", "leave `all` out for one value", notes);
        }
        Body::List(_) if matches!(modifiers.operator, Operator::Exists) => {
            return refuse(at, "`exists` takes true or false, found a list", "write one of them", notes);
        }
        Body::List(items) => items,
        Body::Map(_) => {
            let help = "name what is nested with dots: `requestParameters.bucketName: value`";
            return refuse(at, "a map is not a value", help, notes);
        }
    };
    let in_list = matches!(entry.value.body, Body::List(_));
    let read = values.iter().map(|node| one(&key, node, in_list, source, notes));
    // All are read before the first mistake counts, so that all are told.
    let conditions: Vec<Option<Condition>> = read.collect();
    let conditions: Vec<Condition> = conditions.into_iter().collect::<Option<_>>()?;
    let all = if modifiers.all { all_of(conditions) } else { any_of(conditions) };
    Some(if modifiers.negated { not(all) } else { all })
}

fn one(key: &Key<'_>, node: &Node, in_list: bool, source: Source<'_>, notes: &mut Notes) -> Option<Condition> {
    let Body::Scalar(scalar) = &node.body else {
        let message = format!("a value is a text, a number, true, false or null, found {}", node.body.described());
        return refuse(node.at, message, "give the values in one list", notes);
    };
    if in_list && scalar.kind == Kind::Null {
        let help = "give it an identifier of its own, and join both in the condition";
        return refuse(node.at, "null cannot stand in a list", help, notes);
    }
    let condition = value::read(key, node, scalar, source, notes)?;
    if let Some(names) = source.names {
        names.look_at_values(&condition, node.at, notes);
    }
    Some(condition)
}

fn refuse(at: Position, message: impl Into<String>, help: &str, notes: &mut Notes) -> Option<Condition> {
    notes.refuse(at, Code::SigmaValue, message, help);
    None
}
