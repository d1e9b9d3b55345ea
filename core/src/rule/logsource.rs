//! `logsource:` → which records a document is about.

use super::diagnostic::{Code, Notes, quoted};
use super::typed;
use super::yaml::{Body, Entry};

/// What a document states of the source of its records; of other attributes nothing depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Logsource {
    attributes: [Option<String>; 3],
}

/// In the order of [`Logsource::attributes`], and what each is for CloudTrail.
const ATTRIBUTES: [(&str, Option<&str>); 3] =
    [("product", Some("aws")), ("service", Some("cloudtrail")), ("category", None)];

impl Logsource {
    /// CloudTrail's own.
    pub(super) fn cloudtrail() -> Self {
        Self { attributes: ATTRIBUTES.map(|(_, value)| value.map(str::to_owned)) }
    }

    /// Reads `logsource:`. Gives `None` where a mistake was noted.
    pub(super) fn read(entry: &Entry, notes: &mut Notes) -> Option<Self> {
        let entries = typed::map(entry, notes)?;
        let mut logsource = Self::default();
        for part in entries {
            let Some(number) = ATTRIBUTES.iter().position(|(name, _)| *name == part.key) else { continue };
            let text = typed::text(part, notes)?;
            if let Some(attribute) = logsource.attributes.get_mut(number) {
                *attribute = Some(text);
            }
        }
        if logsource.attributes.iter().all(Option::is_none) {
            let message = "`logsource:` names neither `product:` nor `service:` nor `category:`";
            notes.refuse(
                entry.at,
                Code::SigmaLogsource,
                message,
                "for CloudTrail it is {product: aws, service: cloudtrail}",
            );
            return None;
        }
        Some(logsource)
    }

    /// Whether nothing that it states contradicts CloudTrail.
    pub(super) fn fits_cloudtrail(&self) -> bool {
        self.contains(&Self::cloudtrail())
    }

    /// Whether records of the other are among this one's: all that it states, the other states alike.
    pub(super) fn contains(&self, other: &Self) -> bool {
        let same = |(own, other): (&Option<String>, &Option<String>)| match (own, other) {
            (None, _) => true,
            (Some(own), Some(other)) => own.eq_ignore_ascii_case(other),
            (Some(_), None) => false,
        };
        self.attributes.iter().zip(&other.attributes).all(same)
    }
}

/// As a sentence of a diagnostic has it.
impl std::fmt::Display for Logsource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stated = ATTRIBUTES.iter().zip(&self.attributes);
        let stated = stated.filter_map(|((name, _), value)| Some(format!("{name} {}", quoted(value.as_ref()?))));
        f.write_str(&stated.collect::<Vec<_>>().join(", "))
    }
}

/// A filter pattern is for CloudTrail and nothing else: another source would be a slip of the pen.
pub(super) fn refuse_other(entry: &Entry, notes: &mut Notes) {
    let Some(entries) = typed::map(entry, notes) else { return };
    for part in entries {
        let Some((_, expected)) = ATTRIBUTES.iter().find(|(name, _)| *name == part.key) else { continue };
        let found = match &part.value.body {
            Body::Scalar(scalar) => scalar.text.as_str(),
            other => other.described(),
        };
        if Some(found) != *expected {
            let expected = expected.unwrap_or("absent");
            let message = format!("`logsource:` names another source: `{}:` must be {expected}", part.key);
            let message = format!("{message}, found {}", quoted(found));
            notes.refuse(
                part.value.at,
                Code::RuleLogsource,
                message,
                "this detector reads CloudTrail records only; leave `logsource:` out",
            );
        }
    }
}
