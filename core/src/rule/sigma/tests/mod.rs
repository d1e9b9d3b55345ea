//! Tests of what Sigma's texts become. What a condition finds in records is tested in `tests/sigma.rs`.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod conditions;
mod documents;
mod items;
mod refusals;
mod regexes;

use super::{Expressions, Placeholders, Source, detection};
use crate::record::path::{Path, Step};
use crate::rule::condition::Condition;
use crate::rule::diagnostic::{Diagnostic, Notes};
use crate::rule::yaml;

/// What a detection alone becomes, or what is wrong with it; and what it is warned of.
fn read(text: &str) -> (Result<Condition, Vec<Diagnostic>>, Vec<Diagnostic>) {
    let lists = [("admins", vec!["al*", "bob"]), ("office", vec!["10.0.0.0/8", "192.0.2.7"]), ("none", vec![])];
    let placeholders: Placeholders = lists
        .into_iter()
        .map(|(name, values)| (name.to_owned(), values.into_iter().map(str::to_owned).collect()))
        .collect();
    let (documents, broken) = yaml::documents(text);
    assert_eq!(broken, None, "{text}");
    let mut notes = Notes::default();
    let source = Source { text, placeholders: &placeholders, expressions: &Expressions::default(), names: None };
    let condition = detection(&documents.first().unwrap().root, source, &mut notes);
    assert_eq!(condition.is_none(), !notes.mistakes.is_empty(), "{text}");
    (condition.ok_or(notes.mistakes), notes.warnings)
}

fn condition(text: &str) -> Condition {
    let (condition, warnings) = read(text);
    assert_eq!(warnings, [], "{text}");
    condition.unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"))
}

fn field(name: &str) -> Path {
    Path(vec![Step::Field(name.to_owned())])
}

/// Where they are, and their codes; `tests/errors` shows what is said.
fn places(diagnostics: &[Diagnostic]) -> String {
    let places = diagnostics.iter().map(|it| format!("{}:{} {}", it.line, it.column, it.code));
    places.collect::<Vec<_>>().join("\n")
}
