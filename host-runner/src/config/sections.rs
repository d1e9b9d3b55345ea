//! Reads one table of the file at a time into its struct, and collects all mistakes in it.
//!
//! The library stops at the first mistake. So the member that it complains of is taken out and the rest is read again,
//! until nothing is left to complain of. A struct is given only where there was no mistake.

use super::mistake::Text;
use crate::engine::Diagnostic;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

/// Reads tables, and keeps what is wrong in them.
pub(super) struct Sections<'t> {
    pub(super) text: Text<'t>,
    pub(super) mistakes: Vec<Diagnostic>,
}

impl<'t> Sections<'t> {
    /// The whole file as a table, or what of it could be read.
    pub(super) fn parse(text: Text<'t>) -> (Self, DeTable<'t>) {
        let (table, errors) = DeTable::parse_recoverable(text.text);
        let told = errors.iter().map(|error| text.complaint(error, "config-syntax", &(0..0), &[]));
        (Self { text, mistakes: told.collect() }, table.into_inner())
    }

    /// One table as its struct.
    pub(super) fn read<T: DeserializeOwned>(&mut self, table: DeTable<'t>, place: &Range<usize>) -> Option<T> {
        self.read_within(table, place, &[], |table| table)
    }

    /// The keys of no table; `tables` are the names of tables that may stand beside them.
    pub(super) fn read_rest<T: DeserializeOwned>(&mut self, table: DeTable<'t>, tables: &[&str]) -> Option<T> {
        self.read_within(table, &(0..0), tables, |table| table)
    }

    /// The same, where the struct is read from what `around` makes of the table.
    fn read_within<T: DeserializeOwned>(
        &mut self,
        mut table: DeTable<'t>,
        place: &Range<usize>,
        others: &[&str],
        around: impl Fn(DeTable<'t>) -> DeTable<'t>,
    ) -> Option<T> {
        let before = self.mistakes.len();
        loop {
            let outer = Spanned::new(place.clone(), around(table.clone()));
            let error = match T::deserialize(Deserializer::from(outer)) {
                Ok(read) if self.mistakes.len() == before => return Some(read),
                Ok(_) => return None,
                Err(error) => error,
            };
            let blamed = error.span().and_then(|span| member_at(&table, &span));
            // A key that is missing may be one that was taken out.
            if blamed.is_some() || self.mistakes.len() == before || !error.message().starts_with("missing field") {
                self.mistakes.push(self.text.complaint(&error, "config-value", place, others));
            }
            table.remove(blamed?.as_str());
        }
    }

    /// Takes a table out of the file, if it is there, and where it stands.
    pub(super) fn take(&mut self, file: &mut DeTable<'t>, key: &str) -> Option<(DeTable<'t>, Range<usize>)> {
        let value = file.remove(key)?;
        let place = value.span();
        match value.into_inner() {
            DeValue::Table(table) => Some((table, place)),
            other => {
                let message = format!("`{key}` must be a table, found {}", other.type_str());
                self.mistakes.push(self.text.mistake(&place, "config-value", message, format!("write [{key}]")));
                None
            }
        }
    }

    /// Takes a table of named tables out of the file, such as `[inputs.NAME]`.
    pub(super) fn take_named<T: DeserializeOwned>(
        &mut self,
        file: &mut DeTable<'t>,
        key: &str,
    ) -> BTreeMap<String, (Option<T>, Range<usize>)> {
        let Some((mut all, _)) = self.take(file, key) else { return BTreeMap::new() };
        let names: Vec<(String, Range<usize>)> =
            all.keys().map(|name| (name.get_ref().to_string(), name.span())).collect();
        let mut named = BTreeMap::new();
        for (name, place) in names {
            let read = self.take(&mut all, &name).and_then(|(table, _)| self.read_typed(table, &place));
            named.insert(name, (read, place));
        }
        named
    }

    /// Reads a table whose `type` says which keys it has.
    fn read_typed<T: DeserializeOwned>(&mut self, mut table: DeTable<'t>, place: &Range<usize>) -> Option<T> {
        let Some(kind) = table.remove("type") else {
            let message = "missing field `type`".to_owned();
            let help = "say what it is, such as type = \"http\"".to_owned();
            self.mistakes.push(self.text.mistake(place, "config-value", message, help));
            return None;
        };
        let at = kind.span();
        let Some(kind) = kind.get_ref().as_str().map(str::to_owned) else {
            let message = format!("`type` must be a text, found {}", kind.get_ref().type_str());
            self.mistakes.push(self.text.mistake(&at, "config-value", message, String::new()));
            return None;
        };
        // As `{KIND = {…}}`, for where the kind stands among the keys the library loses the places of mistakes.
        self.read_within(table, place, &[], |table| {
            let mut outer = DeTable::new();
            let name = Spanned::new(at.clone(), Cow::Owned(kind.clone()));
            outer.insert(name, Spanned::new(place.clone(), DeValue::Table(table)));
            outer
        })
    }
}

/// The member at which the library stopped.
fn member_at(table: &DeTable<'_>, span: &Range<usize>) -> Option<String> {
    let holds = |place: Range<usize>| place.start <= span.start && span.end <= place.end && !place.is_empty();
    let found = table.iter().find(|(key, value)| holds(key.span()) || holds(value.span()));
    found.map(|(key, _)| key.get_ref().to_string())
}
