//! Whether a second factor was used in a sign-in, and of which type, as far as the record proves it.
//!
//! `MFAUsed` means different things: in a success that the factor was given, in a failure only that it was asked for
//! (a wrong password and a wrong code leave the same record), in a federated sign-in nothing, since it happened at the
//! identity provider. `CheckMfa` proves only that the page asked.

use super::identity::resource_of;
use super::limits::{MAX_NAME, cut};
use super::outcome::Outcome;
use super::reading::Reading;
use super::signin::Kind;
use serde::Serialize;
use std::borrow::Cow;

/// What the record says of a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Mfa {
    /// It was given.
    Used,
    /// Signed in without one.
    NotUsed,
    /// Asked for, not proven.
    Asked,
    /// The attempt failed without one being asked for.
    NotAsked,
    /// Decided by the identity provider; AWS does not know.
    IdentityProvider,
    /// The record does not say.
    Unknown,
}

/// Reads it.
pub(super) fn mfa(record: &Reading<'_, '_>, kind: Kind, outcome: Outcome) -> Mfa {
    let in_session = record.attributes().text("mfaAuthenticated").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let used = record.additional().text("MFAUsed");
    let used = used.as_deref().and_then(yes_or_no);
    match kind {
        Kind::MfaCheck if outcome == Outcome::Pending => Mfa::Asked,
        Kind::Root | Kind::IamUser | Kind::AbsentUser => match (outcome, used) {
            (Outcome::Success, Some(true)) => Mfa::Used,
            (Outcome::Success, Some(false)) => Mfa::NotUsed,
            (Outcome::Failure, Some(true)) => Mfa::Asked,
            (Outcome::Failure, Some(false)) => Mfa::NotAsked,
            _ => Mfa::Unknown,
        },
        _ if in_session => Mfa::Used,
        Kind::Federated | Kind::SigninToken if outcome == Outcome::Success && used == Some(true) => Mfa::Used,
        Kind::Federated | Kind::SigninToken => Mfa::IdentityProvider,
        _ => Mfa::Unknown,
    }
}

/// `MfaType`, or what the device's identifier tells. "unknown" where a factor was asked for and nothing tells which.
pub(super) fn mfa_type<'a>(record: &Reading<'_, 'a>, mfa: Mfa) -> Option<Cow<'a, str>> {
    const NAMES: [(&str, &str); 4] = [
        ("U2F MFA", "u2f"),
        ("Hardware MFA", "hardware"),
        ("Virtual MFA", "virtual"),
        ("Multiple MFA Devices", "multiple"),
    ];
    if let Some(written) = record.additional().text("MfaType") {
        let known = NAMES.iter().find(|(name, _)| written.eq_ignore_ascii_case(name));
        return Some(known.map_or_else(|| cut(written, MAX_NAME), |&(_, known)| Cow::Borrowed(known)));
    }
    match record.additional().text("MFAIdentifier") {
        Some(identifier) => Some(Cow::Borrowed(type_of_device(&identifier))),
        None => matches!(mfa, Mfa::Used | Mfa::Asked).then_some(Cow::Borrowed("unknown")),
    }
}

/// Passkeys and security keys are `…:u2f/…`, authenticator apps `…:mfa/…`; hardware tokens have a serial number.
fn type_of_device(identifier: &str) -> &'static str {
    if !identifier.starts_with("arn:") {
        return "hardware";
    }
    match resource_of(identifier).split_once('/') {
        Some(("u2f", _)) => "u2f",
        Some(("mfa", _)) => "virtual",
        _ => "unknown",
    }
}

/// AWS writes `Yes`, `No` and once `YES`; shippers make booleans of them.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match () {
        () if text.eq_ignore_ascii_case("yes") || text == "true" => Some(true),
        () if text.eq_ignore_ascii_case("no") || text == "false" => Some(false),
        () => None,
    }
}
