//! Rules: from the text of a file to one compiled form. What a rule does to a record is decided elsewhere.

mod adjusters;
mod built_in;
mod cases;
mod cloudwatch;
mod code;
pub mod condition;
pub mod diagnostic;
pub mod expression;
mod file;
mod filters;
mod gathered;
mod glob;
mod json;
mod logsource;
mod manifest;
mod metadata;
mod names;
pub(crate) mod overrides;
pub mod pack;
mod remarks;
mod settings;
pub(crate) mod sigma;
mod stored;
pub(crate) mod suggest;
#[cfg(test)]
mod tests;
mod typed;
mod yaml;

pub(crate) use built_in::tests_of;
pub use cases::RuleTest;
use condition::Condition;
pub(crate) use metadata::{KEYS, KINDS, MAX_TITLE, STATUSES};
use serde::{Deserialize, Serialize};

/// How grave a match is, in Sigma's meaning; ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Enriches only, never alerts.
    Informational,
    /// Notable, rarely an incident.
    Low,
    /// Relevant, to be reviewed.
    Medium,
    /// To be looked at soon.
    High,
    /// Near certain, act now.
    Critical,
}

impl Level {
    /// All levels, ascending.
    pub const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The level's name, as rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The level of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// One rule, ready to be compiled into a pack.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Path below the rules folder without extension, `#name` or `#n` behind it for further documents of a file.
    pub name: String,
    /// The file it stands in.
    pub path: String,
    /// The rule's `id`, else its name.
    pub id: String,
    /// What it finds.
    pub title: String,
    /// Why it matters and what to check; may be empty.
    pub description: String,
    /// How grave a match is.
    pub level: Level,
    /// `tags`, as written.
    pub tags: Vec<String>,
    /// `fields`: what a person needs to see of the record.
    pub fields: Vec<String>,
    /// `falsepositives`: what is found and harmless.
    pub falsepositives: Vec<String>,
    /// When it matches.
    pub condition: Condition,
    /// What others than the rule's author say of its matches: filters and overrides, in the order in which they apply.
    pub adjustments: Vec<Adjustment>,
    /// `cloudwatch` or `sigma`.
    pub language: Language,
    /// On unless the file says `enabled: false`.
    pub enabled: bool,
    /// Records that must and must not match.
    pub tests: Tests,
}

impl Rule {
    /// How many regular expressions it asks of a record at most.
    pub fn expressions(&self) -> usize {
        let of_adjustments = self.adjustments.iter().map(|adjustment| adjustment.when.expressions());
        of_adjustments.sum::<usize>() + self.condition.expressions()
    }
}

/// What becomes of a match under a further condition.
#[derive(Clone, Debug)]
pub struct Adjustment {
    /// Who says so, as it is shown and counted: `overrides.yml:12`, `filter/admins`.
    pub source: String,
    /// Which matches it is about.
    pub when: Condition,
    /// What becomes of them.
    pub effect: Effect,
}

/// What an adjustment does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The match is none, and is counted.
    Suppress,
    /// The finding has this level. A later adjustment overrules an earlier one.
    SetLevel(Level),
}

/// In which language a rule's condition is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `filter_pattern:`, a CloudWatch Logs metric filter pattern.
    CloudWatch,
    /// `detection:`, Sigma.
    Sigma,
}

impl Language {
    /// The language's name, as the manifest and explanations have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::CloudWatch => "cloudwatch",
            Self::Sigma => "sigma",
        }
    }
}

/// The records of a rule's `tests:`.
#[derive(Clone, Debug)]
pub enum Tests {
    /// Those of a file that was given.
    Given(Vec<RuleTest>),
    /// So many, of a built-in rule. They stay packed until somebody asks for them.
    BuiltIn(usize),
}

impl Tests {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Given(tests) => tests.len(),
            Self::BuiltIn(count) => *count,
        }
    }
}
