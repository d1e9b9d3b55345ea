//! What a record must hold for a rule to be able to match. The other rules need not be looked at.
//!
//! A trigger may be met in vain, but never missed: where a text is in doubt, the kind of a value is enough.

use super::literals::Place;
use super::matcher::is_open;
use super::necessary::necessary_literals;
use crate::fold::fold_text;
use crate::record::Kind;
use crate::record::path::{Path, Step};
use crate::rule::condition::{Condition, Matcher, Pattern, Test, Token};

/// If the rule matches, then something in the record is like this.
#[derive(Clone, Debug)]
pub(super) struct Trigger<'a> {
    pub(super) path: &'a Path,
    pub(super) sought: Sought,
    /// This test holds of any value that has a text exactly if this is met by its text.
    pub(super) settles: Option<&'a Test>,
}

/// What one value must be like.
#[derive(Clone, Debug)]
pub(super) enum Sought {
    /// It has exactly this text.
    Text(Case, String),
    /// Its text holds this, at the place said.
    Literal(Case, Place, String),
    /// It is an object, and a text in it holds this when folded.
    Inside(String),
    /// It is of one of these kinds.
    Kinds(Kinds),
}

/// How texts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Case {
    /// Byte by byte.
    Counts,
    /// After case folding.
    Folded,
}

/// Kinds of values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kinds(u8);

impl Kinds {
    const NULL: Self = Self(1);
    const BOOLEAN: Self = Self(1 << 1);
    const NUMBER: Self = Self(1 << 2);
    const STRING: Self = Self(1 << 3);
    const OBJECT: Self = Self(1 << 4);
    const ARRAY: Self = Self(1 << 5);
    const ALL: Self = Self(u8::MAX);
    const WITH_TEXT: Self = Self::STRING.or(Self::NUMBER).or(Self::BOOLEAN);

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn less(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    #[inline]
    pub(super) fn include(self, kind: Kind) -> bool {
        let of = match kind {
            Kind::Null => Self::NULL,
            Kind::True | Kind::False => Self::BOOLEAN,
            Kind::Number => Self::NUMBER,
            Kind::String | Kind::EscapedString => Self::STRING,
            Kind::Object => Self::OBJECT,
            Kind::Array => Self::ARRAY,
            Kind::StruckOut => return false,
        };
        self.0 & of.0 != 0
    }
}

/// What a record must hold for a rule to match.
#[derive(Clone, Debug, Default)]
pub(super) struct Necessary<'a> {
    /// At least one of these.
    pub(super) triggers: Vec<Trigger<'a>>,
    /// How often they are expected to be met, in thousandths of all records; only the order counts.
    cost: u32,
    /// And a value with this text; it is ASCII.
    pub(super) text: Option<Part<'a>>,
    /// And a value whose text holds this literal, or an object there.
    pub(super) literal: Option<Part<'a>>,
}

/// A necessary part of a condition that has one trigger for texts.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub(super) trigger: Trigger<'a>,
    cost: u32,
}

impl<'a> Necessary<'a> {
    fn or(mut self, other: Self) -> Self {
        self.triggers.extend(other.triggers);
        self.cost = self.cost.saturating_add(other.cost);
        (self.text, self.literal) = (None, None);
        self
    }

    /// All of these parts: the rarest triggers, as one necessary part is enough and the rarest saves the most, and what
    /// is rarest of the others.
    fn all(parts: impl Iterator<Item = Self>) -> Option<Self> {
        let mut parts: Vec<Self> = parts.collect();
        let rarest = (0..parts.len()).min_by_key(|&at| parts.get(at).map(|part| part.cost))?;
        let mut all = parts.swap_remove(rarest);
        for mut part in parts {
            let (inner_text, inner_literal) = (part.text.take(), part.literal.take());
            let (text, literal) = part.only();
            all.text = rarer([all.text, text, inner_text]);
            all.literal = rarer([all.literal, literal, inner_literal]);
        }
        Some(all)
    }

    /// The one trigger for texts, as a text or a literal. The source says no more than the name of the event does.
    fn only(self) -> (Option<Part<'a>>, Option<Part<'a>>) {
        let part = |trigger: &Trigger<'a>| Some(Part { trigger: trigger.clone(), cost: self.cost });
        match self.triggers.as_slice() {
            [Trigger { path, sought: Sought::Text(_, text), .. }]
                if !text.is_ascii() || ends(path) == ("eventSource", true) =>
            {
                (None, None)
            }
            [only @ Trigger { sought: Sought::Text(..), .. }] => (part(only), None),
            // The second trigger: the same literal in an object.
            [only @ Trigger { sought: Sought::Literal(..), .. }]
            | [only @ Trigger { sought: Sought::Literal(..), .. }, Trigger { sought: Sought::Inside(_), .. }] => {
                (None, part(only))
            }
            _ => (None, None),
        }
    }

    fn settling(mut self, test: &'a Test) -> Self {
        self.triggers.iter_mut().for_each(|trigger| trigger.settles = Some(test));
        self
    }
}

fn rarer(parts: [Option<Part<'_>>; 3]) -> Option<Part<'_>> {
    parts.into_iter().flatten().min_by_key(|part| part.cost)
}

/// What a record must hold for the rule to match. `None`: it may match any record.
pub(super) fn necessary(condition: &Condition) -> Option<Necessary<'_>> {
    match condition {
        Condition::And(parts) => Necessary::all(parts.iter().filter_map(necessary)),
        Condition::Or(parts) => parts.iter().try_fold(Necessary::default(), |all, part| Some(all.or(necessary(part)?))),
        Condition::Named(_, part) => necessary(part),
        Condition::Pair(path, ..) => Some(kinds(path, Kinds::WITH_TEXT)),
        // Something that is not there triggers nothing.
        Condition::Not(_) => None,
        Condition::Test(path, test) => Some(of_test(path, test)),
    }
}

fn of_test<'a>(path: &'a Path, test: &'a Test) -> Necessary<'a> {
    let literal = |place, literal: &str| literal_at(path, Case::Counts, place, literal);
    match test {
        Test::Text { matcher, negated: false } => match matcher {
            Matcher::Exact(wanted) => text(path, Case::Counts, wanted.clone()),
            Matcher::Number(wanted, _) => text(path, Case::Counts, wanted.clone()).or(kinds(path, Kinds::NUMBER)),
            Matcher::Prefix(text) => literal(Place::Start, text).settling(test),
            Matcher::Suffix(text) => literal(Place::End, text).settling(test),
            Matcher::Contains(text) => literal(Place::Anywhere, text).settling(test),
            Matcher::Glob(pieces) => literal(Place::Anywhere, longest(pieces.iter().map(String::as_str))),
            Matcher::Regex(expression) => in_text(path, necessary_literals(expression.tree())),
        },
        Test::Pattern(pattern) => of_pattern(path, pattern, test),
        Test::Regex(expression) => {
            let literals = necessary_literals(expression.tree());
            let pieces = literals.iter().map(|literal| longest(within_one_token(literal)).to_owned()).collect();
            in_text(path, literals).or(in_object(path, pieces))
        }
        Test::Null => kinds(path, Kinds::NULL),
        Test::Boolean(_) => kinds(path, Kinds::BOOLEAN),
        Test::Number(..) => kinds(path, Kinds::NUMBER),
        Test::Numeric(..) => kinds(path, Kinds::NUMBER.or(Kinds::STRING)),
        Test::Cidr(_) | Test::TimePart(..) | Test::Instant(..) => kinds(path, Kinds::STRING),
        Test::Scalar | Test::Text { negated: true, .. } => kinds(path, Kinds::WITH_TEXT),
        Test::Something => kinds(path, Kinds::ALL.less(Kinds::NULL.or(Kinds::ARRAY))),
        Test::NotNull => kinds(path, Kinds::ALL.less(Kinds::NULL)),
        Test::Present => kinds(path, Kinds::ALL),
    }
}

fn of_pattern<'a>(path: &'a Path, pattern: &'a Pattern, test: &'a Test) -> Necessary<'a> {
    let literal = |place, text: &str| {
        let literal = literal_at(path, Case::Folded, place, &fold_text(text));
        // Where case counts, more is met than matches.
        if pattern.cased { literal } else { literal.settling(test) }
    };
    let in_values = match pattern.tokens.as_slice() {
        [] => text(path, Case::Folded, String::new()),
        [Token::Text(wanted)] => text(path, Case::Folded, fold_text(wanted)),
        [Token::Text(text), Token::Any] => literal(Place::Start, text),
        [Token::Any, Token::Text(text)] => literal(Place::End, text),
        [Token::Any, Token::Text(text), Token::Any] => literal(Place::Anywhere, text),
        _ => literal_at(path, Case::Folded, Place::Anywhere, &fold_text(longest(texts_of(pattern)))),
    };
    if pattern.keyword || is_open(&pattern.tokens) {
        in_values.or(in_object(path, vec![necessary_in_object(pattern)]))
    } else {
        in_values
    }
}

/// Parts of a literal that lie within one string, number or word of JSON: what stands between those, white space apart,
/// are these characters.
fn within_one_token(literal: &str) -> impl Iterator<Item = &str> {
    literal.split(['{', '}', '[', ']', ':', ','])
}

fn longest<'t>(texts: impl Iterator<Item = &'t str>) -> &'t str {
    texts.max_by_key(|text| text.len()).unwrap_or_default()
}

/// One of these folded literals stands in the text of a value; none of them: anything may.
fn in_text(path: &Path, literals: Vec<String>) -> Necessary<'_> {
    if literals.is_empty() {
        return kinds(path, Kinds::WITH_TEXT);
    }
    let each = literals.iter().map(|text| literal_at(path, Case::Folded, Place::Anywhere, text));
    each.fold(Necessary::default(), Necessary::or)
}

/// An object passes that holds one of these folded literals; none of them: any object may.
fn in_object(path: &Path, literals: Vec<String>) -> Necessary<'_> {
    if literals.is_empty() || literals.iter().any(String::is_empty) {
        return kinds(path, Kinds::OBJECT);
    }
    let each = literals.into_iter().map(|literal| one(path, Sought::Inside(literal), 60));
    each.fold(Necessary::default(), Necessary::or)
}

/// A folded literal that stands in a text of every object that passes, within one string, number or word of JSON; may
/// be empty.
pub(super) fn necessary_in_object(pattern: &Pattern) -> String {
    let texts: Vec<String> = texts_of(pattern).map(fold_text).collect();
    longest(texts.iter().flat_map(|text| within_one_token(text))).to_owned()
}

fn texts_of(pattern: &Pattern) -> impl Iterator<Item = &str> {
    pattern.tokens.iter().filter_map(|token| if let Token::Text(text) = token { Some(text.as_str()) } else { None })
}

fn text(path: &Path, case: Case, text: String) -> Necessary<'_> {
    one(path, Sought::Text(case, text), cost_of_text(path))
}

fn literal_at<'a>(path: &'a Path, case: Case, place: Place, text: &str) -> Necessary<'a> {
    if text.is_empty() {
        return kinds(path, Kinds::WITH_TEXT);
    }
    one(path, Sought::Literal(case, place, text.to_owned()), 60)
}

fn kinds(path: &Path, kinds: Kinds) -> Necessary<'_> {
    one(path, Sought::Kinds(kinds), cost_of_kinds(path, kinds))
}

fn one(path: &Path, sought: Sought, cost: u32) -> Necessary<'_> {
    Necessary { triggers: vec![Trigger { path, sought, settles: None }], cost, text: None, literal: None }
}

/// Rough shares, in thousandths, of the records that have one certain value there: CloudTrail has hundreds of event
/// names, dozens of sources and error codes, and a handful of everything else.
pub(super) fn cost_of_text(path: &Path) -> u32 {
    match ends(path) {
        (key, true) => match key {
            "eventName" => 2,
            "errorCode" | "errorMessage" | "eventID" => 4,
            "eventSource" => 30,
            "userAgent" | "sourceIPAddress" => 40,
            _ => 500,
        },
        ("userIdentity", false) => 200,
        // Each service has members of its own there, with values of their own.
        ("requestParameters" | "responseElements", false) => 1,
        _ => 20,
    }
}

/// The same for a value of some kind. Most members of a record are mostly there; which one is within another is the
/// service's own affair.
fn cost_of_kinds(path: &Path, kinds: Kinds) -> u32 {
    let with_null = kinds.include(Kind::Null);
    match ends(path) {
        ("errorCode" | "errorMessage", true) => 150,
        ("responseElements", _) if !with_null => 150,
        (_, true) => 10_000,
        _ => 1_000,
    }
}

/// The first key of a path, and whether it is all of it.
fn ends(path: &Path) -> (&str, bool) {
    match path.0.as_slice() {
        [Step::Member(key)] => (key, true),
        [Step::Member(key), ..] => (key, false),
        [Step::Field(name)] => name.split_once('.').map_or((name.as_str(), true), |(key, _)| (key, false)),
        _ => ("", path.0.is_empty()),
    }
}
