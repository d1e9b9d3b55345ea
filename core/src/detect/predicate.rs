//! The distinct tests of all rules, each with a number, so that each is made at most once a record.

use super::expression::PreparedExpression;
use super::matcher::{PreparedMatcher, PreparedPattern};
use super::object::Objects;
use super::trigger::Case;
use crate::fold::fold_bytes;
use crate::record::decimal::Decimal;
use crate::record::{Capture, Kind, Slot, View, number};
use crate::rule::condition::{Network, Relation, Test, TimePart};
use crate::text_table::{Sought, TextTable};
use crate::time::DateTime;
use std::cmp::Ordering;
use std::net::{IpAddr, Ipv6Addr};

/// A test's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PredicateId(pub(super) u32);

/// One test of the values in one slot.
#[derive(Debug)]
pub(super) struct Predicate {
    pub(super) slot: Slot,
    pub(super) check: Check,
    /// The index says while it looks at the values (see [`super::index`]) whether one that has a text passes; at most
    /// objects are left to be asked here.
    pub(super) is_indexed: bool,
}

/// What a value must be.
#[derive(Debug)]
pub(super) enum Check {
    /// One of some texts; the index alone knows them. How often that is expected, see `cost_of_text`.
    OneOf {
        frequency: u32,
    },
    /// The same where the index does not look.
    Texts(Case, TextTable),
    Present,
    Scalar,
    Null,
    Boolean(bool),
    Number(Relation, Decimal),
    Text {
        matcher: PreparedMatcher,
        negated: bool,
    },
    Something,
    NotNull,
    Pattern(Box<PreparedPattern>),
    Regex(PreparedExpression),
    Cidr(Network),
    Numeric(Relation, Decimal),
    TimePart(TimePart, Relation, Decimal),
    Instant(Relation, i64),
}

impl Check {
    pub(super) fn new(test: &Test) -> Self {
        match test {
            Test::Present => Self::Present,
            Test::Scalar => Self::Scalar,
            Test::Null => Self::Null,
            Test::Boolean(value) => Self::Boolean(*value),
            Test::Number(relation, value) => Self::Number(*relation, value.clone()),
            Test::Text { matcher, negated } => Self::Text { matcher: PreparedMatcher::new(matcher), negated: *negated },
            Test::Something => Self::Something,
            Test::NotNull => Self::NotNull,
            Test::Pattern(pattern) => Self::Pattern(Box::new(PreparedPattern::new(pattern))),
            Test::Regex(expression) => Self::Regex(PreparedExpression::new(expression)),
            Test::Cidr(network) => Self::Cidr(*network),
            Test::Numeric(relation, value) => Self::Numeric(*relation, value.clone()),
            Test::TimePart(part, relation, value) => Self::TimePart(*part, *relation, value.clone()),
            Test::Instant(relation, instant) => Self::Instant(*relation, *instant),
        }
    }

    /// How much time it takes, roughly.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::OneOf { .. } => 0,
            Self::Pattern(pattern) if pattern.asks_objects => 20,
            Self::Regex(_) => 50,
            Self::Text { .. } | Self::Pattern(_) => 5,
            _ => 2,
        }
    }

    fn asks_objects(&self) -> bool {
        match self {
            Self::Pattern(pattern) => pattern.asks_objects,
            Self::Regex(_) => true,
            _ => false,
        }
    }
}

impl Predicate {
    /// Whether one of the record's values passes, of those that the index has not asked.
    pub(super) fn holds(&self, view: View<'_>, objects: &mut Objects) -> bool {
        let asks_objects = self.check.asks_objects();
        if self.is_indexed && !asks_objects {
            return false;
        }
        view.any(self.slot, |capture| match capture.kind {
            Kind::Object if asks_objects => self.passes_object(view, capture, objects),
            _ => !self.is_indexed && self.passes(view, capture),
        })
    }

    fn passes(&self, view: View<'_>, capture: Capture) -> bool {
        let kind = capture.kind;
        match &self.check {
            Check::OneOf { .. } => false,
            Check::Texts(Case::Counts, texts) => {
                view.text(capture).is_some_and(|text| texts.get(&Sought::new(&text)).is_some())
            }
            Check::Texts(Case::Folded, texts) => {
                view.text_or_word(capture).is_some_and(|text| texts.get_in_any_case(&Sought::new(&text)).is_some())
            }
            Check::Present => true,
            Check::Scalar => !matches!(kind, Kind::Null | Kind::Object | Kind::Array),
            Check::Null => kind == Kind::Null,
            Check::Boolean(value) => kind == if *value { Kind::True } else { Kind::False },
            Check::Number(relation, value) => {
                let number = (kind == Kind::Number).then(|| Decimal::parse(view.raw(capture))).flatten();
                number.is_some_and(|number| relation.holds(number.cmp(value)))
            }
            Check::Text { matcher, negated } => {
                view.text(capture).is_some_and(|text| matcher.matches(&text, kind == Kind::Number) != *negated)
            }
            Check::Something => !matches!(kind, Kind::Null | Kind::Array),
            Check::NotNull => match kind {
                Kind::Null => false,
                Kind::Array => is_empty(view.raw(capture)),
                _ => true,
            },
            Check::Pattern(pattern) => view.text_or_word(capture).is_some_and(|text| pattern.matches(&text)),
            Check::Regex(expression) => {
                view.text_or_word(capture).is_some_and(|text| expression.is_found_in_folded(&text, &fold_bytes(&text)))
            }
            Check::Cidr(network) => string(view, capture, |text| network.holds(text)),
            Check::Numeric(relation, value) => {
                let number = view.text(capture).and_then(|text| json_number(&text));
                number.is_some_and(|number| relation.holds(number.cmp(value)))
            }
            Check::TimePart(part, relation, value) => string(view, capture, |text| {
                let part = DateTime::parse(text).and_then(|time| time.part(*part));
                let part = part.and_then(|part| Decimal::parse(part.to_string().as_bytes()));
                part.is_some_and(|part| relation.holds(part.cmp(value)))
            }),
            Check::Instant(relation, instant) => string(view, capture, |text| {
                let compared = DateTime::parse(text).and_then(|time| time.compare(*instant));
                compared.is_some_and(|ordering| relation.holds(ordering))
            }),
        }
    }

    fn passes_object(&self, view: View<'_>, capture: Capture, objects: &mut Objects) -> bool {
        if let Check::Pattern(pattern) = &self.check
            && !pattern.may_match_object(view, capture, objects)
        {
            return false;
        }
        objects.texts(view, capture).iter_mut().any(|text| match &self.check {
            Check::Pattern(pattern) if pattern.is_open && text.is_repeated() => false,
            Check::Pattern(pattern) if pattern.cased => pattern.matches_prepared(text.as_written()),
            Check::Pattern(pattern) => pattern.matches_prepared(text.folded()),
            Check::Regex(expression) if !expression.has_anchors && text.is_repeated() => false,
            Check::Regex(expression) => {
                let (text, folded) = text.both();
                expression.is_found_in_folded(text, folded)
            }
            _ => false,
        })
    }
}

/// Whether the value is a string whose text passes.
fn string(view: View<'_>, capture: Capture, passes: impl FnOnce(&[u8]) -> bool) -> bool {
    capture.kind != Kind::Number && view.text(capture).is_some_and(|text| passes(&text))
}

/// Whether an array, as written, holds nothing.
fn is_empty(array: &[u8]) -> bool {
    array.iter().skip(1).find(|byte| !byte.is_ascii_whitespace()) == Some(&b']')
}

fn json_number(text: &[u8]) -> Option<Decimal> {
    number::is_number(text).then(|| Decimal::parse(text)).flatten()
}

impl Relation {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Network {
    /// Whether the text is an address of it. One of IPv4 is in no network of IPv6, however it is written.
    fn holds(&self, text: &[u8]) -> bool {
        let address = match std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()) {
            Some(IpAddr::V4(address)) => address.to_ipv6_mapped(),
            Some(IpAddr::V6(address)) => address,
            None => return false,
        };
        let is_ipv4 = |address: Ipv6Addr| address.to_ipv4_mapped().is_some();
        let is_ipv4_network = is_ipv4(self.address) && self.prefix >= 96;
        (address.to_bits() ^ self.address.to_bits()) & self.mask() == 0 && is_ipv4(address) == is_ipv4_network
    }
}
