//! What `aws cloudtrail lookup-events` prints: `Events[].CloudTrailEvent` is a record as text. It also comes one event a
//! line.

use super::{Form, List};

pub(super) const FORM: Form =
    Form { paths: &["Events", "CloudTrailEvent"], list: Some(List { key: "Events", behind: &[] }) };
