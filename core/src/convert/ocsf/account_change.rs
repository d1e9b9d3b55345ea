//! Changes of users and roles: upon whom, and what changed.

use super::super::json::Object;
use super::super::record::Record;
use super::people::{account, actor, caller_or_account, is_told};
use super::place;
use crate::enrich::identity::account_of;

/// Adds what this class has.
pub(super) fn fill<'r>(record: &Record<'r, '_>, event: &mut Object<'r>) {
    event.put("actor", actor(record));
    event.put("user", target(record).unwrap_or_else(|| caller_or_account(record)));
    event.put("user_result", Object::new().with("name", asked(record, "newUserName")));
    event.put("src_endpoint", place::source(record));
    let policy = Object::new()
        .with("uid", asked(record, "policyArn").or_else(|| asked(record, "permissionsBoundary")))
        .with("name", asked(record, "policyName"));
    if !policy.is_empty() {
        event.put("policies", vec![policy]);
    }
}

/// The user or role that was changed: as the answer tells it, else as it was asked for. `None`: the caller's own.
fn target<'r>(record: &Record<'r, '_>) -> Option<Object<'r>> {
    let answered = |keys: [&str; 2]| {
        record
            .text(&["responseElements", "user", keys[0]])
            .or_else(|| record.text(&["responseElements", "role", keys[1]]))
    };
    let arn = answered(["arn", "arn"]);
    let holder = |holder| record.text(&["responseElements", holder, "userName"]);
    let name = answered(["userName", "roleName"])
        .or_else(|| asked(record, "userName"))
        .or_else(|| asked(record, "roleName"))
        .or_else(|| ["accessKey", "loginProfile", "serviceSpecificCredential"].into_iter().find_map(holder));
    let user = Object::new().with("uid", arn).with("uid_alt", answered(["userId", "roleId"])).with("name", name);
    let of = arn.and_then(account_of).or_else(|| record.account());
    is_told(&user).then(|| user.with("account", account(of)))
}

fn asked<'r>(record: &Record<'r, '_>, key: &str) -> Option<&'r str> {
    record.text(&["requestParameters", key])
}
