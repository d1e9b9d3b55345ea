//! What is answered: where in the text that came a record stands, what core says of it, and the text with that in it.
//!
//! Fluent Bit's `tail` without a parser hands over a line as the text of one member. The record is then judged within
//! that text and gains its field there, as in the runner, so that the line comes out as it went in but for the field.

use super::members::Members;
use super::splice;
use std::borrow::Cow;
use std::str;
use trailsieve_core::record::decode;
use trailsieve_core::{Counts, Detector, Outcome};

/// The members in which shippers keep a line, as the runner knows them.
const TEXTS: [&str; 2] = ["log", "message"];

/// What a record gains that nobody can judge any more.
pub(super) const TRAPPED: &str = r#"{"v":1,"unjudged":"trap"}"#;

/// Where a record stands in the text that came, and what it says.
pub(super) struct Place<'a> {
    /// What follows its closing bracket in the text that came.
    pub(super) behind: usize,
    /// The record itself, to look for names in.
    pub(super) record: Cow<'a, [u8]>,
    /// Whether it stands within a string.
    pub(super) in_string: bool,
}

impl<'a> Place<'a> {
    /// The whole text.
    pub(super) fn itself(text: &'a [u8]) -> Self {
        Self { behind: text.len() - text.trim_ascii_end().len(), record: Cow::Borrowed(text), in_string: false }
    }
}

/// Where a record stands, what core says of it, and its annotation. No place: there is no record of CloudTrail.
type Judged<'a> = (Option<Place<'a>>, Outcome, String);

/// What core says of the record in a text. `None`: core does not answer.
pub(super) fn judged<'a>(text: &'a [u8], detector: &mut Detector) -> Option<Judged<'a>> {
    let line = only_a_line(text);
    if let Some(line) = line
        && let Some(found) = judged_within(text, line, detector)?
    {
        return Some(found);
    }
    let (outcome, annotation) = verdict(text, detector)?;
    match outcome {
        Outcome::Clean | Outcome::Flagged | Outcome::Unjudged => {
            return Some((Some(Place::itself(text)), outcome, annotation));
        }
        Outcome::NotCloudtrail if line.is_none() => {
            for (_, value) in Members::of(text).filter(|(key, _)| is_text(key)) {
                if let Some(found) = judged_within(text, value, detector)? {
                    return Some(found);
                }
            }
        }
        Outcome::NotCloudtrail | Outcome::Malformed => {}
    }
    Some((None, outcome, String::new()))
}

/// The value of the one member that there is, if it may hold a line: what `tail` without a parser hands over. It is no
/// record of CloudTrail, whose members have other names, so that core need not read all of it twice.
fn only_a_line(text: &[u8]) -> Option<&[u8]> {
    let mut members = Members::of(text);
    let (key, value) = members.next()?;
    (text.starts_with(b"{") && is_text(key) && members.rest() == b"}").then_some(value)
}

fn is_text(key: &[u8]) -> bool {
    TEXTS.iter().any(|text| key == text.as_bytes())
}

/// What core says of the record that may stand within this value, a part of the text. `Some(None)`: there is none.
fn judged_within<'a>(text: &'a [u8], value: &'a [u8], detector: &mut Detector) -> Option<Option<Judged<'a>>> {
    let Some(place) = within(text, value) else { return Some(None) };
    let (outcome, annotation) = verdict(&place.record, detector)?;
    let is_record = matches!(outcome, Outcome::Clean | Outcome::Flagged | Outcome::Unjudged);
    Some(is_record.then_some((Some(place), outcome, annotation)))
}

/// The record that the string `value`, a part of `text`, may hold.
fn within<'a>(text: &'a [u8], value: &'a [u8]) -> Option<Place<'a>> {
    let spelling = value.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let spelling = str::from_utf8(spelling).ok()?;
    // Behind its closing bracket a line may have white space. Fluent Bit writes valid JSON, in which no backslash can
    // stand before that bracket and make it mean something else.
    let mut trimmed = spelling;
    while let Some(shorter) = [" ", "\\n", "\\r", "\\t"].iter().find_map(|space| trimmed.strip_suffix(space)) {
        trimmed = shorter;
    }
    if !trimmed.ends_with('}') {
        return None;
    }
    let end = value.as_ptr().addr() - text.as_ptr().addr() + 1 + trimmed.len();
    let record = match decode(trimmed) {
        Cow::Borrowed(record) => Cow::Borrowed(record.as_bytes()),
        // A line feed within a line would be a second record to core.
        Cow::Owned(record) if record.contains('\n') => Cow::Owned(record.replace('\n', "\r").into_bytes()),
        Cow::Owned(record) => Cow::Owned(record.into_bytes()),
    };
    Some(Place { behind: text.len() - end, record, in_string: true })
}

/// What became of one record, and its annotation.
fn verdict(record: &[u8], detector: &mut Detector) -> Option<(Outcome, String)> {
    let verdicts = detector.detect(record).ok()?;
    let verdict = verdicts.verdicts.into_iter().next();
    let Counts { clean, flagged, unjudged, malformed, .. } = verdicts.counts;
    let outcome = match (clean, flagged, unjudged, malformed) {
        (1.., ..) => Outcome::Clean,
        (_, 1.., ..) => Outcome::Flagged,
        (_, _, 1.., _) => Outcome::Unjudged,
        (.., 1..) => Outcome::Malformed,
        _ => Outcome::NotCloudtrail,
    };
    Some((outcome, verdict.map(|verdict| verdict.annotation).unwrap_or_default()))
}

/// Appends the text with the annotation in the record at that place; whether that is possible.
pub(super) fn with(text: &[u8], place: &Place<'_>, annotation: &str, to: &mut Vec<u8>) -> bool {
    let Some(end) = text.len().checked_sub(place.behind + 1) else { return false };
    let Some((members, rest)) = text.split_at_checked(end) else { return false };
    // Something else than an object is nothing that a field could be added to; nor is an empty one a record.
    let is_object = rest.starts_with(b"}") && place.record.trim_ascii_start().starts_with(b"{");
    if !is_object || Members::of(&place.record).next().is_none() {
        return false;
    }
    let field = splice::field(&place.record, annotation);
    to.extend_from_slice(members);
    if place.in_string {
        splice::spell(&field, to);
    } else {
        to.extend_from_slice(field.as_bytes());
    }
    to.extend_from_slice(rest);
    true
}

/// Adds a member to an annotation, which becomes one if there was none.
pub(super) fn add_member(annotation: &mut String, member: &str) {
    if annotation.is_empty() {
        annotation.push_str(r#"{"v":1}"#);
    }
    if annotation.pop().is_some() {
        *annotation = format!("{annotation},{member}}}");
    }
}

/// Appends what stands for a record that did not arrive.
pub(super) fn lost(length: u32, to: &mut Vec<u8>) -> bool {
    let text = format!(r#"{{"trailsieve":{{"v":1,"unjudged":"memory"}},"record_length":{length}}}"#);
    to.extend_from_slice(text.as_bytes());
    true
}
