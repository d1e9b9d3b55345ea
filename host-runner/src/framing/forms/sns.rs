//! A notification of SNS: its text is `Message`. Lambda gets the notification as the object `Sns`.

use super::Form;

pub(super) const FORM: Form = Form { paths: &["Message", "Sns"], list: None };
