//! Filter patterns about things that records hold, so that a good part of them match something.
//!
//! Each comparison starts from a value of a record and asks something close to the truth about it: the value itself,
//! a part of it between wildcards, a regular expression made of it, a number beside it, or that it is not there.
#![expect(clippy::indexing_slicing, reason = "positions are drawn from the very slices that they index")]

use crate::tree::{Kind, Node, Step};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// One value and how to get to it.
#[derive(Clone, Debug)]
pub struct Place {
    steps: Vec<Step>,
    /// What kind of value and, for scalars, its text.
    value: Found,
}

#[derive(Clone, Debug)]
enum Found {
    Text(String),
    Number(String),
    Other,
}

impl Place {
    /// The way from the record's top.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

/// Every value in a record, the record itself aside.
pub fn places(record: &Node<'_>) -> Vec<Place> {
    let mut found = Vec::new();
    collect(record, &mut Vec::new(), &mut found);
    found
}

fn collect(node: &Node<'_>, steps: &mut Vec<Step>, found: &mut Vec<Place>) {
    if !steps.is_empty() {
        let value = match &node.kind {
            Kind::String(text) => Found::Text(text.clone()),
            Kind::Number(text) => Found::Number((*text).to_owned()),
            _ => Found::Other,
        };
        found.push(Place { steps: steps.clone(), value });
    }
    let children: Vec<(Step, &Node<'_>)> = match &node.kind {
        Kind::Array(elements) => {
            elements.iter().enumerate().map(|(number, value)| (Step::Element(number), value)).collect()
        }
        Kind::Object(members) => members.iter().map(|(key, value)| (Step::Member(key.clone()), value)).collect(),
        _ => Vec::new(),
    };
    for (step, child) in children {
        steps.push(step);
        collect(child, steps, found);
        steps.pop();
    }
}

/// The choices behind one comparison; what they mean depends on the value that it is about.
#[derive(Clone, Debug)]
struct Choice {
    place: Index,
    /// Whether the value should be a number; records have few of them, and numbers have rules of their own.
    numeric: bool,
    /// Which step becomes a wildcard, if one does.
    wildcard: Option<Index>,
    /// Whether the last key is misspelt, so that it is absent.
    misspelt: bool,
    quoted_key: bool,
    form: u8,
    from: Index,
    to: Index,
    bits: u32,
    negated: bool,
    /// `&&` before it, else `||`; and how many brackets open and close around it.
    and: bool,
    bracketed: bool,
    spaced: bool,
}

fn choice() -> impl Strategy<Value = Choice> {
    let path = (
        any::<Index>(),
        prop::bool::weighted(0.25),
        prop::option::weighted(0.4, any::<Index>()),
        prop::bool::weighted(0.05),
        prop::bool::weighted(0.1),
    );
    let term = (0..24_u8, any::<Index>(), any::<Index>(), any::<u32>(), prop::bool::weighted(0.3));
    let whole = (any::<bool>(), prop::bool::weighted(0.3), any::<bool>());
    (path, term, whole).prop_map(|(path, term, whole)| {
        let (place, numeric, wildcard, misspelt, quoted_key) = path;
        let (form, from, to, bits, negated) = term;
        let (and, bracketed, spaced) = whole;
        Choice { place, numeric, wildcard, misspelt, quoted_key, form, from, to, bits, negated, and, bracketed, spaced }
    })
}

/// A pattern about one of these records, each given by its places. Now and then it is beyond what CloudWatch allows.
pub fn pattern(records: Vec<Vec<Place>>) -> impl Strategy<Value = String> {
    (select(records), prop::collection::vec(choice(), 1..5)).prop_map(|(places, choices)| {
        let mut text = String::new();
        let mut open = false;
        for (number, choice) in choices.iter().enumerate() {
            let gap = if choice.spaced { " " } else { "" };
            if number > 0 {
                text += &format!("{gap}{}{gap}", if choice.and { "&&" } else { "||" });
            }
            if choice.bracketed && !open && number + 1 < choices.len() {
                text.push('(');
                open = true;
                text += &comparison(&places, choice);
            } else {
                text += &comparison(&places, choice);
                if open && !choice.bracketed {
                    text.push(')');
                    open = false;
                }
            }
        }
        format!("{{ {text}{} }}", if open { ")" } else { "" })
    })
}

/// What may appear in a pattern by mistake.
const SNIPPETS: [&str; 34] = [
    " ",
    "(",
    ")",
    "!",
    "=",
    "&",
    "&&",
    "||",
    "*",
    "$",
    ".",
    "[",
    "]",
    "[0]",
    "[*]",
    "'",
    "\"",
    "%",
    "\\",
    "{",
    "}",
    "<",
    ">=",
    "-",
    "+",
    ",",
    "a",
    "1",
    "1.5",
    "é",
    " IS NULL",
    " NOT EXISTS",
    " EXISTS",
    " && $.a = 1",
];

/// A pattern that has lost or gained a piece or two.
pub fn damaged(records: Vec<Vec<Place>>) -> impl Strategy<Value = String> {
    let change = (any::<Index>(), 0..3_usize, prop::option::weighted(0.7, select(SNIPPETS.to_vec())));
    (pattern(records), prop::collection::vec(change, 1..3)).prop_map(|(pattern, changes)| {
        changes.into_iter().fold(pattern, |pattern, (place, lost, gained)| {
            let characters: Vec<char> = pattern.chars().collect();
            let (before, behind) = characters.split_at(place.index(characters.len() + 1));
            before
                .iter()
                .chain(gained.unwrap_or_default().chars().collect::<Vec<_>>().iter())
                .chain(behind.iter().skip(lost))
                .collect()
        })
    })
}

fn comparison(places: &[Place], choice: &Choice) -> String {
    let numbers: Vec<&Place> = places.iter().filter(|place| matches!(place.value, Found::Number(_))).collect();
    let place = match choice.numeric && !numbers.is_empty() {
        true => *choice.place.get(&numbers),
        false => choice.place.get(places),
    };
    let selector = selector(&place.steps, choice);
    let gap = if choice.spaced { " " } else { "" };
    let equality = if choice.negated { "!=" } else { "=" };
    let question = match (&place.value, choice.form) {
        (_, 0) => " NOT EXISTS".to_owned(),
        (_, 1) => " IS NULL".to_owned(),
        (_, 2) => " IS TRUE".to_owned(),
        (_, 3) => " IS FALSE".to_owned(),
        (_, 4) => format!("{gap}{equality}{gap}*"),
        (_, 5) => format!("{gap}{equality}{gap}\"*\""),
        (Found::Text(text), _) => format!("{gap}{equality}{gap}{}", text_term(text, choice)),
        (Found::Number(text), 6..=13) => format!("{gap}{}{gap}{}", relation(choice), near(text, choice)),
        (Found::Number(text), 14..=17) => format!("{gap}{equality}{gap}{}", near(text, choice)),
        (Found::Number(text), _) => format!("{gap}{equality}{gap}{}", text_term(text, choice)),
        (Found::Other, 6..=9) => format!("{gap}{}{gap}0", relation(choice)),
        (Found::Other, _) => {
            format!("{gap}{equality}{gap}{}", if choice.form.is_multiple_of(2) { "true" } else { "\"a\"" })
        }
    };
    format!("{selector}{question}")
}

fn selector(steps: &[Step], choice: &Choice) -> String {
    let wildcard = choice.wildcard.map(|index| index.index(steps.len()));
    let mut text = String::from("$");
    for (number, step) in steps.iter().enumerate() {
        let is_last = number + 1 == steps.len();
        text += &match step {
            Step::Element(_) if wildcard == Some(number) => "[*]".to_owned(),
            Step::Member(_) if wildcard == Some(number) => ".*".to_owned(),
            Step::Element(element) => format!("[{element}]"),
            Step::Member(key) => {
                let key = if is_last && choice.misspelt { key.to_uppercase() + "x" } else { key.clone() };
                let is_plain =
                    !key.is_empty() && key.chars().all(|one| one.is_ascii_alphanumeric() || "_-".contains(one));
                match (is_plain && !choice.quoted_key, key.is_empty() || key.contains('\'')) {
                    (true, _) => format!(".{key}"),
                    (false, false) if choice.spaced => format!(".['{key}']"),
                    (false, false) => format!("['{key}']"),
                    // No selector can name such a key.
                    (false, true) => ".unnameable".to_owned(),
                }
            }
            Step::AnyMember => ".*".to_owned(),
            Step::AnyElement => "[*]".to_owned(),
            Step::Field(name) => format!(".unnameable.{name}"),
        };
    }
    text
}

fn relation(choice: &Choice) -> &'static str {
    ["<", "<=", ">", ">="][choice.bits as usize % 4]
}

/// The number, written so or otherwise, or one beside it.
fn near(number: &str, choice: &Choice) -> String {
    let is_integer = number.bytes().all(|byte| byte.is_ascii_digit());
    match choice.bits / 4 % 7 {
        0 if is_integer => format!("{number}.0"),
        1 if is_integer => format!("{number}.000000000000000000001"),
        2 if is_integer => format!("{number}0e-1"),
        3 if is_integer => format!("00{number}"),
        4 if !number.starts_with('-') => format!("+{number}"),
        5 => "-1".to_owned(),
        6 => "1e3".to_owned(),
        _ => number.to_owned(),
    }
}

/// A term that is the text, resembles it, or finds a part of it.
fn text_term(text: &str, choice: &Choice) -> String {
    let characters: Vec<char> = text.chars().take(60).collect();
    let is_whole = text.chars().count() == characters.len();
    let (one, other) = (choice.from.index(characters.len() + 1), choice.to.index(characters.len() + 1));
    let (from, to) = (one.min(other), one.max(other));
    let part = |range: std::ops::Range<usize>| characters[range].iter().collect::<String>();
    let (all, end) = (part(0..characters.len()), if is_whole { "" } else { "*" });
    let tail = part(to..characters.len());
    let bare_part = part(from..to).chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    match choice.form {
        6..=9 => quoted(&format!("{all}{end}")),
        10 => quoted(&format!("{}*", part(0..to))),
        11 => quoted(&format!("*{tail}{end}")),
        12 => quoted(&format!("*{}*", part(from..to))),
        13 => quoted(&format!("{}*{tail}{end}", part(0..from))),
        14 => quoted(&format!("{}*{}*{tail}{end}", part(0..from / 2), part(from..to))),
        15 if is_whole && !all.is_empty() && all.chars().all(is_bare) => all,
        16 if !bare_part.is_empty() => format!("*{bare_part}*"),
        17 if !bare_part.is_empty() => bare_part,
        18 => quoted(&all.to_lowercase()),
        19..=22 => regex(&characters, (from, to), choice.bits),
        _ => quoted(&part(from..to)),
    }
}

fn is_bare(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_.-+:/@".contains(character)
}

fn quoted(text: &str) -> String {
    // A control character has no place in a rule file; the wildcard stands for it.
    let text: String = text.chars().map(|one| if one.is_control() || one == '\u{FFFD}' { '*' } else { one }).collect();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A regular expression made of a part of the text; each bit of `bits` softens one character.
fn regex(characters: &[char], (from, to): (usize, usize), bits: u32) -> String {
    let mut body = String::new();
    if from == 0 && bits & 1 == 1 {
        body.push('^');
    }
    for (number, &character) in characters[from..to].iter().take(12).enumerate() {
        let is_softened = bits >> (number + 3) & 1 == 1;
        body += &match character {
            'a'..='z' if is_softened => "[a-z]".to_owned(),
            'A'..='Z' if is_softened => "\\w".to_owned(),
            '0'..='9' if is_softened => "[\\d]{1,2}".to_owned(),
            ' ' if is_softened => "\\s+".to_owned(),
            'a'..='z' | 'A'..='Z' | '0'..='9' => character.to_string(),
            '.' | '+' | '*' | '?' | '[' | ']' | '{' | '}' | '|' | '^' | '$' | '\\' if is_softened => {
                format!("\\{character}")
            }
            ':' | '/' | '-' | '_' | '@' | '=' | ',' | ';' | '#' if is_softened => format!("{character}{{1}}"),
            '-' | '.' | ':' => "[-.:]".to_owned(),
            _ if is_softened => ".*".to_owned(),
            _ if character.is_ascii() => format!("\\x{:02X}", u32::from(character)),
            // One character or several bytes, as the engine likes.
            _ => ".+".to_owned(),
        };
    }
    if to == characters.len() && bits & 2 == 2 {
        body.push('$');
    }
    match (body.is_empty(), bits & 4 == 4) {
        (true, _) => "%.%".to_owned(),
        (false, true) => format!("%zz{{2,}}|{body}%"),
        (false, false) => format!("%{body}%"),
    }
}
