//! `expires:` of an override: takes its text, gives when it ends and the condition on a record's own time.

use crate::record::path::{Path, Step};
use crate::rule::condition::{Condition, Relation, Test};
use crate::time::DateTime;

/// When an override ends, by the time of the event.
#[derive(Clone, Debug)]
pub(in crate::rule) struct Expiry {
    /// As it is written.
    pub(in crate::rule) text: String,
    /// The first second at which it no longer applies, since 1970.
    pub(in crate::rule) at: i64,
}

impl Expiry {
    /// A date, which ends with its day in UTC, or a date and time.
    pub(super) fn read(text: &str) -> Option<Self> {
        let at = DateTime::parse(text.as_bytes())?.end()?;
        Some(Self { text: text.to_owned(), at })
    }

    /// The event is from before it. That cannot be said of a record without a time.
    pub(super) fn condition(&self) -> Condition {
        let time = Path(vec![Step::Member("eventTime".to_owned())]);
        Condition::Test(time, Test::Instant(Relation::Less, self.at))
    }
}
