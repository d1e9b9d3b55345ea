//! Overrides files as YAML → what they say, or all their mistakes. A file with a mistake counts for nothing: half of
//! what somebody wants to be shown or hidden is not what they want.

use super::expiry::Expiry;
use super::{Override, Overrides};
use crate::record::path::{Path, Step};
use crate::rule::Level;
use crate::rule::condition::{Condition, Matcher, Test};
use crate::rule::diagnostic::{Code, Diagnostic, Notes, Position, quoted};
use crate::rule::gathered::text_of;
use crate::rule::names::Names;
use crate::rule::pack::SourceFile;
use crate::rule::sigma::{self, Expressions, Placeholders, Source};
use crate::rule::suggest::did_you_mean;
use crate::rule::typed;
use crate::rule::yaml::{self, Body, Document, Entry, Kind, Node};
use std::collections::btree_map::Entry as Place;

pub(crate) const FILE_KEYS: [&str; 2] = ["placeholders", "overrides"];
pub(crate) const KEYS: [&str; 8] =
    ["rule", "reason", "level", "enabled", "unless", "accounts", "not_accounts", "expires"];
pub(crate) const EFFECTS: [&str; 3] = ["level", "enabled", "unless"];

/// Reads the files of these paths, in this order, and notes their mistakes; also gives the other files. Placeholders
/// count for all of them, whichever file they stand in.
pub(in crate::rule) fn read<'f>(
    files: &[SourceFile<'f>],
    paths: &[String],
    mistakes: &mut Vec<Diagnostic>,
) -> (Overrides, Vec<SourceFile<'f>>) {
    let mut overrides = Overrides::default();
    let mut lists = Vec::new();
    for path in paths {
        let Some(file) = files.iter().find(|file| file.path == path) else {
            let message = format!("`overrides` names {}, which is none of the files", quoted(path));
            mistakes.push(Diagnostic::new(
                Position::WHOLE,
                Code::Settings,
                message,
                "give the file, or leave its path out",
            ));
            continue;
        };
        let mut notes = Notes::default();
        if let Some((text, root)) = parsed(file, &mut notes) {
            let list = top(&root, &mut overrides.placeholders, &mut notes);
            lists.push((file.path, text, list));
        }
        mistakes.extend(of_file(file.path, notes.mistakes));
    }
    let (expressions, names) = (Expressions::default(), Names::default());
    for (path, text, list) in lists {
        let mut notes = Notes::default();
        let placeholders = &overrides.placeholders;
        let source = Source { text, placeholders, expressions: &expressions, names: Some(&names) };
        let mut line = None;
        for node in &list {
            // The line says which entry is meant, unless several of them stand on it.
            let place = match line.replace(node.at.line) {
                Some(former) if former == node.at.line => format!("{path}:{former}:{}", node.at.column),
                _ => format!("{path}:{}", node.at.line),
            };
            overrides.entries.extend(entry(node, source, path, place, &mut notes));
        }
        mistakes.extend(of_file(path, notes.mistakes));
        overrides.warnings.extend(of_file(path, notes.warnings));
    }
    let others = files.iter().filter(|file| !paths.iter().any(|path| path == file.path));
    (overrides, others.copied().collect())
}

fn of_file(path: &str, told: Vec<Diagnostic>) -> impl Iterator<Item = Diagnostic> {
    told.into_iter().map(move |diagnostic| Diagnostic { path: path.to_owned(), ..diagnostic })
}

/// The one document of a file.
fn parsed<'f>(file: &SourceFile<'f>, notes: &mut Notes) -> Option<(&'f str, Node)> {
    let text = text_of(file.content).map_err(|mistake| notes.mistakes.push(mistake)).ok()?;
    let (documents, broken) = yaml::documents(text);
    let is_broken = broken.is_some();
    notes.mistakes.extend(broken);
    let mut documents = documents.into_iter();
    let (first, second) = (documents.next(), documents.next());
    if let Some(second) = second {
        let help = "put its entries into the first document, or into a file of their own";
        notes.refuse(second.root.at, Code::OverrideForm, "an overrides file is one document", help);
    }
    match first {
        Some(Document { root, mistakes }) => {
            notes.mistakes.extend(mistakes);
            Some((text, root))
        }
        None if is_broken => None,
        None => {
            let help = "an empty list is written `overrides: []`";
            notes.refuse(Position::WHOLE, Code::OverrideForm, "the file holds no overrides", help);
            None
        }
    }
}

/// Reads placeholders; gives the nodes of the overrides.
fn top(root: &Node, placeholders: &mut Placeholders, notes: &mut Notes) -> Vec<Node> {
    let mut list = Vec::new();
    for entry in members(root, &FILE_KEYS, "an overrides file is a map of `overrides:` and `placeholders:`", notes) {
        match (entry.key.as_str(), &entry.value.body) {
            ("placeholders", _) => add_placeholders(entry, placeholders, notes),
            (_, Body::List(items)) => list.clone_from(items),
            (_, other) => {
                let message = format!("`overrides:` must be a list, found {}", other.described());
                notes.refuse(entry.value.at, Code::OverrideForm, message, "begin each override with `- rule:`");
            }
        }
    }
    list
}

fn add_placeholders(entry: &Entry, placeholders: &mut Placeholders, notes: &mut Notes) {
    for placeholder in typed::map(entry, notes).into_iter().flatten() {
        let before = notes.mistakes.len();
        let texts = typed::texts(placeholder, notes);
        if texts.is_empty() && notes.mistakes.len() == before {
            let message = format!("the placeholder {} has no texts", quoted(&placeholder.key));
            let help = "a rule that expands it would never match; list at least one";
            notes.refuse(placeholder.value.at, Code::OverridePlaceholder, message, help);
        }
        match placeholders.entry(placeholder.key.clone()) {
            Place::Vacant(place) => drop(place.insert(texts)),
            Place::Occupied(_) => {
                let message = format!("the placeholder {} is there in another file", quoted(&placeholder.key));
                notes.refuse(
                    placeholder.at,
                    Code::OverridePlaceholder,
                    message,
                    "keep one of them, with all the texts",
                );
            }
        }
    }
}

fn entry(node: &Node, source: Source<'_>, path: &str, place: String, notes: &mut Notes) -> Option<Override> {
    let before = notes.mistakes.len();
    let entries = members(node, &KEYS, "an override is a map of `rule:`, `reason:` and what they change", notes);
    let misspelt = notes.mistakes.len() > before;
    let find = |key: &str| entries.iter().copied().find(|entry| entry.key == key);
    let mut text = |key: &str| find(key).and_then(|entry| typed::text(entry, notes));
    let (glob, reason) = (text("rule"), text("reason"));
    let level = find("level").and_then(|entry| typed::word(entry, &Level::ALL.map(Level::name), notes));
    let enabled = find("enabled").and_then(|entry| typed::boolean(entry, notes));
    let unless = find("unless").and_then(|entry| sigma::detection(&entry.value, source, notes));
    let within = find("accounts").map(|entry| one_of(&accounts(entry, notes)));
    let beyond = find("not_accounts").map(|entry| none_of(&accounts(entry, notes)));
    let expires = find("expires").and_then(|entry| expiry(entry, notes));
    // A key that is misspelt is told already, so it is not missing as well.
    if !misspelt {
        refuse_incomplete(node, &entries, enabled, notes);
    }
    if notes.mistakes.len() > before {
        return None;
    }
    let bounds: Vec<Condition> =
        [within, beyond, expires.as_ref().map(Expiry::condition)].into_iter().flatten().collect();
    Some(Override {
        source: place,
        path: path.to_owned(),
        at: find("rule")?.value.at,
        glob: glob?,
        reason: reason?,
        level: level.and_then(Level::named),
        enabled,
        unless,
        scope: (!bounds.is_empty()).then_some(Condition::And(bounds)),
        expires,
    })
}

/// What an entry needs to mean something.
fn refuse_incomplete(node: &Node, entries: &[&Entry], enabled: Option<bool>, notes: &mut Notes) {
    let has = |key: &str| entries.iter().any(|entry| entry.key == key);
    let helps = [("rule", "say which rules it is about, as in `rule: iam/*`"), ("reason", "say why, for whoever asks")];
    for (key, help) in helps {
        if !has(key) {
            notes.refuse(node.at, Code::OverrideMissing, format!("`{key}:` is missing"), help);
        }
    }
    if !EFFECTS.into_iter().any(has) {
        let help = "give it at least one of `level:`, `enabled:` and `unless:`";
        notes.refuse(node.at, Code::OverrideMissing, "this override changes nothing", help);
    }
    if let Some(further) = ["level", "unless"].into_iter().find(|key| has(key))
        && enabled == Some(false)
    {
        let message = format!("`enabled: false` leaves nothing to `{further}:`");
        let help = "keep one of them: `unless:` says which matches are none, `enabled: false` that all are";
        notes.refuse(node.at, Code::OverrideEffect, message, help);
    }
    if has("accounts") && has("not_accounts") {
        let help = "list the accounts that it is about, or those that it is not about";
        notes.refuse(node.at, Code::OverrideAccount, "`accounts:` and `not_accounts:` in one override", help);
    }
}

/// The entries of a map that has these keys only.
fn members<'n>(node: &'n Node, known: &[&'static str], form: &str, notes: &mut Notes) -> Vec<&'n Entry> {
    let Body::Map(entries) = &node.body else {
        let help = "as in `overrides: [{rule: iam/*, reason: the pipeline does it, level: low}]`";
        notes.refuse(node.at, Code::OverrideForm, format!("{form}, found {}", node.body.described()), help);
        return Vec::new();
    };
    let (known_here, unknown): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| known.contains(&entry.key.as_str()));
    for entry in unknown {
        let message = format!("{} is not known here; the keys are {}", quoted(&entry.key), known.join(", "));
        notes.refuse(entry.at, Code::OverrideKey, message, did_you_mean(&entry.key, known.iter().copied()));
    }
    known_here
}

fn expiry(entry: &Entry, notes: &mut Notes) -> Option<Expiry> {
    let text = typed::text(entry, notes)?;
    let expiry = Expiry::read(&text);
    if expiry.is_none() {
        let message = format!("`expires:` must be a date or a date and time, found {}", quoted(&text));
        let help = "write `2027-01-31`, which is the end of that day in UTC, or `2027-01-31T12:00:00Z`";
        notes.refuse(entry.value.at, Code::OverrideExpires, message, help);
    }
    expiry
}

fn accounts(entry: &Entry, notes: &mut Notes) -> Vec<String> {
    let ids = typed::texts(entry, notes);
    let Body::List(nodes) = &entry.value.body else { return ids };
    if nodes.is_empty() {
        let message = format!("`{}:` lists no account", entry.key);
        notes.refuse(entry.value.at, Code::OverrideAccount, message, "leave it out, or list ids of accounts");
    }
    let is_id = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    for node in nodes {
        if let Body::Scalar(scalar) = &node.body
            && scalar.kind != Kind::Null
            && !is_id(&scalar.text)
        {
            let message = format!("`{}:` must list ids of accounts, found {}", entry.key, quoted(&scalar.text));
            notes.refuse(node.at, Code::OverrideAccount, message, "an id has twelve digits, leading zeros included");
        }
    }
    ids
}

fn account() -> Path {
    Path(vec![Step::Member("recipientAccountId".to_owned())])
}

fn one_of(ids: &[String]) -> Condition {
    let exact = |id: &String| Test::Text { matcher: Matcher::Exact(id.clone()), negated: false };
    Condition::Or(ids.iter().map(|id| Condition::Test(account(), exact(id))).collect())
}

fn none_of(ids: &[String]) -> Condition {
    let named = Condition::Test(account(), Test::Scalar);
    Condition::And(vec![named, Condition::Not(Box::new(one_of(ids)))])
}
