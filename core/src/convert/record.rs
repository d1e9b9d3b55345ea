//! One CloudTrail record, and what every form asks of it.

use super::annotation::Annotation;
use super::json::{Json, Object};
use super::settings::Settings;
use crate::enrich::{Outcome, Reading, Secrets, outcome};
use crate::time::instant;

/// A record to convert.
pub(super) struct Record<'r, 'a> {
    /// All of it.
    pub(super) members: &'r Object<'a>,
    /// What it gained from `filter`.
    pub(super) annotation: Option<Annotation<'r, 'a>>,
    /// What must not be repeated beyond copies.
    pub(super) secrets: Secrets,
    pub(super) outcome: Outcome,
    pub(super) settings: &'r Settings,
}

impl<'r, 'a> Record<'r, 'a> {
    pub(super) fn new(members: &'r Object<'a>, reading: &Reading<'_, '_>, settings: &'r Settings) -> Self {
        Self {
            members,
            annotation: Annotation::find(members, &settings.field),
            secrets: Secrets::new(reading),
            outcome: outcome(reading),
            settings,
        }
    }

    /// The text at the end of these keys, one within another; `None` also for an empty one.
    pub(super) fn text(&self, path: &[&str]) -> Option<&'r str> {
        self.members.text(path)
    }

    /// A member of `userIdentity`.
    pub(super) fn identity(&self, path: &[&str]) -> Option<&'r str> {
        self.members.within(&["userIdentity"])?.text(path)
    }

    /// A value.
    pub(super) fn at(&self, path: &[&str]) -> Option<&'r Json<'a>> {
        self.members.at(path)
    }

    /// When it happened, in milliseconds since 1970. Records that Logstash has read tell it elsewhere.
    pub(super) fn time(&self) -> Option<i64> {
        let written = ["eventTime", "@timestamp"].into_iter().filter_map(|key| self.text(&[key]));
        written.filter_map(instant).next()
    }
}
