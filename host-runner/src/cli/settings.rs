//! What a detector is told beside the rule files: what was chosen → JSON text.

use super::exit::Failure;
use super::select::Choice;
use crate::config::typed::Override;
use serde::Serialize;

/// What is not asked for is left out, so that a detector which does not know of it can be asked for the rest.
#[derive(Serialize)]
pub(super) struct Settings<'a> {
    pub(super) default_rules: bool,
    pub(super) select: &'a [Choice],
    pub(super) min_level: &'static str,
    pub(super) event: bool,
    pub(super) skip_refused: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) overrides: &'a [String],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) observe_overrides: bool,
}

/// The rules that can be read, without what is said of them.
pub(super) fn alone(settings: Settings<'_>) -> Settings<'_> {
    Settings { select: &[], skip_refused: true, overrides: &[], ..settings }
}

/// The overrides as a file of overrides, of which JSON is one way to write it: each on the line that it has in the
/// configuration.
pub(super) fn overrides_text(overrides: &[(usize, Override)]) -> Vec<u8> {
    let mut text = String::from("{\"overrides\":[");
    let mut line = 1;
    for (number, (at, entry)) in overrides.iter().enumerate() {
        text.push_str(&"\n".repeat(at.saturating_sub(line)));
        line = line.max(*at);
        text.push_str(if number == 0 { "" } else { "," });
        text.push_str(&serde_json::Value::from(entry.clone()).to_string());
    }
    text.push_str("]}");
    text.into_bytes()
}

pub(super) fn text(settings: &Settings<'_>) -> Result<String, Failure> {
    serde_json::to_string(settings).map_err(|error| Failure::Usage(error.into()))
}
