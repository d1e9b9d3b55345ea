//! A message of SQS: its text is `Body`, and where Lambda gets it, `body`. `aws sqs receive-message` prints `Messages`.

use super::{Form, List};

pub(super) const FORM: Form =
    Form { paths: &["Messages", "Body", "body"], list: Some(List { key: "Messages", behind: &[] }) };
