//! Sigma rules about things that records hold, so that a good part of them match something.
//!
//! Each item starts from a value of a record and asks something close to the truth about it. Only what the digest of
//! the specification decides is written: no other case than ASCII's in regular expressions, no dates without a time.

use crate::tree::{Kind, Node};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value as Json, json};
use trailsieve_core::limits::MAX_FIELD_PARTS;

/// One value and the name by which Sigma gets to it.
#[derive(Clone, Debug)]
pub struct Place {
    field: String,
    found: Found,
}

#[derive(Clone, Debug)]
enum Found {
    Null,
    Boolean(bool),
    Text(String),
    Number(String),
    /// Its compact JSON.
    Object(String),
    Array,
}

/// Every value in a record that has a name, the record itself aside. An array's elements have the array's name.
pub fn places(record: &Node<'_>) -> Vec<Place> {
    let mut found = Vec::new();
    collect(record, "", &mut found);
    found.retain(|place| !place.field.contains('|') && place.field.split('.').count() <= MAX_FIELD_PARTS);
    found
}

fn collect(node: &Node<'_>, field: &str, places: &mut Vec<Place>) {
    if !field.is_empty() {
        let found = match &node.kind {
            Kind::Null => Found::Null,
            Kind::Boolean(value) => Found::Boolean(*value),
            Kind::String(text) => Found::Text(text.clone()),
            Kind::Number(text) => Found::Number((*text).to_owned()),
            Kind::Object(_) => Found::Object(node.compact()),
            Kind::Array(_) => Found::Array,
        };
        places.push(Place { field: field.to_owned(), found });
    }
    match &node.kind {
        Kind::Array(elements) => elements.iter().for_each(|element| collect(element, field, places)),
        Kind::Object(members) => {
            for (key, value) in members.iter().filter(|(key, _)| !key.is_empty()) {
                collect(value, &format!("{field}{}{key}", if field.is_empty() { "" } else { "." }), places);
            }
        }
        _ => {}
    }
}

/// The choices behind one item; what they mean depends on the value that it is about.
#[derive(Clone, Debug)]
struct Choice {
    place: Index,
    other: Index,
    form: u8,
    from: Index,
    to: Index,
    other_case: bool,
    negated: bool,
    cased: bool,
    misspelt: bool,
    keyword: bool,
}

fn choice() -> impl Strategy<Value = Choice> {
    let part = (any::<Index>(), any::<Index>(), 0..28_u8, any::<Index>(), any::<Index>());
    let odds = [0.4, 0.15, 0.15, 0.05, 0.04].map(prop::bool::weighted);
    (part, odds).prop_map(|((place, other, form, from, to), [other_case, negated, cased, misspelt, keyword])| Choice {
        place,
        other,
        form,
        from,
        to,
        other_case,
        negated,
        cased,
        misspelt,
        keyword,
    })
}

/// A rule about one of these records, each given by its places.
pub fn rule(records: Vec<Vec<Place>>) -> impl Strategy<Value = String> {
    let search = prop::collection::vec(prop::collection::vec(choice(), 1..3), 1..3);
    (select(records), prop::collection::vec(search, 1..5), 0..CONDITIONS, any::<u32>()).prop_map(
        |(places, searches, form, number)| {
            let mut detection = serde_json::Map::new();
            for (search, name) in searches.iter().zip(NAMES) {
                let alternatives: Vec<Json> = search.iter().map(|choices| alternative(&places, choices)).collect();
                let value = match alternatives.as_slice() {
                    [only] => only.clone(),
                    several => Json::from(several),
                };
                detection.insert(name.to_owned(), value);
            }
            let names: Vec<&str> = NAMES.into_iter().take(searches.len()).collect();
            detection.insert("condition".to_owned(), Json::from(condition(&names, form)));
            let logsource = json!({"product": "aws", "service": "cloudtrail"});
            json!({"title": format!("generated {number}"), "logsource": logsource, "detection": detection}).to_string()
        },
    )
}

const NAMES: [&str; 4] = ["sel_a", "sel_b", "filter_a", "_hidden"];

const CONDITIONS: usize = 9;

fn condition(names: &[&str], form: usize) -> String {
    let first = names.first().copied().unwrap_or_default();
    match form {
        0 => names.join(" and "),
        1 => names.join(" or "),
        2 => names.join(" and not "),
        3 => format!("not ({})", names.join(" and ")),
        4 => "1 of them".to_owned(),
        5 => "all of sel_*".to_owned(),
        6 => format!("{first} and not ({})", names.join(" and not ")),
        7 => format!("not 1 of sel* or ({})", names.join(" or not ")),
        _ => format!("({first}) or all of them"),
    }
}

/// A map of items, or a keyword.
fn alternative(places: &[Place], choices: &[Choice]) -> Json {
    let mut items = serde_json::Map::new();
    for choice in choices {
        let (key, value) = item(places, choice);
        match key {
            Some(key) => drop(items.insert(key, value)),
            None if choices.len() == 1 => return value,
            None => {}
        }
    }
    if items.is_empty() { json!({"eventName": "*"}) } else { Json::Object(items) }
}

/// The key and the value of an item; a keyword has no key.
fn item(places: &[Place], choice: &Choice) -> (Option<String>, Json) {
    let Some(place) = places.get(choice.place.index(places.len().max(1))) else { return (None, json!("x")) };
    let text = match &place.found {
        Found::Text(text) | Found::Number(text) | Found::Object(text) => text.clone(),
        Found::Boolean(value) => value.to_string(),
        Found::Null | Found::Array => String::new(),
    };
    let (before, part, behind) = cut(&text, choice);
    let shown = |text: &str| escaped(&if choice.other_case { swapped(text) } else { text.to_owned() });
    if choice.keyword && !part.is_empty() {
        return (None, json!(shown(&part)));
    }
    let (modifiers, value) = match (choice.form, &place.found) {
        (0, _) => ("|exists", json!(!choice.other_case)),
        (1, _) => ("", Json::Null),
        (2, _) => ("", json!("*")),
        (3, _) => ("|contains", json!("*")),
        (4 | 5, Found::Number(number)) if is_small(number) => ("", number.parse().map_or(Json::Null, Json::Number)),
        (6..=9, Found::Number(number) | Found::Text(number)) if is_small(number) => {
            let comparisons = ["|lt", "|lte", "|gt", "|gte"];
            let comparison = comparisons.get(usize::from(choice.form - 6)).copied().unwrap_or_default();
            (comparison, number.parse().map_or(json!(1), Json::Number))
        }
        (6 | 7, Found::Text(text)) if text.len() == 20 && text.ends_with('Z') && choice.from.index(2) == 0 => {
            let parts =
                [("|year", 0, 4), ("|month", 5, 7), ("|day", 8, 10), ("|hour|gte", 11, 13), ("|minute|lt", 14, 16)];
            let (modifier, start, end) = parts.get(choice.to.index(parts.len())).copied().unwrap_or(("|year", 0, 4));
            let digits = text.get(start..end).and_then(|digits| digits.parse::<u32>().ok());
            (modifier, json!(digits.unwrap_or(1)))
        }
        (8, Found::Text(text)) if text.parse::<std::net::Ipv4Addr>().is_ok() => {
            let network: Vec<&str> = text.split('.').take(2).collect();
            ("|cidr", json!([format!("{}.0.0/16", network.join(".")), "2001:db8::/32"]))
        }
        (10, Found::Boolean(value)) => ("", json!(value)),
        (10 | 11, _) => {
            let other = places.get(choice.other.index(places.len())).map_or("eventName", |place| place.field.as_str());
            let modifier = ["|fieldref", "|fieldref|contains", "|fieldref|startswith", "|fieldref|endswith"];
            (modifier.get(choice.from.index(4)).copied().unwrap_or_default(), json!(escaped(other)))
        }
        (12, _) => ("|re", json!(format!("^{}", regex::escape(&before)))),
        (13, _) => ("|re", json!(format!("{}.*{}$", regex::escape(&part), regex::escape(&behind)))),
        (14, _) if part.is_ascii() => ("|re|i", json!(regex::escape(&swapped(&part)))),
        (15, _) => ("|startswith", json!(shown(&before))),
        (16, _) => ("|endswith", json!(shown(&behind))),
        (17, _) => ("|contains|all", json!([shown(&before), shown(&behind)])),
        (18, _) => ("|windash|contains", json!(shown(&part))),
        (19, _) => ("|startswith", json!([shown(&before), "x"])),
        (20, _) => ("", json!(format!("{}*{}", shown(&before), shown(&behind)))),
        (21, _) => ("", json!(format!("{}*", shown(&before)))),
        (22, _) => ("", json!(format!("*{}", shown(&behind)))),
        (23, _) => ("", json!(format!("*{}*{}*", shown(&before), shown(&behind)))),
        (24, _) if !part.is_empty() => {
            let hidden: String = part.chars().map(|_| '?').collect();
            ("", json!(format!("{}{hidden}{}", shown(&before), shown(&behind))))
        }
        (25, _) => ("", json!([shown(&text), "another", 7])),
        (26, _) => ("", json!(shown(&text))),
        _ => ("|contains", json!(shown(&part))),
    };
    let takes_case = value.is_string() && !modifiers.contains("re");
    let cased = if choice.cased && takes_case { "|cased" } else { "" };
    let negated = if choice.negated && modifiers != "|exists" { "|neq" } else { "" };
    let misspelt = if choice.misspelt { "x" } else { "" };
    (Some(format!("{}{misspelt}{modifiers}{cased}{negated}", place.field)), value)
}

/// The text in three pieces, the outer ones no longer than a few dozen characters.
fn cut(text: &str, choice: &Choice) -> (String, String, String) {
    let characters: Vec<char> = text.chars().take(120).collect();
    let (one, other) = (choice.from.index(characters.len() + 1), choice.to.index(characters.len() + 1));
    let piece = |from: usize, to: usize| characters.get(from..to).unwrap_or_default().iter().collect::<String>();
    let behind: String = text.chars().skip(other.max(one)).collect();
    (piece(0, one.min(other)), piece(one.min(other), one.max(other)), behind.chars().take(200).collect())
}

/// The text with wildcards and backslashes escaped.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('*', "\\*").replace('?', "\\?")
}

/// Upper case for lower and the other way round.
fn swapped(text: &str) -> String {
    text.chars()
        .map(|it| if it.is_ascii_lowercase() { it.to_ascii_uppercase() } else { it.to_ascii_lowercase() })
        .collect()
}

/// A JSON number that can be written without an exponent.
fn is_small(text: &str) -> bool {
    text.len() < 20
        && !text.contains(['e', 'E', '+'])
        && crate::tree::read(text.as_bytes())
            .is_some_and(|node| matches!(node.kind, Kind::Number(number) if number == text))
}
