//! What a detector is loaded with, and the mistakes it finds in it.

use super::bindings;
use serde::Deserialize;

/// One file of rules as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path below the rules folder, `/` between its parts.
    pub path: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// Rules and settings. The built-in rules are the detector's own and not part of it.
#[derive(Clone, Debug, Default)]
pub struct Pack {
    /// Further rules.
    pub files: Vec<SourceFile>,
    /// Settings, JSON text.
    pub settings: String,
}

impl Pack {
    /// How many bytes a detector must read of it.
    pub(super) fn bytes(&self) -> usize {
        self.files.iter().map(|file| file.path.len() + file.content.len()).sum::<usize>() + self.settings.len()
    }

    pub(super) fn to_wit(&self) -> Vec<bindings::File> {
        let to_wit = |file: &SourceFile| bindings::File { path: file.path.clone(), content: file.content.clone() };
        self.files.iter().map(to_wit).collect()
    }
}

/// One mistake in a file or in the settings.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file's path as it was given; empty when the settings are meant.
    pub path: String,
    /// First line is 1; 0 means the whole file.
    pub line: u32,
    /// First column is 1; 0 means the whole line.
    pub column: u32,
    /// Names the kind of mistake.
    pub code: String,
    /// What is wrong, what was expected.
    pub message: String,
    /// The way out; may be empty.
    pub help: String,
}

impl From<bindings::Diagnostic> for Diagnostic {
    fn from(told: bindings::Diagnostic) -> Self {
        let bindings::Diagnostic { path, line, column, code, message, help } = told;
        Self { path, line, column, code, message, help }
    }
}
