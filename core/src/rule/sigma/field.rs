//! The name of a field → where it is found. What is no record's field is another's business.

use crate::limits::MAX_FIELD_PARTS;
use crate::record::path::{Path, Step};

/// The place; without a name the record as a whole.
pub(super) fn path(name: Option<&str>) -> Path {
    Path(name.map(|name| Step::Field(name.to_owned())).into_iter().collect())
}

/// The way out for [`mistake`].
pub(super) const HELP: &str =
    "no field of CloudTrail has so many; to search all of an object, name it and use `contains`";

/// Why a name cannot be used, if so.
pub(super) fn mistake(name: &str) -> Option<String> {
    let parts = name.split('.').count();
    (parts > MAX_FIELD_PARTS)
        .then(|| format!("the name of this field has too many parts (limit {MAX_FIELD_PARTS}, got {parts})"))
}
