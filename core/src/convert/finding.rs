//! One finding of an annotation, as its forms need it.

use super::json::{Json, Object};
use super::record::Record;
use crate::rule::Level;
use sha2::{Digest, Sha256};

/// What a rule said of a record.
pub(super) struct Finding<'r, 'a> {
    /// The rule's name.
    pub(super) rule: Option<&'r str>,
    /// The rule's identity.
    pub(super) rule_id: Option<&'r str>,
    pub(super) title: Option<&'r str>,
    pub(super) level: Level,
    pub(super) outcome: Option<&'r str>,
    pub(super) tags: Vec<&'r str>,
    /// What the rule shows of the record, without secrets.
    pub(super) fields: Option<&'r Json<'a>>,
}

impl<'r, 'a> Finding<'r, 'a> {
    /// Reads one; `None` if it names no rule.
    pub(super) fn read(finding: &'r Object<'a>) -> Option<Self> {
        let text = |key| finding.text(&[key]);
        let (rule, rule_id) = (text("rule"), text("id"));
        rule.or(rule_id)?;
        let level = text("level").and_then(|level| Level::ALL.into_iter().find(|known| known.name() == level));
        Some(Self {
            rule,
            rule_id,
            title: text("title"),
            level: level.unwrap_or(Level::Informational),
            outcome: text("outcome"),
            tags: finding.get("tags").map(Json::elements).unwrap_or_default().iter().filter_map(Json::text).collect(),
            fields: finding.get("fields").filter(|fields| fields.object().is_some()),
        })
    }

    /// The same for the same rule and event, wherever and however often it is found: the `finding_id` of `filter --emit
    /// findings`. The rule's name stands in for an id that it lacks, the digest of the record for a missing eventID.
    pub(super) fn id(&self, record: &Record<'_, '_>) -> String {
        let rule = self.rule_id.or(self.rule).unwrap_or_default();
        let digest = Sha256::new().chain_update(rule.as_bytes()).chain_update([0]);
        let digest = match record.text(&["eventID"]) {
            Some(event_id) => digest.chain_update(event_id),
            None => digest.chain_update(hexadecimal(&Sha256::digest(record.without_annotation()))),
        };
        hexadecimal(digest.finalize().get(..16).unwrap_or_default())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
