//! One CloudTrail record, and what every form asks of it.

use super::annotation::Annotation;
use super::finding::Finding;
use super::json::{Json, Object};
use super::limits::MAX_FINDINGS;
use super::settings::Settings;
use crate::enrich::identity::MASKED;
use crate::enrich::outcome::{Outcome, outcome};
use crate::enrich::reading::Reading;
use crate::enrich::secrets::Secrets;
use crate::time::instant;

/// A record to convert.
pub(super) struct Record<'r, 'a> {
    /// All of it.
    pub(super) members: &'r Object<'a>,
    /// What it gained from `filter`.
    pub(super) annotation: Option<Annotation<'r, 'a>>,
    pub(super) settings: &'r Settings,
    secrets: Secrets,
    outcome: Outcome,
    /// The account lacks the name that was typed.
    names_nobody: bool,
}

/// How what a record tells of ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Success,
    Failure,
    Unknown,
    /// It would have succeeded, had it been meant.
    DryRun,
}

impl<'r, 'a> Record<'r, 'a> {
    pub(super) fn new(members: &'r Object<'a>, reading: &Reading<'_, '_>, settings: &'r Settings) -> Self {
        Self {
            members,
            annotation: Annotation::find(members, &settings.field),
            settings,
            secrets: Secrets::new(reading),
            outcome: outcome(reading),
            names_nobody: reading.names_nobody(),
        }
    }

    /// A value.
    pub(super) fn at(&self, path: &[&str]) -> Option<&'r Json<'a>> {
        self.members.at(path)
    }

    /// The text at the end of these keys, one within another; `None` also for an empty one.
    pub(super) fn text(&self, path: &[&str]) -> Option<&'r str> {
        self.members.text(path)
    }

    /// A text within `userIdentity`.
    pub(super) fn identity(&self, path: &[&str]) -> Option<&'r str> {
        self.members.within(&["userIdentity"])?.text(path)
    }

    /// What happened; Insights tell it elsewhere.
    pub(super) fn event_name(&self) -> Option<&'r str> {
        self.text(&["eventName"]).or_else(|| self.text(&["insightDetails", "eventName"]))
    }

    /// Which service tells of it, or in an Insight of which it is told.
    pub(super) fn event_source(&self) -> Option<&'r str> {
        self.text(&["eventSource"]).or_else(|| self.text(&["insightDetails", "eventSource"]))
    }

    /// When it happened, as it is written. Records that Logstash has read tell it elsewhere.
    pub(super) fn written_time(&self) -> Option<&'r str> {
        let mut written = ["eventTime", "@timestamp"].into_iter().filter_map(|key| self.text(&[key]));
        written.find(|text| instant(text).is_some())
    }

    /// The same in milliseconds since 1970.
    pub(super) fn time(&self) -> Option<i64> {
        self.written_time().and_then(instant)
    }

    /// How it ended. `responseElements` say it, or of Identity Center's sign-ins `serviceEventDetails`.
    pub(super) fn ended(&self) -> Ended {
        let is_dry_run = self.text(&["errorCode"]).is_some_and(|code| code.ends_with("DryRunOperation"));
        match self.outcome {
            _ if is_dry_run => Ended::DryRun,
            Outcome::Success | Outcome::Pending => Ended::Success,
            Outcome::Failure => Ended::Failure,
            Outcome::Unknown => {
                let said = self.event_name().and_then(|name| self.text(&["serviceEventDetails", name]));
                match said {
                    Some("Success") => Ended::Success,
                    Some(said) if said.eq_ignore_ascii_case("Failure") => Ended::Failure,
                    _ => Ended::Unknown,
                }
            }
        }
    }

    /// The account whose log the record is from, else the caller's.
    pub(super) fn account(&self) -> Option<&'r str> {
        self.text(&["recipientAccountId"]).or_else(|| self.identity(&["accountId"]))
    }

    /// The partition of AWS that an ARN in the record tells.
    pub(super) fn partition(&self) -> Option<&'r str> {
        let of_resources = || self.at(&["resources"])?.elements().iter().find_map(|it| it.object()?.text(&["ARN"]));
        let issuer = || self.identity(&["sessionContext", "sessionIssuer", "arn"]);
        let arn = self.identity(&["arn"]).or_else(issuer).or_else(of_resources)?;
        arn.strip_prefix("arn:")?.split(':').next().filter(|partition| partition.starts_with("aws"))
    }

    /// The caller's unique id.
    pub(super) fn principal(&self) -> Option<&'r str> {
        self.identity(&["principalId"]).or_else(|| self.identity(&["onBehalfOf", "userId"]))
    }

    /// The caller's name; of a name that the account lacks only what AWS wrote in its place.
    pub(super) fn user_name(&self) -> Option<&'r str> {
        let of_identity_center = || {
            self.identity(&["onBehalfOf", "userId"])?;
            self.text(&["additionalEventData", "UserName"])
        };
        let name = self.identity(&["userName"]).or_else(of_identity_center)?;
        (!self.names_nobody || name == MASKED).then_some(name)
    }

    /// Whether a secret hides in this text, or something that is not spread beyond copies of the record.
    pub(super) fn withholds(&self, text: &str) -> bool {
        self.secrets.withholds(text)
    }

    /// What rules found in it. The error says that it is more than rules can find.
    pub(super) fn findings(&self) -> Result<Vec<Finding<'r, 'a>>, String> {
        let Some(annotation) = self.annotation else { return Ok(Vec::new()) };
        let findings: Vec<_> = annotation.findings().filter_map(Finding::read).collect();
        if findings.len() > MAX_FINDINGS {
            return Err(format!("{} findings in one record (limit {MAX_FINDINGS})", findings.len()));
        }
        Ok(findings)
    }

    /// The record as it was before it gained anything, as one line of JSON.
    pub(super) fn without_annotation(&self) -> String {
        let mut members = self.members.clone();
        members.retain(|key, _| self.annotation.is_none_or(|annotation| annotation.key != key));
        Json::from(members).to_line()
    }
}

/// A boolean, which AWS writes as a text in some places.
pub(super) fn truth(text: &str) -> Option<bool> {
    match () {
        () if text.eq_ignore_ascii_case("true") => Some(true),
        () if text.eq_ignore_ascii_case("false") => Some(false),
        () => None,
    }
}
