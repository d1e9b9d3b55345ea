//! Which rules and which detector: the options that all commands share, and the pack they make.
//!
//! Takes options and rule files, gives a detector with its pack in force. It must not look into a file.

use super::counted::counted;
use super::diagnostics::{self, Mistake, Place};
use super::exit::Failure;
use super::level::Level;
use super::rule_files::{self, Files};
use super::select::{Choice, Select};
use super::settings::{Settings, alone, overrides_text, text};
use super::{no_rule, stale, terminal};
use crate::config::Config;
use crate::engine::cache::Cache;
use crate::engine::limits::COMPONENT_BYTES;
use crate::engine::manifest::Manifest;
use crate::engine::{BUILT_IN, Component, Diagnostic, Error, Explainer, Limits, Loaded, Pack};
use anyhow::{Context, anyhow};
use clap::Args;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

/// Under what the help shows these options.
const HEADING: &str = "Rules";

#[derive(Args)]
#[command(next_help_heading = HEADING)]
pub(super) struct PackArguments {
    /// Add a rule file, or a folder of them (*.yml, *.yaml); a rule with the name of a built-in one replaces it
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,

    /// Leave rules out that have a mistake, tell of each, and go on with the rest
    #[arg(long)]
    skip_refused: bool,

    #[command(flatten)]
    tuning: Tuning,
}

#[derive(Args, Clone)]
#[command(next_help_heading = HEADING)]
pub(super) struct Tuning {
    /// Leave the built-in rules out
    #[arg(long)]
    no_default_rules: bool,

    #[command(flatten)]
    select: Select,

    /// Switch rules off that are below this level
    #[arg(long, value_name = "LEVEL")]
    min_level: Option<Level>,

    /// Apply what this file says of rules, built-in ones too: levels, exceptions, on or off; the last file wins
    #[arg(long, value_name = "FILE")]
    overrides: Vec<PathBuf>,

    /// Judge with this component instead of the built-in detector
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,

    /// Overrides that stand in the file of this name, which is no overrides file.
    #[arg(skip)]
    further_overrides: Option<(String, Vec<u8>)>,

    /// The configuration that says so, if it is not what was typed.
    #[arg(skip)]
    file: Option<String>,

    /// Whether what has a mistake is left out.
    #[arg(skip)]
    skip_refused: bool,

    /// Whether all is counted that an override suppresses, even that of whole rules.
    #[arg(skip)]
    observe_overrides: bool,
}

/// What was read of all that is named. A pack is made of these very bytes, whatever becomes of the files meanwhile.
pub(super) struct Given {
    files: Files,
    /// Another detector than the built-in one.
    component: Option<Vec<u8>>,
}

/// What can be asked of a pack, whatever mistakes there are in it.
pub(super) struct Rest {
    pub(super) explainer: Option<Explainer>,
    /// For each of the files given the path that the user knows it by.
    pub(super) shown: BTreeMap<String, String>,
    pub(super) mistakes: Vec<Mistake>,
}

/// What two packs have in common only if they are the same.
pub(super) type Fingerprint = [u8; 32];

/// Whether findings must tell which event they are about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Events {
    Told,
    Untold,
}

impl PackArguments {
    /// The detector with its pack, for records of at most this size.
    pub(super) fn load(&self, events: Events, max_record: usize) -> Result<Loaded, Failure> {
        let tuning = self.tuning();
        let (loaded, shown) = tuning.load(&self.rules, events, max_record)?;
        tuning.tell_refused(loaded.manifest(), &shown);
        Ok(loaded)
    }

    /// The same, which counts whatever an override suppresses, even that of whole rules.
    pub(super) fn observer(&self, events: Events, max_record: usize) -> Result<Loaded, Failure> {
        let (loaded, shown) = self.tuning().observer(&self.rules, events, max_record)?;
        self.tuning.tell_refused(loaded.manifest(), &shown);
        Ok(loaded)
    }

    /// The same, and the pack by itself.
    pub(super) fn load_with_pack(&self, events: Events, max_record: usize) -> Result<(Loaded, Pack), Failure> {
        let tuning = self.tuning();
        let given = tuning.read(&self.rules)?;
        let settings = text(&tuning.settings(&given.files, events))?;
        let pack = Pack { settings, files: given.files.files.clone() };
        let (loaded, shown) = tuning.load_given(given, events, max_record)?;
        tuning.tell_refused(loaded.manifest(), &shown);
        Ok((loaded, pack))
    }

    /// Whether another detector than the built-in one is to judge.
    pub(super) fn replaces_detector(&self) -> bool {
        self.tuning.component.is_some()
    }

    /// The same pack, to be asked about its rules.
    pub(super) fn explainer(&self, max_record: usize) -> Result<Explainer, Failure> {
        let tuning = self.tuning();
        let (explainer, shown) = tuning.explainer(&self.rules, max_record)?;
        tuning.tell_refused(explainer.manifest(), &shown);
        Ok(explainer)
    }

    /// Why nothing can be found, if no rule is on.
    pub(super) fn without_rule(&self, manifest: &Manifest) -> Option<String> {
        self.tuning.without_rule(manifest)
    }

    /// Tells what nobody may have meant so.
    pub(super) fn warn(&self, manifest: &Manifest, quiet: bool) {
        self.tuning.warn_without_rule(manifest, quiet);
        stale::hint(manifest, quiet);
    }

    fn tuning(&self) -> Tuning {
        Tuning { skip_refused: self.skip_refused, ..self.tuning.clone() }
    }
}

impl Tuning {
    /// What a configuration says. Its overrides keep their lines, so that mistakes in them are found.
    pub(super) fn configured(path: &Path, config: &Config) -> Self {
        let rules = &config.rules;
        let file = path.display().to_string();
        let off = rules.disable.iter().map(|glob| Choice::configured(&file, glob, false));
        let on = rules.enable.iter().map(|glob| Choice::configured(&file, glob, true));
        let further = (!config.overrides.is_empty()).then(|| (file.clone(), overrides_text(&config.overrides)));
        Self {
            no_default_rules: !rules.default_rules,
            select: Select(off.chain(on).collect()),
            min_level: Some(rules.min_level),
            overrides: rules.overrides.all().to_vec(),
            component: rules.component.clone(),
            further_overrides: further,
            file: Some(file),
            skip_refused: rules.skip_refused,
            observe_overrides: false,
        }
    }

    /// The fingerprint of a pack made of this.
    pub(super) fn fingerprint(&self, Given { files, component }: &Given) -> Result<Fingerprint, Failure> {
        let mut digest = Sha256::new_with_prefix(text(&self.settings(files, Events::Told))?);
        let mut add = |bytes: &[u8]| {
            digest.update(bytes.len().to_le_bytes());
            digest.update(bytes);
        };
        for file in &files.files {
            add(file.path.as_bytes());
            add(&file.content);
        }
        component.iter().for_each(|component| add(component));
        Ok(digest.finalize().into())
    }

    /// The detector with these rule files and folders; and for each file the path that the user knows it by.
    pub(super) fn load(
        &self,
        rules: &[PathBuf],
        events: Events,
        max_record: usize,
    ) -> Result<(Loaded, BTreeMap<String, String>), Failure> {
        self.load_given(self.read(rules)?, events, max_record)
    }

    /// The same with what was read before.
    pub(super) fn load_given(
        &self,
        Given { files, component }: Given,
        events: Events,
        max_record: usize,
    ) -> Result<(Loaded, BTreeMap<String, String>), Failure> {
        let settings = self.settings(&files, events);
        // Tests are run whatever becomes of their rule, and what the operator says of it may be a mistake itself.
        let pack = Pack { settings: text(&settings)?, files: files.files.clone() };
        let further = Pack { files: files.rules(), settings: text(&alone(settings))? };
        let loaded = load(&self.component(component, max_record)?, pack, further);
        Ok((loaded.map_err(|error| self.failure(error, &files.shown))?, files.shown))
    }

    /// The same pack, to be asked about its rules; and for each of the files given the path that the user knows it by.
    pub(super) fn explainer(
        &self,
        rules: &[PathBuf],
        max_record: usize,
    ) -> Result<(Explainer, BTreeMap<String, String>), Failure> {
        let Given { files, component } = self.read(rules)?;
        let pack = Pack { settings: text(&self.settings(&files, Events::Untold))?, files: files.files };
        let explainer = self.component(component, max_record)?.explainer(&pack);
        Ok((explainer.map_err(|error| self.failure(error, &files.shown))?, files.shown))
    }

    /// The same pack, or those of its rules that can be read, without what options and overrides say of them, and the
    /// mistakes in all else. Nothing can be asked of a pack that has more than such mistakes.
    pub(super) fn explainer_of_rest(&self, rules: &[PathBuf], max_record: usize) -> Result<Rest, Failure> {
        let Given { files, component } = self.read(rules)?;
        let settings = self.settings(&files, Events::Untold);
        let component = self.component(component, max_record)?;
        let pack = Pack { settings: text(&settings)?, files: files.files.clone() };
        match component.explainer(&pack) {
            Err(Error::Refused(mistakes)) => {
                let rest = Pack { files: files.rules(), settings: text(&alone(settings))? };
                let mistakes = self.placed(mistakes, &files.shown);
                Ok(Rest { explainer: component.explainer(&rest).ok(), shown: files.shown, mistakes })
            }
            loaded => {
                let explainer = loaded.map_err(|error| self.failure(error, &files.shown))?;
                Ok(Rest { explainer: Some(explainer), shown: files.shown, mistakes: Vec::new() })
            }
        }
    }

    /// The same pack, which counts whatever an override suppresses, even that of whole rules.
    pub(super) fn observer(
        &self,
        rules: &[PathBuf],
        events: Events,
        max_record: usize,
    ) -> Result<(Loaded, BTreeMap<String, String>), Failure> {
        Self { observe_overrides: true, ..self.clone() }.load(rules, events, max_record)
    }

    /// Whether a file of overrides was given.
    pub(super) fn has_overrides(&self) -> bool {
        !self.overrides.is_empty()
    }

    /// Tells each mistake of what was left out.
    fn tell_refused(&self, manifest: &Manifest, shown: &BTreeMap<String, String>) {
        let refused = self.refused(manifest, shown);
        refused.iter().for_each(diagnostics::show);
        if !refused.is_empty() {
            let mistakes = counted(refused.len() as u64, "mistake");
            terminal::complain(&format!("{mistakes} in rules that are left out; the others are in force"));
        }
    }

    /// What was left out, each mistake with the path that the user knows.
    pub(super) fn refused(&self, manifest: &Manifest, shown: &BTreeMap<String, String>) -> Vec<Mistake> {
        self.placed(manifest.refused.clone(), shown)
    }

    /// Reads all files that are named, once.
    pub(super) fn read(&self, rules: &[PathBuf]) -> Result<Given, Failure> {
        let files = rule_files::read(rules, &self.overrides);
        let mut files = files.map_err(|error| Failure::Usage(self.with_file(error)))?;
        if let Some((path, text)) = &self.further_overrides {
            files.add_overrides_text(path.clone(), text.clone()).map_err(Failure::Usage)?;
        }
        let read = |path: &PathBuf| {
            let read = rule_files::read_up_to(path, COMPONENT_BYTES);
            read.with_context(|| format!("cannot read the component {}", path.display()))
        };
        let component = self.component.as_ref().map(read).transpose().map_err(Failure::Usage)?;
        Ok(Given { files, component })
    }

    /// Whoever reads of a path that a configuration names must know which one, and where such paths begin.
    fn with_file(&self, error: anyhow::Error) -> anyhow::Error {
        match (&self.file, env::current_dir()) {
            (None, _) => error,
            (Some(file), Err(_)) => error.context(format!("[rules] in {file}")),
            (Some(file), Ok(folder)) => {
                error.context(format!("[rules] in {file}, whose paths begin in {}", folder.display()))
            }
        }
    }

    fn settings<'a>(&'a self, files: &'a Files, events: Events) -> Settings<'a> {
        Settings {
            default_rules: !self.no_default_rules,
            select: &self.select.0,
            min_level: self.min_level.unwrap_or(Level::Informational).name(),
            event: events == Events::Told,
            skip_refused: self.skip_refused,
            overrides: &files.overrides,
            observe_overrides: self.observe_overrides,
        }
    }

    /// The detector without its pack.
    fn component(&self, bytes: Option<Vec<u8>>, max_record: usize) -> Result<Component, Failure> {
        let limits = Limits::default().with_record_size(max_record);
        let bytes = bytes.as_deref().unwrap_or(BUILT_IN);
        let component = Component::compile(bytes, limits, Cache::of_user().as_ref());
        component.map_err(|error| self.failure(error, &BTreeMap::new()))
    }

    fn failure(&self, error: Error, shown: &BTreeMap<String, String>) -> Failure {
        match error {
            Error::Refused(mistakes) => Failure::Refused(self.placed(mistakes, shown)),
            other => match &self.component {
                Some(path) => Failure::Usage(anyhow!(other).context(path.display().to_string())),
                None => Failure::Usage(other.into()),
            },
        }
    }

    /// The mistakes, each with the file or the option that it is about. In the settings the line is the number of a
    /// choice.
    fn placed(&self, mistakes: Vec<Diagnostic>, shown: &BTreeMap<String, String>) -> Vec<Mistake> {
        let choice = |line: u32| self.select.0.get(usize::try_from(line).ok()?.checked_sub(1)?);
        let placed = |told: Diagnostic| {
            if !told.path.is_empty() {
                let place = Place::File(shown.get(&told.path).unwrap_or(&told.path).clone());
                return Mistake { place, told };
            }
            let place = choice(told.line).map_or(Place::Settings, |choice| Place::Option(choice.place().to_owned()));
            Mistake { place, told: Diagnostic { line: 0, column: 0, ..told } }
        };
        mistakes.into_iter().map(placed).collect()
    }

    /// Tells it, where that is no error.
    pub(super) fn warn_without_rule(&self, manifest: &Manifest, quiet: bool) {
        if let Some(why) = self.without_rule(manifest).filter(|_| !quiet) {
            terminal::complain(&format!("warning: {why}"));
        }
    }

    /// Why nothing can be found, if no rule is on.
    pub(super) fn without_rule(&self, manifest: &Manifest) -> Option<String> {
        let words = if self.file.is_some() { &no_rule::KEYS } else { &no_rule::OPTIONS };
        let why = words.why(manifest, self.no_default_rules, self.min_level)?;
        Some(match &self.file {
            None => format!("no rule is on: {why}"),
            Some(file) => format!("{file}: no rule is on: {why}"),
        })
    }
}

/// Loads a pack, or tells all its mistakes. A detector that refuses files runs no tests, so that those of the files that
/// are right are run with `further`: whoever mends one mistake is not to meet the next only then.
fn load(component: &Component, pack: Pack, further: Pack) -> Result<Loaded, Error> {
    match component.load(pack) {
        Err(Error::Refused(mut mistakes)) => {
            if let Err(Error::Refused(failures)) = component.load(further) {
                let further: Vec<_> = failures.into_iter().filter(|failure| !mistakes.contains(failure)).collect();
                mistakes.extend(further);
            }
            mistakes.sort_by(|one, other| order(one).cmp(&order(other)));
            Err(Error::Refused(mistakes))
        }
        loaded => loaded,
    }
}

/// By place. Mistakes of the same place, such as those in settings, stay as they were told.
fn order(mistake: &Diagnostic) -> (&str, u32, u32) {
    (&mistake.path, mistake.line, mistake.column)
}
