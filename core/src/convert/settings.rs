//! Settings of a conversion: JSON text → what is meant, or what is wrong with it.

use serde::Deserialize;

/// What the operator chose.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Settings {
    /// The name of the field that annotated records have.
    pub(super) field: String,
    /// How ECS tells parameters in its field of text.
    pub(super) parameters: Parameters,
}

/// A text for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Parameters {
    /// As Elastic's integration writes it, whose rules look for parts of it: `{name=value}`.
    Java,
    /// JSON.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self { field: "trailsieve".to_owned(), parameters: Parameters::Java }
    }
}

/// Reads settings; text without content stands for the defaults.
pub(super) fn read(text: &str) -> Result<Settings, String> {
    if text.trim().is_empty() {
        return Ok(Settings::default());
    }
    serde_json::from_str(text).map_err(|error| format!("the settings of a conversion: {error}"))
}
