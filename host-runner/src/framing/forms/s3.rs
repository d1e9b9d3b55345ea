//! CloudTrail's own envelope: `{"Records":[…]}`, as it is kept in S3 and as Lambda gets batches from other services.
//!
//! A notification that S3 itself sends has the same shape; its elements are no records, and the detector says so.

use super::{Form, List};

pub(super) const FORM: Form = Form { paths: &["Records"], list: Some(List { key: "Records", behind: &[] }) };
