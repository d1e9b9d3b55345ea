//! What a detector says of its pack: which rules there are, and which files it left out.

use super::{Diagnostic, Error};
use serde::{Deserialize, Serialize};

/// The manifest's form that this host reads.
const FORMAT: u32 = 1;

/// The pack in force.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Manifest {
    format: u32,
    /// The detector's name.
    pub detector: String,
    /// The detector's version.
    pub version: String,
    /// How many regular expressions the rules in force ask.
    #[serde(default)]
    pub expressions: usize,
    /// All rules, in the detector's order.
    pub rules: Vec<RuleEntry>,
    /// Mistakes of the files that were left out, if settings ask to go on without them.
    pub refused: Vec<Diagnostic>,
    /// What is probably not meant as it is written, though it can be read.
    #[serde(default)]
    pub warnings: Vec<Diagnostic>,
    /// Who else than their authors says something about rules.
    #[serde(default)]
    pub adjustments: Vec<AdjustmentEntry>,
    /// What was given and is about records of other sources.
    #[serde(default)]
    pub not_applicable: Vec<InapplicableEntry>,
}

/// A document that is about records of another source.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct InapplicableEntry {
    /// The name that its rule would have.
    pub name: String,
}

/// A filter or an override.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct AdjustmentEntry {
    /// By what it is shown and counted: a name, or file and line.
    pub source: String,
    /// `filter`, `override`, or `setting`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// The names of the rules that it is about.
    pub rules: Vec<String>,
    /// The level that it gives findings, if it gives one.
    pub level: Option<String>,
    /// Whether it switches the rules on or off, if it does.
    pub enabled: Option<bool>,
    /// Until when it applies, as it is written.
    pub expires: Option<String>,
    /// The first second at which it no longer does, since 1970.
    pub expires_at: Option<i64>,
}

/// One rule of the pack.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct RuleEntry {
    /// `group/name`.
    pub name: String,
    /// Its identity across renames.
    pub id: String,
    /// What it finds.
    pub title: String,
    /// How grave a match is.
    pub level: String,
    /// In which language it is written.
    pub language: String,
    /// Whether it judges.
    pub enabled: bool,
    /// Whether it came with the detector.
    pub built_in: bool,
    /// Its tags.
    pub tags: Vec<String>,
    /// Why it matters and what to check; may be empty.
    #[serde(default)]
    pub description: String,
    /// What is found and harmless.
    #[serde(default)]
    pub falsepositives: Vec<String>,
    /// How many tests it carries.
    #[serde(default)]
    pub tests: usize,
    /// The file it stands in.
    #[serde(default)]
    pub path: String,
    /// The sources of the adjustments that are about it.
    #[serde(default)]
    pub adjustments: Vec<String>,
}

impl Manifest {
    /// How many rules judge.
    pub fn enabled(&self) -> usize {
        self.rules.iter().filter(|rule| rule.enabled).count()
    }

    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let manifest: Self = serde_json::from_str(text).map_err(|error| Error::Manifest(error.to_string()))?;
        if manifest.format != FORMAT {
            let why = format!("format {} is unknown (this runner reads {FORMAT}); update the runner", manifest.format);
            return Err(Error::Manifest(why));
        }
        Ok(manifest)
    }
}
