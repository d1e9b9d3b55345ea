//! The one compiled form of both rule languages: a boolean expression over tests of the values at a path.
//!
//! A test is existential: it holds when at least one value that the path reaches passes. The languages differ on
//! missing fields (Sigma's `not` matches them, CloudWatch's `!=` does not), so a front end must spell out which it
//! means: `Not(Test)` is true of a record without the field, `Test` with `negated` is not.

use crate::record::decimal::Decimal;
use crate::record::path::Path;
use regex::bytes::{Regex, RegexBuilder};

/// A boolean expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All hold; an empty list holds.
    And(Vec<Condition>),
    /// At least one holds; an empty list does not.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// At least one value at the path passes the test.
    Test(Path, Test),
}

/// What is asked of one value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// Anything is there, `null`, objects and arrays included.
    Present,
    /// A string, a number or a boolean.
    Scalar,
    /// `null`.
    Null,
    /// The boolean itself; the string "true" is none.
    Boolean(bool),
    /// A JSON number in this relation to a number of the rule.
    Number(Relation, Decimal),
    /// A string, or a number by its text as written, against a pattern.
    Text {
        /// What its text must be.
        matcher: Matcher,
        /// Passes when the text does *not* match. A value that has no text never passes.
        negated: bool,
    },
}

/// How a JSON number relates to the rule's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Relation {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A pattern for text. Case counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Matcher {
    /// The whole text.
    Exact(String),
    /// Strings: the whole text. JSON numbers: equal in value, so that `123` equals `123.0` and `1.23e2`.
    Number(String, Decimal),
    /// The text begins so.
    Prefix(String),
    /// The text ends so.
    Suffix(String),
    /// The text holds it anywhere.
    Contains(String),
    /// Literal pieces in order, anything (also nothing) between them; the first piece begins the text and the last
    /// one ends it, either may be empty.
    Glob(Vec<String>),
    /// A regular expression for [`compile_regex`], searched anywhere.
    Regex(String),
}

/// Compiles what a [`Matcher::Regex`] holds. Front ends check with it what they write, so that a rule which loaded
/// cannot fail later. Classes are written out (`[0-9]`, not `\d`), as the component goes without tables of Unicode.
pub fn compile_regex(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).size_limit(MAX_REGEX_BYTES).build()
}

/// What one compiled regular expression may take: `.{1,140}` fits. The time that each byte of a value takes grows with
/// it, and at this size a value of 64 KiB takes some 0.2 s natively in the worst case.
const MAX_REGEX_BYTES: usize = 1 << 16;
