//! The added field as text. It must not have a name that the record has.

use super::members::Members;
use std::collections::BTreeSet;
use std::str;
use trailsieve_core::record::decode;

const FIELD: &str = "trailsieve";

/// `,"trailsieve":{…}`, numbered where the record has a member of that name, however it is spelled.
pub(super) fn field(record: &[u8], annotation: &str) -> String {
    let keys = Members::of(record).filter_map(|(key, _)| str::from_utf8(key).ok()).map(decode);
    let taken: BTreeSet<_> = keys.filter(|key| key.starts_with(FIELD)).collect();
    let numbered = (2_u32..).map(|number| format!("{FIELD}_{number}"));
    let mut names = std::iter::once(FIELD.to_owned()).chain(numbered);
    let name = names.find(|name| !taken.contains(name.as_str())).unwrap_or_default();
    format!(",\"{name}\":{annotation}")
}

/// Appends text as it is spelled within a string.
pub(super) fn spell(text: &str, to: &mut Vec<u8>) {
    for &byte in text.as_bytes() {
        if matches!(byte, b'"' | b'\\') {
            to.push(b'\\');
        }
        to.push(byte);
    }
}
