//! The distinct tests of all rules, each with a number, so that each is made at most once a record.

use super::matcher::PreparedMatcher;
use crate::record::decimal::Decimal;
use crate::record::{Capture, Kind, Slot, View};
use crate::rule::condition::{Relation, Test};

/// A test's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PredicateId(pub(super) u32);

/// One test of the values in one slot.
#[derive(Debug)]
pub(super) struct Predicate {
    pub(super) slot: Slot,
    pub(super) check: Check,
}

/// What a value must be.
#[derive(Debug)]
pub(super) enum Check {
    /// The index says so while it looks at the values (see [`super::index`]); nothing is left to be asked here.
    Indexed,
    Present,
    Scalar,
    Null,
    Boolean(bool),
    Number(Relation, Decimal),
    Text {
        matcher: PreparedMatcher,
        negated: bool,
    },
}

impl Check {
    pub(super) fn new(test: &Test) -> Result<Self, regex::Error> {
        Ok(match test {
            Test::Present => Self::Present,
            Test::Scalar => Self::Scalar,
            Test::Null => Self::Null,
            Test::Boolean(value) => Self::Boolean(*value),
            Test::Number(relation, value) => Self::Number(*relation, value.clone()),
            Test::Text { matcher, negated } => {
                Self::Text { matcher: PreparedMatcher::new(matcher)?, negated: *negated }
            }
            // Sigma's tests come with its front end.
            _ => Self::Indexed,
        })
    }
}

impl Predicate {
    /// Whether one of the record's values passes.
    pub(super) fn holds(&self, view: View<'_>) -> bool {
        view.captures_in_any_order(self.slot).any(|capture| self.passes(view, capture))
    }

    fn passes(&self, view: View<'_>, capture: Capture) -> bool {
        match &self.check {
            Check::Indexed => false,
            Check::Present => true,
            Check::Scalar => !matches!(capture.kind, Kind::Null | Kind::Object | Kind::Array),
            Check::Null => capture.kind == Kind::Null,
            Check::Boolean(value) => capture.kind == if *value { Kind::True } else { Kind::False },
            Check::Number(relation, value) => {
                let number = (capture.kind == Kind::Number).then(|| Decimal::parse(view.raw(capture))).flatten();
                number.is_some_and(|number| match relation {
                    Relation::Equal => number == *value,
                    Relation::Less => number < *value,
                    Relation::LessOrEqual => number <= *value,
                    Relation::Greater => number > *value,
                    Relation::GreaterOrEqual => number >= *value,
                })
            }
            Check::Text { matcher, negated } => {
                view.text(capture).is_some_and(|text| matcher.matches(&text, capture.kind == Kind::Number) != *negated)
            }
        }
    }
}
