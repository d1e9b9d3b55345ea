//! What an annotation never repeats, even if a rule's `fields` name it: AWS masks most secrets in its records, not all.
//!
//! Decided by a member's key, and for what hides in any text by the text. What is withheld is said to be.

use super::login_url::login_url;
use super::reading::Reading;
use std::borrow::Cow;

/// Stands in place of a secret.
pub(super) const WITHHELD: &str = "(withheld)";

/// Endings of keys whose values are secrets, credentials in other forms, or code that may hold them. Keys are compared
/// in small letters, without what separates words, the digits at their end and the plural: `AWS_SECRET_ACCESS_KEY`,
/// `masterUserPassword`, `x-amz-security-token`, `passwords`, `authenticationCode1`. What only names a secret
/// (`secretId`, `secretArn`, `accessKeyId`, `tokenType`) ends otherwise and stays visible.
const SECRET_ENDINGS: [&str; 51] = [
    "apikey",
    "apikeyvalue",
    "assertion",
    "authcode",
    "authenticationcode",
    "authkey",
    "authorizationcode",
    "authorizedurl",
    "certificatebody",
    "certificatechain",
    "codeverifier",
    "connectionstring",
    "connectionuri",
    "crldata",
    "embedurl",
    "keymaterial",
    "mfacode",
    "pass",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passworddata",
    "passwordhash",
    "plaintext",
    "presharedkey",
    "presignedurl",
    "privatekey",
    "pwd",
    "samlmetadatadocument",
    "secret",
    "secretaccesskey",
    "secretbinary",
    "secretkey",
    "secretstring",
    "secretvalue",
    "sharedkey",
    "signature",
    "signedurl",
    "signingkey",
    "streamingurl",
    "streamurl",
    "token",
    "tokencode",
    "tokenvalue",
    "userdata",
    "verificationcode",
    "x509certificate",
    "x509certificatedata",
    "xamzcredential",
    "xamzsignature",
];

/// Keys that end like a secret and hold none: `httpTokens` says whether an instance demands tokens.
const HARMLESS_ENDINGS: [&str; 1] = ["httptokens"];

/// The services of Identity Center, whose records name people by their e-mail addresses.
const IDENTITY_CENTER: [&str; 5] = [
    "sso.amazonaws.com",
    "sso-directory.amazonaws.com",
    "sso-oauth.amazonaws.com",
    "identitystore.amazonaws.com",
    "signin.amazonaws.com",
];

/// What to withhold of one record, besides what is secret in all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Secrets {
    parameter_store: bool,
    identity_center: bool,
    /// The user name may be a password that was typed in the wrong place.
    user_name: bool,
}

/// Whether everything below this key is withheld, in whatever record.
pub(super) fn is_secret_key(key: &str) -> bool {
    let letters = key.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| char::from(byte.to_ascii_lowercase()));
    let folded: String = letters.collect();
    let word = folded.trim_end_matches(|last: char| last.is_ascii_digit());
    let singular = word.strip_suffix('s').unwrap_or_default();
    // Nearly all differ in the last letter, which is quickly seen.
    let ends = |word: &str, with: &str| word.as_bytes().last() == with.as_bytes().last() && word.ends_with(with);
    SECRET_ENDINGS.iter().any(|ending| ends(word, ending) || ends(singular, ending))
        && !HARMLESS_ENDINGS.iter().any(|ending| folded.ends_with(ending))
}

/// Whether a field of this dotted name is, or lies within, such a secret, wherever the keys in it end.
pub(super) fn is_secret_name(name: &str) -> bool {
    let ends = name.match_indices('.').map(|(at, _)| at).chain([name.len()]);
    ends.filter_map(|end| name.get(..end)).any(is_secret_key)
}

impl Secrets {
    /// What is secret depends on the service and on what happened.
    pub(crate) fn new(record: &Reading<'_, '_>) -> Self {
        let source = record.text(|wanted| wanted.event_source).unwrap_or_default();
        Self {
            parameter_store: source == "ssm.amazonaws.com",
            identity_center: IDENTITY_CENTER.contains(&source.as_ref()),
            user_name: record.names_nobody(),
        }
    }

    /// Whether everything below this key is withheld, in this record though not in others.
    pub(super) fn is_secret_here(self, key: &str) -> bool {
        (self.parameter_store && key.eq_ignore_ascii_case("value"))
            || (self.user_name && key.eq_ignore_ascii_case("userName"))
    }

    /// The text of the member with this key, as far as it may be repeated.
    pub(super) fn permitted<'t>(self, key: &str, text: Cow<'t, str>) -> Cow<'t, str> {
        let is_address_key = key.eq_ignore_ascii_case("LoginTo") || key.eq_ignore_ascii_case("RedirectTo");
        if is_address_key {
            return login_url(&text).unwrap_or(Cow::Borrowed(WITHHELD));
        }
        if self.withholds(&text) {
            return Cow::Borrowed(WITHHELD);
        }
        text
    }

    /// Whether a secret hides in this text, whatever it is the text of.
    pub(crate) fn withholds(self, text: &str) -> bool {
        is_signed(text) || holds_secret_keys(text) || (self.identity_center && has_email_address(text))
    }
}

/// Whether a URL in it works like a password.
fn is_signed(text: &str) -> bool {
    // A query's parameters have an equals sign, plain or encoded, which spares nearly all texts a closer look.
    let has_parameters = memchr::memchr2(b'=', b'%', text.as_bytes()).is_some();
    has_parameters
        && (holds_one(text, &["x-amz-signature", "x-amz-security-token"])
            || (holds_one(text, &["://", "%3a%2f%2f"])
                && holds_one(text, &["signature=", "signature%3d", "token=", "token%3d", "code=", "code%3d"])))
}

/// Whether it is JSON with such a key somewhere.
fn holds_secret_keys(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '['])
        && text
            .split('"')
            .zip(text.split('"').skip(1))
            .any(|(key, behind)| behind.trim_start().starts_with(':') && is_secret_key(key))
}

/// Success and failure are told under the event's name, and one of these is `GetSigninToken`.
pub(super) fn is_result(text: &str) -> bool {
    matches!(text, "Success" | "Failure")
}

/// Whether one of these, in small letters, stands in a text in whatever case.
#[inline(never)]
fn holds_one(text: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| contains_ignoring_case(text, part))
}

fn contains_ignoring_case(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// Whether one stands somewhere in it: `Jane <jane@example.com>`. The names of sessions in ARNs are no affair of this.
fn has_email_address(text: &str) -> bool {
    let is_address =
        |word: &str| word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let ends_word = |character: char| character.is_whitespace() || "<>()[]\"',;:".contains(character);
    !text.starts_with("arn:")
        && memchr::memchr(b'@', text.as_bytes()).is_some()
        && text.split(ends_word).any(is_address)
}
