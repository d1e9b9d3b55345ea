//! A pack: the built-in rules and files given → the rules that are in force, and the manifest that lists them all.
//! Whether rules keep what their tests promise is for the self-test to see.

use super::built_in::{self, Head};
use super::diagnostic::{Diagnostic, Position, quoted};
use super::file::{self, Refused};
use super::manifest::{self, Listed};
use super::settings::{self, Settings};
use super::yaml::{self, MAX_FILE_BYTES};
use super::{Rule, Tests, glob, suggest};
use std::collections::{BTreeMap, HashMap};
use std::str::Utf8Error;

/// One file of rules as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile<'a> {
    /// Path below the rules folder, `/` between its parts.
    pub path: &'a str,
    /// Its bytes.
    pub content: &'a [u8],
}

/// A pack that is in order.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The rules in force, by name.
    pub rules: Vec<Rule>,
    /// The rules that are switched off, by name. They find nothing, but must keep what their tests promise.
    pub off: Vec<Rule>,
    /// All rules of the pack, JSON text.
    pub manifest: String,
    /// Whether a verdict tells which event it is about.
    pub event: bool,
}

/// Builds the pack that `settings` (JSON text) describe, or tells all mistakes at once.
pub fn build(files: &[SourceFile<'_>], settings: &str) -> Result<Pack, Vec<Diagnostic>> {
    let settings = settings::read(settings);
    let built_in = settings.as_ref().map_or(true, |settings| settings.default_rules);
    let built_in = if built_in { built_in::heads().map_err(|mistake| vec![mistake])? } else { Vec::new() };

    let mut gathered = Gathered::default();
    for Head { path, text, tests } in built_in {
        gathered.file(SourceFile { path, content: text.as_bytes() }, Some(tests));
    }
    for &file in files {
        gathered.file(file, None);
    }
    let Gathered { rules, mut refused, refused_names, .. } = gathered.without_shared_ids();
    refused.sort();

    let settings = match settings {
        Ok(settings) => settings,
        Err(mistakes) => return Err(mistakes.into_iter().chain(refused).collect()),
    };
    let mut mistakes = unmatched_globs(&settings, &rules, &refused_names);
    if !settings.skip_refused {
        mistakes.append(&mut refused);
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let in_force = |rule: &Rule| rule.level >= settings.min_level && chosen(rule, &settings);
    let listed = rules.values().map(|(rule, origin)| Listed {
        rule,
        enabled: in_force(rule),
        built_in: *origin == Origin::BuiltIn,
    });
    let manifest = manifest::text(listed, &refused);
    let (rules, off) = rules.into_values().map(|(rule, _)| rule).partition(in_force);
    Ok(Pack { rules, off, manifest, event: settings.event })
}

fn chosen(rule: &Rule, settings: &Settings) -> bool {
    let mut choices = settings.select.iter().rev();
    choices.find(|choice| glob::matches(&choice.glob, &rule.name)).map_or(rule.enabled, |choice| choice.enabled)
}

/// A glob that means no rule is a slip of the pen; to disable nothing silently would be worse than to say so. The
/// names of refused rules count, as their own mistakes are told already.
fn unmatched_globs(settings: &Settings, rules: &Rules, refused: &[String]) -> Vec<Diagnostic> {
    let is_unmatched = |glob: &str| {
        let mut names = rules.keys().chain(refused);
        !names.any(|name| glob::matches(glob, name))
    };
    let globs = settings.select.iter().map(|choice| choice.glob.as_str()).filter(|glob| is_unmatched(glob));
    globs
        .map(|glob| {
            let message = format!("no rule has a name like {}", quoted(glob));
            let help = match suggest::did_you_mean(glob, rules.keys().map(String::as_str)) {
                help if help.is_empty() => "names are listed by `rules list`; `*` stands for any characters".to_owned(),
                help => help,
            };
            Diagnostic::new(Position::WHOLE, "settings", message, help)
        })
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    BuiltIn,
    Given,
}

type Rules = BTreeMap<String, (Rule, Origin)>;

/// What has been read so far.
#[derive(Default)]
struct Gathered {
    rules: Rules,
    refused: Vec<Diagnostic>,
    refused_names: Vec<String>,
}

impl Gathered {
    /// Reads a file; that of a built-in rule comes without its tests.
    fn file(&mut self, file: SourceFile<'_>, tests: Option<Tests>) {
        let before = self.refused.len();
        self.read(file, tests);
        for mistake in self.refused.iter_mut().skip(before) {
            file.path.clone_into(&mut mistake.path);
        }
    }

    fn read(&mut self, file: SourceFile<'_>, tests: Option<Tests>) {
        let text = match text_of(file.content) {
            Ok(text) => text,
            Err(mistake) => return self.refuse(file::stem(file.path).to_owned(), vec![mistake]),
        };
        let (documents, broken) = yaml::documents(text);
        let is_without_rule = documents.is_empty() && broken.is_none();
        for (document, number) in documents.into_iter().zip(1..) {
            let at = document.root.at;
            match file::read(document, text, file.path, number) {
                Ok(rule) => self.add(rule, at, tests.clone()),
                Err(Refused { name, mistakes }) => self.refuse(name, mistakes),
            }
        }
        let nothing = || {
            let help = "a rule has at least `title:` and `filter_pattern:`";
            Diagnostic::new(Position::WHOLE, "rule-form", "the file holds no rule", help)
        };
        if let Some(mistake) = broken.or_else(|| is_without_rule.then(nothing)) {
            self.refuse(file::stem(file.path).to_owned(), vec![mistake]);
        }
    }

    fn add(&mut self, mut rule: Rule, at: Position, tests: Option<Tests>) {
        let origin = if tests.is_some() { Origin::BuiltIn } else { Origin::Given };
        if let Some(tests) = tests {
            rule.tests = tests;
        }
        match self.rules.get(&rule.name) {
            Some((former, former_origin)) if *former_origin == origin => {
                let message = format!("the name {} is taken by {}", quoted(&rule.name), quoted(&former.path));
                let help = "rename the file, or give the document another `name:`";
                self.refuse(rule.name, vec![Diagnostic::new(at, "rule-name", message, help)]);
            }
            _ => {
                self.rules.insert(rule.name.clone(), (rule, origin));
            }
        }
    }

    fn refuse(&mut self, name: String, mistakes: Vec<Diagnostic>) {
        self.refused_names.push(name);
        self.refused.extend(mistakes);
    }

    /// Ids are compared last, as a file may replace the built-in rule whose id it took over.
    fn without_shared_ids(mut self) -> Self {
        let mut owners: HashMap<String, String> = HashMap::new();
        let mut shared = Vec::new();
        let (built_in, given): (Vec<_>, Vec<_>) =
            self.rules.values().partition(|(_, origin)| *origin == Origin::BuiltIn);
        for (rule, _) in built_in.into_iter().chain(given) {
            match owners.get(&rule.id) {
                Some(owner) => shared.push((rule.name.clone(), owner.clone())),
                None => drop(owners.insert(rule.id.clone(), rule.name.clone())),
            }
        }
        for (name, owner) in shared {
            let Some((rule, _)) = self.rules.remove(&name) else { continue };
            let message =
                format!("the rules {} and {} have the same id {}", quoted(&owner), quoted(&name), quoted(&rule.id));
            let help = "give it an id of its own; to replace a rule, give the file the rule's name";
            let mut mistake = Diagnostic::new(Position::WHOLE, "rule-id", message, help);
            mistake.path = rule.path;
            self.refuse(name, vec![mistake]);
        }
        self
    }
}

fn text_of(content: &[u8]) -> Result<&str, Diagnostic> {
    if content.len() > MAX_FILE_BYTES {
        let message = format!("the file is too large (limit {MAX_FILE_BYTES} bytes, got {})", content.len());
        return Err(Diagnostic::new(Position::WHOLE, "yaml-limit", message, "divide it into several files"));
    }
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    std::str::from_utf8(content).map_err(|error: Utf8Error| {
        let valid =
            content.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default();
        let at = yaml::place_in(valid, valid.len());
        Diagnostic::new(at, "yaml-character", "not UTF-8 from here on", "save the file as UTF-8")
    })
}
