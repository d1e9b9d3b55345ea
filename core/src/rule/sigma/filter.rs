//! `filter:` of a document → which rules it is about, and which of their matches stay.

use super::{Source, identifiers};
use crate::rule::condition::Condition;
use crate::rule::diagnostic::{Code, Notes, Position, quoted};
use crate::rule::suggest;
use crate::rule::yaml::{Body, Entry, Kind, Node};

const CODE: Code = Code::SigmaFilter;

/// The keys that are no search identifiers.
const KEYS: [&str; 3] = ["rules", "condition", "intent"];

/// What `filter:` says.
#[derive(Clone, Debug)]
pub(crate) struct Filtering {
    pub(crate) rules: Concerned,
    /// Matches for which this does not hold are suppressed.
    pub(crate) keeps: Condition,
}

/// Which rules a filter is about.
#[derive(Clone, Debug)]
pub(crate) enum Concerned {
    Any,
    /// Those of these ids or names, and where each is written.
    Named(Vec<(String, Position)>),
}

/// Reads `filter:`. Gives `None` where a mistake was noted.
pub(crate) fn read(entry: &Entry, source: Source<'_>, notes: &mut Notes) -> Option<Filtering> {
    let Body::Map(entries) = &entry.value.body else {
        let message = format!("`filter:` must be a map, found {}", entry.value.body.described());
        notes.refuse(entry.value.at, CODE, message, "it holds `rules:`, identifiers and their `condition:`");
        return None;
    };
    let before = notes.mistakes.len();
    let value = |key: &str| entries.iter().find(|entry| entry.key == key);
    let concerned = match value("rules") {
        Some(rules) => concerned(&rules.value, notes),
        None => {
            let help = "list the ids or names of the rules, or write `rules: any`";
            notes.refuse(entry.at, CODE, "`rules:` is missing in the filter", help);
            None
        }
    };
    let keeps_on_purpose = value("intent").is_some_and(|intent| keeps(&intent.value, notes));
    let is_identifier = |entry: &&Entry| !KEYS.contains(&entry.key.as_str());
    let identifiers_of = || entries.iter().filter(is_identifier);
    for unknown in identifiers_of().filter(|entry| matches!(entry.value.body, Body::Scalar(_))) {
        let message = format!("{} is neither a key of a filter nor an identifier", quoted(&unknown.key));
        let help = suggest::did_you_mean_or(&unknown.key, KEYS, || "an identifier is a map or a list".to_owned());
        notes.refuse(unknown.at, CODE, message, help);
    }
    let condition = value("condition");
    if let Some(Entry { value: Node { at, body: Body::List(_) }, .. }) = condition {
        notes.refuse(*at, CODE, "the condition of a filter is one text, found a list", "join them with `and` or `or`");
        return None;
    }
    let read = identifiers(identifiers_of(), condition, entry.at, source, notes)?;
    if !read.negates && !keeps_on_purpose {
        let message = "this filter keeps only the matches that it names, as its condition has no `not`";
        let help = "to suppress them write `not selection`; to keep nothing else add `intent: keep` beside it";
        notes.refuse(condition.map_or(entry.at, |condition| condition.value.at), CODE, message, help);
    }
    let rules = concerned?;
    (notes.mistakes.len() == before).then_some(Filtering { rules, keeps: read.condition })
}

fn keeps(node: &Node, notes: &mut Notes) -> bool {
    let is_keep = matches!(&node.body, Body::Scalar(scalar) if scalar.text == "keep");
    if !is_keep {
        notes.refuse(node.at, CODE, "`intent:` can only be `keep`", "leave it out in a filter that suppresses");
    }
    is_keep
}

fn concerned(node: &Node, notes: &mut Notes) -> Option<Concerned> {
    let help = "list the ids or names of the rules, or write `rules: any`";
    let items = match &node.body {
        Body::Scalar(scalar) if scalar.kind == Kind::Text && scalar.text == "any" => return Some(Concerned::Any),
        Body::Scalar(scalar) if scalar.kind == Kind::Text => std::slice::from_ref(node),
        Body::List(items) if !items.is_empty() => items.as_slice(),
        body => {
            let found = if matches!(body, Body::List(_)) { "an empty list" } else { body.described() };
            notes.refuse(node.at, CODE, format!("`rules:` names no rule, found {found}"), help);
            return None;
        }
    };
    let mut named = Vec::new();
    for item in items {
        match &item.body {
            Body::Scalar(scalar) if scalar.kind != Kind::Null => named.push((scalar.text.clone(), item.at)),
            body => {
                notes.refuse(item.at, CODE, format!("`rules:` holds ids and names, found {}", body.described()), help);
                return None;
            }
        }
    }
    Some(Concerned::Named(named))
}
