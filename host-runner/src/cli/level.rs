//! The levels of findings, as a detector names them.

pub(super) use crate::config::typed::Level;

impl Level {
    /// The level of this name. One that nobody knows comes from a foreign detector and counts as the gravest: it
    /// must not go unseen.
    pub(super) fn named_or_gravest(name: &str) -> Self {
        Self::of_name(name).unwrap_or(Self::Critical)
    }
}
