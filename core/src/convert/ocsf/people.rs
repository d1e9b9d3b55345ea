//! Who: the caller as AWS wrote it, and the session it acts in.

use super::super::json::Object;
use super::super::record::{Record, truth};
use super::put_choice;
use crate::time::{instant, rfc3339};

/// An account of AWS.
pub(super) fn account(id: Option<&str>) -> Object<'_> {
    let mut account = Object::new();
    if let Some(id) = id {
        account.put("uid", id);
        put_choice(&mut account, ("type_id", "type"), 10, "AWS Account");
    }
    account
}

/// `userIdentity` as a user.
pub(super) fn caller<'r>(record: &Record<'r, '_>) -> Object<'r> {
    Object::new()
        .with("uid", record.identity(&["arn"]))
        .with("uid_alt", record.principal())
        .with("name", record.user_name())
        .with("type", record.identity(&["type"]))
        .with("account", account(record.identity(&["accountId"])))
        .with("credential_uid", credential(record))
}

/// The same where there must be somebody: of whom nothing is known, the account that the log is of.
pub(super) fn caller_or_account<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let caller = caller(record);
    if is_told(&caller) { caller } else { caller.with("account", account(record.account())) }
}

/// Whether it is a user to OCSF: somebody who can be named.
pub(super) fn is_told(user: &Object<'_>) -> bool {
    ["uid", "name", "account"].iter().any(|key| user.get(key).is_some())
}

/// Who acts, and by which means.
pub(super) fn actor<'r>(record: &Record<'r, '_>) -> Object<'r> {
    acting(record, caller(record), session(record))
}

/// The same of somebody else than the caller.
pub(super) fn acting<'r>(record: &Record<'r, '_>, user: Object<'r>, session: Object<'r>) -> Object<'r> {
    let federated = || record.identity(&["sessionContext", "webIdFederationData", "federatedProvider"]);
    let provider = Object::new()
        .with("name", record.identity(&["identityProvider"]).or_else(federated))
        .with("uid", record.identity(&["onBehalfOf", "identityStoreArn"]));
    let service = record.identity(&["invokedBy"]);
    let mut actor = Object::new();
    if is_told(&user) {
        actor.put("user", user);
    } else if service.is_none() && session.is_empty() {
        // Events without a caller: somebody must be told, and the service that wrote it is known.
        match record.account() {
            Some(id) => actor.put("user", user.with("account", account(Some(id)))),
            None => actor.put("app_name", record.event_source().unwrap_or("cloudtrail.amazonaws.com")),
        }
    }
    actor.put("app_name", service);
    actor.put("session", session);
    actor.put("idp", provider);
    actor
}

/// The session of the caller.
pub(super) fn session<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let context = |path: &[&str]| record.members.within(&["userIdentity", "sessionContext"])?.text(path);
    let mut session = Object::new().with("issuer", context(&["sessionIssuer", "arn"]));
    if let Some(created) = context(&["attributes", "creationDate"]).and_then(instant) {
        session.put("created_time", created);
        session.put("created_time_dt", rfc3339(created));
    }
    session.put("is_mfa", context(&["attributes", "mfaAuthenticated"]).and_then(truth));
    session.put("credential_uid", credential(record));
    session
}

fn credential<'r>(record: &Record<'r, '_>) -> Option<&'r str> {
    record.identity(&["accessKeyId"]).or_else(|| record.identity(&["credentialId"]))
}
