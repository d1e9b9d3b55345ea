//! The kinds of mistakes. Programs go by their codes, so that a code never changes; `tests/errors` shows each of them.

use serde::{Serialize, Serializer};
use std::fmt::{self, Display, Formatter};

macro_rules! codes {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// What kind of mistake it is; ascending by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])* $kind,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// As it is shown.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

codes! {
    /// The built-in rules cannot be read.
    BuiltIn = "built-in",
    /// A name that is nearly that of an event.
    CloudtrailEvent = "cloudtrail-event",
    /// A name that is nearly that of a field.
    CloudtrailField = "cloudtrail-field",
    /// A name that is nearly that of a source of events.
    CloudtrailSource = "cloudtrail-source",
    /// A value that is nearly one of those that a field may have.
    CloudtrailValue = "cloudtrail-value",
    /// Accounts of an override that are none, or contradict each other.
    OverrideAccount = "override-account",
    /// Effects of an override of which one leaves nothing to the other.
    OverrideEffect = "override-effect",
    /// An end of an override that is no date.
    OverrideExpires = "override-expires",
    /// An overrides file of another form.
    OverrideForm = "override-form",
    /// A key that overrides files do not have.
    OverrideKey = "override-key",
    /// An override that lacks what makes it one.
    OverrideMissing = "override-missing",
    /// A placeholder without texts, or with two lists of them.
    OverridePlaceholder = "override-placeholder",
    /// An override that is about no rule.
    OverrideUnmatched = "override-unmatched",
    /// More rules than fit into the detector.
    PackTooLarge = "pack-too-large",
    /// A filter pattern of another of CloudWatch's languages.
    PatternKind = "pattern-kind",
    /// A filter pattern beyond a limit.
    PatternLimit = "pattern-limit",
    /// A value of a filter pattern that should be a number.
    PatternNumber = "pattern-number",
    /// A regular expression that a filter pattern cannot have.
    PatternRegex = "pattern-regex",
    /// A filter pattern that cannot be read.
    PatternSyntax = "pattern-syntax",
    /// A file or a document that is no rule.
    RuleForm = "rule-form",
    /// An id that another rule has.
    RuleId = "rule-id",
    /// A key that is nearly a known one.
    RuleKey = "rule-key",
    /// A filter pattern for other records than CloudTrail's.
    RuleLogsource = "rule-logsource",
    /// What a rule says for people, not as Sigma has it.
    RuleMetadata = "rule-metadata",
    /// A key that each rule must have.
    RuleMissing = "rule-missing",
    /// A name that another rule has.
    RuleName = "rule-name",
    /// Tests of a rule that cannot be run.
    RuleTests = "rule-tests",
    /// A value of a known key that cannot be its value.
    RuleValue = "rule-value",
    /// Settings that cannot be read, or mean nothing.
    Settings = "settings",
    /// An action document that says nothing certain.
    SigmaAction = "sigma-action",
    /// An aggregation of Sigma's first version.
    SigmaAggregation = "sigma-aggregation",
    /// A condition that cannot be read, or others would refuse.
    SigmaCondition = "sigma-condition",
    /// A correlation.
    SigmaCorrelation = "sigma-correlation",
    /// A detection that is none.
    SigmaDetection = "sigma-detection",
    /// A filter that could be misread, or reaches no rule.
    SigmaFilter = "sigma-filter",
    /// A condition on identifiers that are not there.
    SigmaIdentifier = "sigma-identifier",
    /// A condition beyond a limit.
    SigmaLimit = "sigma-limit",
    /// A source of records that is none, or that of others.
    SigmaLogsource = "sigma-logsource",
    /// Modifiers that are not known, or do not go together.
    SigmaModifier = "sigma-modifier",
    /// A placeholder without values.
    SigmaPlaceholder = "sigma-placeholder",
    /// A regular expression that engines read differently.
    SigmaRegex = "sigma-regex",
    /// Names of fields that are not CloudTrail's.
    SigmaTaxonomy = "sigma-taxonomy",
    /// A time frame of Sigma's first version.
    SigmaTimeframe = "sigma-timeframe",
    /// An identifier that no condition uses.
    SigmaUnused = "sigma-unused",
    /// A value that its modifiers cannot take.
    SigmaValue = "sigma-value",
    /// A test of a rule that failed.
    TestFailed = "test-failed",
    /// An alias within what it stands for.
    YamlAlias = "yaml-alias",
    /// Bytes that are no text, or characters that YAML forbids.
    YamlCharacter = "yaml-character",
    /// A key that a map has twice.
    YamlDuplicateKey = "yaml-duplicate-key",
    /// A key that is no text.
    YamlKey = "yaml-key",
    /// A file beyond a limit.
    YamlLimit = "yaml-limit",
    /// A file that is not YAML.
    YamlSyntax = "yaml-syntax",
    /// A tag.
    YamlTag = "yaml-tag",
}

impl Display for Code {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
