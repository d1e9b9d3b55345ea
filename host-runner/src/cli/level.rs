//! The levels of findings, as they are typed and as a detector names them.

use crate::config::typed;
use clap::ValueEnum;

/// How grave a finding is, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Level {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl From<typed::Level> for Level {
    fn from(typed: typed::Level) -> Self {
        match typed {
            typed::Level::Informational => Self::Informational,
            typed::Level::Low => Self::Low,
            typed::Level::Medium => Self::Medium,
            typed::Level::High => Self::High,
            typed::Level::Critical => Self::Critical,
        }
    }
}

impl Level {
    /// The level of this name. One that nobody knows comes from a foreign detector and counts as the highest: it must
    /// not go unseen.
    pub(super) fn named(name: &str) -> Self {
        Self::from_str(name, false).unwrap_or(Self::Critical)
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}
