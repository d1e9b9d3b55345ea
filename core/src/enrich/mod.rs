//! Step 4: from a scanned record and the rules that matched it to what there is to say of it.
//!
//! Takes the values of a record; gives one JSON object on one line, the annotation, and where asked for a second one
//! that names the event. It decides nothing about rules, copies no secret and bounds all that it repeats.
//!
//! The annotation: `{"v":1,"level","rules":[name],"findings":[{"rule","id","title","level","outcome","tags","fields"}],
//! "signin"}`, where the first three are there only if a rule matched and `signin` (see `signin.rs`) only for events of
//! the sign-in service.

pub(crate) mod address;
mod event;
mod fields;
mod finding;
pub(crate) mod identity;
pub(crate) mod json;
mod limits;
pub(crate) mod login_url;
mod mfa;
pub(crate) mod outcome;
pub(crate) mod reading;
mod result;
pub(crate) mod secrets;
mod seen;
mod shown;
mod signin;
mod switch;
mod time;

use crate::detect::Match;
use crate::record::path::Path;
use crate::record::{Slot, TooManyPaths, View};
use crate::rule::Rule;
use event::Event;
use fields::Fields;
use finding::Finding;
use reading::{Reading, Wanted};
pub(crate) use seen::Seen;
use signin::Signin;

/// Writes annotations for the records that one set of rules is asked of.
#[derive(Debug)]
pub(crate) struct Enricher {
    wanted: Wanted,
    findings: Vec<Finding>,
    fields: Fields,
}

impl Enricher {
    /// Registers the paths it needs. `slot_of` gives the slot of a path.
    pub(crate) fn new(rules: &[&Rule], slot_of: &mut dyn FnMut(&Path) -> Slot) -> Result<Self, TooManyPaths> {
        let wanted = Wanted::new(slot_of);
        let fields = Fields::new(rules.iter().flat_map(|rule| &rule.fields), slot_of)?;
        let numbers = |rule: &Rule| rule.fields.iter().filter_map(|name| fields.number_of(name)).collect();
        let findings = rules.iter().map(|rule| Finding::new(rule, numbers(rule))).collect();
        Ok(Self { wanted, findings, fields })
    }

    /// Writes the annotation of one record into `out`, which stays empty when there is nothing to say. `matched` are
    /// matches of the rules that the enricher was made for, ascending.
    pub(crate) fn annotate(&mut self, view: &View<'_>, matched: &[Match], out: &mut String) {
        out.clear();
        let is_signin = signin::is_signin(&self.wanted, view);
        if matched.is_empty() && !is_signin {
            return;
        }
        let record = Reading::new(&self.wanted, view);
        out.push_str(r#"{"v":1"#);
        write_findings(&self.findings, &mut self.fields, &record, matched, out);
        if is_signin {
            out.push_str(r#","signin":"#);
            json::write(out, &Signin::new(&record));
        }
        out.push('}');
    }

    /// Writes the event object into `out`.
    pub(crate) fn event(&self, view: &View<'_>, out: &mut String) {
        out.clear();
        json::write(out, &Event::new(&Reading::new(&self.wanted, view)));
    }
}

fn write_findings(all: &[Finding], fields: &mut Fields, record: &Reading<'_, '_>, matched: &[Match], out: &mut String) {
    let findings = || {
        matched.iter().filter_map(|matched| {
            let finding = all.get(matched.rule)?;
            Some((finding, matched.level.unwrap_or(finding.level)))
        })
    };
    let Some(gravest) = findings().map(|(_, level)| level).max() else { return };
    out.push_str(r#","level":""#);
    out.push_str(gravest.name());

    out.push_str(r#"","rules":["#);
    for (number, (finding, _)) in findings().enumerate() {
        if number > 0 {
            out.push(',');
        }
        out.push_str(&finding.name_json);
    }

    let numbers = findings().flat_map(|(finding, _)| &finding.fields).copied();
    let found = fields.find(record, numbers);
    let outcome = outcome::outcome(record);
    out.push_str(r#"],"findings":["#);
    for (number, (finding, level)) in findings().enumerate() {
        if number > 0 {
            out.push(',');
        }
        finding.write(out, level, outcome, &found);
    }
    out.push(']');
}

#[cfg(test)]
mod tests;
