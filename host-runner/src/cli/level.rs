//! The levels of findings, as a detector names them.

pub(super) use crate::config::typed::Level;

impl Level {
    /// The level of this name. One that nobody knows comes from a foreign detector and counts as the highest: it must
    /// not go unseen.
    pub(super) fn named(name: &str) -> Self {
        Self::of_name(name).unwrap_or(Self::Critical)
    }
}
