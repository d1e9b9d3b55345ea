//! What the files of a pack hold: takes them one by one, gives their rules and filters by name, and all mistakes. Names
//! and ids are taken once; only a file that was given may take the name of a built-in rule, and replaces it.

use super::diagnostic::{Code, Diagnostic, Position, quoted};
use super::file::{self, Content, Label, Reading};
use super::filters::{Filter, Target};
use super::logsource::Logsource;
use super::names::Names;
use super::pack::SourceFile;
use super::sigma::{self, Expressions, Placeholders, Source};
use super::yaml::{self, Document, MAX_FILE_BYTES};
use super::{Rule, Tests, glob, suggest};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::str::Utf8Error;

/// What has been read so far.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) rules: BTreeMap<String, Member>,
    pub(super) filters: BTreeMap<String, (Filter, Labels)>,
    /// Rules and filters for other records than CloudTrail's.
    pub(super) inapplicable: Vec<Inapplicable>,
    pub(super) mistakes: Vec<Diagnostic>,
    pub(super) warnings: Vec<Diagnostic>,
    /// Names, ids and references of what was read, but is no rule or filter of the pack.
    pub(super) others: HashSet<String>,
    pub(super) expressions: Rc<Expressions>,
    pub(super) names: Rc<Names>,
}

/// A rule of the pack.
pub(super) struct Member {
    pub(super) rule: Rule,
    pub(super) built_in: bool,
    pub(super) logsource: Logsource,
    pub(super) labels: Labels,
}

impl Member {
    /// The rule as filters see it.
    pub(super) fn target(&mut self) -> Target<'_> {
        let Self { rule, logsource, labels, .. } = self;
        Target { rule, reference: labels.reference.as_ref().map(|label| label.text.as_str()), logsource }
    }
}

/// By what others refer to a document. `None` also where the document shares it with those it was copied from.
pub(super) struct Labels {
    id: Option<Label>,
    /// Its `name:`.
    reference: Option<Label>,
    pub(super) enabled: bool,
}

/// A document that is about other records.
#[derive(Clone, Debug)]
pub(super) struct Inapplicable {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) at: Position,
    pub(super) logsource: Logsource,
}

impl Gathered {
    /// Reads a file that was given.
    pub(super) fn file(&mut self, file: SourceFile<'_>, placeholders: &Placeholders) {
        self.place_in(file.path, |gathered| gathered.read(file, placeholders));
    }

    /// Reads a built-in file, which was YAML when the detector was built and comes without its tests.
    pub(super) fn built_in(&mut self, path: &str, document: Document, tests: Tests, placeholders: &Placeholders) {
        let at = document.root.at;
        let reading = file::read(
            document,
            Source { text: "", placeholders, expressions: &self.expressions, names: None },
            path,
            1,
        );
        self.place_in(path, |gathered| gathered.add(reading, path, at, Some(tests)));
    }

    /// What is found wrong meanwhile stands in this file.
    fn place_in(&mut self, path: &str, gather: impl FnOnce(&mut Self)) {
        let (mistakes, warnings) = (self.mistakes.len(), self.warnings.len());
        gather(self);
        let told = self.mistakes.iter_mut().skip(mistakes).chain(self.warnings.iter_mut().skip(warnings));
        told.for_each(|diagnostic| path.clone_into(&mut diagnostic.path));
    }

    fn read(&mut self, file: SourceFile<'_>, placeholders: &Placeholders) {
        let text = match text_of(file.content) {
            Ok(text) => text,
            Err(mistake) => return self.refuse(file::stem(file.path), [mistake]),
        };
        let (documents, broken) = yaml::documents(text);
        let (documents, mut mistakes) = sigma::resolve_actions(documents);
        if documents.is_empty() && mistakes.is_empty() && broken.is_none() {
            let help = "a rule has at least `title:` and `detection:` or `filter_pattern:`";
            mistakes.push(Diagnostic::new(Position::WHOLE, Code::RuleForm, "the file holds no rule", help));
        }
        mistakes.extend(broken);
        let expressions = Rc::clone(&self.expressions);
        let names = Rc::clone(&self.names);
        let source = Source { text, placeholders, expressions: &expressions, names: Some(&names) };
        for (document, number) in documents.into_iter().zip(1..) {
            let at = document.root.at;
            let reading = file::read(document, source, file.path, number);
            self.add(reading, file.path, at, None);
        }
        if !mistakes.is_empty() {
            self.refuse(file::stem(file.path), mistakes);
        }
    }

    fn add(&mut self, reading: Reading, path: &str, at: Position, tests: Option<Tests>) {
        let Reading { name, reference, id, logsource, enabled, content, notes } = reading;
        self.warnings.extend(notes.warnings);
        let labels = Labels { id, reference, enabled };
        let Some(content) = content else {
            self.set_aside(labels);
            return self.refuse(&name, notes.mistakes);
        };
        if let Some(owner) = self.owner(&name, tests.is_some(), &content) {
            let message = format!("the name {} is taken by {}", quoted(&name), quoted(owner));
            let help = "rename the file, or give the document another `name:`";
            return self.refuse(&name, [Diagnostic::new(at, Code::RuleName, message, help)]);
        }
        match content {
            Content::Rule(rule) => {
                let built_in = tests.is_some();
                let tests = tests.unwrap_or_else(|| rule.tests.clone());
                let rule = Rule { tests, ..*rule };
                self.rules.insert(name, Member { rule, built_in, logsource, labels });
            }
            Content::Filter(title, filtering) => {
                let filter = Filter { name: name.clone(), path: path.to_owned(), title, filtering, logsource };
                self.filters.insert(name, (filter, labels));
            }
            Content::Inapplicable => {
                self.set_aside(labels);
                self.others.insert(name.clone());
                self.inapplicable.push(Inapplicable { name, path: path.to_owned(), at, logsource });
            }
        }
    }

    /// The file that has the name already, unless it may be replaced.
    fn owner(&self, name: &str, built_in: bool, content: &Content) -> Option<&str> {
        if let Some((filter, _)) = self.filters.get(name) {
            return Some(&filter.path);
        }
        let former = self.rules.get(name)?;
        let replaces = former.built_in && !built_in && !matches!(content, Content::Filter(..));
        (!replaces).then_some(&former.rule.path)
    }

    fn refuse(&mut self, name: &str, mistakes: impl IntoIterator<Item = Diagnostic>) {
        self.others.insert(name.to_owned());
        self.mistakes.extend(mistakes);
    }

    fn set_aside(&mut self, labels: Labels) {
        self.others.extend(labels.id.into_iter().chain(labels.reference).map(|label| label.text));
    }

    /// Ids and references are compared last, as a file may replace the built-in rule whose id it took over.
    pub(super) fn without_shared_labels(mut self) -> Self {
        self.refuse_shared(Code::RuleId, "`id:`", |labels| labels.id.as_ref());
        self.refuse_shared(Code::RuleName, "`name:`", |labels| labels.reference.as_ref());
        self
    }

    fn refuse_shared(&mut self, code: Code, what: &str, label: fn(&Labels) -> Option<&Label>) {
        let mut owners: HashMap<&str, &str> = HashMap::new();
        let mut shared = Vec::new();
        let (built_in, given): (Vec<_>, Vec<_>) = self.rules.iter().partition(|(_, member)| member.built_in);
        let rules = built_in.into_iter().chain(given).map(|(name, member)| (name, &member.labels, &member.rule.path));
        let filters = self.filters.iter().map(|(name, (filter, labels))| (name, labels, &filter.path));
        for (name, labels, path) in rules.chain(filters) {
            let Some(label) = label(labels) else { continue };
            match owners.get(label.text.as_str()) {
                Some(owner) => {
                    let (owner, own, text) = (quoted(owner), quoted(name), quoted(&label.text));
                    let message = format!("the rules {owner} and {own} have the same {what} {text}");
                    let help = "give it one of its own; to replace a rule, give the file the rule's name";
                    let mut mistake = Diagnostic::new(label.at, code, message, help);
                    path.clone_into(&mut mistake.path);
                    shared.push((name.clone(), mistake));
                }
                None => drop(owners.insert(&label.text, name)),
            }
        }
        for (name, mistake) in shared {
            self.rules.remove(&name);
            self.filters.remove(&name);
            self.refuse(&name, [mistake]);
        }
    }

    /// Why a glob means no rule, and the way out; `None` where it means one. Names of documents that are refused or not
    /// applied count, as those are told already.
    pub(super) fn unlike_any(&self, glob: &str) -> Option<(String, String)> {
        let mut names = self.rules.keys().chain(self.filters.keys()).chain(&self.others);
        if names.any(|name| glob::matches(glob, name)) {
            return None;
        }
        let otherwise = || "names are listed by `rules list`; `*` stands for any characters".to_owned();
        let help = suggest::did_you_mean_or(glob, self.rules.keys().map(String::as_str), otherwise);
        Some((format!("no rule has a name like {}", quoted(glob)), help))
    }

    /// Whether a glob means filters and nothing else.
    pub(super) fn is_of_filters(&self, glob: &str) -> bool {
        let mut others = self.rules.keys().chain(&self.others);
        self.filters.keys().any(|name| glob::matches(glob, name)) && !others.any(|name| glob::matches(glob, name))
    }

    /// One warning for all of them, as a folder of public rules may hold thousands.
    pub(super) fn warn_of_inapplicable(&mut self) {
        let Some(first) = self.inapplicable.first() else { return };
        let count = self.inapplicable.len();
        let message = match count {
            1 => format!("this document is for records of another source and is not applied: {}", first.logsource),
            _ => format!(
                "{count} documents are for records of other sources and are not applied; the first: {}",
                first.logsource
            ),
        };
        let help = "CloudTrail's is {product: aws, service: cloudtrail}";
        let mut warning = Diagnostic::new(first.at, Code::SigmaLogsource, message, help);
        first.path.clone_into(&mut warning.path);
        self.warnings.push(warning);
    }
}

pub(super) fn text_of(content: &[u8]) -> Result<&str, Diagnostic> {
    if content.len() > MAX_FILE_BYTES {
        let message = format!("the file is too large (limit {MAX_FILE_BYTES} bytes, got {})", content.len());
        return Err(Diagnostic::new(Position::WHOLE, Code::YamlLimit, message, "divide it into several files"));
    }
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    std::str::from_utf8(content).map_err(|error: Utf8Error| {
        let valid =
            content.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default();
        let at = yaml::place_in(valid, valid.len());
        Diagnostic::new(at, Code::YamlCharacter, "not UTF-8 from here on", "save the file as UTF-8")
    })
}
