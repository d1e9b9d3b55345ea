//! Values of a known type out of YAML entries. What is of another type is noted as a mistake.

use super::diagnostic::{Code, Notes, quoted};
use super::suggest;
use super::yaml::{Body, Entry, Kind, Node};

pub(super) const CODE: Code = Code::RuleValue;

const BOOLEAN: &str = "true or false";
const TEXTS: &str = "a list of texts";
const MAP: &str = "a map";

/// A text on one line.
pub(super) fn text(entry: &Entry, notes: &mut Notes) -> Option<String> {
    line(entry, &entry.value, "a text", notes)
}

/// A list of texts, each on one line.
pub(super) fn texts(entry: &Entry, notes: &mut Notes) -> Vec<String> {
    match &entry.value.body {
        Body::List(items) => items.iter().filter_map(|item| line(entry, item, TEXTS, notes)).collect(),
        _ => {
            wrong(entry, &entry.value, TEXTS, notes);
            Vec::new()
        }
    }
}

pub(super) fn boolean(entry: &Entry, notes: &mut Notes) -> Option<bool> {
    match &entry.value.body {
        Body::Scalar(scalar) if matches!(scalar.kind, Kind::Boolean(_)) => Some(scalar.kind == Kind::Boolean(true)),
        _ => {
            wrong(entry, &entry.value, BOOLEAN, notes);
            None
        }
    }
}

pub(super) fn map<'n>(entry: &'n Entry, notes: &mut Notes) -> Option<&'n [Entry]> {
    match &entry.value.body {
        Body::Map(entries) => Some(entries),
        _ => {
            wrong(entry, &entry.value, MAP, notes);
            None
        }
    }
}

/// One of a few words.
pub(super) fn word(entry: &Entry, known: &[&'static str], notes: &mut Notes) -> Option<&'static str> {
    let text = text(entry, notes)?;
    let word = known.iter().find(|word| **word == text);
    if word.is_none() {
        let message = format!("`{}:` must be one of {}, found {}", entry.key, known.join(", "), quoted(&text));
        notes.refuse(entry.value.at, CODE, message, suggest::did_you_mean(&text, known.iter().copied()));
    }
    word.copied()
}

/// A text on one line: it goes into reports, where a control character could forge a further line.
fn line(entry: &Entry, node: &Node, wanted: &str, notes: &mut Notes) -> Option<String> {
    match &node.body {
        Body::Scalar(scalar) if scalar.kind != Kind::Null => {
            let shown = scalar.text.trim();
            if shown.is_empty() || scalar.text.contains(char::is_control) {
                let (found, help) = match shown {
                    "" => ("an empty one", "write a text, or leave the key out"),
                    _ if scalar.text.contains('\n') => ("several", "`>-` in front of several lines makes them one"),
                    _ => ("a control character", "take it out: reports show this text as it is"),
                };
                let message = format!("`{}:` must be one line of text, found {found}", entry.key);
                notes.refuse(node.at, CODE, message, help);
                return None;
            }
            Some(scalar.text.clone())
        }
        _ => {
            wrong(entry, node, wanted, notes);
            None
        }
    }
}

fn wrong(entry: &Entry, node: &Node, wanted: &str, notes: &mut Notes) {
    let message = format!("`{}:` must be {wanted}, found {}", entry.key, node.body.described());
    let help = match wanted {
        BOOLEAN => "YAML 1.2 reads yes, no, on and off as texts",
        TEXTS => "write `[one, two]`, or each on a line of its own behind `- `",
        MAP => "write its members below it, indented, as `key: value`",
        _ => "give one text; quotes make a text of any value",
    };
    notes.refuse(node.at, CODE, message, help);
}
