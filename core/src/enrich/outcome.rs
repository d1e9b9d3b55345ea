//! Whether what a record tells of succeeded.

use super::reading::{Members, Reading};
use serde::{Serialize, Serializer};

/// How a call or a sign-in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Success,
    Failure,
    /// A step on the way: whether the sign-in succeeds is not known yet.
    Pending,
    /// The record of a sign-in does not say.
    Unknown,
}

impl Outcome {
    /// As it is written.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
        }
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What became of it, of which a finding and `signin` must say the same.
pub(crate) fn outcome(record: &Reading<'_, '_>) -> Outcome {
    if record.is_signin() { of_signin(record) } else { of_call(record) }
}

/// Of a sign-in only the very word makes a success; what is missing or odd is unknown.
fn of_signin(record: &Reading<'_, '_>) -> Outcome {
    let name = record.text(|wanted| wanted.event_name).unwrap_or_default();
    match record.response().text(&name).as_deref() {
        _ if has_error(record) || has_flag(record) => Outcome::Failure,
        Some(said) if is_failure(said) => Outcome::Failure,
        Some("Success") if name == "CheckMfa" => Outcome::Pending,
        Some("Success") => Outcome::Success,
        _ => Outcome::Unknown,
    }
}

/// Services report failure in different places: an error code, a message without one (sign-in), a word in
/// `responseElements` or `serviceEventDetails`, or a flag (OAuth sign-in). One of them is enough.
fn of_call(record: &Reading<'_, '_>) -> Outcome {
    let has_word = || says_failure(record, record.response()) || says_failure(record, record.service());
    if has_error(record) || has_flag(record) || has_word() { Outcome::Failure } else { Outcome::Success }
}

/// Whether an error code or a message says that it failed. Neither did a dry run do what was asked, though its code
/// says that it would have succeeded.
fn has_error(record: &Reading<'_, '_>) -> bool {
    record.text(|wanted| wanted.error_code).or_else(|| record.text(|wanted| wanted.error_message)).is_some()
}

/// Whether a flag says that it failed, as in sign-ins with OAuth.
fn has_flag(record: &Reading<'_, '_>) -> bool {
    record.text(|wanted| wanted.success).is_some_and(|text| text.eq_ignore_ascii_case("false"))
}

/// Whether this is the word AWS uses. Case is not counted, so that a change of spelling errs to the careful side.
fn is_failure(text: &str) -> bool {
    text.eq_ignore_ascii_case("Failure")
}

/// Whether the event's result in this object is a failure. Nearly no object holds the word, which is quickly seen.
fn says_failure(record: &Reading<'_, '_>, results: &Members<'_>) -> bool {
    let may_hold_it = |raw: &str| ["ailure", "AILURE", "\\"].into_iter().any(|part| raw.contains(part));
    results.raw().is_some_and(may_hold_it)
        && record
            .text(|wanted| wanted.event_name)
            .is_some_and(|name| results.text(&name).is_some_and(|said| is_failure(&said)))
}
