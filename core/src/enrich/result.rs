//! How a sign-in event ended, and why.

use super::limits::{MAX_MESSAGE, MAX_NAME, cut};
use super::outcome::{Outcome, outcome};
use super::reading::Reading;
use serde::Serialize;
use std::borrow::Cow;

/// The `result` of a sign-in event.
#[derive(Debug, Serialize)]
pub(super) struct SigninResult<'a> {
    pub(super) outcome: Outcome,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<Cow<'a, str>>,
    /// `errorMessage` as AWS worded it; the wording changes over the years.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Cow<'a, str>>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Reason {
    /// Password or second factor: AWS does not say which.
    FailedAuthentication,
    NoSuchUser,
    DeniedByPolicy,
    Other,
}

impl<'a> SigninResult<'a> {
    /// Reads it.
    pub(super) fn new(record: &Reading<'_, 'a>) -> Self {
        let message = record.text(|wanted| wanted.error_message);
        let outcome = outcome(record);
        Self {
            outcome,
            reason: (outcome == Outcome::Failure).then(|| reason(message.as_deref())),
            error_code: record.text(|wanted| wanted.error_code).map(|code| cut(code, MAX_NAME)),
            message: message.map(|message| cut(message, MAX_MESSAGE)),
        }
    }
}

/// Whether this is the message for a user name that the account does not have.
pub(super) fn is_no_such_user(message: &str) -> bool {
    message.starts_with("No username found")
}

fn reason(message: Option<&str>) -> Reason {
    match message {
        Some("Failed authentication") => Reason::FailedAuthentication,
        Some(text) if is_no_such_user(text) => Reason::NoSuchUser,
        Some(text) if text.starts_with("Authorization denied because of a resource") => Reason::DeniedByPolicy,
        _ => Reason::Other,
    }
}
