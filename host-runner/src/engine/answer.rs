//! Believes nothing that a detector says until it adds up.
//!
//! Takes an answer and the number of records it must speak of, gives [`Judged`] or the fault. It must not repair an
//! answer: one that is wrong in one place is not trusted in the others. Only where a detector says itself that it did
//! not judge a record, the mark for that is the host's if its own would not show it.
//!
//! What is written may be more than what a detector says: each finding stands alone with the event that it is about.

use super::Fault;
use super::bindings::{self, Outcome as GuestOutcome, Verdict, Verdicts};
use super::limits::{ANNOTATION_BYTES, EVENT_BYTES, NAME_BYTES, SUPPRESSIONS};
use crate::batch::{Counts, Judged, Mark, Outcome, Suppression};
use crate::config::typed::Level;
use crate::output::Finding;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Checks an answer about this many records, whose events may come to `most` bytes, each said once with every finding.
pub(super) fn check(answer: Verdicts, records: usize, most: usize) -> Result<Judged, Fault> {
    let told = answer.counts;
    let counts = Counts {
        clean: told.clean.into(),
        flagged: told.flagged.into(),
        unjudged: told.unjudged.into(),
        malformed: told.malformed.into(),
        not_cloudtrail: told.not_cloudtrail.into(),
    };
    let mut marked = Counts::default();
    let mut marks = Vec::with_capacity(answer.verdicts.len().min(records));
    let (mut next, mut repeated) = (0, 0_usize);
    for verdict in answer.verdicts {
        let number = u64::from(verdict.record);
        if number < next || number >= records as u64 {
            return Err(Fault::Contract);
        }
        next = number + 1;
        let (mark, findings) = mark(verdict)?;
        repeated = repeated.saturating_add(findings.saturating_mul(mark.event.len()));
        if repeated > most {
            return Err(Fault::Output);
        }
        marked.add(mark.outcome);
        marks.push(mark);
    }
    // Clean records mostly go without a mark; records that are no CloudTrail always do.
    let complete = counts.sum() == records as u64
        && Counts { clean: counts.clean, not_cloudtrail: counts.not_cloudtrail, ..marked } == counts
        && marked.clean <= counts.clean
        && marked.not_cloudtrail == 0;
    if !complete {
        return Err(Fault::Contract);
    }
    Ok(Judged { counts, marks, suppressed: suppressions(answer.suppressed, records)?, ..Judged::default() })
}

/// How many bytes an answer comes to where each finding is written with its event.
pub(super) fn written(judged: &Judged) -> usize {
    let of = |mark: &Mark| {
        let findings = if mark.event.is_empty() { 0 } else { Finding::all_in(&mark.annotation).len() };
        mark.annotation.len() + findings * mark.event.len()
    };
    judged.marks.iter().map(of).sum::<usize>() + judged.copies.lines.len()
}

/// What was suppressed, each rule and source told once. One of them cannot concern more records than there are.
fn suppressions(told: Vec<bindings::Suppression>, records: usize) -> Result<Vec<Suppression>, Fault> {
    if told.len() > SUPPRESSIONS {
        return Err(Fault::Output);
    }
    let mut suppressed: Vec<Suppression> = Vec::with_capacity(told.len());
    for bindings::Suppression { rule, source, count } in told {
        if rule.len() > NAME_BYTES || source.len() > NAME_BYTES {
            return Err(Fault::Output);
        }
        let ascends = suppressed.last().is_none_or(|last| (&last.rule, &last.source) < (&rule, &source));
        if !ascends || rule.is_empty() || source.is_empty() || count == 0 || count as usize > records {
            return Err(Fault::Contract);
        }
        suppressed.push(Suppression { rule, source, count });
    }
    Ok(suppressed)
}

/// What is said of one record, and how many findings that tells.
fn mark(verdict: Verdict) -> Result<(Mark, usize), Fault> {
    let Verdict { record, outcome, annotation, event } = verdict;
    if annotation.len() > ANNOTATION_BYTES || event.len() > EVENT_BYTES {
        return Err(Fault::Output);
    }
    let (outcome, must_annotate, may_annotate) = match outcome {
        GuestOutcome::Clean => (Outcome::Clean, true, true),
        GuestOutcome::Flagged => (Outcome::Flagged, true, true),
        GuestOutcome::Unjudged => (Outcome::Unjudged, false, true),
        // Nothing can be added to what is no JSON object.
        GuestOutcome::Malformed => (Outcome::Malformed, false, false),
        GuestOutcome::NotCloudtrail => (Outcome::NotCloudtrail, false, false),
    };
    // What tells findings is read as JSON there, which need not be done twice.
    let (annotation_fits, findings) = match outcome {
        Outcome::Flagged => (is_on_one_line(&annotation), findings(&annotation)?),
        _ => (annotation.is_empty() || is_object_on_one_line(&annotation), 0),
    };
    if !annotation_fits
        || !(event.is_empty() || is_object_on_one_line(&event))
        || (must_annotate && annotation.is_empty())
        || (!may_annotate && !annotation.is_empty())
        || (outcome != Outcome::Flagged && !event.is_empty())
    {
        return Err(Fault::Contract);
    }
    if outcome != Outcome::Unjudged {
        return Ok((Mark { record, outcome, reason: "", annotation, event }, findings));
    }
    let (reason, annotation) = match unjudged_reason(&annotation) {
        Some(reason) => (reason, annotation),
        None => (UNKNOWN_REASON, unjudged_annotation(UNKNOWN_REASON)),
    };
    Ok((Mark { record, outcome, reason, annotation, event }, 0))
}

/// What is spliced into a record that was not judged, so that it never looks clean.
pub(super) fn unjudged_annotation(reason: &str) -> String {
    format!(r#"{{"v":1,"unjudged":"{reason}"}}"#)
}

/// A JSON object on one line.
pub(super) fn is_object_on_one_line(text: &str) -> bool {
    is_on_one_line(text) && serde_json::from_str::<&RawValue>(text).is_ok()
}

/// Begins and ends with a brace and has no control character: not a line feed, which would end a line in the midst of a
/// record, nor another, which JSON allows between its parts but shippers do not expect.
fn is_on_one_line(text: &str) -> bool {
    // Looking at all bytes takes less time than stopping at the first one could save.
    let has_control = text.bytes().fold(false, |found, byte| found | (byte < b' '));
    text.starts_with('{') && text.ends_with('}') && !has_control
}

/// How many findings an annotation tells. It must say how grave the record is, and of each finding by which rule, where
/// something was found: a record that is flagged and does not say by what would be counted in one place and missing in
/// another. Rules and levels are names by which findings are counted.
fn findings(annotation: &str) -> Result<usize, Fault> {
    #[derive(Deserialize)]
    struct Grave<'a> {
        #[serde(borrow)]
        level: Cow<'a, str>,
        #[serde(borrow)]
        findings: Vec<Finding<'a>>,
    }
    let told: Grave<'_> = serde_json::from_str(annotation).map_err(|_| Fault::Contract)?;
    if told.findings.iter().any(|finding| finding.rule.len() > NAME_BYTES) {
        return Err(Fault::Output);
    }
    // What sorts or alerts by level would pass another one over.
    let is_level = |level: &str| Level::of_name(level).is_some();
    let is_right = |found: &Finding<'_>| !found.rule.is_empty() && (found.level.is_empty() || is_level(&found.level));
    if !is_level(&told.level) || told.findings.is_empty() || !told.findings.iter().all(is_right) {
        return Err(Fault::Contract);
    }
    Ok(told.findings.len())
}

/// What stands for a reason that the host does not know; counters have a fixed set of names.
const UNKNOWN_REASON: &str = "detector";

/// The detector's reason; `None` if the annotation does not say that the record was not judged.
fn unjudged_reason(annotation: &str) -> Option<&'static str> {
    #[derive(Deserialize)]
    struct Reason<'a> {
        #[serde(borrow)]
        unjudged: Cow<'a, str>,
    }
    let told: Reason<'_> = serde_json::from_str(annotation).ok()?;
    Some(if told.unjudged == "depth" { "depth" } else { UNKNOWN_REASON })
}
