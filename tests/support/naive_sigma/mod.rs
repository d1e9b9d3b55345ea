//! What a Sigma rule means, said as plainly as possible.
//!
//! The oracle of Sigma in the core. It takes a rule's YAML text and a record's [`tree`](crate::tree) and says whether
//! they match, straight from the digest of the specification: a function for each of its sentences, no index, no
//! sharing, no short cut. It shares no code with the core, reads YAML with another parser, folds case by another table,
//! and knows nothing of how the core does any of it. What the digest does not decide it refuses or leaves to chance;
//! tests keep away from there.

mod address;
mod condition;
mod encode;
mod filter;
mod fold;
mod item;
mod modifiers;
mod pattern;
mod regex;
mod time;
mod value;
mod yaml;

pub use yaml::as_json;

pub use filter::Filter;
pub use value::Record;

use condition::Condition;
use item::Item;
use std::collections::BTreeMap;
use yaml::Yaml;

/// Values for the modifier `expand`, by the name of the placeholder.
pub type Placeholders = BTreeMap<String, Vec<String>>;

/// A rule, read.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it is called.
    pub title: String,
    /// By what filters refer to it.
    pub id: Option<String>,
    logsource: BTreeMap<String, String>,
    detection: Detection,
    filters: Vec<Filter>,
}

/// Search identifiers and the condition over them.
#[derive(Clone, Debug)]
struct Detection {
    searches: BTreeMap<String, Search>,
    condition: Condition,
}

/// What a search identifier stands for: alternatives, each of which asks for all of its items.
#[derive(Clone, Debug)]
struct Search(Vec<Vec<Item>>);

impl Rule {
    /// Reads the one rule of a text, or says why the specification refuses it.
    pub fn read(text: &str, placeholders: &Placeholders) -> Result<Self, String> {
        let document = yaml::document(text)?;
        let detection = document.member("detection").ok_or("no `detection`")?;
        Ok(Self {
            title: document.text_at("title").ok_or("no `title`")?,
            id: document.text_at("id"),
            logsource: logsource(&document),
            detection: Detection::read(detection, placeholders)?,
            filters: Vec::new(),
        })
    }

    /// Lets a filter have its say, if it is about this rule.
    pub fn with(mut self, filter: &Filter) -> Self {
        if filter.is_about(&self) {
            self.filters.push(filter.clone());
        }
        self
    }

    /// Whether the record matches: the rule's own condition, and that of each filter.
    pub fn matches(&self, record: &Record<'_, '_>) -> bool {
        self.detection.holds(record) && self.filters.iter().all(|filter| filter.lets_through(record))
    }
}

/// What the document says of where its records come from.
fn logsource(document: &Yaml) -> BTreeMap<String, String> {
    let Some(Yaml::Map(attributes)) = document.member("logsource") else { return BTreeMap::new() };
    attributes.iter().filter_map(|(key, value)| Some((key.clone(), value.text()?))).collect()
}

impl Detection {
    /// Every key but `condition` is a search identifier, `timeframe` is a leftover of version 1, and the condition is
    /// mandatory.
    fn read(yaml: &Yaml, placeholders: &Placeholders) -> Result<Self, String> {
        let Yaml::Map(members) = yaml else { return Err("a detection is a map".to_owned()) };
        let mut searches = BTreeMap::new();
        let mut condition = None;
        for (key, value) in members {
            match key.as_str() {
                "condition" => condition = Some(value),
                "timeframe" => return Err("`timeframe` belongs to version 1".to_owned()),
                _ => drop(searches.insert(key.clone(), Search::read(value, placeholders)?)),
            }
        }
        let names: Vec<&str> = searches.keys().map(String::as_str).collect();
        let condition = Condition::read(condition.ok_or("no `condition`")?, &names)?;
        Ok(Self { searches, condition })
    }

    fn holds(&self, record: &Record<'_, '_>) -> bool {
        self.condition.holds(&|name| self.searches.get(name).is_some_and(|search| search.holds(record)))
    }
}

impl Search {
    /// A map is an AND of items, a list an OR of maps and keywords, a bare scalar a keyword.
    fn read(yaml: &Yaml, placeholders: &Placeholders) -> Result<Self, String> {
        let alternatives = match yaml {
            Yaml::List(list) if list.is_empty() => return Err("an empty list".to_owned()),
            Yaml::List(list) => list.iter().map(|one| alternative(one, placeholders)).collect::<Result<_, _>>()?,
            other => vec![alternative(other, placeholders)?],
        };
        Ok(Self(alternatives))
    }

    fn holds(&self, record: &Record<'_, '_>) -> bool {
        self.0.iter().any(|items| items.iter().all(|item| item.holds(record)))
    }
}

fn alternative(yaml: &Yaml, placeholders: &Placeholders) -> Result<Vec<Item>, String> {
    match yaml {
        Yaml::Map(items) if items.is_empty() => Err("an empty map".to_owned()),
        Yaml::Map(items) => items.iter().map(|(key, value)| Item::read(key, value, placeholders)).collect(),
        Yaml::List(_) => Err("a list within a list".to_owned()),
        keyword => Ok(vec![Item::read("", keyword, placeholders)?]),
    }
}
