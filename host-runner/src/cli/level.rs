//! The levels of findings, as they are typed and as a detector names them.

pub(super) use crate::config::typed::Level;

impl Level {
    /// The level of this name. One that nobody knows comes from a foreign detector and counts as the highest: it must
    /// not go unseen.
    pub(super) fn named(name: &str) -> Self {
        Self::of_name(name).unwrap_or(Self::Critical)
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
