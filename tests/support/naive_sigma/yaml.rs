//! YAML text → a tree that remembers which scalars were written plainly, because only those can be numbers, booleans
//! or null.

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::Value;

/// One node of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Yaml {
    /// Keys in their order; each stands once.
    Map(Vec<(String, Yaml)>),
    List(Vec<Yaml>),
    Plain(String),
    Quoted(String),
}

/// What a scalar is by the core schema of YAML 1.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Null,
    Boolean(bool),
    /// As written.
    Number(String),
    Text(String),
}

/// The one document of a text.
pub(super) fn document(text: &str) -> Result<Yaml, String> {
    let mut events = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| error.to_string())?;
        events.push(event);
    }
    let mut rest = events.into_iter();
    let mut documents = Vec::new();
    while let Some(event) = rest.next() {
        match event {
            Event::DocumentStart(..) => documents.push(node(&mut rest)?.ok_or("an empty document")?),
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            other => return Err(format!("{other:?} between documents")),
        }
    }
    match (documents.pop(), documents.is_empty()) {
        (Some(document), true) => Ok(document),
        _ => Err("not one document".to_owned()),
    }
}

/// The one document of a text, as JSON.
pub fn as_json(text: &str) -> Result<Value, String> {
    document(text).map(|document| document.json())
}

/// The next node; none where a list or map ends.
fn node<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Result<Option<Yaml>, String> {
    Ok(Some(match events.next() {
        Some(Event::Scalar(text, ScalarStyle::Plain, ..)) => Yaml::Plain(text.into_owned()),
        Some(Event::Scalar(text, ..)) => Yaml::Quoted(text.into_owned()),
        Some(Event::SequenceStart(..)) => {
            let mut list = Vec::new();
            while let Some(element) = node(events)? {
                list.push(element);
            }
            Yaml::List(list)
        }
        Some(Event::MappingStart(..)) => {
            let mut map: Vec<(String, Yaml)> = Vec::new();
            while let Some(key) = node(events)? {
                let (Yaml::Plain(key) | Yaml::Quoted(key)) = key else {
                    return Err("a key that is no text".to_owned());
                };
                if map.iter().any(|(known, _)| *known == key) {
                    return Err(format!("`{key}` stands twice"));
                }
                map.push((key, node(events)?.ok_or("a key without a value")?));
            }
            Yaml::Map(map)
        }
        Some(Event::SequenceEnd | Event::MappingEnd) => return Ok(None),
        other => return Err(format!("unexpected {other:?}")),
    }))
}

impl Yaml {
    fn json(&self) -> Value {
        match self {
            Self::Map(map) => map.iter().map(|(key, value)| (key.clone(), value.json())).collect(),
            Self::List(list) => list.iter().map(Self::json).collect(),
            Self::Plain(_) | Self::Quoted(_) => match self.scalar() {
                None | Some(Scalar::Null) => Value::Null,
                Some(Scalar::Boolean(value)) => value.into(),
                Some(Scalar::Number(text)) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
                Some(Scalar::Text(text)) => text.into(),
            },
        }
    }

    /// The value of a key.
    pub(super) fn member(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// A scalar as it was written.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Plain(text) | Self::Quoted(text) => Some(text.clone()),
            _ => None,
        }
    }

    pub(super) fn text_at(&self, key: &str) -> Option<String> {
        self.member(key).and_then(Self::text)
    }

    /// What a scalar is. `No`, `yes` and `on` are texts, and so is whatever has a leading zero: an account id.
    pub(super) fn scalar(&self) -> Option<Scalar> {
        match self {
            Self::Quoted(text) => Some(Scalar::Text(text.clone())),
            Self::Plain(text) => Some(match text.as_str() {
                "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
                "true" | "True" | "TRUE" => Scalar::Boolean(true),
                "false" | "False" | "FALSE" => Scalar::Boolean(false),
                number if super::value::is_json_number(number) => Scalar::Number(text.clone()),
                _ => Scalar::Text(text.clone()),
            }),
            Self::Map(_) | Self::List(_) => None,
        }
    }
}
