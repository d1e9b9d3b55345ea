//! The factors that a sign-in tells of.

use super::super::json::Object;
use super::super::record::{Record, truth};
use super::class::OTHER;
use super::put_choice;

/// A kind of factor: its number and caption.
type Kind = (i64, &'static str);

const HARDWARE_TOKEN: Kind = (6, "Hardware Token");
const ONE_TIME_PASSWORD: Kind = (7, "OTP");
const U2F: Kind = (9, "U2F");
const WEB_AUTHN: Kind = (10, "WebAuthn");
const PASSWORD: Kind = (11, "Password");

/// AWS's words for kinds of devices and of credentials.
const WORDS: [(&str, Kind); 9] = [
    ("Virtual MFA", ONE_TIME_PASSWORD),
    ("U2F MFA", U2F),
    ("Hardware MFA", HARDWARE_TOKEN),
    ("PASSWORD", PASSWORD),
    ("TOTP", ONE_TIME_PASSWORD),
    ("RESYNC_TOTP", ONE_TIME_PASSWORD),
    ("WEBAUTHN", WEB_AUTHN),
    ("MFA", ONE_TIME_PASSWORD),
    ("U2F", U2F),
];

/// Whether a second factor was used, as far as AWS says so. Federated people may have used one elsewhere.
pub(super) fn is_mfa(record: &Record<'_, '_>) -> Option<bool> {
    let session = || record.identity(&["sessionContext", "attributes", "mfaAuthenticated"]);
    match record.text(&["additionalEventData", "MFAUsed"]) {
        Some(used) if used.eq_ignore_ascii_case("yes") => Some(true),
        Some(used) if used.eq_ignore_ascii_case("no") => Some(false),
        Some(used) => truth(used),
        None => session().and_then(truth),
    }
}

/// The factors that were given, or in a failure asked for.
pub(super) fn factors<'r>(record: &Record<'r, '_>) -> Vec<Object<'r>> {
    let written = |key| record.text(&["additionalEventData", key]);
    if let Some(credentials) = written("CredentialType") {
        return credentials.split(',').map(str::trim).filter(|word| !word.is_empty()).map(of_word).collect();
    }
    if let Some(kind) = written("MfaType") {
        return vec![of_word(kind)];
    }
    let used = written("MFAIdentifier").filter(|_| is_mfa(record) != Some(false));
    used.map(|identifier| vec![of_word(kind_of_device(identifier))]).unwrap_or_default()
}

fn of_word(word: &str) -> Object<'_> {
    let known = WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, kind)| *kind);
    let mut factor = Object::new();
    match known {
        Some((id, caption)) => put_choice(&mut factor, ("factor_type_id", "factor_type"), id, caption),
        None => put_choice(&mut factor, ("factor_type_id", "factor_type"), OTHER, word),
    }
    if known == Some(ONE_TIME_PASSWORD) {
        factor.put("is_totp", true);
    }
    factor
}

/// Passkeys and security keys are `…:u2f/…`, authenticator apps `…:mfa/…`; hardware tokens have a serial number.
fn kind_of_device(identifier: &str) -> &str {
    match identifier.rsplit(':').next().and_then(|resource| resource.split_once('/')) {
        _ if !identifier.starts_with("arn:") => "Hardware MFA",
        Some(("u2f", _)) => "U2F",
        Some(("mfa", _)) => "MFA",
        _ => "unknown",
    }
}
