//! What is wrong at the moment, for `/readyz`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Troubles by who has them.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<BTreeMap<String, String>>);

impl Health {
    /// Somebody cannot do their work, and why. Answers whether that is news.
    pub(crate) fn trouble(&self, who: &str, why: &str) -> bool {
        let mut troubles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        troubles.insert(who.to_owned(), why.to_owned()).is_none()
    }

    /// They can again. Answers whether that is news.
    pub(crate) fn well(&self, who: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(who).is_some()
    }

    /// All troubles, a line each.
    pub(crate) fn troubles(&self) -> String {
        let troubles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        troubles.iter().map(|(who, why)| format!("{who}: {why}\n")).collect()
    }
}
