//! Who: `user.*` acts, `user.effective.*` is whom it acts as, `user.target.*` and `group.*` are changed,
//! `user.changes.*` is what they are changed to.

use super::super::json::Object;
use super::super::record::Record;
use super::ip;
use crate::enrich::identity::{MASKED, account_of, resource_of};

/// Adds them.
pub(super) fn put<'r>(record: &Record<'r, '_>, document: &mut Object<'r>) {
    let answered = |path: &[&str]| record.members.within(&["responseElements"])?.text(path);
    let asked = |key| record.text(&["requestParameters", key]).filter(|_| is_iam(record));
    let (id, name) = acting(record);
    let (new_name, target) = (asked("newUserName"), record.text(&["requestParameters", "userName"]));
    let target_id = answered(&["user", "userId"]);
    let user = Object::new()
        .with("id", id)
        .with("name", name)
        .with("effective", effective(record))
        .with("target", Object::new().with("id", target_id).with("name", target))
        .with("changes", Object::new().with("name", new_name));
    document.put("user", user);
    let group_id = answered(&["group", "groupId"]).filter(|_| is_iam(record));
    document.put("group", Object::new().with("id", group_id).with("name", asked("groupName")));
    document.put("related", related(record, &[id, name, target_id, target, new_name]));
}

/// Security groups have names, too, and are no groups of people.
fn is_iam(record: &Record<'_, '_>) -> bool {
    record.text(&["eventSource"]) == Some("iam.amazonaws.com")
}

/// Id and name of who acts. A role acts under its own name, as in Elastic's integration; whoever changed into it under
/// theirs.
fn acting<'r>(record: &Record<'r, '_>) -> (Option<&'r str>, Option<&'r str>) {
    if let Some(from) = switched_from(record) {
        return (None, resource_of(from).rsplit('/').next());
    }
    let name = match record.identity(&["type"]) {
        Some("AssumedRole" | "FederatedUser") => record.identity(&["sessionContext", "sessionIssuer", "userName"]),
        _ => record.user_name(),
    };
    (record.principal(), name)
}

fn switched_from<'r>(record: &Record<'r, '_>) -> Option<&'r str> {
    record.text(&["additionalEventData", "SwitchFrom"]).filter(|_| record.event_name() == Some("SwitchRole"))
}

/// The account that a change of role left.
pub(super) fn account_left<'r>(record: &Record<'r, '_>) -> Option<&'r str> {
    switched_from(record).and_then(account_of)
}

/// Whom it acts as from now on.
fn effective<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let (id, name) = match record.event_name() {
        Some("SwitchRole") if switched_from(record).is_some() => {
            let role = record.identity(&["arn"]).and_then(|arn| resource_of(arn).split('/').nth(1));
            (record.principal(), role)
        }
        Some("AssumeRole" | "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity") => {
            let role = record.text(&["requestParameters", "roleArn"]);
            let id = record.text(&["responseElements", "assumedRoleUser", "assumedRoleId"]);
            (id, role.and_then(|arn| resource_of(arn).rsplit('/').next()))
        }
        _ => (None, None),
    };
    Object::new().with("id", id).with("name", name)
}

/// All of them, for those who search across fields, and the address. Secrets that people type hide in names.
fn related<'r>(record: &Record<'r, '_>, users: &[Option<&'r str>]) -> Object<'r> {
    let session = record.identity(&["arn"]).and_then(session_of);
    let mailbox = session.and_then(|name| name.split_once('@')).map(|(mailbox, _)| mailbox);
    let mut all: Vec<&'r str> = Vec::new();
    for user in users.iter().copied().chain([session, mailbox]).flatten() {
        if !user.is_empty() && user != MASKED && !all.contains(&user) && !record.withholds(user) {
            all.push(user);
        }
    }
    let addresses: Vec<_> = ip(record).into_iter().collect();
    Object::new().with("user", all).with("ip", addresses)
}

/// The session's name in `arn:aws:sts::111122223333:assumed-role/role/session`.
fn session_of(arn: &str) -> Option<&str> {
    let (kind, rest) = resource_of(arn).split_once('/')?;
    match kind {
        "assumed-role" => rest.split_once('/').map(|(_, session)| session),
        "federated-user" => Some(rest),
        _ => None,
    }
}
