//! A YAML node becomes compact JSON text: members in their order, numbers as written.

use super::yaml::{Body, Kind, Node};
use serde_json::Value;

/// The JSON text of a node. Recursion is bounded by the depth that [`super::yaml`] allows.
pub(super) fn text(node: &Node) -> String {
    let mut out = String::new();
    write(node, &mut out);
    out
}

fn write(node: &Node, out: &mut String) {
    match &node.body {
        Body::Scalar(scalar) => match scalar.kind {
            Kind::Null => out.push_str("null"),
            Kind::Boolean(value) => out.push_str(if value { "true" } else { "false" }),
            Kind::Number => out.push_str(&scalar.text),
            Kind::Text => out.push_str(&string(&scalar.text)),
        },
        Body::List(items) => {
            out.push('[');
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Body::Map(entries) => {
            out.push('{');
            for (number, entry) in entries.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                out.push_str(&string(&entry.key));
                out.push(':');
                write(&entry.value, out);
            }
            out.push('}');
        }
    }
}

fn string(text: &str) -> String {
    Value::from(text).to_string()
}
