//! The `signin` member of an annotation: who, when, where, how, with which result.
//!
//! Every event of the sign-in service has it, whether a rule matched or not; API calls and service events have not.
//! It repeats no secret: no key ids, no tokens, no query of any address. A part that the record does not tell is absent
//! or `unknown`, never guessed. The shape (only `kind`, `event`, `who`, `where.kind`, `how.mfa` and `result.outcome` are
//! always there):
//!
//! ```json
//! {
//!   "kind": "iam-user",            // root, iam-user, absent-user, federated: an attempt to sign in
//!                                  // mfa-check: the page asked for a second factor; neither sign-in nor success
//!                                  // switched-role, role-exit, role-renew; signin-token; account-change; other
//!   "event": "ConsoleLogin",
//!   "who": {
//!     "type": "IAMUser", "name": "hibino", "arn": "…", "account": "111122223333", "id": "AIDA…",
//!     "masked": true,              // instead of the name: what was typed is hidden, as it may be a password
//!     "alias": "…",                // root, whose `name` is always absent
//!     "role": "…", "session": "…", "source_identity": "…", "issuer": "…"
//!   },
//!   "when": "2021-01-31T08:44:20Z",
//!   "where": { "address": "203.0.113.22", "kind": "ip", "region": "us-east-1" },
//!                                  // kind: ip, service, aws-internal, label (anything else), unknown (nothing).
//!                                  // region: the endpoint's, not the person's
//!   "how": {
//!     "mfa": "used",               // used, not-used; asked, not-asked (nothing proven); identity-provider; unknown
//!     "mfa_type": "virtual",       // virtual, u2f, hardware, multiple, unknown, or as written
//!     "user_agent": "…", "mobile": false,
//!     "login_url": "https://console.aws.amazon.com/console/home",
//!     "saml_provider": "…", "session_created": "…",
//!     "switch": { "from": "…", "from_account": "…", "to": "…", "to_account": "…", "cross_account": true, "renewed_by": "…" }
//!   },
//!   "result": {
//!     "outcome": "failure",        // success, failure, pending, unknown
//!     "reason": "no-such-user",    // failed-authentication, no-such-user, denied-by-policy, other
//!     "error_code": "…", "message": "…"
//!   }
//! }
//! ```

use super::address::{AddressKind, kind_of};
use super::identity::Identity;
use super::limits::{MAX_ARN, MAX_NAME, MAX_USER_AGENT, cut};
use super::login_url::login_url;
use super::mfa::{self, Mfa, yes_or_no};
use super::outcome::Outcome;
use super::reading::{Reading, Wanted, text};
use super::result::SigninResult;
use super::switch::Switch;
use super::time::extended;
use crate::record::View;
use serde::Serialize;
use std::borrow::Cow;

/// What records of before 2014 have instead of an event type.
const NAMES_WITHOUT_TYPE: [&str; 7] =
    ["ConsoleLogin", "CheckMfa", "SwitchRole", "ExitRole", "RenewRole", "GetSigninToken", "PasswordUpdated"];

/// What happened, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Root,
    IamUser,
    AbsentUser,
    Federated,
    MfaCheck,
    SwitchedRole,
    RoleExit,
    RoleRenew,
    SigninToken,
    AccountChange,
    Other,
}

/// The whole member.
#[derive(Debug, Serialize)]
pub(super) struct Signin<'a> {
    kind: Kind,
    event: Cow<'a, str>,
    who: Identity<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<Cow<'a, str>>,
    #[serde(rename = "where")]
    place: Place<'a>,
    how: How<'a>,
    result: SigninResult<'a>,
}

#[derive(Debug, Serialize)]
struct Place<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Cow<'a, str>>,
    kind: AddressKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Cow<'a, str>>,
}

#[derive(Debug, Serialize)]
struct How<'a> {
    mfa: Mfa,
    #[serde(skip_serializing_if = "Option::is_none")]
    mfa_type: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_url: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    saml_provider: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_created: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    switch: Option<Switch<'a>>,
}

/// Whether this is an event of the sign-in service. Asked of every record, so it looks at one value of nearly all.
pub(super) fn is_signin(wanted: &Wanted, view: &View<'_>) -> bool {
    let mut has_type = false;
    // AWS spells it with a small i, too.
    let is_signin = view.is_text(wanted.event_type, |kind| {
        has_type = !kind.is_empty();
        kind.eq_ignore_ascii_case(b"AwsConsoleSignIn")
    });
    if is_signin || has_type {
        return is_signin;
    }
    let read = |slot| view.first(slot).and_then(text);
    view.is_text(wanted.event_source, |source| source == b"signin.amazonaws.com")
        && read(wanted.event_type).is_none()
        && read(wanted.event_name).is_some_and(|name| NAMES_WITHOUT_TYPE.contains(&name.as_ref()))
}

impl<'a> Signin<'a> {
    /// Reads a record of which [`is_signin`] holds.
    pub(super) fn new(record: &Reading<'_, 'a>) -> Self {
        let name = |text| cut(text, MAX_NAME);
        let who = Identity::new(record);
        let result = SigninResult::new(record);
        let kind = kind(record, &who, result.outcome);
        let mfa = mfa::mfa(record, kind, result.outcome);
        let address = record.text(|wanted| wanted.address);
        let additional = record.additional();
        let led_to = additional.text("LoginTo").or_else(|| additional.text("RedirectTo"));
        let attributes = record.attributes();
        Self {
            kind,
            event: name(record.text(|wanted| wanted.event_name).unwrap_or_default()),
            when: record.text(|wanted| wanted.event_time).map(|time| name(extended(time))),
            place: Place {
                kind: kind_of(address.as_deref()),
                address: address.map(name),
                region: record.text(|wanted| wanted.region).map(name),
            },
            how: How {
                mfa,
                mfa_type: mfa::mfa_type(record, mfa),
                user_agent: record.text(|wanted| wanted.user_agent).map(|agent| cut(agent, MAX_USER_AGENT)),
                mobile: additional.text("MobileVersion").as_deref().and_then(yes_or_no),
                login_url: led_to.as_deref().and_then(login_url),
                saml_provider: additional.text("SamlProviderArn").map(|arn| cut(arn, MAX_ARN)),
                session_created: attributes.text("creationDate").map(|time| name(extended(time))),
                switch: Switch::new(record, kind, &who),
            },
            who,
            result,
        }
    }
}

fn kind(record: &Reading<'_, '_>, who: &Identity<'_>, outcome: Outcome) -> Kind {
    match record.text(|wanted| wanted.event_name).unwrap_or_default().as_ref() {
        "ConsoleLogin" => match who.kind.as_deref() {
            Some("Root") => Kind::Root,
            Some("AssumedRole" | "FederatedUser" | "SAMLUser" | "WebIdentityUser" | "IdentityCenterUser") => {
                Kind::Federated
            }
            // Only where it failed: the mask also hides names that exist.
            _ if who.masked && outcome == Outcome::Failure => Kind::AbsentUser,
            Some("IAMUser") => Kind::IamUser,
            _ => Kind::Other,
        },
        "CheckMfa" => Kind::MfaCheck,
        "SwitchRole" => Kind::SwitchedRole,
        "ExitRole" => Kind::RoleExit,
        "RenewRole" => Kind::RoleRenew,
        "GetSigninToken" => Kind::SigninToken,
        "PasswordUpdated" | "EmailUpdated" | "PasswordRecoveryRequested" | "PasswordRecoveryCompleted" => {
            Kind::AccountChange
        }
        _ => Kind::Other,
    }
}
