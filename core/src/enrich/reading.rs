//! Which values of a record this step asks the scanner for, and how it reads them.
//!
//! Only the record's own members are asked for, whole subtrees included: nothing below them costs a clean record
//! anything, and what is needed of them is looked up when there is something to say.

use super::limits::MAX_SUBTREE;
use crate::record::path::{Path, Step};
use crate::record::subtree;
use crate::record::{Slot, Value, View};
use std::borrow::Cow;

/// The slots of the members that every annotation draws on.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) event_id: Slot,
    pub(super) event_time: Slot,
    pub(super) event_type: Slot,
    pub(super) event_source: Slot,
    pub(super) event_name: Slot,
    pub(super) region: Slot,
    pub(super) address: Slot,
    pub(super) user_agent: Slot,
    pub(super) error_code: Slot,
    pub(super) error_message: Slot,
    /// Whose log this is, hence whose account is affected.
    pub(super) recipient: Slot,
    pub(super) identity: Slot,
    pub(super) response: Slot,
    pub(super) additional: Slot,
    pub(super) service: Slot,
    /// OAuth sign-ins tell their result as a flag.
    pub(super) success: Slot,
}

impl Wanted {
    /// Asks for them.
    pub(super) fn new(slot_of: &mut dyn FnMut(&Path) -> Slot) -> Self {
        let mut member = |name: &str| top_level(slot_of, name);
        Self {
            event_id: member("eventID"),
            event_time: member("eventTime"),
            event_type: member("eventType"),
            event_source: member("eventSource"),
            event_name: member("eventName"),
            region: member("awsRegion"),
            address: member("sourceIPAddress"),
            user_agent: member("userAgent"),
            error_code: member("errorCode"),
            error_message: member("errorMessage"),
            recipient: member("recipientAccountId"),
            identity: member("userIdentity"),
            response: member("responseElements"),
            additional: member("additionalEventData"),
            service: member("serviceEventDetails"),
            success: slot_of(&Path(["additionalEventData", "success"].map(|key| Step::Member(key.to_owned())).into())),
        }
    }
}

/// Asks for one member of the record.
pub(super) fn top_level(slot_of: &mut dyn FnMut(&Path) -> Slot, name: &str) -> Slot {
    slot_of(&Path(vec![Step::Member(name.to_owned())]))
}

/// One record that there is something to say about.
pub(super) struct Reading<'r, 'a> {
    wanted: &'r Wanted,
    view: View<'a>,
}

impl<'r, 'a> Reading<'r, 'a> {
    /// Nothing is read before it is asked for.
    pub(super) fn new(wanted: &'r Wanted, view: &View<'a>) -> Self {
        Self { wanted, view: *view }
    }

    /// The text of a member. One that is absent, null or empty has none.
    pub(super) fn text(&self, slot: impl FnOnce(&Wanted) -> Slot) -> Option<Cow<'a, str>> {
        self.view.first(slot(self.wanted)).and_then(text)
    }

    /// What an object holds.
    pub(super) fn members(&self, slot: impl FnOnce(&Wanted) -> Slot) -> Members<'a> {
        Members::new(self.view.first(slot(self.wanted)))
    }

    /// The object as written.
    pub(super) fn raw_object(&self, slot: impl FnOnce(&Wanted) -> Slot) -> Option<&'a str> {
        match self.view.first(slot(self.wanted)) {
            Some(Value::Object(raw)) => Some(raw),
            _ => None,
        }
    }
}

/// The members of one object; none where the record holds no object, or one far larger than AWS writes.
pub(super) struct Members<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Members<'a> {
    pub(super) fn new(value: Option<Value<'a>>) -> Self {
        match value {
            Some(Value::Object(raw)) if raw.len() <= MAX_SUBTREE => Self(subtree::members(raw).collect()),
            _ => Self(Vec::new()),
        }
    }

    /// The text of a member.
    pub(super) fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key).and_then(text)
    }

    /// The members of a member.
    pub(super) fn members(&self, key: &str) -> Members<'a> {
        Members::new(self.get(key))
    }

    /// As everywhere, the last of several members with one key counts.
    fn get(&self, key: &str) -> Option<Value<'a>> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|&(_, value)| value)
    }
}

/// The text of a scalar: shippers turn strings into booleans and numbers, and the reverse.
pub(super) fn text(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.decode()).filter(|text| !text.is_empty()),
        Value::Number(text) => Some(Cow::Borrowed(text)),
        Value::Boolean(true) => Some(Cow::Borrowed("true")),
        Value::Boolean(false) => Some(Cow::Borrowed("false")),
        Value::Null | Value::Object(_) | Value::Array(_) => None,
    }
}
