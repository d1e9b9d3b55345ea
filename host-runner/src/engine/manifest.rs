//! What a detector says of its pack: which rules there are, and which files it left out.

use super::{Diagnostic, Error};
use serde::Deserialize;

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
    /// All rules, in the detector's order.
    pub rules: Vec<RuleEntry>,
    /// Mistakes of the files that were left out, if settings ask to go on without them.
    pub refused: Vec<Diagnostic>,
}

/// One rule of the pack.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
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
}

impl Manifest {
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let manifest: Self = serde_json::from_str(text).map_err(|error| Error::Manifest(error.to_string()))?;
        if manifest.format != FORMAT {
            let why = format!("format {} is unknown (this runner reads {FORMAT}); update the runner", manifest.format);
            return Err(Error::Manifest(why));
        }
        Ok(manifest)
    }
}
