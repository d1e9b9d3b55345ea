//! A closer look at one object or array that a scan took as a whole. Slower than the scan, and rarely needed.
//!
//! The text comes from a record that was found valid. As everywhere, the last of several members with the same key
//! counts; the earlier ones are as if never written. The work grows with the length of the text alone, however it is
//! nested.

use super::{Text, Value, number, string};
use std::borrow::Cow;
use std::ops::Range;

/// The members of an object, by key.
pub fn members(object: &str) -> impl Iterator<Item = (Cow<'_, str>, Value<'_>)> {
    children(object).filter_map(|item| Some((item.key?.decode(), item.value)))
}

/// The elements of an array.
pub fn elements(array: &str) -> impl Iterator<Item = Value<'_>> {
    children(array).filter(|item| item.key.is_none()).map(|item| item.value)
}

/// Every string, number, boolean and null within, at any depth.
pub fn leaves(subtree: &str) -> Vec<Value<'_>> {
    leaves_of(&read(subtree))
}

/// The same value without white space, its strings with as few escapes as JSON allows, its numbers as written.
pub fn compact(subtree: &str) -> String {
    compact_of(&read(subtree), subtree.len())
}

/// Both of them, in one go.
pub(crate) fn compact_and_leaves(subtree: &str) -> (String, Vec<Value<'_>>) {
    let items = read(subtree);
    (compact_of(&items, subtree.len()), leaves_of(&items))
}

fn leaves_of<'a>(items: &[Item<'a>]) -> Vec<Value<'a>> {
    let mut leaves = Vec::new();
    let mut at = 0;
    while let Some(item) = items.get(at) {
        at = if item.struck_out { item.after } else { at + 1 };
        if !item.struck_out && !item.is_container() {
            leaves.push(item.value);
        }
    }
    leaves
}

fn compact_of(items: &[Item<'_>], length: usize) -> String {
    let mut text = String::with_capacity(length);
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut at = 0;
    loop {
        while let Some((_, close)) = open.pop_if(|(end, _)| *end == at) {
            text.push(close);
        }
        let Some(item) = items.get(at) else { return text };
        if item.struck_out {
            at = item.after;
            continue;
        }
        at += 1;
        if !text.is_empty() && !text.ends_with(['{', '[']) {
            text.push(',');
        }
        if let Some(key) = item.key {
            push_string(&mut text, &key.decode());
            text.push(':');
        }
        match item.value {
            Value::Object(_) => {
                text.push('{');
                open.push((item.after, '}'));
            }
            Value::Array(_) => {
                text.push('[');
                open.push((item.after, ']'));
            }
            Value::String(string) => push_string(&mut text, &string.decode()),
            Value::Number(number) => text.push_str(number),
            Value::Boolean(value) => text.push_str(if value { "true" } else { "false" }),
            Value::Null => text.push_str("null"),
        }
    }
}

fn push_string(text: &mut String, string: &str) {
    // Writing a string cannot fail; serde_json escapes exactly what RFC 8259 demands.
    text.push_str(&serde_json::to_string(string).unwrap_or_default());
}

/// One value within, containers before what they hold.
#[derive(Clone, Copy, Debug)]
struct Item<'a> {
    key: Option<Text<'a>>,
    value: Value<'a>,
    /// The number of the item behind this one and all that it holds.
    after: usize,
    /// The same key comes again later in its object.
    struck_out: bool,
}

impl Item<'_> {
    fn is_container(&self) -> bool {
        matches!(self.value, Value::Object(_) | Value::Array(_))
    }
}

/// What an object or array holds directly.
fn children(container: &str) -> impl Iterator<Item = Item<'_>> {
    let items = read(container);
    let mut at = 1;
    std::iter::from_fn(move || {
        let item = items.get(at).copied()?;
        at = item.after;
        Some(item)
    })
    .filter(|item| !item.struck_out)
}

fn read(subtree: &str) -> Vec<Item<'_>> {
    let bytes = subtree.as_bytes();
    // Members of real records take some 30 bytes each.
    let mut items: Vec<Item<'_>> = Vec::with_capacity(subtree.len() / 32);
    // The open containers: their item, and where they begin.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut key = None;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let (value, end) = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => {
                at += 1;
                continue;
            }
            b'}' | b']' => {
                at += 1;
                if let Some((container, start)) = open.pop() {
                    close(&mut items, container, slice(subtree, start..at));
                }
                continue;
            }
            b'"' => {
                let (text, end) = string_at(subtree, at);
                if key.is_none() && is_in_object(&items, &open) {
                    key = Some(text);
                    at = end;
                    continue;
                }
                (Value::String(text), end)
            }
            b'{' => (Value::Object(""), at + 1),
            b'[' => (Value::Array(""), at + 1),
            b't' => (Value::Boolean(true), at + 4),
            b'f' => (Value::Boolean(false), at + 5),
            b'n' => (Value::Null, at + 4),
            _ => {
                let end = number::find_end(bytes, at).unwrap_or(bytes.len());
                (Value::Number(slice(subtree, at..end)), end)
            }
        };
        let item = Item { key: key.take(), value, after: items.len() + 1, struck_out: false };
        if item.is_container() {
            open.push((items.len(), at));
        }
        items.push(item);
        at = end;
    }
    items
}

fn is_in_object(items: &[Item<'_>], open: &[(usize, usize)]) -> bool {
    let innermost = open.last().and_then(|(container, _)| items.get(*container));
    innermost.is_some_and(|item| matches!(item.value, Value::Object(_)))
}

fn close<'a>(items: &mut [Item<'a>], container: usize, text: &'a str) {
    let after = items.len();
    let Some(item) = items.get_mut(container) else { return };
    item.after = after;
    if let Value::Array(_) = item.value {
        item.value = Value::Array(text);
        return;
    }
    item.value = Value::Object(text);
    let mut keys = Vec::new();
    let mut at = container + 1;
    while let Some(member) = items.get(at) {
        keys.push((member.key.map(Text::decode), at));
        at = member.after;
    }
    // Sorting keeps this quick whatever keys somebody thinks of.
    keys.sort();
    for pair in keys.windows(2) {
        if let [(key, earlier), (next, _)] = pair
            && key == next
            && let Some(member) = items.get_mut(*earlier)
        {
            member.struck_out = true;
        }
    }
}

fn string_at(text: &str, at: usize) -> (Text<'_>, usize) {
    match string::find_end(text.as_bytes(), at + 1) {
        Some(end) => (Text { raw: slice(text, at + 1..end.quote), escaped: end.escaped }, end.quote + 1),
        None => (Text { raw: "", escaped: false }, text.len()),
    }
}

fn slice(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}
