//! What a document says for people to read: takes the YAML entry, gives the texts, and warns of what is not written as
//! Sigma has it. Nothing here changes what a rule finds, so nothing here refuses one.

use super::diagnostic::{Code, Notes, Position, quoted};
use super::yaml::{Body, Entry, Kind, Node};

const CODE: Code = Code::RuleMetadata;

/// A text of any length. Line breaks stay, other control characters go.
pub(super) fn prose(entry: &Entry, notes: &mut Notes) -> String {
    let [node] = nodes(entry, false, notes) else { return String::new() };
    let texts = visible(entry, node, notes);
    texts.map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// A list of texts, or one text for a list of one.
pub(super) fn list(entry: &Entry, notes: &mut Notes) -> Vec<String> {
    nodes(entry, true, notes).iter().filter_map(|node| visible(entry, node, notes)).collect()
}

/// `tags:`, each `namespace.rest` in lower case.
pub(super) fn tags(entry: &Entry, notes: &mut Notes) -> Vec<String> {
    let mut tags = Vec::new();
    for node in nodes(entry, true, notes) {
        let Some(tag) = visible(entry, node, notes) else { continue };
        let is_part = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || ".-_".contains(letter);
        let has_namespace = tag.split_once('.').is_some_and(|(space, rest)| !space.is_empty() && !rest.is_empty());
        if !has_namespace || !tag.chars().all(is_part) {
            let message = format!("the tag {} is not `namespace.name` in lower case", quoted(&tag));
            warn(node.at, message, "as in `attack.t1136.003`", notes);
        }
        tags.push(tag);
    }
    tags
}

/// `date:` or `modified:`.
pub(super) fn date(entry: &Entry, notes: &mut Notes) {
    let [node] = nodes(entry, false, notes) else { return };
    let Some(text) = visible(entry, node, notes) else { return };
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let within = |digits: &str, length: usize, most: u32| {
        digits.len() == length && digits.parse().is_ok_and(|number: u32| (1..=most).contains(&number))
    };
    let is_date = matches!(parts.as_slice(), [year, month, day] if within(year, 4, 9999) && within(month, 2, 12) && within(day, 2, 31));
    if !is_date {
        warn(node.at, format!("`{}:` is no date: {}", entry.key, quoted(&text)), "write it as `2026-11-21`", notes);
    }
}

/// The values: of a list all, where one is expected.
fn nodes<'n>(entry: &'n Entry, is_list: bool, notes: &mut Notes) -> &'n [Node] {
    match (&entry.value.body, is_list) {
        (Body::List(items), true) => items,
        (Body::Scalar(scalar), _) if scalar.kind == Kind::Null => &[],
        (Body::Scalar(_), false) => std::slice::from_ref(&entry.value),
        (body, _) => {
            let wanted = if is_list { "a list of texts" } else { "a text" };
            let message = format!("`{}:` should be {wanted}, found {}", entry.key, body.described());
            warn(entry.value.at, message, "", notes);
            if is_list && matches!(body, Body::Scalar(_)) { std::slice::from_ref(&entry.value) } else { &[] }
        }
    }
}

fn visible(entry: &Entry, node: &Node, notes: &mut Notes) -> Option<String> {
    match &node.body {
        Body::Scalar(scalar) if scalar.kind != Kind::Null => {
            // Nearly all are plain, and all are read whenever a pack is loaded.
            let is_plain = scalar.text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n'));
            let is_visible = |letter: &char| *letter == '\n' || !letter.is_control();
            Some(if is_plain { scalar.text.clone() } else { scalar.text.chars().filter(is_visible).collect() })
        }
        body => {
            let message = format!("`{}:` should hold texts, found {}", entry.key, body.described());
            warn(node.at, message, "", notes);
            None
        }
    }
}

fn warn(at: Position, message: String, help: &str, notes: &mut Notes) {
    notes.warn(at, CODE, message, help);
}
