//! One document of a rule file becomes a [`Rule`] or a [`Filter`], or the list of its mistakes.
//!
//! # The form of a rule file
//!
//! ```yaml
//! title: IAM user created                          # required, at most 256 characters
//! id: 6e1f1f0e-6a0c-4f7e-9d52-0d0f3a7a2a11         # optional, unique in a pack; without it the name stands in
//! name: iam_user_created                           # optional, unique in a pack: filters refer to it, or to the id
//! status: test                                     # stable | test | experimental | deprecated
//! description: Why it matters and what to check.
//! references: [https://docs.aws.amazon.com/]
//! author: Trailsieve
//! date: 2026-11-21
//! logsource: {product: aws, service: cloudtrail}   # required with `detection:`
//! level: low                                       # informational | low | medium | high | critical; default medium
//! tags: [attack.t1136.003]                         # list of texts
//! fields: [userIdentity.arn, requestParameters.userName]   # what a person needs to see: names with dots
//! falsepositives: [Onboarding of a new colleague]
//! enabled: true                                    # optional; default true
//! detection:                                       # Sigma, specification 2.1
//!   selection:
//!     eventSource: iam.amazonaws.com
//!     eventName: CreateUser
//!   filter_service:
//!     userIdentity.invokedBy|endswith: .amazonaws.com
//!   condition: selection and not 1 of filter_*
//! tests:
//!   match:                                         # records that must match: at least one in a built-in rule
//!     - name: what this record shows               # required, unique within the rule
//!       record: '{"eventVersion":"1.08", …}'       # JSON text (any scalar style), or …
//!   no_match:                                      # near misses that must not match: at least one likewise
//!     - name: another event
//!       record:                                    # … a YAML map, which becomes compact JSON in the same order
//!         eventVersion: "1.08"
//! ```
//!
//! Instead of `detection:` a rule may have `filter_pattern: '{ $.eventName = "CreateUser" }'`, a CloudWatch Logs filter
//! pattern as text (quote it, or use `|-`), and then also `alarm:`, a map that is kept for a later version. A document
//! with `filter:` is a Sigma filter: it suppresses matches of rules.
//!
//! In a map, plain `true`, `false`, `null`, `~` and JSON numbers are what they look like; `No`, `on`, numbers with a
//! leading zero (`012345678901`), dates and everything in quotes are texts. Further top-level keys are legal, as Sigma
//! allows custom attributes; a near miss of a known one (`filter_patern`) is refused where that is missed, else a
//! warning. A file may hold several documents: the first has the file's name, further ones `#name` (their `name:`) or
//! `#2`, `#3` behind it; documents that only say something of others (`action: global`) are not counted. A rule whose
//! `logsource:` is not CloudTrail's is listed as not applicable, and no more is read of it.

use super::condition::Condition;
use super::diagnostic::{Code, Notes, Position};
use super::logsource::{self, Logsource};
use super::metadata::{self, KINDS, Metadata};
use super::sigma::{self, Filtering, Source};
use super::yaml::{Body, Document, Entry, Kind, place_of};
use super::{Language, Level, Rule, Tests, cloudwatch};

/// What one document says.
pub(super) enum Content {
    Rule(Box<Rule>),
    /// A filter and its title.
    Filter(String, Filtering),
    /// It is about records that are not CloudTrail's.
    Inapplicable,
}

/// What one document says, and how others know it.
pub(super) struct Reading {
    /// Its path without extension, `#name` or `#n` behind it for further documents of a file.
    pub(super) name: String,
    /// Its own `name:`, by which filters refer to it.
    pub(super) reference: Option<Label>,
    /// Its `id:`; that of a copy which an action document made is none.
    pub(super) id: Option<Label>,
    pub(super) logsource: Logsource,
    /// On unless the file says `enabled: false`.
    pub(super) enabled: bool,
    /// `None` where there are mistakes.
    pub(super) content: Option<Content>,
    pub(super) notes: Notes,
}

/// A name that no other document may have, and where it is written.
pub(super) struct Label {
    pub(super) text: String,
    pub(super) at: Position,
}

/// Reads the document with this number, from 1, of the file at `path`.
pub(super) fn read(document: Document, source: Source<'_>, path: &str, number: usize) -> Reading {
    let Document { root, mistakes } = document;
    let mut notes = Notes { mistakes, warnings: Vec::new() };
    let Body::Map(entries) = &root.body else {
        let message = format!("a rule is a map of keys such as `title:`, found {}", root.body.described());
        notes.refuse(root.at, Code::RuleForm, message, "begin each line with a key, as in `title: A user was created`");
        return Reading::refused(name(path, number, None), notes);
    };
    let logsource = logsource(root.at, entries, &mut notes);
    let mut reading = Reading::refused(String::new(), Notes::default());
    if !logsource.fits_cloudtrail() {
        // Nobody will ask whether the rest of it is in order.
        let metadata = metadata::read(root.at, entries, source.text, &mut Notes::default());
        reading.content = notes.mistakes.is_empty().then_some(Content::Inapplicable);
        reading.identify(&metadata, root.at, entries, path, number);
    } else {
        let metadata = metadata::read(root.at, entries, source.text, &mut notes);
        reading.identify(&metadata, root.at, entries, path, number);
        if let (Some(names), Some(fields)) = (source.names, entries.iter().find(|entry| entry.key == "fields")) {
            names.look_at_list(&fields.value, &mut notes);
        }
        let condition = condition(entries, source, &mut notes);
        reading.enabled = metadata.enabled.unwrap_or(true);
        reading.content = condition.filter(|_| notes.mistakes.is_empty()).map(|condition| match condition {
            Says::Keep(filtering) => Content::Filter(metadata.title.unwrap_or_default(), filtering),
            Says::Find(condition, language) => {
                Content::Rule(Box::new(rule(&reading.name, path, metadata, condition, language)))
            }
        });
    }
    Reading { logsource, notes, ..reading }
}

/// The name that the rules of a file share: its path without the extension.
pub(crate) fn stem(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, end)) if end.eq_ignore_ascii_case("yml") || end.eq_ignore_ascii_case("yaml") => stem,
        _ => path,
    }
}

fn name(path: &str, number: usize, given: Option<&str>) -> String {
    match (number, given) {
        (1, _) => stem(path).to_owned(),
        (_, Some(given)) => format!("{}#{given}", stem(path)),
        (number, None) => format!("{}#{number}", stem(path)),
    }
}

impl Reading {
    fn refused(name: String, notes: Notes) -> Self {
        let logsource = Logsource::cloudtrail();
        Self { name, reference: None, id: None, logsource, enabled: true, content: None, notes }
    }

    /// What stands before the document comes from one that others are made of, and is no name of this one alone.
    fn identify(&mut self, metadata: &Metadata, at: Position, entries: &[Entry], path: &str, number: usize) {
        let own = |key: &str, text: &Option<String>| {
            let entry = entries.iter().find(|entry| entry.key == key && entry.at >= at)?;
            Some(Label { text: text.clone()?, at: entry.value.at })
        };
        self.reference = own("name", &metadata.name);
        self.id = own("id", &metadata.id);
        self.name = name(path, number, self.reference.as_ref().map(|label| label.text.as_str()));
    }
}

fn rule(name: &str, path: &str, metadata: Metadata, condition: Condition, language: Language) -> Rule {
    Rule {
        id: metadata.id.unwrap_or_else(|| name.to_owned()),
        name: name.to_owned(),
        path: path.to_owned(),
        title: metadata.title.unwrap_or_default(),
        description: metadata.description,
        level: metadata.level.unwrap_or(Level::Medium),
        tags: metadata.tags,
        fields: metadata.fields,
        falsepositives: metadata.falsepositives,
        condition,
        adjustments: Vec::new(),
        language,
        enabled: metadata.enabled.unwrap_or(true),
        tests: Tests::Given(metadata.tests),
    }
}

/// What the key says that makes a document what it is.
enum Says {
    Find(Condition, Language),
    Keep(Filtering),
}

fn condition(entries: &[Entry], source: Source<'_>, notes: &mut Notes) -> Option<Says> {
    let mut kinds = entries.iter().filter(|entry| KINDS.contains(&entry.key.as_str()));
    let first = kinds.next()?;
    for further in kinds {
        let message = format!("`{}:` and `{}:` cannot stand in one document", first.key, further.key);
        notes.refuse(further.at, Code::RuleForm, message, "put `---` and a title between them");
    }
    match first.key.as_str() {
        "detection" => detection(first, source, notes).map(|condition| Says::Find(condition, Language::Sigma)),
        "filter_pattern" => pattern(first, source, notes).map(|condition| Says::Find(condition, Language::CloudWatch)),
        "filter" => sigma::filter(first, source, notes).map(Says::Keep),
        _ => {
            let help = "leave the file out; the rules that it counts are read one by one";
            notes.refuse(first.at, Code::SigmaCorrelation, "`correlation:` is not read by this version", help);
            None
        }
    }
}

fn detection(entry: &Entry, source: Source<'_>, notes: &mut Notes) -> Option<Condition> {
    let Body::Map(entries) = &entry.value.body else {
        let message = format!("`detection:` must be a map, found {}", entry.value.body.described());
        notes.refuse(
            entry.value.at,
            Code::SigmaDetection,
            message,
            "it holds search identifiers and their `condition:`",
        );
        return None;
    };
    let condition = entries.iter().find(|entry| entry.key == "condition");
    let identifiers = entries.iter().filter(|entry| entry.key != "condition");
    sigma::identifiers(identifiers, condition, entry.at, source, notes).map(|read| read.condition)
}

fn pattern(entry: &Entry, source: Source<'_>, notes: &mut Notes) -> Option<Condition> {
    let scalar = match &entry.value.body {
        Body::Scalar(scalar) if scalar.kind == Kind::Text => scalar,
        Body::Map(_) => {
            let help = "YAML reads an unquoted `{` as a map: put the filter pattern in single quotes";
            notes.refuse(entry.value.at, Code::RuleValue, "`filter_pattern:` must be a text, found a map", help);
            return None;
        }
        other => {
            let message = format!("`filter_pattern:` must be a text, found {}", other.described());
            notes.refuse(entry.value.at, Code::RuleValue, message, "");
            return None;
        }
    };
    let mut asked = |field: usize, value: usize, condition: &Condition| {
        let Some(names) = source.names else { return };
        let place = |at| place_of(source.text, entry.value.at, scalar, at);
        names.look_at_fields(condition, place(field), notes);
        names.look_at_values(condition, place(value), notes);
    };
    match cloudwatch::compile(&scalar.text, &mut asked) {
        Ok(condition) => Some(condition),
        Err(mistakes) => {
            for mistake in mistakes {
                let at = place_of(source.text, entry.value.at, scalar, mistake.at);
                notes.refuse(at, mistake.code, mistake.message, mistake.help);
            }
            None
        }
    }
}

/// Where a document's records come from. A filter pattern can only be for CloudTrail.
fn logsource(at: Position, entries: &[Entry], notes: &mut Notes) -> Logsource {
    let entry = entries.iter().find(|entry| entry.key == "logsource");
    let has = |key| metadata::has(entries, key);
    let is_sigma = has("detection") || has("filter");
    let stated = match entry {
        Some(entry) if is_sigma => Logsource::read(entry, notes),
        None if is_sigma => {
            let help = "for CloudTrail it is `logsource: {product: aws, service: cloudtrail}`";
            notes.refuse(at, Code::RuleMissing, "`logsource:` is missing", help);
            None
        }
        Some(entry) if !has("correlation") => {
            logsource::refuse_other(entry, notes);
            None
        }
        _ => None,
    };
    stated.unwrap_or_else(Logsource::cloudtrail)
}
