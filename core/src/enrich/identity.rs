//! Who did it: `userIdentity` read as a person would, whatever its type.
//!
//! Takes what AWS wrote and invents nothing: a part that is not there stays away. Key ids are never copied. Session
//! names, `sourceIdentity` and federated names are the caller's own choice and prove nothing.

use super::limits::{MAX_ARN, MAX_NAME, cut};
use super::reading::Reading;
use super::secrets::Secrets;
use serde::Serialize;
use std::borrow::Cow;

/// What AWS writes instead of a name that was typed wrongly, since it may be a password.
pub(crate) const MASKED: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// A caller.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub(super) struct Identity<'a> {
    /// `userIdentity.type` as written.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<Cow<'a, str>>,
    /// What a person would call them: `hibino`, `role/session`; root has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
    /// The name that was typed is hidden.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) masked: bool,
    /// The account's alias, which AWS writes as root's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    alias: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<Cow<'a, str>>,
    /// Who the session says is behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<Cow<'a, str>>,
    /// Whose credentials made a federated user's session.
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arn: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<Cow<'a, str>>,
    /// The unique id of the user or role, which unlike the name is never used again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Cow<'a, str>>,
}

impl<'a> Identity<'a> {
    /// Reads `userIdentity`.
    pub(super) fn new(record: &Reading<'_, 'a>) -> Self {
        let identity = record.identity();
        let name = |text| cut(text, MAX_NAME);
        let context = record.session();
        let issuer = || context.members("sessionIssuer");
        let kind = identity.text("type").map(name);
        let user_name = identity.text("userName");
        // AWS masks a name that the account lacks; should it once forget to, the name is still not repeated.
        let masked = user_name.as_deref() == Some(MASKED) || record.names_nobody();
        let user_name = user_name.filter(|_| !masked).map(name);
        let arn = identity.text("arn");
        let account = identity.text("accountId").or_else(|| record.text(|wanted| wanted.recipient)).map(name);
        let (id, id_name) = match identity.text("principalId") {
            Some(principal) => split_at_colon(principal),
            None => (None, None),
        };
        let resource = arn.as_deref().map_or("", resource_of);
        let last_part = || resource.rsplit_once('/').map(|(_, last)| Cow::Owned(last.to_owned()));

        let mut read = Self {
            name: None,
            masked,
            alias: None,
            role: None,
            session: None,
            source_identity: context.text("sourceIdentity").map(name),
            issuer: None,
            id: id.filter(|id| Some(id) != account.as_ref()).map(name),
            account,
            kind: None,
            arn: None,
        };
        match kind.as_deref() {
            // Only an alias may look like one; an AWS sample has "AWS ROOT USER" here.
            Some("Root") => read.alias = user_name.filter(|name| name.bytes().all(is_alias_byte)),
            Some("AssumedRole") => {
                let mut parts = resource.split('/').skip(1).map(|part| Cow::Owned(part.to_owned()));
                let (role, session) = (parts.next(), parts.next());
                read.role = issuer().text("userName").or(role).map(name);
                read.session = session.or(id_name).map(name);
                read.name = match (&read.role, &read.session) {
                    (Some(role), Some(session)) => Some(Cow::Owned(format!("{role}/{session}"))),
                    (role, session) => role.clone().or_else(|| session.clone()),
                };
            }
            Some("FederatedUser") => {
                read.name = id_name.or_else(last_part).map(name);
                let issuer = issuer();
                read.issuer = issuer.text("userName").or_else(|| issuer.text("type")).map(name);
            }
            Some("IAMUser") if !masked => read.name = user_name.or_else(last_part).map(name),
            // People of Identity Center are called by their e-mail addresses, which an annotation does not spread.
            _ => read.name = user_name.filter(|name| !Secrets::new(record).withholds(name)),
        }
        read.arn = arn.map(|arn| cut(arn, MAX_ARN));
        read.kind = kind;
        read
    }
}

/// The name under which a person would look for whoever did it: a service that acted, root, a user, a role's session.
pub(super) fn principal<'a>(record: &Reading<'_, 'a>) -> Option<Cow<'a, str>> {
    let identity = record.identity();
    let name = |text| cut(text, MAX_NAME);
    // Old console calls say that the console invoked them; it is still the person who did.
    let service = identity.text("invokedBy").filter(|service| service != "signin.amazonaws.com");
    if let Some(service) = service {
        return Some(name(service));
    }
    if let Some(user_id) = identity.members("onBehalfOf").text("userId") {
        let is_shown = |name: &Cow<'_, str>| !name.contains('@') && name != MASKED && !record.names_nobody();
        let user_name = record.additional().text("UserName").filter(is_shown);
        return Some(name(user_name.unwrap_or(user_id)));
    }
    let who = Identity::new(record);
    if who.masked && who.id.is_none() {
        return Some(Cow::Borrowed("(unknown user)"));
    }
    match who.kind.as_deref() {
        Some("Root") => Some(Cow::Borrowed("root")),
        Some("AWSAccount") => who.account,
        Some("FederatedUser") => match (who.name, who.issuer) {
            (Some(name), Some(issuer)) => Some(Cow::Owned(format!("{name} ({issuer})"))),
            (name, issuer) => name.or(issuer),
        },
        _ => who.source_identity.or(who.name).or_else(|| identity.text("principalId").map(name)),
    }
}

/// The account in an ARN; `None` where there is none.
pub(crate) fn account_of(arn: &str) -> Option<&str> {
    let account = arn.strip_prefix("arn:")?.split(':').nth(3)?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
}

/// What an ARN names within its account: `assumed-role/dev/jane`.
pub(crate) fn resource_of(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or_default()
}

/// `AROA…:session` is the role's id and the session's name.
fn split_at_colon(principal: Cow<'_, str>) -> (Option<Cow<'_, str>>, Option<Cow<'_, str>>) {
    match principal.split_once(':') {
        Some((id, name)) => {
            let part = |text: &str| Some(Cow::Owned(text.to_owned())).filter(|text: &Cow<'_, str>| !text.is_empty());
            (part(id), part(name))
        }
        None => (Some(principal), None),
    }
}

fn is_alias_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}
