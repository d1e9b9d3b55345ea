//! Whether what a record tells of succeeded.

use super::reading::{Members, Reading};
use serde::Serialize;

/// An error code that tells of permission: the call was a rehearsal and would have succeeded.
const DRY_RUN: &str = "Client.DryRunOperation";

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    Success,
    Failure,
}

/// Services report failure in different places: an error code, a message without one (sign-in), a word in
/// `responseElements` or `serviceEventDetails`, or a flag (OAuth sign-in). One of them is enough.
pub(super) fn outcome(record: &Reading<'_, '_>) -> Outcome {
    let has_flag = || record.text(|wanted| wanted.success).is_some_and(|text| text.eq_ignore_ascii_case("false"));
    let has_word = || says_failure(record, record.response()) || says_failure(record, record.service());
    if has_error(record) || has_flag() || has_word() { Outcome::Failure } else { Outcome::Success }
}

/// Whether an error code or, without one, a message says that it failed.
pub(super) fn has_error(record: &Reading<'_, '_>) -> bool {
    match record.text(|wanted| wanted.error_code) {
        Some(code) => code != DRY_RUN,
        None => record.text(|wanted| wanted.error_message).is_some(),
    }
}

/// Whether this is the word AWS uses. Case is not counted, so that a change of spelling errs to the careful side.
pub(super) fn is_failure(text: &str) -> bool {
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
