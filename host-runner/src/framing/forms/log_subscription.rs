//! What a subscription to CloudWatch Logs delivers, once it is decompressed: `logEvents[].message` is a record as text.
//!
//! One document may hold hundreds of records. A `CONTROL_MESSAGE` has the same shape and a sentence for a message.

use super::{Form, List};

pub(super) const FORM: Form = Form {
    // The messages of the events are found as those of any shipper are.
    paths: &["logEvents"],
    list: Some(List {
        key: "logEvents",
        behind: &["messageType", "owner", "logGroup", "logStream", "subscriptionFilters", "policyLevel"],
    }),
};
