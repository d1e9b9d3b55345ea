//! What an annotation never repeats, even if a rule's `fields` name it: AWS masks most secrets in its records, not all.
//!
//! Decided by a member's key, and for what hides in any text by the text. What is withheld is said to be.

use super::login_url::login_url;
use std::borrow::Cow;

/// Stands in place of a secret.
pub(super) const WITHHELD: &str = "(withheld)";

/// Keys, in any case, whose values are secrets, credentials in other forms, or code that may hold them.
const KEYS: [&str; 18] = [
    "grantTokens",
    "keyMaterial",
    "passphrase",
    "plaintext",
    "presignedUrl",
    "privateKey",
    "sAMLAssertion",
    "sAMLMetadataDocument",
    "secretAccessKey",
    "secretBinary",
    "secretString",
    "streamUrl",
    "tokenValue",
    "userData",
    "x-amz-credential",
    "x-amz-signature",
    "x509Certificate",
    "x509CertificateData",
];

/// Endings of keys for which the same holds: `masterUserPassword`, `sessionToken`, `clientSecret`.
const KEY_ENDINGS: [&str; 4] = ["password", "token", "clientSecret", "privateKey"];

/// The services of Identity Center, whose records name people by their e-mail addresses.
const IDENTITY_CENTER: [&str; 4] =
    ["sso.amazonaws.com", "sso-directory.amazonaws.com", "identitystore.amazonaws.com", "signin.amazonaws.com"];

/// What to withhold of one record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Secrets {
    parameter_store: bool,
    identity_center: bool,
}

impl Secrets {
    /// What is secret depends on the service.
    pub(super) fn new(event_source: Option<&str>) -> Self {
        let source = event_source.unwrap_or_default();
        Self { parameter_store: source == "ssm.amazonaws.com", identity_center: IDENTITY_CENTER.contains(&source) }
    }

    /// Whether everything below this key is withheld.
    pub(super) fn is_secret_key(self, key: &str) -> bool {
        let ends_so = |ending: &str| {
            let start = key.len().checked_sub(ending.len());
            start.and_then(|start| key.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
        };
        KEYS.iter().any(|secret| key.eq_ignore_ascii_case(secret))
            || KEY_ENDINGS.into_iter().any(ends_so)
            || (self.parameter_store && key.eq_ignore_ascii_case("value"))
    }

    /// The text of the member with this key, as far as it may be repeated.
    pub(super) fn permitted<'t>(self, key: &str, text: Cow<'t, str>) -> Cow<'t, str> {
        let is_address_key = key.eq_ignore_ascii_case("LoginTo") || key.eq_ignore_ascii_case("RedirectTo");
        if is_address_key {
            return login_url(&text).unwrap_or(Cow::Borrowed(WITHHELD));
        }
        // A query's parameters have an equals sign, plain or encoded, which spares nearly all texts a closer look.
        let is_presigned = memchr::memchr2(b'=', b'%', text.as_bytes()).is_some()
            && (contains_ignoring_case(&text, "x-amz-signature")
                || contains_ignoring_case(&text, "x-amz-security-token"));
        if is_presigned || (self.identity_center && is_email_address(&text)) {
            return Cow::Borrowed(WITHHELD);
        }
        text
    }
}

/// Success and failure are told under the event's name, and one of these is `GetSigninToken`.
pub(super) fn is_result(text: &str) -> bool {
    matches!(text, "Success" | "Failure")
}

fn contains_ignoring_case(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

fn is_email_address(text: &str) -> bool {
    let has_space = text.contains(char::is_whitespace);
    let is_arn = text.starts_with("arn:");
    !has_space && !is_arn && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}
