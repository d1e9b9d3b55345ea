//! Believes nothing that a converter says until it adds up, as `answer.rs` does with a detector.
//!
//! Takes an answer and the number of records it must speak of, gives [`Judged`] or the fault: one object or several on a
//! line each for a record, or why there is none.

use super::answer::{is_object_on_one_line, unjudged_annotation};
use super::converter_bindings::Converted;
use super::limits::REFUSAL_CHARS;
use super::{Fault, Format};
use crate::batch::{Judged, Mark, Outcome};
use crate::output::is_row;

/// The word for records that a converter refuses.
const REFUSED: &str = "refused";

/// Checks an answer about this many records.
pub(super) fn check(answer: Vec<Converted>, records: usize, to: Format) -> Result<Judged, Fault> {
    if answer.len() != records {
        return Err(Fault::Contract);
    }
    let mut judged = Judged::default();
    for (record, converted) in (0_u32..).zip(answer) {
        let outcome = match converted {
            Converted::Lines(lines) => {
                if !are_right(&lines, to) {
                    return Err(Fault::Contract);
                }
                for line in lines {
                    judged.copies.lines.push_str(&line);
                    judged.copies.lines.push('\n');
                }
                Outcome::Clean
            }
            Converted::NotCloudtrail => Outcome::NotCloudtrail,
            Converted::Malformed => Outcome::Malformed,
            Converted::Refused(why) => {
                judged.copies.refusal.get_or_insert_with(|| why.chars().take(REFUSAL_CHARS).collect());
                Outcome::Unjudged
            }
        };
        judged.counts.add(outcome);
        let (reason, annotation) = match outcome {
            Outcome::Unjudged => (REFUSED, unjudged_annotation(REFUSED)),
            Outcome::Malformed => ("", String::new()),
            _ => continue,
        };
        judged.marks.push(Mark { record, outcome, reason, annotation, event: String::new() });
    }
    Ok(judged)
}

/// Whether they are what a record can become: a row stands alone and fits its columns.
fn are_right(lines: &[String], to: Format) -> bool {
    match (to, lines) {
        (_, []) => false,
        (Format::Row, [row]) => is_object_on_one_line(row) && is_row(row),
        (Format::Row, _) => false,
        (Format::Ocsf | Format::Ecs, lines) => lines.iter().all(|line| is_object_on_one_line(line)),
    }
}
