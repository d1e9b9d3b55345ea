//! Whether an object is a record itself, so that nothing in it can make it pass for something around a record.
//!
//! Takes members of an object; gives yes wherever a detector may take the object for a record of CloudTrail: a string
//! `eventSource` that ends in `.amazonaws.com`, or an Insights event. Attackers write parts of a record, and shippers
//! put its members into any order; but no content of a member changes what its neighbours are called. In doubt the
//! answer is yes: the detector then sees the object as it came.

/// What CloudTrail writes first, in this order.
const FIRST: &[u8] = b"{\"eventVersion\":\"";
const SECOND: &[u8] = b"\",\"userIdentity\":";

/// How long a version may be to be passed over.
const VERSION: usize = 8;

/// Whether an object begins as CloudTrail writes its records. Most do, and nothing else does, so that the others are
/// the only ones that need a closer look.
pub(super) fn begins_record(object: &[u8]) -> bool {
    let Some(rest) = object.strip_prefix(FIRST) else { return false };
    let version = rest.iter().take(VERSION).take_while(|&&byte| byte != b'"').count();
    rest.get(version..).is_some_and(|rest| rest.starts_with(SECOND))
}

/// Whether an object with this member is a record.
pub(super) fn is_shown_by(key: &[u8], value: &[u8]) -> bool {
    let is = match key {
        b"eventSource" => value.ends_with(b".amazonaws.com\""),
        b"eventType" => value == b"\"AwsCloudTrailInsight\"",
        _ => return false,
    };
    // A string that is spelled differently from what it says may say it all the same.
    is || (value.starts_with(b"\"") && memchr::memchr(b'\\', value).is_some())
}

/// Whether an object that breaks off, and has this member, would have been a record.
pub(super) fn is_hinted_by(key: &[u8]) -> bool {
    matches!(key, b"eventVersion" | b"eventSource" | b"eventType")
}

/// Whether a text that breaks off, and has this member, is likely to be what is left of a record. Of many other texts
/// that begin with a bracket nobody says that they are JSON.
pub(super) fn is_suggested_by(key: &[u8]) -> bool {
    matches!(
        key,
        b"userIdentity"
            | b"eventTime"
            | b"eventName"
            | b"awsRegion"
            | b"sourceIPAddress"
            | b"requestParameters"
            | b"responseElements"
            | b"eventID"
            | b"eventCategory"
            | b"recipientAccountId"
    )
}
