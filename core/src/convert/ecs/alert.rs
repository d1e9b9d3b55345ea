//! A finding as an alert. It stands alone, away from its record, and repeats of it what a person needs who looks into
//! it; copies of parameters stay with the record.

use super::super::attack::{self, Attack};
use super::super::finding::Finding;
use super::super::json::{Json, Object};
use super::super::record::Record;
use super::{begin, cloudtrail, with_action};
use crate::rule::Level;

/// What this finding says of a record, which was sorted so.
pub(super) fn convert<'r>(
    record: &Record<'r, '_>,
    found: &Finding<'r, '_>,
    categories: &[&'static str],
    time: i64,
) -> Object<'r> {
    let severity = match found.level {
        Level::Informational => 1,
        Level::Low => 21,
        Level::Medium => 47,
        Level::High => 73,
        Level::Critical => 99,
    };
    let all: Vec<_> = ["intrusion_detection"].iter().chain(categories).copied().collect();
    let event = Object::new()
        .with("kind", "alert")
        .with("category", all)
        .with("type", vec!["info"])
        .with("module", "trailsieve")
        .with("dataset", "trailsieve.finding")
        .with("id", found.id(record))
        .with("severity", severity)
        .with("risk_score", severity);
    let mut alert = begin(record, time, "trailsieve.finding", with_action(record, event));
    alert.put("message", found.title);
    alert.put("rule", rule(found));
    alert.put("threat", threat(&attack::divided(&found.tags).0));
    alert.put("tags", found.tags.clone());
    alert.put("aws", Object::new().with("cloudtrail", cloudtrail::fields(record, false)));
    let own = Object::new()
        .with("event_ids", record.text(&["eventID"]).map(|id| vec![id]))
        .with("level", found.level.name())
        .with("fields", shown(found));
    alert.put("trailsieve", own);
    alert
}

fn rule<'r>(found: &Finding<'r, '_>) -> Object<'r> {
    let id = found.rule_id.or(found.rule);
    Object::new()
        .with("id", id)
        .with("uuid", found.rule_id.filter(|id| is_uuid(id)))
        .with("name", found.rule)
        .with("description", found.title)
        .with("category", found.rule.and_then(|name| name.rsplit_once('/')).map(|(group, _)| group))
        .with("ruleset", "trailsieve")
}

fn is_uuid(id: &str) -> bool {
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Numbers and names beside each other, in arrays of one length: an array that would have gaps is left out.
fn threat<'r>(attacks: &[Attack<'r>]) -> Object<'r> {
    let mut tactics: (Vec<Option<String>>, Vec<Option<&'r str>>) = Default::default();
    let mut techniques: (Vec<Option<String>>, Vec<Option<&'r str>>) = Default::default();
    let mut parts: (Vec<Option<String>>, Vec<Option<&'r str>>) = Default::default();
    let add = |to: &mut (Vec<Option<String>>, Vec<Option<&'r str>>), id: Option<&str>, name| {
        let id = id.map(str::to_owned);
        if !to.0.contains(&id) || id.is_none() {
            to.0.push(id);
            to.1.push(name);
        }
    };
    for attack in attacks {
        match attack {
            Attack::Tactic { id, name } => add(&mut tactics, *id, Some(*name)),
            Attack::Technique { id, name, part } => {
                add(&mut techniques, Some(id), *name);
                if let Some((id, name)) = part {
                    add(&mut parts, Some(id), *name);
                }
            }
        }
    }
    let both = |(ids, names): (Vec<Option<String>>, Vec<Option<&'r str>>)| {
        let ids: Option<Vec<String>> = ids.into_iter().collect();
        let names: Option<Vec<&str>> = names.into_iter().collect();
        Object::new().with("id", ids).with("name", names)
    };
    let (tactic, technique) = (both(tactics), both(techniques).with("subtechnique", both(parts)));
    if tactic.is_empty() && technique.is_empty() {
        return Object::new();
    }
    Object::new().with("framework", "MITRE ATT&CK").with("tactic", tactic).with("technique", technique)
}

/// What the rule shows, as names and texts: the same name may hold a text in one record and an object in another, which
/// one index cannot have.
fn shown<'r>(found: &Finding<'r, '_>) -> Vec<Object<'r>> {
    let Some(fields) = found.fields.and_then(Json::object) else { return Vec::new() };
    let text = |value: &Json<'_>| value.text().map_or_else(|| value.to_line(), str::to_owned);
    let mut fields: Vec<_> = fields.members().collect();
    fields.sort_unstable_by_key(|(name, _)| *name);
    fields.into_iter().map(|(name, value)| Object::new().with("name", name).with("value", text(value))).collect()
}
