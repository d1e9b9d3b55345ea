//! Which values of a record this step asks the scanner for, and how it reads them.
//!
//! Only the record's own members are asked for, whole subtrees included: nothing below them costs a clean record
//! anything, and what is needed of them is looked up when there is something to say.

use super::limits::MAX_SUBTREE;
use super::result::is_no_such_user;
use super::signin::is_signin;
use crate::record::path::{Path, Step};
use crate::record::subtree;
use crate::record::{Slot, Value, View};
use std::borrow::Cow;
use std::cell::OnceCell;

/// The slots of the members that every annotation draws on.
#[derive(Debug)]
pub(crate) struct Wanted {
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
    pub(crate) fn new(slot_of: &mut dyn FnMut(&Path) -> Slot) -> Self {
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

/// One record that there is something to say about. An object that several parts of an annotation draw on is read once
/// at most, since strangers decide how large some of them are.
pub(crate) struct Reading<'r, 'a> {
    wanted: &'r Wanted,
    view: View<'a>,
    identity: OnceCell<Members<'a>>,
    session: OnceCell<Members<'a>>,
    attributes: OnceCell<Members<'a>>,
    response: OnceCell<Members<'a>>,
    additional: OnceCell<Members<'a>>,
    service: OnceCell<Members<'a>>,
}

impl<'r, 'a> Reading<'r, 'a> {
    /// Nothing is read before it is asked for.
    pub(crate) fn new(wanted: &'r Wanted, view: &View<'a>) -> Self {
        Self {
            wanted,
            view: *view,
            identity: OnceCell::new(),
            session: OnceCell::new(),
            attributes: OnceCell::new(),
            response: OnceCell::new(),
            additional: OnceCell::new(),
            service: OnceCell::new(),
        }
    }

    /// The text of a member. One that is absent, null or empty has none.
    pub(super) fn text(&self, slot: impl FnOnce(&Wanted) -> Slot) -> Option<Cow<'a, str>> {
        self.value(slot(self.wanted)).and_then(text)
    }

    /// The record's values.
    pub(super) fn view(&self) -> &View<'a> {
        &self.view
    }

    /// What stands in a slot.
    pub(super) fn value(&self, slot: Slot) -> Option<Value<'a>> {
        self.view.first(slot)
    }

    /// `userIdentity`.
    pub(super) fn identity(&self) -> &Members<'a> {
        self.members(&self.identity, self.wanted.identity)
    }

    /// `userIdentity.sessionContext`.
    pub(super) fn session(&self) -> &Members<'a> {
        self.session.get_or_init(|| self.identity().members("sessionContext"))
    }

    /// `userIdentity.sessionContext.attributes`.
    pub(super) fn attributes(&self) -> &Members<'a> {
        self.attributes.get_or_init(|| self.session().members("attributes"))
    }

    /// `responseElements`.
    pub(super) fn response(&self) -> &Members<'a> {
        self.members(&self.response, self.wanted.response)
    }

    /// `additionalEventData`.
    pub(super) fn additional(&self) -> &Members<'a> {
        self.members(&self.additional, self.wanted.additional)
    }

    /// `serviceEventDetails`.
    pub(super) fn service(&self) -> &Members<'a> {
        self.members(&self.service, self.wanted.service)
    }

    fn members<'m>(&self, kept: &'m OnceCell<Members<'a>>, slot: Slot) -> &'m Members<'a> {
        kept.get_or_init(|| Members::new(self.value(slot)))
    }

    /// Whether it is an event of the sign-in service.
    pub(super) fn is_signin(&self) -> bool {
        is_signin(self.wanted, &self.view)
    }

    /// Whether the account lacks the name that was typed, which then may be a password.
    pub(crate) fn names_nobody(&self) -> bool {
        self.text(|wanted| wanted.error_message).is_some_and(|message| is_no_such_user(&message))
    }
}

/// The members of one object, read when first asked for; none where the record holds no object, or one far larger than
/// AWS writes.
pub(super) struct Members<'a> {
    object: Option<&'a str>,
    read: OnceCell<Vec<(Cow<'a, str>, Value<'a>)>>,
}

impl<'a> Members<'a> {
    fn new(value: Option<Value<'a>>) -> Self {
        let object = match value {
            Some(Value::Object(raw)) if raw.len() <= MAX_SUBTREE => Some(raw),
            _ => None,
        };
        Self { object, read: OnceCell::new() }
    }

    /// The object as written.
    pub(super) fn raw(&self) -> Option<&'a str> {
        self.object
    }

    /// All of them, in the record's order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, Value<'a>)> {
        let read =
            self.read.get_or_init(|| self.object.map(|object| subtree::members(object).collect()).unwrap_or_default());
        read.iter().map(|(key, value)| (key.as_ref(), *value))
    }

    /// The text of a member.
    pub(super) fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key).and_then(text)
    }

    /// The members of a member.
    pub(super) fn members(&self, key: &str) -> Members<'a> {
        Members::new(self.get(key))
    }

    fn get(&self, key: &str) -> Option<Value<'a>> {
        self.all().find(|(name, _)| *name == key).map(|(_, value)| value)
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
