//! The one compiled form of both rule languages: a boolean expression over tests of the values at a path.
//!
//! A test is existential: it holds when at least one value that the path reaches passes. The languages differ on
//! missing fields (Sigma's `not` matches them, CloudWatch's `!=` does not), so a front end must spell out which it
//! means: `Not(Test)` is true of a record without the field, `Test` with `negated` is not.

use super::expression::Expression;
use crate::record::decimal::Decimal;
use crate::record::path::Path;

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
    /// At least one value at the first path relates so to at least one value at the second.
    Pair(Path, Path, Comparison),
    /// A part to which the rule gives a name, such as Sigma's `selection`. Says what is meant, changes nothing.
    Named(String, Box<Condition>),
}

impl Condition {
    /// How many tests it asks at most. Conditions are nested no deeper than the parsers allow.
    pub fn tests(&self) -> usize {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::tests).sum(),
            Self::Not(part) | Self::Named(_, part) => part.tests(),
            Self::Test(..) | Self::Pair(..) => 1,
        }
    }

    /// How many regular expressions it asks. Conditions are nested no deeper than the parsers allow.
    pub fn expressions(&self) -> usize {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::expressions).sum(),
            Self::Not(part) | Self::Named(_, part) => part.expressions(),
            Self::Test(_, Test::Regex(_) | Test::Text { matcher: Matcher::Regex(_), .. }) => 1,
            Self::Test(..) | Self::Pair(..) => 0,
        }
    }
}

/// One part says as much as a list of it alone, whatever would join them.
pub(super) fn single_or<T>(mut parts: Vec<T>, join: fn(Vec<T>) -> T) -> T {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => join(parts.into_iter().chain(last).collect()),
    }
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
    /// Sigma: anything but `null` and arrays; what an array holds stands at the same path.
    Something,
    /// Sigma: anything but `null` and arrays that hold something, so that `[]` is a value.
    NotNull,
    /// Sigma: the text of a string, of a number as written, or of a boolean. An object is asked too where the pattern
    /// is open at both ends or a keyword: one of its texts must match, which are its compact JSON and every scalar in
    /// it, decoded.
    Pattern(Pattern),
    /// Sigma: a regular expression, searched in the same texts, in all of those of an object.
    Regex(Expression),
    /// Sigma: a string that is an address in this network.
    Cidr(Network),
    /// Sigma: a JSON number, or a string that reads as one, in this relation to a number of the rule.
    Numeric(Relation, Decimal),
    /// Sigma: a part of a date and time in the form of ISO 8601, as its digits are written.
    TimePart(TimePart, Relation, Decimal),
    /// A string that is a time as CloudTrail writes it (`2026-11-21T08:00:00Z`), in this relation to an instant, in
    /// seconds since 1970. Times with another offset count as the instants that they are.
    Instant(Relation, i64),
}

/// Sigma's pattern for a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// What must stand in the text, from its start to its end.
    pub tokens: Vec<Token>,
    /// Case counts. Otherwise texts are compared after simple case folding, which Unicode defines.
    pub cased: bool,
    /// It is a keyword: whatever its ends, an object is asked too.
    pub keyword: bool,
}

/// One part of a [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Token {
    /// These characters.
    Text(String),
    /// Any characters, also none (`*`).
    Any,
    /// One character (`?`).
    One,
    /// One of the characters by which options begin (`windash`): `-`, `/`, en dash, em dash, horizontal bar.
    Dash,
}

/// A network of IP addresses. The bits behind the prefix are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    /// Its first address; one of IPv4 in its IPv6-mapped form.
    pub address: std::net::Ipv6Addr,
    /// How many bits of that form all its addresses share: `10.0.0.0/8` has 104.
    pub prefix: u8,
}

impl Network {
    /// The bits that all its addresses share are set.
    pub(crate) fn mask(&self) -> u128 {
        u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or_default()
    }
}

/// A part of a date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum TimePart {
    Minute,
    Hour,
    Day,
    /// Of ISO 8601.
    Week,
    Month,
    Year,
}

/// How the text of one value relates to that of another (`fieldref`). Objects, arrays and `null` have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Comparison {
    /// Where the other text stands in the first one.
    pub place: Standing,
    /// Case counts.
    pub cased: bool,
}

/// Where a text stands in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It is all of it.
    Whole,
    /// Anywhere in it.
    Within,
    /// At its start.
    AtStart,
    /// At its end.
    AtEnd,
}

/// How a value relates to the rule's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Relation {
    Equal,
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
    /// A regular expression, searched anywhere.
    Regex(Expression),
}
