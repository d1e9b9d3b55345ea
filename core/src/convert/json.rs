//! JSON as a tree: what a record holds, and what it becomes.
//!
//! Members keep the record's order, numbers the record's spelling. A tree is no deeper than
//! [`MAX_DEPTH`](super::limits::MAX_DEPTH) and what is put around it, which is why it may be walked by recursion.

use crate::enrich::json::write_text;
use crate::record::{Value, subtree};
use std::borrow::Cow;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Boolean(bool),
    /// As it is to be written.
    Number(Cow<'a, str>),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// The members of an object, no key twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

/// The tree of an object or array that was found valid.
pub(super) fn read(container: &str) -> Json<'_> {
    subtree::build::<Reader>(container).unwrap_or(Json::Null)
}

struct Reader;

impl<'a> subtree::Builder<'a> for Reader {
    type Built = Json<'a>;

    fn scalar(value: Value<'a>) -> Json<'a> {
        match value {
            Value::Boolean(value) => Json::Boolean(value),
            Value::Number(number) => Json::Number(Cow::Borrowed(number)),
            Value::String(text) => Json::Text(text.decode()),
            Value::Null | Value::Object(_) | Value::Array(_) => Json::Null,
        }
    }

    fn list(elements: Vec<Json<'a>>) -> Json<'a> {
        Json::List(elements)
    }

    fn object(members: Vec<(Cow<'a, str>, Json<'a>)>) -> Json<'a> {
        Json::Object(Object(members))
    }
}

impl<'a> Json<'a> {
    /// The text of a scalar, if it has any: shippers turn strings into booleans and numbers, and the reverse.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text).filter(|text| !text.is_empty()).map(AsRef::as_ref),
            Self::Boolean(value) => Some(if *value { "true" } else { "false" }),
            Self::Null | Self::List(_) | Self::Object(_) => None,
        }
    }

    pub(super) fn object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The elements of an array; of anything else none.
    pub(super) fn elements(&self) -> &[Json<'a>] {
        match self {
            Self::List(elements) => elements,
            _ => &[],
        }
    }

    /// Whether there is nothing in it: null, `""`, `{}`, `[]`.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(elements) => elements.is_empty(),
            Self::Object(object) => object.0.is_empty(),
            Self::Boolean(_) | Self::Number(_) => false,
        }
    }

    /// How many objects and arrays lie within each other.
    pub(super) fn depth(&self) -> usize {
        match self {
            Self::List(elements) => 1 + elements.iter().map(Json::depth).max().unwrap_or_default(),
            Self::Object(object) => 1 + object.0.iter().map(|(_, value)| value.depth()).max().unwrap_or_default(),
            _ => 0,
        }
    }

    /// Appends it as JSON on one line that no terminal obeys.
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            // Readers stumble over `1e400`; as a text it stays what was written.
            Self::Number(number) if number.parse().is_ok_and(f64::is_finite) => out.push_str(number),
            Self::Number(text) | Self::Text(text) => write_text(out, text),
            Self::List(elements) => {
                out.push('[');
                for (number, element) in elements.iter().enumerate() {
                    if number > 0 {
                        out.push(',');
                    }
                    element.write(out);
                }
                out.push(']');
            }
            Self::Object(object) => {
                out.push('{');
                for (number, (key, value)) in object.0.iter().enumerate() {
                    if number > 0 {
                        out.push(',');
                    }
                    write_text(out, key);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// It as JSON on one line.
    pub(super) fn to_line(&self) -> String {
        let mut line = String::new();
        self.write(&mut line);
        line
    }
}

impl<'a> Object<'a> {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// One member.
    pub(super) fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// What lies at the end of these keys, one within another.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Json<'a>> {
        let (last, outer) = path.split_last()?;
        let mut object = self;
        for key in outer {
            object = object.get(key)?.object()?;
        }
        object.get(last)
    }

    /// The text there, if it is a scalar that has any.
    pub(super) fn text(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.text()
    }

    /// The object there.
    pub(super) fn within(&self, path: &[&str]) -> Option<&Object<'a>> {
        self.at(path)?.object()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &Json<'a>)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value))
    }

    /// Adds a member, unless there is nothing in it. The key must be new.
    pub(super) fn put(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Json<'a>>) {
        let value = value.into();
        if !value.is_empty() {
            self.0.push((key.into(), value));
        }
    }

    /// Adds a member, whatever is in it. The key must be new.
    pub(super) fn push(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Json<'a>>) {
        self.0.push((key.into(), value.into()));
    }

    /// The same as `put`, for objects of one piece.
    pub(super) fn with(mut self, key: &'static str, value: impl Into<Json<'a>>) -> Self {
        self.put(key, value);
        self
    }

    /// Adds the members of another one, whose keys must be new.
    pub(super) fn append(&mut self, mut other: Object<'a>) {
        self.0.append(&mut other.0);
    }

    /// Keeps what passes.
    pub(super) fn retain(&mut self, mut passes: impl FnMut(&str, &mut Json<'a>) -> bool) {
        self.0.retain_mut(|(key, value)| passes(key, value));
    }
}

impl<'a> FromIterator<(Cow<'a, str>, Json<'a>)> for Object<'a> {
    fn from_iter<I: IntoIterator<Item = (Cow<'a, str>, Json<'a>)>>(members: I) -> Self {
        Self(members.into_iter().collect())
    }
}

impl<'a> From<&'a str> for Json<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Json<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<bool> for Json<'_> {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Json<'_> {
    fn from(number: i64) -> Self {
        Self::Number(Cow::Owned(number.to_string()))
    }
}

impl<'a> From<Object<'a>> for Json<'a> {
    fn from(object: Object<'a>) -> Self {
        Self::Object(object)
    }
}

impl<'a> From<&Json<'a>> for Json<'a> {
    fn from(value: &Json<'a>) -> Self {
        value.clone()
    }
}

impl<'a, T: Into<Json<'a>>> From<Option<T>> for Json<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<'a, T: Into<Json<'a>>> From<Vec<T>> for Json<'a> {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}
