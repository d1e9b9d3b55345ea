//! One item of a detection: `field|modifiers: values`.

use super::address::Network;
use super::modifiers::Modifiers;
use super::pattern::{self, Token};
use super::value::{self, Record, Text};
use super::yaml::{Scalar, Yaml};
use super::{Placeholders, encode, regex, time};
use crate::naive::number::Number;
use crate::tree::{Kind, Node};
use std::cmp::Ordering;

/// A field and what is asked of it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// `None`: keywords, which look at the whole record.
    field: Option<String>,
    /// `neq`: the opposite of the whole item.
    negated: bool,
    /// `all`: every value must be met, not any.
    all: bool,
    /// For each value of the list the questions that it stands for, any of which suffices.
    values: Vec<Vec<Question>>,
}

/// What is asked of a field.
#[derive(Clone, Debug)]
enum Question {
    IsNull,
    Exists(bool),
    Pattern { tokens: Vec<Token>, cased: bool },
    Number(Number, String),
    Regex(::regex::Regex),
    Cidr(Network),
    Compare(Vec<Ordering>, Number),
    TimePart(&'static str, Vec<Ordering>, Number),
    Field { name: String, place: Option<&'static str>, cased: bool },
}

impl Item {
    /// Reads one key with its value; keywords have an empty key.
    pub(super) fn read(key: &str, yaml: &Yaml, placeholders: &Placeholders) -> Result<Self, String> {
        let mut parts = key.split('|');
        let field = parts.next().filter(|field| !field.is_empty()).map(str::to_owned);
        let modifiers = Modifiers::read(parts.collect(), field.is_some())?;
        let scalars: Vec<Scalar> = match yaml {
            Yaml::List(list) => list.iter().map(Yaml::scalar).collect::<Option<_>>().ok_or("a list or map as value")?,
            other => vec![other.scalar().ok_or("a map as value")?],
        };
        let in_list = matches!(yaml, Yaml::List(_));
        let all = modifiers.has("all");
        let refusals = [
            (scalars.is_empty(), "an empty list"),
            (in_list && scalars.contains(&Scalar::Null), "null in a list"),
            (field.is_none() && scalars.contains(&Scalar::Null), "null needs a field"),
            (in_list && modifiers.has("exists"), "`exists` takes no list"),
            (all && scalars.len() < 2, "`all` needs a list of at least two"),
        ];
        if let Some((_, reason)) = refusals.into_iter().find(|(applies, _)| *applies) {
            return Err(format!("{key}: {reason}"));
        }
        let is_keyword = field.is_none();
        let questions = |scalar: &Scalar| {
            questions(scalar, &modifiers, is_keyword, placeholders).map_err(|why| format!("{key}: {why}"))
        };
        let values = scalars.iter().map(questions).collect::<Result<_, _>>()?;
        Ok(Self { field, negated: modifiers.has("neq"), all, values })
    }

    pub(super) fn holds(&self, record: &Record<'_, '_>) -> bool {
        let met = |questions: &Vec<Question>| questions.iter().any(|question| self.is_met(question, record));
        let holds = if self.all { self.values.iter().all(met) } else { self.values.iter().any(met) };
        holds != self.negated
    }

    fn is_met(&self, question: &Question, record: &Record<'_, '_>) -> bool {
        let Some(field) = &self.field else { return record.texts().iter().any(|text| question.is_in(text)) };
        let reached = value::reached(record.node, field);
        match question {
            Question::IsNull => reached.into_iter().all(value::is_null),
            Question::Exists(wanted) => reached.is_empty() != *wanted,
            _ => {
                let mut elements = reached.into_iter().flat_map(value::elements);
                elements.any(|value| question.holds(value, record.node))
            }
        }
    }
}

/// What one value of a rule asks.
fn questions(
    scalar: &Scalar,
    modifiers: &Modifiers<'_>,
    is_keyword: bool,
    placeholders: &Placeholders,
) -> Result<Vec<Question>, String> {
    let cased = modifiers.has("cased");
    if modifiers.has("exists") {
        let Scalar::Boolean(wanted) = scalar else { return Err("`exists` takes true or false".to_owned()) };
        return Ok(vec![Question::Exists(*wanted)]);
    }
    if let (Some(_), _) | (_, Some(_)) = (modifiers.comparison(), modifiers.time_part()) {
        let Scalar::Number(written) = scalar else { return Err("not a number".to_owned()) };
        let number = Number::read(written).ok_or("not a number")?;
        let accepted = orderings(modifiers.comparison());
        return Ok(vec![match modifiers.time_part() {
            Some(part) => Question::TimePart(part, accepted, number),
            None => Question::Compare(accepted, number),
        }]);
    }
    let takes_text = ["re", "cidr", "fieldref", "windash", "expand"].into_iter().any(|name| modifiers.has(name))
        || modifiers.place().is_some()
        || !modifiers.encoders().is_empty();
    let text = match scalar {
        Scalar::Text(text) => text.clone(),
        _ if takes_text => return Err(format!("takes a text, not {scalar:?}")),
        Scalar::Null => return Ok(vec![Question::IsNull]),
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Number(written) if is_keyword => written.clone(),
        Scalar::Number(written) => {
            let number = Number::read(written).ok_or("not a number")?;
            let plain = number.plain();
            return Ok(vec![Question::Number(number, plain)]);
        }
    };
    if modifiers.has("re") {
        return Ok(vec![Question::Regex(regex::read(&text, &modifiers.flags())?)]);
    }
    if modifiers.has("cidr") {
        return Ok(vec![Question::Cidr(Network::read(&text)?)]);
    }
    if modifiers.has("fieldref") {
        let name = pattern::literal(&pattern::tokens(&text)).ok_or("a wildcard in the name of a field")?;
        return Ok(vec![Question::Field { name, place: modifiers.place(), cased }]);
    }
    let texts = if modifiers.has("expand") { encode::expanded(&text, placeholders)? } else { vec![text] };
    let mut variants: Vec<Vec<Token>> = texts.iter().map(|text| pattern::tokens(text)).collect();
    if !modifiers.encoders().is_empty() {
        let encoded = variants.iter().map(|tokens| encode::encoded(tokens, &modifiers.encoders()));
        variants = encoded.collect::<Result<Vec<_>, _>>()?.concat();
    }
    if modifiers.has("windash") {
        variants = variants.iter().map(|tokens| pattern::with_dashes(tokens)).collect();
    }
    // A keyword is looked for anywhere, unless it says otherwise.
    let place = modifiers.place().or(is_keyword.then_some("contains"));
    let open = |tokens: Vec<Token>| {
        let front = matches!(place, Some("contains" | "endswith")).then_some(Token::Any);
        let end = matches!(place, Some("contains" | "startswith")).then_some(Token::Any);
        front.into_iter().chain(tokens).chain(end).collect()
    };
    Ok(variants.into_iter().map(|tokens| Question::Pattern { tokens: open(tokens), cased }).collect())
}

fn orderings(comparison: Option<&str>) -> Vec<Ordering> {
    match comparison {
        Some("lt") => vec![Ordering::Less],
        Some("lte") => vec![Ordering::Less, Ordering::Equal],
        Some("gt") => vec![Ordering::Greater],
        Some("gte") => vec![Ordering::Greater, Ordering::Equal],
        _ => vec![Ordering::Equal],
    }
}

impl Question {
    /// Whether one value passes. `null` passes none of these.
    fn holds(&self, node: &Node<'_>, record: &Node<'_>) -> bool {
        match self {
            Self::IsNull | Self::Exists(_) => false,
            Self::Pattern { tokens, .. } => {
                // An object is asked only by a pattern that is open at both ends.
                let is_open = tokens.first() == Some(&Token::Any) && tokens.last() == Some(&Token::Any);
                let objects = if is_open { value::object_texts(node) } else { Vec::new() };
                value::text(node).into_iter().chain(objects).any(|text| self.is_in(&text))
            }
            Self::Number(number, plain) => match &node.kind {
                Kind::Number(written) => Number::read(written).as_ref() == Some(number),
                Kind::String(text) => text == plain,
                _ => false,
            },
            Self::Regex(_) => {
                value::text(node).into_iter().chain(value::object_texts(node)).any(|text| self.is_in(&text))
            }
            Self::Cidr(network) => matches!(&node.kind, Kind::String(text) if network.holds(text)),
            Self::Compare(accepted, bound) => number_of(node).is_some_and(|it| accepted.contains(&it.cmp(bound))),
            Self::TimePart(part, accepted, bound) => match &node.kind {
                Kind::String(text) => time::part(text, part)
                    .and_then(|digits| Number::read(&digits))
                    .is_some_and(|it| accepted.contains(&it.cmp(bound))),
                _ => false,
            },
            Self::Field { name, place, cased } => {
                let others = value::reached(record, name).into_iter().flat_map(value::elements);
                let others: Vec<Text> = others.filter_map(value::text).collect();
                value::text(node).is_some_and(|text| others.iter().any(|other| relates(&text, other, *place, *cased)))
            }
        }
    }

    /// Whether a text is what the question asks for.
    fn is_in(&self, text: &Text) -> bool {
        match self {
            Self::Pattern { tokens, cased } => pattern::fits(tokens, text, *cased),
            Self::Regex(regex) => regex.is_match(&text.plain),
            _ => false,
        }
    }
}

/// A JSON number, or a string that is one.
fn number_of(node: &Node<'_>) -> Option<Number> {
    match &node.kind {
        Kind::Number(written) => Number::read(written),
        Kind::String(text) if value::is_json_number(text) => Number::read(text),
        _ => None,
    }
}

/// Whether the other text, taken literally, is all of this one, or stands in it where it should.
fn relates(text: &Text, other: &Text, place: Option<&str>, cased: bool) -> bool {
    let literal = other.characters.iter().copied().map(Token::Literal);
    let front = matches!(place, Some("contains" | "endswith")).then_some(Token::Any);
    let end = matches!(place, Some("contains" | "startswith")).then_some(Token::Any);
    let tokens: Vec<Token> = front.into_iter().chain(literal).chain(end).collect();
    pattern::fits(&tokens, text, cased)
}
