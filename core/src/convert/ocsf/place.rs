//! Where from, by which means, and upon what.

use super::super::json::{Json, Object};
use super::super::record::Record;
use super::people::account;
use super::put_choice;
use crate::enrich::address::{AddressKind, kind_of};
use crate::enrich::login_url::login_url;

/// The provider, Region and account whose log the record is from.
pub(super) fn cloud<'r>(record: &Record<'r, '_>) -> Object<'r> {
    Object::new()
        .with("provider", "AWS")
        .with("region", record.text(&["awsRegion"]))
        .with("account", account(record.account()))
        .with("cloud_partition", record.partition())
}

/// Where the call came from.
pub(super) fn source<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let address = record.text(&["sourceIPAddress"]);
    let mut source = Object::new();
    match kind_of(address) {
        AddressKind::Ip => source.put("ip", address),
        AddressKind::Service => {
            source.put("domain", address);
            source.put("svc_name", address);
        }
        AddressKind::AwsInternal => source.put("svc_name", address),
        // An address that was masked, or that nobody can have.
        AddressKind::Label => source.put("name", address),
        AddressKind::Unknown => {}
    }
    source.put("uid", record.text(&["vpcEndpointId"]));
    source
}

/// The same where there must be one: what comes from nowhere came from the service itself.
pub(super) fn source_or_service<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let source = source(record);
    if source.is_empty() { source.with("svc_name", record.event_source().unwrap_or("AWS Internal")) } else { source }
}

/// The program that called.
pub(super) fn user_agent<'r>(record: &Record<'r, '_>) -> Object<'r> {
    Object::new().with("user_agent", record.text(&["userAgent"]))
}

/// The page that a sign-in leads to. What else stands in its address works like a password.
pub(super) fn destination<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let written = |key| record.text(&["additionalEventData", key]);
    let host = written("LoginTo").or_else(|| written("RedirectTo")).and_then(host_of);
    Object::new().with("hostname", host)
}

/// The host of a web address.
fn host_of(address: &str) -> Option<String> {
    let url = login_url(address)?;
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', ':']).next()?;
    (!host.is_empty() && !host.starts_with('[')).then(|| host.to_owned())
}

/// What was acted upon; `role`: with its part in a finding.
pub(super) fn resources<'r>(record: &Record<'r, '_>, role: Option<(i64, &'static str)>) -> Vec<Object<'r>> {
    let resource = |resource: &'r Json<'_>| {
        let resource = resource.object()?;
        let mut told = Object::new()
            .with("uid", resource.text(&["ARN"]).or_else(|| resource.text(&["ARNPrefix"]))?)
            .with("type", resource.text(&["type"]))
            .with("owner", Object::new().with("account", account(resource.text(&["accountId"]))));
        if let Some((id, caption)) = role {
            put_choice(&mut told, ("role_id", "role"), id, caption);
            told.put("region", record.text(&["awsRegion"]));
            told.put("cloud_partition", record.partition());
        }
        Some(told)
    };
    record.at(&["resources"]).map(Json::elements).unwrap_or_default().iter().filter_map(resource).collect()
}
