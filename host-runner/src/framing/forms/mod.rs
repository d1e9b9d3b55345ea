//! What records come in, one file for each service or kind of shipper.
//!
//! A form says under which members of an object a record may stand, as an object or as text, and which of its arrays
//! is so long that it must be gone through element by element. Forms stand within each other: a record within EventBridge's
//! event within SNS's notification within SQS's message. A form must not name a member of CloudTrail's own records.

mod eventbridge;
mod log_subscription;
mod lookup_events;
mod s3;
mod shipper;
mod sns;
mod sqs;

use std::fmt;
use std::sync::Arc;

/// Where records stand in what one service or shipper writes.
struct Form {
    /// Names of members, joined by dots. Where one leads to an array, each of its elements is meant.
    paths: &'static [&'static str],
    list: Option<List>,
}

/// An array of an object that may be longer than a record may be.
pub(super) struct List {
    /// The name of the member that it is.
    pub(super) key: &'static str,
    /// The only members that may stand before it.
    pub(super) behind: &'static [&'static str],
}

const KNOWN: [&Form; 7] = [
    &s3::FORM,
    &eventbridge::FORM,
    &log_subscription::FORM,
    &lookup_events::FORM,
    &shipper::FORM,
    &sns::FORM,
    &sqs::FORM,
];

/// The array of that name.
pub(super) fn list(key: &[u8]) -> Option<&'static List> {
    KNOWN.iter().filter_map(|form| form.list.as_ref()).find(|list| list.key.as_bytes() == key)
}

/// Where records may stand within an object that is none itself.
#[derive(Clone, Debug)]
pub struct Forms {
    paths: Arc<[Box<[u8]>]>,
}

impl Default for Forms {
    fn default() -> Self {
        Self::with(&[])
    }
}

impl Forms {
    /// Those that are known, and an operator's own.
    pub fn with(own: &[RecordPath]) -> Self {
        let known = KNOWN.iter().flat_map(|form| form.paths).copied();
        let all = known.chain(own.iter().map(|path| path.0.as_str()));
        Self { paths: all.map(|path| Box::from(path.as_bytes())).collect() }
    }

    pub(super) fn paths(&self) -> &[Box<[u8]>] {
        &self.paths
    }
}

/// An operator's word on where records stand: names of members, joined by dots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPath(String);

/// A path with a name left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmptyName;

impl RecordPath {
    /// The path that is written so.
    pub fn new(text: &str) -> Result<Self, EmptyName> {
        if text.split('.').any(str::is_empty) { Err(EmptyName) } else { Ok(Self(text.to_owned())) }
    }
}

impl fmt::Display for EmptyName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "expected names of members with a dot between them, such as `payload.record`")
    }
}

impl std::error::Error for EmptyName {}
