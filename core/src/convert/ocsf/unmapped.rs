//! What of a record has no place of its own in OCSF. It keeps its names and its nesting.

use super::super::json::{Json, Object};
use super::super::record::Record;
use super::class::Class;

/// What has a place if it is what AWS writes, a text. Of two that stand in for each other, the first is what counts.
const PLACED: [(&[&str], Option<&[&str]>); 32] = [
    (&["apiVersion"], None),
    (&["awsRegion"], None),
    (&["errorCode"], None),
    (&["errorMessage"], None),
    (&["eventCategory"], None),
    (&["eventID"], None),
    (&["eventName"], None),
    (&["eventSource"], None),
    (&["eventTime"], None),
    (&["eventType"], None),
    (&["eventVersion"], None),
    (&["recipientAccountId"], None),
    (&["requestID"], None),
    (&["sharedEventID"], None),
    (&["sourceIPAddress"], None),
    (&["userAgent"], None),
    (&["vpcEndpointId"], None),
    (&["userIdentity", "accessKeyId"], None),
    (&["userIdentity", "accountId"], None),
    (&["userIdentity", "arn"], None),
    (&["userIdentity", "credentialId"], Some(&["userIdentity", "accessKeyId"])),
    (&["userIdentity", "identityProvider"], None),
    (&["userIdentity", "invokedBy"], None),
    (&["userIdentity", "principalId"], None),
    (&["userIdentity", "type"], None),
    (&["userIdentity", "userName"], None),
    (&["userIdentity", "onBehalfOf", "identityStoreArn"], None),
    (&["userIdentity", "onBehalfOf", "userId"], Some(&["userIdentity", "principalId"])),
    (&["userIdentity", "sessionContext", "attributes", "creationDate"], None),
    (&["userIdentity", "sessionContext", "attributes", "mfaAuthenticated"], None),
    (&["userIdentity", "sessionContext", "sessionIssuer", "arn"], None),
    (
        &["userIdentity", "sessionContext", "webIdFederationData", "federatedProvider"],
        Some(&["userIdentity", "identityProvider"]),
    ),
];

/// The rest of a record.
pub(super) fn of<'r>(record: &Record<'r, '_>, class: Class, event: &Object<'r>) -> Object<'r> {
    let mut rest = Object::new();
    for (key, value) in record.members.members() {
        match key {
            "requestParameters" | "responseElements" => {}
            "resources" if class == Class::ApiActivity && value.elements().iter().all(is_placed) => {}
            _ if record.annotation.is_some_and(|annotation| annotation.key == key) => {
                rest.put(key, without_findings(value));
            }
            _ => rest.put(key, without_placed(record, event, &mut vec![key], value)),
        }
    }
    rest
}

/// Findings have events of their own.
fn without_findings<'r>(annotation: &'r Json<'_>) -> Object<'r> {
    let members = annotation.object().map(Object::members).into_iter().flatten();
    members.filter(|(key, _)| *key != "findings").map(|(key, value)| (key.into(), value.into())).collect()
}

/// What is left of the value at this path.
fn without_placed<'r>(
    record: &Record<'r, '_>,
    event: &Object<'r>,
    path: &mut Vec<&'r str>,
    value: &'r Json<'_>,
) -> Json<'r> {
    let Some(object) = value.object() else {
        let is_placed = PLACED
            .iter()
            .find(|(placed, _)| *placed == path.as_slice())
            .is_some_and(|(_, before)| before.is_none_or(|before| record.text(before).is_none()))
            && is_told(event, path);
        return if is_placed && value.text().is_some() { Json::Null } else { value.into() };
    };
    let is_outer = |(placed, _): &(&[&str], Option<&[&str]>)| placed.starts_with(path);
    if !PLACED.iter().any(is_outer) {
        return value.into();
    }
    let mut rest = Object::new();
    for (key, value) in object.members() {
        path.push(key);
        rest.put(key, without_placed(record, event, path, value));
        path.pop();
    }
    rest.into()
}

/// Of a caller without a name, an ARN and an account no user is told, so that nothing of it is.
fn is_told(event: &Object<'_>, path: &[&str]) -> bool {
    let of_user =
        |key| [event.at(&["actor", "user", key]), event.at(&["user", key])].into_iter().any(|it| it.is_some());
    match path {
        ["userIdentity", "type"] => of_user("type"),
        ["userIdentity", "principalId"] | ["userIdentity", "onBehalfOf", "userId"] => of_user("uid_alt"),
        _ => true,
    }
}

/// Whether all of an element of `resources` is told.
fn is_placed(resource: &Json<'_>) -> bool {
    resource.object().is_some_and(|resource| {
        let has_text = |key: &str| resource.text(&[key]).is_some();
        (has_text("ARN") != has_text("ARNPrefix"))
            && resource.members().all(|(key, _)| match key {
                "ARN" | "ARNPrefix" | "type" | "accountId" => has_text(key),
                _ => false,
            })
    })
}
