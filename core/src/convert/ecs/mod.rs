//! One record as ECS: its event, in the fields that Elastic's own integration for CloudTrail writes, and an alert for
//! each of its findings.

mod alert;
mod category;
mod cloudtrail;
mod java;
mod people;

use super::json::{Json, Object};
use super::record::{Ended, Record};
use crate::enrich::address::{AddressKind, kind_of};
use crate::time::rfc3339;

/// The version of ECS whose fields are meant.
const VERSION: &str = "9.4.0";

/// The event, then its alerts.
pub(super) fn convert<'r>(record: &Record<'r, '_>) -> Result<Vec<Object<'r>>, String> {
    let time = record.time().ok_or("`eventTime` tells no time, which ECS demands")?;
    let (categories, types) = category::of(record);
    let event = Object::new()
        .with("kind", "event")
        .with("category", categories.clone())
        .with("type", types)
        .with("module", "aws")
        .with("dataset", "aws.cloudtrail")
        .with("id", record.text(&["eventID"]));
    let mut document = begin(record, time, "aws.cloudtrail", with_action(record, event));
    document.put("aws", Object::new().with("cloudtrail", cloudtrail::fields(record, true)));
    document.put("trailsieve", annotation(record));
    let mut told = vec![document];
    for found in record.findings()? {
        told.push(alert::convert(record, &found, &categories, time));
    }
    Ok(told)
}

/// What was done, and how it ended.
fn with_action<'r>(record: &Record<'r, '_>, event: Object<'r>) -> Object<'r> {
    let outcome = match record.ended() {
        Ended::Success => "success",
        Ended::Failure | Ended::DryRun => "failure",
        Ended::Unknown => "unknown",
    };
    event
        .with("provider", record.event_source())
        .with("action", record.event_name())
        .with("outcome", outcome)
        .with("reason", record.text(&["errorMessage"]))
}

/// What an event and its alerts have in common: when, who, where from, where.
fn begin<'r>(record: &Record<'r, '_>, time: i64, dataset: &'static str, event: Object<'r>) -> Object<'r> {
    let mut document = Object::new()
        .with("@timestamp", rfc3339(time))
        .with("ecs", Object::new().with("version", VERSION))
        .with("data_stream", Object::new().with("dataset", dataset))
        .with("event", event)
        .with("cloud", cloud(record));
    people::put(record, &mut document);
    document.put("source", source(record));
    document.put("user_agent", Object::new().with("original", record.text(&["userAgent"])));
    document.put("tls", tls(record));
    let error = Object::new().with("code", record.text(&["errorCode"])).with("message", record.text(&["errorMessage"]));
    document.put("error", error);
    document
}

fn cloud<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let caller = record.identity(&["accountId"]);
    let service = record.event_source().and_then(|source| source.strip_suffix(".amazonaws.com"));
    let origin = Object::new().with("account", Object::new().with("id", people::account_left(record)));
    Object::new()
        .with("provider", "aws")
        .with("region", record.text(&["awsRegion"]))
        .with("account", Object::new().with("id", caller.or_else(|| record.account())))
        .with("service", Object::new().with("name", service))
        .with("origin", origin)
}

/// The address; as one only what is one, for anything else does not fit its field.
fn source<'r>(record: &Record<'r, '_>) -> Object<'r> {
    Object::new().with("address", record.text(&["sourceIPAddress"])).with("ip", ip(record))
}

fn ip<'r>(record: &Record<'r, '_>) -> Option<&'r str> {
    let address = record.text(&["sourceIPAddress"]);
    address.filter(|_| kind_of(address) == AddressKind::Ip)
}

fn tls<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let said = |key| record.text(&["tlsDetails", key]);
    let version = said("tlsVersion").and_then(|version| version.strip_prefix("TLSv"));
    Object::new()
        .with("version", version)
        .with("version_protocol", version.map(|_| "tls"))
        .with("cipher", said("cipherSuite"))
        .with("client", Object::new().with("server_name", said("clientProvidedHostHeader")))
}

/// What `filter` found, but for the findings, which have documents of their own.
fn annotation<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let Some(annotation) = record.annotation else { return Object::new() };
    let member = |key| annotation.members.get(key);
    Object::new()
        .with("level", member("level").and_then(Json::text))
        .with("rules", annotation.rules())
        .with("unjudged", member("unjudged").and_then(Json::text))
        .with("signin", member("signin").and_then(Json::object).map(|signin| Json::from(signin.clone())))
}
