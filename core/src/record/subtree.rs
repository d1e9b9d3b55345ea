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
    let mut members: Vec<_> = children(object).filter_map(|(key, value)| Some((key?.decode(), value))).collect();
    let is_distinct = |(number, (key, _)): (usize, &(Cow<'_, str>, _))| {
        members.iter().skip(number + 1).all(|(other, _)| other != key)
    };
    if members.len() > FEW_MEMBERS || !members.iter().enumerate().all(is_distinct) {
        let keys = members.iter().map(|(key, _)| key.clone()).zip(0..).collect();
        let mut counts = vec![true; members.len()];
        strike_out(keys, |number| counts.get_mut(number).into_iter().for_each(|counts| *counts = false));
        let mut counts = counts.into_iter();
        members.retain(|_| counts.next().unwrap_or(true));
    }
    members.into_iter()
}

/// The elements of an array.
pub fn elements(array: &str) -> impl Iterator<Item = Value<'_>> {
    children(array).filter(|(key, _)| key.is_none()).map(|(_, value)| value)
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

/// Makes something of values, from the inside out.
#[cfg(feature = "convert")]
pub(crate) trait Builder<'a> {
    /// What is made.
    type Built;

    /// Of a string, a number or a word.
    fn scalar(value: Value<'a>) -> Self::Built;

    /// Of an array.
    fn list(elements: Vec<Self::Built>) -> Self::Built;

    /// Of an object. No key is there twice.
    fn object(members: Vec<(Cow<'a, str>, Self::Built)>) -> Self::Built;
}

/// Makes something of an object or array and of all that it holds; nothing of what is neither.
#[cfg(feature = "convert")]
pub(crate) fn build<'a, B: Builder<'a>>(container: &'a str) -> Option<B::Built> {
    /// An open object or array: where it ends, its own key, and what was made of what it holds.
    struct Open<'a, T> {
        after: usize,
        is_object: bool,
        key: Cow<'a, str>,
        held: Vec<(Cow<'a, str>, T)>,
    }
    let items = read(container);
    let mut open: Vec<Open<'a, B::Built>> = Vec::new();
    let mut at = 0;
    loop {
        while let Some(ended) = open.pop_if(|innermost| innermost.after == at) {
            let built = match ended.is_object {
                true => B::object(ended.held),
                false => B::list(ended.held.into_iter().map(|(_, built)| built).collect()),
            };
            let Some(outer) = open.last_mut() else { return Some(built) };
            outer.held.push((ended.key, built));
        }
        let item = items.get(at)?;
        if item.struck_out {
            at = item.after;
            continue;
        }
        at += 1;
        let key = item.key.map(Text::decode).unwrap_or_default();
        if item.is_container() {
            let is_object = matches!(item.value, Value::Object(_));
            open.push(Open { after: item.after, is_object, key, held: Vec::new() });
        } else {
            open.last_mut()?.held.push((key, B::scalar(item.value)));
        }
    }
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

/// What an object or array holds directly, equal keys included.
fn children(container: &str) -> impl Iterator<Item = (Option<Text<'_>>, Value<'_>)> {
    let mut cursor = Cursor { text: container, at: 1 };
    let mut key = None;
    std::iter::from_fn(move || {
        loop {
            let (token, start) = cursor.next()?;
            let value = match token {
                Token::Key(text) => {
                    key = Some(text);
                    continue;
                }
                Token::Scalar(value) => value,
                Token::Open { is_object } => {
                    cursor.leave();
                    let text = slice(container, start..cursor.at);
                    if is_object { Value::Object(text) } else { Value::Array(text) }
                }
                Token::Close => return None,
            };
            return Some((key.take(), value));
        }
    })
}

fn read(subtree: &str) -> Vec<Item<'_>> {
    // Members of real records take some 30 bytes each.
    let mut items: Vec<Item<'_>> = Vec::with_capacity(subtree.len() / 32);
    // The open containers: their item, and where they begin.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut cursor = Cursor { text: subtree, at: 0 };
    let mut key = None;
    while let Some((token, start)) = cursor.next() {
        let value = match token {
            Token::Key(text) => {
                key = Some(text);
                continue;
            }
            Token::Scalar(value) => value,
            Token::Open { is_object } => {
                open.push((items.len(), start));
                if is_object { Value::Object("") } else { Value::Array("") }
            }
            Token::Close => {
                if let Some((container, start)) = open.pop() {
                    close(&mut items, container, slice(subtree, start..cursor.at));
                }
                continue;
            }
        };
        items.push(Item { key: key.take(), value, after: items.len() + 1, struck_out: false });
    }
    items
}

/// A container ends whose item has this number.
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
        keys.extend(member.key.map(|key| (key.decode(), at)));
        at = member.after;
    }
    strike_out(keys, |number| items.get_mut(number).into_iter().for_each(|item| item.struck_out = true));
}

/// Tells which members of an object do not count, since their key comes again. Sorting keeps this quick whatever keys
/// somebody thinks of.
fn strike_out(mut keys: Vec<(Cow<'_, str>, usize)>, mut overruled: impl FnMut(usize)) {
    keys.sort_unstable();
    for pair in keys.windows(2) {
        if let [(key, earlier), (next, _)] = pair
            && key == next
        {
            overruled(*earlier);
        }
    }
}

/// Comparing each key with each other one takes less time than sorting so many.
const FEW_MEMBERS: usize = 16;

/// Reads on in a text that is valid.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

enum Token<'a> {
    Key(Text<'a>),
    Scalar(Value<'a>),
    Open { is_object: bool },
    Close,
}

impl<'a> Cursor<'a> {
    /// What comes next, and where it begins.
    fn next(&mut self) -> Option<(Token<'a>, usize)> {
        let bytes = self.text.as_bytes();
        self.skip(b",");
        let start = self.at;
        let (token, end) = match bytes.get(start)? {
            b'"' => {
                let text = self.string();
                self.skip(b"");
                // Only keys have a colon behind them.
                if bytes.get(self.at) == Some(&b':') {
                    (Token::Key(text), self.at + 1)
                } else {
                    (Token::Scalar(Value::String(text)), self.at)
                }
            }
            b'{' => (Token::Open { is_object: true }, start + 1),
            b'[' => (Token::Open { is_object: false }, start + 1),
            b'}' | b']' => (Token::Close, start + 1),
            b't' => (Token::Scalar(Value::Boolean(true)), start + 4),
            b'f' => (Token::Scalar(Value::Boolean(false)), start + 5),
            b'n' => (Token::Scalar(Value::Null), start + 4),
            _ => {
                let end = number::find_end(bytes, start).unwrap_or(bytes.len());
                (Token::Scalar(Value::Number(slice(self.text, start..end))), end)
            }
        };
        self.at = end;
        Some((token, start))
    }

    /// Goes behind the container that was opened last.
    fn leave(&mut self) {
        let bytes = self.text.as_bytes();
        let mut depth = 1;
        while let Some(byte) = bytes.get(self.at)
            && depth > 0
        {
            match byte {
                b'"' => {
                    self.string();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    fn string(&mut self) -> Text<'a> {
        let start = self.at + 1;
        let Some(end) = string::find_end(self.text.as_bytes(), start) else {
            self.at = self.text.len();
            return Text { raw: "", escaped: false };
        };
        self.at = end.quote + 1;
        Text { raw: slice(self.text, start..end.quote), escaped: end.escaped }
    }

    /// Passes white space, and this.
    fn skip(&mut self, separator: &[u8]) {
        let is_passed = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n') || separator.contains(byte);
        while self.text.as_bytes().get(self.at).is_some_and(is_passed) {
            self.at += 1;
        }
    }
}

fn slice(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}
