//! Reads findings from the detector's annotation and writes one as a line that stands alone.
//!
//! Takes the JSON objects of a mark; gives findings and lines. What is only passed on is copied as it is written and
//! never looked into. A foreign detector may leave out what it does not know.

use std::borrow::Cow;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::zone::Zone;

/// One finding in an annotation.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Finding<'a> {
    /// The rule's name, `group/name`.
    #[serde(borrow)]
    pub rule: Cow<'a, str>,
    /// The rule's id, which stays when the rule is renamed.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The rule's title, JSON text.
    #[serde(borrow)]
    pub title: Option<&'a RawValue>,
    /// How bad it is.
    #[serde(borrow)]
    pub level: Cow<'a, str>,
    /// Whether the call succeeded, JSON text.
    #[serde(borrow)]
    pub outcome: Option<&'a RawValue>,
    /// The rule's tags, JSON text.
    #[serde(borrow)]
    pub tags: Option<&'a RawValue>,
    /// The values that the rule shows, JSON text.
    #[serde(borrow)]
    pub fields: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Annotation<'a> {
    #[serde(borrow)]
    findings: Vec<Finding<'a>>,
}

/// Which event a finding is about, JSON text throughout.
#[derive(Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
struct Event<'a> {
    #[serde(borrow, rename = "eventID")]
    event_id: Option<&'a RawValue>,
    #[serde(borrow)]
    event_time: Option<&'a RawValue>,
    /// The host's own, where a zone was asked for.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    event_time_local: Option<String>,
    #[serde(borrow)]
    account: Option<&'a RawValue>,
    #[serde(borrow)]
    aws_region: Option<&'a RawValue>,
    #[serde(borrow)]
    event_source: Option<&'a RawValue>,
    #[serde(borrow)]
    event_name: Option<&'a RawValue>,
    #[serde(borrow)]
    principal: Option<&'a RawValue>,
    #[serde(borrow, rename = "sourceIPAddress")]
    source_ip_address: Option<&'a RawValue>,
    #[serde(borrow)]
    source_kind: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Line<'a> {
    finding_id: &'a str,
    #[serde(flatten)]
    finding: &'a Finding<'a>,
    #[serde(flatten)]
    event: &'a Event<'a>,
}

impl<'a> Finding<'a> {
    /// All findings of an annotation; none if it cannot be read as one.
    pub fn all_in(annotation: &'a str) -> Vec<Self> {
        serde_json::from_str::<Annotation<'a>>(annotation).map_or_else(|_| Vec::new(), |read| read.findings)
    }

    /// The same for the same rule and event, wherever and however often it is found. The rule's name stands in for an
    /// id that it lacks, the record's digest for a missing eventID.
    fn finding_id(&self, event_id: Option<&str>, record: &[u8]) -> String {
        let rule = if self.id.is_empty() { &self.rule } else { &self.id };
        let digest = Sha256::new().chain_update(rule.as_bytes()).chain_update([0]);
        let digest = match event_id {
            Some(event_id) => digest.chain_update(event_id),
            None => digest.chain_update(hexadecimal(&Sha256::digest(record))),
        };
        hexadecimal(digest.finalize().get(..16).unwrap_or_default())
    }
}

/// When an event was, as the detector tells it.
pub(crate) fn event_time(event: &str) -> Option<String> {
    text_of(serde_json::from_str::<Event<'_>>(event).ok()?.event_time?)
}

fn text_of(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// Appends one line for each finding of a record.
pub(super) fn write_lines(findings: &[Finding<'_>], event: &str, zone: Option<&Zone>, record: &[u8], to: &mut Vec<u8>) {
    let mut event: Event<'_> = serde_json::from_str(event).unwrap_or_default();
    let event_id = event.event_id.and_then(text_of);
    event.event_time_local = zone.and_then(|zone| zone.local(&event.event_time.and_then(text_of)?));
    for finding in findings {
        let finding_id = finding.finding_id(event_id.as_deref(), record);
        write_line(&Line { finding_id: &finding_id, finding, event: &event }, to);
    }
}

/// Appends `value` as one line.
pub(super) fn write_line(value: &impl Serialize, to: &mut Vec<u8>) {
    // Writing to memory cannot fail, and every map here has text for keys.
    if serde_json::to_writer(&mut *to, value).is_ok() {
        to.push(b'\n');
    }
}

/// Bytes as people write digests.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
