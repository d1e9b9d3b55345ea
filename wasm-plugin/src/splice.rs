//! The host's half of the work, where the host is a shipper that knows nothing of verdicts: puts what core says of one
//! record into the record, before its last bracket. It must not change another byte.

use trailsieve_core::Detector;
use trailsieve_core::record::one_line;

const FIELD: &str = "trailsieve";

/// The record with the added field; `None` where core has nothing to add.
pub(crate) fn annotated(detector: &mut Detector, record: &[u8]) -> Option<Vec<u8>> {
    let verdicts = detector.detect(&one_line(record)).ok()?;
    let verdict = verdicts.verdicts.first().filter(|verdict| !verdict.annotation.is_empty())?;
    let members = record.trim_ascii_end().strip_suffix(b"}")?;
    let name = free_name(record);
    let mut text = Vec::with_capacity(record.len() + name.len() + verdict.annotation.len() + 5);
    text.extend_from_slice(members);
    // What core calls deep or a CloudTrail record is never an empty object, so a member stands before ours.
    text.extend_from_slice(format!(",\"{name}\":{}}}", verdict.annotation).as_bytes());
    Some(text)
}

/// The field's name, numbered where the record holds that text anywhere already.
fn free_name(record: &[u8]) -> String {
    let taken = |name: &str| {
        let quoted = format!("\"{name}\"");
        record.windows(quoted.len()).any(|window| window == quoted.as_bytes())
    };
    let numbered = (2_u32..).map(|number| format!("{FIELD}_{number}"));
    std::iter::once(FIELD.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}
