//! What of an event others may have seen, too: addresses, names, ids, collected for those who search across events.
//!
//! Secrets hide in texts that people type: what the annotation withholds of them is left out here.

use super::super::json::{Json, Object};
use super::super::record::Record;
use super::put_choice;
use crate::enrich::identity::MASKED;

const HOST: (i64, &str) = (1, "Hostname");
const ADDRESS: (i64, &str) = (2, "IP Address");
const USER_NAME: (i64, &str) = (4, "User Name");
const RESOURCE: (i64, &str) = (10, "Resource UID");
const USER_AGENT: (i64, &str) = (16, "HTTP User-Agent");
const CREDENTIAL: (i64, &str) = (19, "User Credential ID");
const USER: (i64, &str) = (31, "User Object: uid");
const ACCOUNT: (i64, &str) = (35, "Account Object: uid");

/// Where they stand; a step with brackets leads into an array.
const PATHS: [(&str, (i64, &str)); 25] = [
    ("src_endpoint.ip", ADDRESS),
    ("src_endpoint.domain", HOST),
    ("dst_endpoint.hostname", HOST),
    ("http_request.user_agent", USER_AGENT),
    ("actor.user.name", USER_NAME),
    ("actor.user.uid", USER),
    ("actor.user.account.uid", ACCOUNT),
    ("actor.session.credential_uid", CREDENTIAL),
    ("user.name", USER_NAME),
    ("user.uid", USER),
    ("user.account.uid", ACCOUNT),
    ("user_result.name", USER_NAME),
    ("session.credential_uid", CREDENTIAL),
    ("cloud.account.uid", ACCOUNT),
    ("resources[].uid", RESOURCE),
    ("resources[].owner.account.uid", ACCOUNT),
    ("evidences[].src_endpoint.ip", ADDRESS),
    ("evidences[].src_endpoint.domain", HOST),
    ("evidences[].http_request.user_agent", USER_AGENT),
    ("evidences[].actor.user.name", USER_NAME),
    ("evidences[].actor.user.uid", USER),
    ("evidences[].actor.user.account.uid", ACCOUNT),
    ("evidences[].actor.session.credential_uid", CREDENTIAL),
    ("evidences[].user.name", USER_NAME),
    ("evidences[].user.uid", USER),
];

/// Those of an event.
pub(super) fn of<'r>(event: &Object<'r>, record: &Record<'r, '_>) -> Vec<Object<'r>> {
    let mut observables = Vec::new();
    for (path, kind) in PATHS {
        let mut values: Vec<String> = Vec::new();
        collect(event, path, &mut values);
        values.sort();
        values.dedup();
        for value in values.into_iter().filter(|value| value != MASKED && !record.withholds(value)) {
            let mut observable = Object::new().with("name", path);
            put_choice(&mut observable, ("type_id", "type"), kind.0, kind.1);
            observable.put("value", value);
            observables.push(observable);
        }
    }
    observables
}

fn collect(object: &Object<'_>, path: &str, values: &mut Vec<String>) {
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let value = object.get(step.trim_end_matches("[]"));
    match value {
        Some(Json::Object(within)) => collect(within, rest, values),
        Some(Json::List(elements)) => {
            elements.iter().filter_map(Json::object).for_each(|within| collect(within, rest, values));
        }
        Some(value) if rest.is_empty() => values.extend(value.text().map(str::to_owned)),
        _ => {}
    }
}
