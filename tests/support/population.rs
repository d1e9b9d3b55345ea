//! Records of every kind, whole and damaged, for tests that compare two judges.

#![expect(clippy::indexing_slicing, reason = "numbers are taken modulo the length")]

use crate::{data, generate, signins};

/// Published records where they are present, invented ones and sign-ins, and so many of them damaged. None is blank and
/// none holds a line feed, as in a batch.
pub fn population(damaged: usize) -> Vec<Vec<u8>> {
    let published = data::records().unwrap_or_default().iter().map(|record| record.bytes.clone());
    let invented = generate::sample(1_500, generate::record::record()).into_iter().map(String::into_bytes);
    let signins = [signins::r1(), signins::r2(), signins::r5(), signins::r6(), signins::r7(), signins::r8()];
    let signins = signins.into_iter().map(|record| record.to_string().into_bytes());
    let mut records: Vec<Vec<u8>> = published.chain(invented).chain(signins).collect();
    let whole = records.len();
    for (number, mutations) in generate::sample(damaged, generate::mutation::mutations()).iter().enumerate() {
        let (one, other) = (&records[number * 31 % whole], &records[number * 17 % whole]);
        let damaged = generate::mutation::apply(mutations, one, other);
        records.push(damaged.into_iter().map(|byte| if byte == b'\n' { b'\r' } else { byte }).collect());
    }
    records.retain(|record| !record.trim_ascii().is_empty());
    records
}
