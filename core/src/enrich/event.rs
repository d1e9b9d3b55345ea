//! Which event a finding is about, so that it can stand alone, away from its record.

use super::address::{AddressKind, kind_of};
use super::identity::principal;
use super::limits::{MAX_NAME, cut};
use super::reading::Reading;
use serde::Serialize;
use std::borrow::Cow;

/// The event object. What the record does not tell is null, so that all lines have the same members.
#[derive(Debug, Serialize)]
pub(super) struct Event<'a> {
    #[serde(rename = "eventID")]
    event_id: Option<Cow<'a, str>>,
    #[serde(rename = "eventTime")]
    event_time: Option<Cow<'a, str>>,
    /// The affected account: whose log the record is from, which in cross-account use is not the caller's.
    account: Option<Cow<'a, str>>,
    #[serde(rename = "awsRegion")]
    region: Option<Cow<'a, str>>,
    #[serde(rename = "eventSource")]
    event_source: Option<Cow<'a, str>>,
    #[serde(rename = "eventName")]
    event_name: Option<Cow<'a, str>>,
    principal: Option<Cow<'a, str>>,
    #[serde(rename = "sourceIPAddress")]
    address: Option<Cow<'a, str>>,
    #[serde(rename = "sourceKind")]
    address_kind: AddressKind,
}

impl<'a> Event<'a> {
    /// Reads it.
    pub(super) fn new(record: &Reading<'_, 'a>) -> Self {
        let short = |text: Option<Cow<'a, str>>| text.map(|text| cut(text, MAX_NAME));
        let address = record.text(|wanted| wanted.address);
        let caller = || record.identity().text("accountId");
        Self {
            event_id: short(record.text(|wanted| wanted.event_id)),
            event_time: short(record.text(|wanted| wanted.event_time)),
            account: short(record.text(|wanted| wanted.recipient).or_else(caller)),
            region: short(record.text(|wanted| wanted.region)),
            event_source: short(record.text(|wanted| wanted.event_source)),
            event_name: short(record.text(|wanted| wanted.event_name)),
            principal: principal(record),
            address_kind: kind_of(address.as_deref()),
            address: short(address),
        }
    }
}
