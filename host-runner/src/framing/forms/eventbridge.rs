//! An event of EventBridge: the record is the object `detail`.

use super::Form;

pub(super) const FORM: Form = Form { paths: &["detail"], list: None };
