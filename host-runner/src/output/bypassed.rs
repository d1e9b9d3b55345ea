//! A finding of the host's own for records that passed without being judged, so that whoever crashes the detector is
//! noticed where findings are read.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::finding::{hexadecimal, write_line};
use super::{Delivery, Stretch};
use crate::batch::Outcome;

/// What stands in such a line. Its keys are those of other findings as far as there is something to say.
#[derive(Serialize)]
struct Line<'a> {
    finding_id: String,
    rule: &'static str,
    title: &'static str,
    level: &'static str,
    reason: &'a str,
    records: u64,
    input: &'a str,
    offset: u64,
}

/// Appends one line for each reason for which records of the page passed.
pub(crate) fn write(delivery: &Delivery<'_>, to: &mut Vec<u8>) {
    let mut reasons: BTreeMap<&str, (u64, u64, Sha256)> = BTreeMap::new();
    for stretch in delivery.stretches() {
        let Stretch::Record(record) = stretch else { continue };
        let Some(mark) = record.mark.filter(|mark| mark.outcome == Outcome::Unjudged) else { continue };
        let (records, _, digest) =
            reasons.entry(mark.reason).or_insert_with(|| (0, record.offset, Sha256::new_with_prefix(mark.reason)));
        *records += 1;
        digest.update(record.bytes);
    }
    for (reason, (records, offset, digest)) in reasons {
        let id = digest.finalize();
        let line = Line {
            finding_id: hexadecimal(id.get(..16).unwrap_or_default()),
            rule: "trailsieve/unjudged",
            title: "Records passed without being judged",
            level: "high",
            reason,
            records,
            input: delivery.input(),
            offset,
        };
        write_line(&line, to);
    }
}
