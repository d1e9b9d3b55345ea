//! One document of a rule file becomes a [`Rule`], or the list of its mistakes.
//!
//! # The form of a rule file
//!
//! ```yaml
//! title: IAM user created                          # required, at most 256 characters
//! id: 6e1f1f0e-6a0c-4f7e-9d52-0d0f3a7a2a11         # optional, unique in a pack; without it the name stands in
//! status: test                                     # stable | test | experimental | deprecated
//! description: Why it matters and what to check.
//! references: [https://docs.aws.amazon.com/]
//! author: Trailsieve
//! date: 2026-11-21
//! logsource: {product: aws, service: cloudtrail}   # optional; must not name anything else
//! level: low                                       # informational | low | medium | high | critical; default medium
//! tags: [attack.t1136.003]                         # list of texts
//! fields: [userIdentity.arn, requestParameters.userName]   # what a person needs to see: names with dots
//! falsepositives: [Onboarding of a new colleague]
//! enabled: true                                    # optional; default true
//! filter_pattern: '{ $.eventName = "CreateUser" }' # a CloudWatch Logs filter pattern, as text: quote it, or use `|-`
//! alarm: {threshold: 1}                            # optional map; kept for a later version, not read
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
//! In a map, plain `true`, `false`, `null`, `~` and JSON numbers are what they look like; `No`, `on`, numbers with a
//! leading zero (`012345678901`), dates and everything in quotes are texts. Further top-level keys are legal, as Sigma
//! allows custom attributes, unless they are a near miss of a known one (`filter_patern`). A file may hold several
//! documents: the first has the file's name, further ones `#name` (their `name:`) or `#2`, `#3` behind it.

use super::condition::Condition;
use super::diagnostic::{Diagnostic, Position, quoted};
use super::yaml::{Body, Document, Entry, Kind, Node, place_of};
use super::{Language, Level, Rule, RuleTest, Tests, cases, cloudwatch, suggest};

/// Every top-level key of Sigma and of this form.
const KNOWN: [&str; 27] = [
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

/// The keys of which a document has one: the last four are read by later versions.
const CONDITIONS: [&str; 5] = ["filter_pattern", "detection", "correlation", "filter", "action"];

const STATUSES: [&str; 4] = ["stable", "test", "experimental", "deprecated"];

const BOOLEAN: &str = "true or false";

/// Sigma's own limit.
const MAX_TITLE: usize = 256;

/// A document that is no rule: the name it would have had, and why not.
pub(super) struct Refused {
    pub(super) name: String,
    pub(super) mistakes: Vec<Diagnostic>,
}

/// Reads the document with this number, from 1, of the file at `path`, whose text is `source`.
pub(super) fn read(document: Document, source: &str, path: &str, number: usize) -> Result<Rule, Refused> {
    let Document { root, mistakes } = document;
    let mut reader = Reader { source, mistakes, misspelt: Vec::new(), draft: Draft::default() };
    match &root.body {
        Body::Map(entries) => reader.map(root.at, entries),
        other => {
            let message = format!("a rule is a map of keys such as `title:`, found {}", other.described());
            reader.refuse(root.at, "rule-form", message, "");
        }
    }
    let Reader { mistakes, draft, .. } = reader;
    let name = name(path, number, draft.name.as_deref());
    match (draft.title, draft.condition) {
        (Some(title), Some(condition)) if mistakes.is_empty() => Ok(Rule {
            id: draft.id.unwrap_or_else(|| name.clone()),
            name,
            path: path.to_owned(),
            title,
            level: draft.level.unwrap_or(Level::Medium),
            tags: draft.tags,
            fields: draft.fields,
            condition,
            adjustments: Vec::new(),
            language: Language::CloudWatch,
            enabled: draft.enabled.unwrap_or(true),
            tests: Tests::Given(draft.tests),
        }),
        _ => Err(Refused { name, mistakes }),
    }
}

/// The name that the rules of a file share: its path without the extension.
pub(super) fn stem(path: &str) -> &str {
    path.strip_suffix(".yml").or_else(|| path.strip_suffix(".yaml")).unwrap_or(path)
}

fn name(path: &str, number: usize, given: Option<&str>) -> String {
    match (number, given) {
        (1, _) => stem(path).to_owned(),
        (_, Some(given)) => format!("{}#{given}", stem(path)),
        (number, None) => format!("{}#{number}", stem(path)),
    }
}

#[derive(Default)]
struct Draft {
    title: Option<String>,
    id: Option<String>,
    name: Option<String>,
    level: Option<Level>,
    tags: Vec<String>,
    fields: Vec<String>,
    enabled: Option<bool>,
    condition: Option<Condition>,
    tests: Vec<RuleTest>,
}

struct Reader<'s> {
    source: &'s str,
    mistakes: Vec<Diagnostic>,
    /// Known keys that were meant by others: told already, so not missing as well.
    misspelt: Vec<&'static str>,
    draft: Draft,
}

impl Reader<'_> {
    fn map(&mut self, at: Position, entries: &[Entry]) {
        for entry in entries {
            self.entry(entry);
        }
        let has = |key: &str| entries.iter().any(|entry| entry.key == key) || self.misspelt.contains(&key);
        let has_title = has("title");
        let has_condition = CONDITIONS.into_iter().any(has);
        if !has_title {
            self.refuse(at, "rule-missing", "`title:` is missing", "say in a few words what the rule finds");
        }
        if !has_condition {
            let help = "a rule carries a CloudWatch Logs filter pattern";
            self.refuse(at, "rule-missing", "`filter_pattern:` is missing", help);
        }
    }

    fn entry(&mut self, entry: &Entry) {
        match entry.key.as_str() {
            "title" => self.draft.title = self.title(entry),
            "id" => self.draft.id = self.text(entry),
            "name" => self.draft.name = self.text(entry),
            "level" => self.draft.level = self.level(entry),
            "status" => self.status(entry),
            "tags" => self.draft.tags = self.texts(entry),
            "fields" => self.draft.fields = self.texts(entry),
            "enabled" => self.draft.enabled = self.boolean(entry),
            "logsource" => self.logsource(entry),
            "filter_pattern" => self.draft.condition = self.pattern(entry),
            "alarm" => drop(self.entries(entry)),
            "tests" => self.draft.tests = cases::read(&entry.value, self.source, &mut self.mistakes),
            "detection" => self.later(entry, "sigma-detection"),
            "correlation" => self.later(entry, "sigma-correlation"),
            "filter" => self.later(entry, "sigma-filter"),
            "action" => self.later(entry, "sigma-action"),
            key if KNOWN.contains(&key) => {}
            key => {
                if let Some(meant) = suggest::closest(key, KNOWN) {
                    self.misspelt.push(meant);
                    let help = format!("did you mean `{meant}`? a key of your own must differ more");
                    self.refuse(entry.at, "rule-key", format!("{} is not a known key", quoted(key)), help);
                }
            }
        }
    }

    fn pattern(&mut self, entry: &Entry) -> Option<Condition> {
        let scalar = match &entry.value.body {
            Body::Scalar(scalar) if scalar.kind == Kind::Text => scalar,
            Body::Map(_) => {
                let help = "YAML reads an unquoted `{` as a map: put the filter pattern in single quotes";
                self.refuse(entry.value.at, "rule-value", "`filter_pattern:` must be a text, found a map", help);
                return None;
            }
            other => {
                let message = format!("`filter_pattern:` must be a text, found {}", other.described());
                self.refuse(entry.value.at, "rule-value", message, "");
                return None;
            }
        };
        match cloudwatch::compile(&scalar.text) {
            Ok(condition) => Some(condition),
            Err(mistakes) => {
                for mistake in mistakes {
                    let at = place_of(self.source, entry.value.at, scalar, mistake.at);
                    self.refuse(at, mistake.code, mistake.message, mistake.help);
                }
                None
            }
        }
    }

    fn title(&mut self, entry: &Entry) -> Option<String> {
        let title = self.text(entry)?;
        let length = title.chars().count();
        if length > MAX_TITLE {
            let message = format!("`title:` is too long (limit {MAX_TITLE} characters, got {length})");
            self.refuse(entry.value.at, "rule-value", message, "say the rest in `description:`");
        }
        Some(title)
    }

    fn level(&mut self, entry: &Entry) -> Option<Level> {
        let text = self.text(entry)?;
        let level = Level::named(&text);
        if level.is_none() {
            self.unknown(entry, &text, &Level::ALL.map(Level::name));
        }
        level
    }

    fn status(&mut self, entry: &Entry) {
        let Some(text) = self.text(entry) else { return };
        if text == "unsupported" {
            let message = "a rule of `status: unsupported` cannot be used as it is";
            self.refuse(entry.value.at, "rule-value", message, "take it out of the folder, or mend it and its status");
        } else if !STATUSES.contains(&text.as_str()) {
            self.unknown(entry, &text, &STATUSES);
        }
    }

    fn unknown(&mut self, entry: &Entry, text: &str, known: &[&'static str]) {
        let message = format!("`{}:` must be one of {}, found {}", entry.key, known.join(", "), quoted(text));
        let help = suggest::did_you_mean(text, known.iter().copied());
        self.refuse(entry.value.at, "rule-value", message, help);
    }

    /// What a rule says of its source must fit CloudTrail: a rule for another source would be silent for ever.
    fn logsource(&mut self, entry: &Entry) {
        let Some(entries) = self.entries(entry) else { return };
        for part in entries {
            let expected = match part.key.as_str() {
                "product" => "aws",
                "service" => "cloudtrail",
                "category" => "absent",
                _ => continue,
            };
            let found = match &part.value.body {
                Body::Scalar(scalar) => scalar.text.as_str(),
                other => other.described(),
            };
            if found != expected {
                let message = format!("`logsource:` names another source: `{}:` must be {expected}", part.key);
                let message = format!("{message}, found {}", quoted(found));
                self.refuse(part.value.at, "rule-logsource", message, "this detector reads CloudTrail records only");
            }
        }
    }

    fn later(&mut self, entry: &Entry, code: &'static str) {
        let message = format!("`{}:` is not read by this version", entry.key);
        self.refuse(entry.at, code, message, "only rules with `filter_pattern:` are read so far");
    }

    fn entries<'n>(&mut self, entry: &'n Entry) -> Option<&'n [Entry]> {
        match &entry.value.body {
            Body::Map(entries) => Some(entries),
            _ => {
                self.wrong(entry, &entry.value, "a map");
                None
            }
        }
    }

    fn boolean(&mut self, entry: &Entry) -> Option<bool> {
        match &entry.value.body {
            Body::Scalar(scalar) if matches!(scalar.kind, Kind::Boolean(_)) => Some(scalar.kind == Kind::Boolean(true)),
            _ => {
                self.wrong(entry, &entry.value, BOOLEAN);
                None
            }
        }
    }

    fn texts(&mut self, entry: &Entry) -> Vec<String> {
        match &entry.value.body {
            Body::List(items) => items.iter().filter_map(|item| self.line(entry, item, "a list of texts")).collect(),
            _ => {
                self.wrong(entry, &entry.value, "a list of texts");
                Vec::new()
            }
        }
    }

    fn text(&mut self, entry: &Entry) -> Option<String> {
        self.line(entry, &entry.value, "a text")
    }

    /// A text on one line: it goes into reports, where a control character could forge a further line.
    fn line(&mut self, entry: &Entry, node: &Node, wanted: &str) -> Option<String> {
        match &node.body {
            Body::Scalar(scalar) if scalar.kind != Kind::Null => {
                if scalar.text.is_empty() || scalar.text.contains(char::is_control) {
                    let message = format!("`{}:` holds an empty text or a control character", entry.key);
                    let help = "write one line of text; `>-` folds several lines into one";
                    self.refuse(node.at, "rule-value", message, help);
                    return None;
                }
                Some(scalar.text.clone())
            }
            _ => {
                self.wrong(entry, node, wanted);
                None
            }
        }
    }

    fn wrong(&mut self, entry: &Entry, node: &Node, wanted: &str) {
        let message = format!("`{}:` must be {wanted}, found {}", entry.key, node.body.described());
        let help = if wanted == BOOLEAN { "YAML 1.2 reads yes, no, on and off as texts" } else { "" };
        self.refuse(node.at, "rule-value", message, help);
    }

    fn refuse(&mut self, at: Position, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.mistakes.push(Diagnostic::new(at, code, message, help));
    }
}
