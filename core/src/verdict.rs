//! What the detector answers, in the shape of the WIT interface.

/// What became of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Judged; no rule matched.
    Clean,
    /// Judged; at least one finding.
    Flagged,
    /// Valid, but a limit kept it from being judged.
    Unjudged,
    /// Not JSON, though it begins like it.
    Malformed,
    /// Something else than a CloudTrail record.
    NotCloudtrail,
}

/// What there is to say of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Its number in the batch, counted from 0.
    pub record: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// One JSON object to be added to it, in the form of `schema/annotation.schema.json`, or empty.
    pub annotation: String,
    /// One JSON object that tells which event it is, or empty.
    pub event: String,
}

/// How many records of a batch had each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the outcomes say it all")]
pub struct Counts {
    pub clean: u32,
    pub flagged: u32,
    pub unjudged: u32,
    pub malformed: u32,
    pub not_cloudtrail: u32,
}

impl Counts {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Clean => &mut self.clean,
            Outcome::Flagged => &mut self.flagged,
            Outcome::Unjudged => &mut self.unjudged,
            Outcome::Malformed => &mut self.malformed,
            Outcome::NotCloudtrail => &mut self.not_cloudtrail,
        };
        *count += 1;
    }
}

/// The answer to one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// One for each record.
    pub counts: Counts,
    /// The flagged, unjudged and malformed records, and the clean ones that gain something; ascending.
    pub verdicts: Vec<Verdict>,
    /// What was suppressed: one for each rule and source, ascending by both.
    pub suppressed: Vec<Suppression>,
}

/// Matches of a rule that a filter or an override declares to be none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The rule's name.
    pub rule: String,
    /// Which filter or override, as the manifest lists it.
    pub source: String,
    /// In how many records.
    pub count: u32,
}
