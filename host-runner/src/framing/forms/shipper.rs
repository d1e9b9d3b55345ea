//! What shippers make of a line: its text, or what they read in it, as one member among their own.
//!
//! `message` is Vector's, Logstash's and Filebeat's, `log` Fluent Bit's and Docker's, `event.original` ECS's, which
//! comes as `event: {original}` and with the dot in one name.

use super::Form;

pub(super) const FORM: Form = Form { paths: &["message", "log", "event.original"], list: None };
