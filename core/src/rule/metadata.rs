//! Everything of a document but its condition: takes the entries of its map, gives what they say.

use super::diagnostic::{Code, Notes, Position, quoted};
use super::yaml::Entry;
use super::{Level, RuleTest, cases, remarks, suggest, typed};

/// Every top-level key of Sigma and of our form.
pub(crate) const KEYS: [&str; 27] = [
    "action",
    "alarm",
    "author",
    "correlation",
    "date",
    "description",
    "detection",
    "enabled",
    "falsepositives",
    "fields",
    "filter",
    "filter_pattern",
    "generate",
    "id",
    "level",
    "license",
    "logsource",
    "modified",
    "name",
    "references",
    "related",
    "scope",
    "status",
    "tags",
    "taxonomy",
    "tests",
    "title",
];

/// The keys of which a document has exactly one: they say what kind of document it is.
pub(crate) const KINDS: [&str; 4] = ["detection", "filter_pattern", "filter", "correlation"];

pub(crate) const STATUSES: [&str; 4] = ["stable", "test", "experimental", "deprecated"];

/// Sigma's own limit.
pub(crate) const MAX_TITLE: usize = 256;

/// What a document says of itself.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) title: Option<String>,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) fields: Vec<String>,
    pub(super) falsepositives: Vec<String>,
    pub(super) enabled: Option<bool>,
    pub(super) tests: Vec<RuleTest>,
}

/// Reads all entries that say neither what kind of document it is nor where its records come from. `at` is where the
/// document begins, `source` the text of the file.
pub(super) fn read(at: Position, entries: &[Entry], source: &str, notes: &mut Notes) -> Metadata {
    let mut metadata = Metadata::default();
    let mut misspelt = Vec::new();
    for entry in entries {
        metadata.entry(entry, source, notes);
        if !KEYS.contains(&entry.key.as_str()) {
            misspelt.extend(unknown(entry, entries, notes));
        }
    }
    let lacks = |key: &str| !has(entries, key) && !misspelt.contains(&key);
    if lacks("title") {
        notes.refuse(at, Code::RuleMissing, "`title:` is missing", "say in a few words what the rule finds");
    }
    if KINDS.into_iter().all(lacks) {
        let help = "a rule carries a Sigma detection or a CloudWatch Logs filter pattern";
        notes.refuse(at, Code::RuleMissing, "`detection:` or `filter_pattern:` is missing", help);
    }
    metadata
}

pub(super) fn has(entries: &[Entry], key: &str) -> bool {
    entries.iter().any(|entry| entry.key == key)
}

/// A key of one's own is legal in Sigma. A near miss of a known one is probably a slip, and gives the known one where
/// what it says is missed.
fn unknown(entry: &Entry, entries: &[Entry], notes: &mut Notes) -> Option<&'static str> {
    let meant = suggest::closest(&entry.key, KEYS)?;
    let message = format!("{} is not a known key", quoted(&entry.key));
    let help = format!("did you mean `{meant}`? a key of your own must differ more");
    let is_missed = meant == "title" || (KINDS.contains(&meant) && !KINDS.into_iter().any(|kind| has(entries, kind)));
    if is_missed || has(entries, "filter_pattern") {
        notes.refuse(entry.at, Code::RuleKey, message, help);
        return Some(meant);
    }
    notes.warn(entry.at, Code::RuleKey, message, help);
    None
}

impl Metadata {
    fn entry(&mut self, entry: &Entry, source: &str, notes: &mut Notes) {
        match entry.key.as_str() {
            "title" => self.title = title(entry, notes),
            "id" => self.id = typed::text(entry, notes),
            "name" => self.name = typed::text(entry, notes),
            "level" => {
                let level = typed::word(entry, &Level::ALL.map(Level::name), notes);
                self.level = level.and_then(Level::named);
            }
            "status" => status(entry, notes),
            "taxonomy" => taxonomy(entry, notes),
            "description" => self.description = remarks::prose(entry, notes),
            "author" => drop(remarks::prose(entry, notes)),
            "date" | "modified" => remarks::date(entry, notes),
            "tags" => self.tags = remarks::tags(entry, notes),
            "references" => drop(remarks::list(entry, notes)),
            "falsepositives" => self.falsepositives = remarks::list(entry, notes),
            "fields" => self.fields = typed::texts(entry, notes),
            "enabled" => self.enabled = typed::boolean(entry, notes),
            "alarm" => drop(typed::map(entry, notes)),
            "tests" => self.tests = cases::read(&entry.value, source, &mut notes.mistakes),
            _ => {}
        }
    }
}

fn title(entry: &Entry, notes: &mut Notes) -> Option<String> {
    let title = typed::text(entry, notes)?;
    let length = title.chars().count();
    if length > MAX_TITLE {
        let message = format!("`title:` is too long (limit {MAX_TITLE} characters, got {length})");
        notes.refuse(entry.value.at, typed::CODE, message, "say the rest in `description:`");
    }
    Some(title)
}

fn status(entry: &Entry, notes: &mut Notes) {
    let is_unsupported = |entry: &Entry| {
        let mut quiet = Notes::default();
        typed::text(entry, &mut quiet).as_deref() == Some("unsupported")
    };
    if is_unsupported(entry) {
        let message = "a rule of `status: unsupported` cannot be used as it is";
        notes.refuse(entry.value.at, typed::CODE, message, "take it out of the folder, or mend it and its status");
    } else {
        typed::word(entry, &STATUSES, notes);
    }
}

fn taxonomy(entry: &Entry, notes: &mut Notes) {
    let Some(text) = typed::text(entry, notes) else { return };
    if text != "sigma" {
        let message = format!("the taxonomy {} is not read: field names must be CloudTrail's own", quoted(&text));
        notes.refuse(entry.value.at, Code::SigmaTaxonomy, message, "rename the fields and leave `taxonomy:` out");
    }
}
