//! A finding as a Detection Finding. It stands alone, away from its record, and repeats of it what a person needs who
//! looks into it; copies of parameters stay with the record.

use super::super::attack::{self, Attack};
use super::super::finding::Finding;
use super::super::json::{Json, Object};
use super::super::record::Record;
use super::class::Class;
use super::event::{api, profiles, put_class, type_name, type_uid};
use super::people::actor;
use super::place::{cloud, resources, source, user_agent};
use super::{VERSION, observables, put_choice};
use crate::rule::Level;
use crate::time::rfc3339;

/// What this finding says of a record, whose event has this class and activity.
pub(super) fn convert<'r>(
    record: &Record<'r, '_>,
    found: Finding<'r, '_>,
    of: (Class, i64),
    name: &'r str,
    time: i64,
) -> Object<'r> {
    let (severity, caption) = match found.level {
        Level::Informational => (1, "Informational"),
        Level::Low => (2, "Low"),
        Level::Medium => (3, "Medium"),
        Level::High => (4, "High"),
        Level::Critical => (5, "Critical"),
    };
    let id = found.id(record);
    let mut event = Object::new();
    put_class(&mut event, Class::DetectionFinding, 1, name);
    put_choice(&mut event, ("severity_id", "severity"), severity, caption);
    put_choice(&mut event, ("status_id", "status"), 1, "New");
    event.put("is_alert", true);
    event.put("message", found.title);
    event.put("time", time);
    event.put("time_dt", rfc3339(time));
    event.put("metadata", metadata(id.clone()));
    event.put("cloud", cloud(record));
    event.put("finding_info", information(record, &found, of, id, time));
    event.put("evidences", vec![evidence(record, &found, name)]);
    event.put("resources", resources(record, Some((3, "Affected"))));
    event.put("observables", observables::of(&event, record));
    event
}

/// What writes findings.
fn product<'r>() -> Object<'r> {
    Object::new()
        .with("name", "Trailsieve")
        .with("vendor_name", "Trailsieve")
        .with("uid", "trailsieve")
        .with("version", env!("CARGO_PKG_VERSION"))
}

fn metadata<'r>(id: String) -> Object<'r> {
    Object::new().with("version", VERSION).with("profiles", profiles()).with("product", product()).with("uid", id)
}

fn information<'r>(
    record: &Record<'r, '_>,
    found: &Finding<'r, '_>,
    (class, activity): (Class, i64),
    id: String,
    time: i64,
) -> Object<'r> {
    let mut analytic = Object::new();
    put_choice(&mut analytic, ("type_id", "type"), 1, "Rule");
    analytic.put("uid", found.rule_id.or(found.rule));
    analytic.put("name", found.rule);
    let (attacks, tags) = attack::divided(&found.tags);
    let mut information = Object::new()
        .with("uid", id)
        .with("title", found.title.or(found.rule))
        .with("analytic", analytic)
        .with("created_time", time)
        .with("created_time_dt", rfc3339(time))
        .with("attacks", attacks_of(&attacks))
        .with("types", types(&attacks, found))
        .with("tags", tags.into_iter().map(tag).collect::<Vec<_>>());
    if let Some(event_id) = record.text(&["eventID"]) {
        let related = Object::new()
            .with("uid", event_id)
            .with("type_uid", type_uid(class, activity))
            .with("type_name", type_name(class, activity))
            .with("created_time", time)
            .with("product", Object::new().with("name", "CloudTrail").with("vendor_name", "AWS"));
        information.put("related_events", vec![related]);
        information.put("related_events_count", 1);
    }
    information
}

/// Tags do not say which technique serves which tactic, unless there is only one.
fn attacks_of<'r>(attacks: &[Attack<'r>]) -> Vec<Object<'r>> {
    let tactics: Vec<_> = attacks.iter().filter_map(Attack::tactic).collect();
    let only = match tactics.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let techniques = attacks.iter().filter(|attack| attack.tactic().is_none()).count();
    let tactic_of = |(id, name): (Option<&'static str>, &'r str)| Object::new().with("uid", id).with("name", name);
    let object = |attack: &Attack<'r>| {
        let mut told = Object::new().with("version", attack::VERSION);
        match attack {
            Attack::Tactic { .. } if only.is_some() && techniques > 0 => return None,
            Attack::Tactic { id, name } => told.put("tactic", tactic_of((*id, *name))),
            Attack::Technique { id, name, part } => {
                told.put("tactic", only.map(tactic_of));
                told.put("technique", Object::new().with("uid", id.clone()).with("name", *name));
                if let Some((id, name)) = part {
                    told.put("sub_technique", Object::new().with("uid", id.clone()).with("name", *name));
                }
            }
        }
        Some(told)
    };
    attacks.iter().filter_map(object).collect()
}

/// As other products name kinds of findings.
fn types<'r>(attacks: &[Attack<'r>], found: &Finding<'r, '_>) -> Vec<String> {
    let rule = found.rule.unwrap_or_default();
    attacks.iter().filter_map(Attack::tactic).map(|(_, name)| format!("TTPs/{name}/{rule}")).collect()
}

/// `cis.3.0-4.4` is a tag of `cis`.
fn tag(tag: &str) -> Object<'_> {
    let (name, value) =
        tag.split_once('.').filter(|(name, value)| !name.is_empty() && !value.is_empty()).unwrap_or(("tag", tag));
    Object::new().with("name", name).with("value", value)
}

/// The record, and what of it the rule shows.
fn evidence<'r>(record: &Record<'r, '_>, found: &Finding<'r, '_>, name: &'r str) -> Object<'r> {
    let event_id = record.text(&["eventID"]);
    let tls = |key| record.text(&["tlsDetails", key]);
    let mut encryption = Object::new();
    if let Some(version) = tls("tlsVersion") {
        encryption.put("version", version);
        encryption.put("cipher", tls("cipherSuite"));
        encryption.put("sni", tls("clientProvidedHostHeader"));
    }
    let data = Object::new()
        .with("eventID", event_id)
        .with("outcome", found.outcome)
        .with("matched", found.fields.map(Json::from));
    Object::new()
        .with("uid", event_id)
        .with("name", name)
        .with("actor", actor(record))
        .with("api", api(record, name, false))
        .with("src_endpoint", source(record))
        .with("http_request", user_agent(record))
        .with("tls", encryption)
        .with("data", data)
}
