//! What one test asks of a value, in words: a verb, what it is about, and a remark on how texts are compared.
//!
//! Takes a test of either language, gives the parts of a sentence. Kept apart from whole conditions, so that tests
//! which differ only in what they are about can be told as one list.

use crate::enrich::json;
use crate::record::decimal::Decimal;
use crate::rule::condition::{Matcher, Network, Pattern, Relation, Test, TimePart, Token};

/// The parts of a sentence: `userAgent` *contains* `"curl"` (any case).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// What a value must do.
    pub(super) verb: String,
    /// The text or number of the rule; empty where the verb says it all.
    pub(super) operand: String,
    /// How it is compared.
    pub(super) remark: &'static str,
}

/// The longest text of a rule that is told, in bytes.
const MAX_OPERAND: usize = 256;

impl Question {
    /// What the test asks.
    pub(super) fn of(test: &Test) -> Self {
        match test {
            Test::Present => Self::verb("is there"),
            Test::Scalar => Self::verb("is a text, a number or a boolean"),
            Test::Null => Self::verb("is null"),
            Test::Something => Self::verb("holds a value"),
            Test::NotNull => Self::verb("is there and not null"),
            Test::Boolean(value) => Self::new("is the boolean", value.to_string(), ""),
            Test::Number(relation, number) | Test::Numeric(relation, number) => {
                compared("is a number", *relation, number)
            }
            Test::Text { matcher, negated } => text(matcher, *negated),
            Test::Pattern(pattern) => Self::pattern(pattern),
            Test::Regex(source) => Self::new("matches the regular expression", cut(source), ""),
            Test::Cidr(network) => Self::new("is an address in", network_text(network), ""),
            Test::TimePart(part, relation, number) => {
                compared(&format!("is a time whose {} is", part_name(*part)), *relation, number)
            }
            Test::Instant(relation, seconds) => {
                let verb = match relation {
                    Relation::Equal => "is the time",
                    Relation::Less => "is a time before",
                    Relation::LessOrEqual => "is a time not after",
                    Relation::Greater => "is a time after",
                    Relation::GreaterOrEqual => "is a time not before",
                };
                Self::new(verb, instant(*seconds), "")
            }
        }
    }

    /// Whether both ask the same of different texts.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.verb == other.verb && self.remark == other.remark
    }

    fn new(verb: impl Into<String>, operand: String, remark: &'static str) -> Self {
        Self { verb: verb.into(), operand, remark }
    }

    fn verb(verb: &str) -> Self {
        Self::new(verb, String::new(), "")
    }

    fn pattern(pattern: &Pattern) -> Self {
        let (verb, tokens) = match pattern.tokens.as_slice() {
            [] | [Token::Text(_)] => ("is", pattern.tokens.as_slice()),
            [Token::Any, inner @ .., Token::Any] if is_plain(inner) => ("contains", inner),
            [inner @ .., Token::Any] if is_plain(inner) => ("begins with", inner),
            [Token::Any, inner @ ..] if is_plain(inner) => ("ends with", inner),
            tokens if is_plain(tokens) => ("is", tokens),
            tokens => ("is like", tokens),
        };
        let is_like = verb == "is like";
        let mut text = String::new();
        for token in tokens {
            match token {
                Token::Text(part) if is_like => push_escaped(part, &mut text),
                Token::Text(part) => text.push_str(part),
                Token::Any => text.push('*'),
                Token::One => text.push('?'),
                Token::Dash => text.push('-'),
            }
        }
        let has_dash = tokens.contains(&Token::Dash);
        let remark = match (pattern.cased, has_dash) {
            (false, false) => " (any case)",
            (false, true) => " (any case, any dash)",
            (true, false) => " (exact case)",
            (true, true) => " (exact case, any dash)",
        };
        Self::new(verb, quoted(&text), remark)
    }
}

/// Whether wildcards are only at the ends.
fn is_plain(tokens: &[Token]) -> bool {
    !tokens.is_empty() && tokens.iter().all(|token| matches!(token, Token::Text(_) | Token::Dash))
}

fn text(matcher: &Matcher, negated: bool) -> Question {
    let (verb, denied, operand) = match matcher {
        Matcher::Exact(text) => ("is", "is a text other than", quoted(text)),
        Matcher::Number(text, _) => ("is", "is a text or number other than", cut(text)),
        Matcher::Prefix(text) => ("begins with", "is a text that does not begin with", quoted(text)),
        Matcher::Suffix(text) => ("ends with", "is a text that does not end with", quoted(text)),
        Matcher::Contains(text) => ("contains", "is a text that does not contain", quoted(text)),
        Matcher::Glob(pieces) => ("is like", "is a text that is not like", quoted(&pieces.join("*"))),
        Matcher::Regex(source) => {
            ("matches the regular expression", "is a text that does not match the regular expression", cut(source))
        }
    };
    Question::new(if negated { denied } else { verb }, operand, "")
}

fn compared(begin: &str, relation: Relation, number: &Decimal) -> Question {
    let relation = match relation {
        Relation::Equal => "equal to",
        Relation::Less => "below",
        Relation::LessOrEqual => "at most",
        Relation::Greater => "above",
        Relation::GreaterOrEqual => "at least",
    };
    Question::new(format!("{begin} {relation}"), number.to_string(), "")
}

fn part_name(part: TimePart) -> &'static str {
    match part {
        TimePart::Minute => "minute",
        TimePart::Hour => "hour",
        TimePart::Day => "day",
        TimePart::Week => "week",
        TimePart::Month => "month",
        TimePart::Year => "year",
    }
}

/// As rules write it: one of IPv4 without the form that maps it to IPv6.
fn network_text(network: &Network) -> String {
    match (network.address.to_ipv4_mapped(), network.prefix.checked_sub(96)) {
        (Some(address), Some(prefix)) => format!("{address}/{prefix}"),
        _ => format!("{}/{}", network.address, network.prefix),
    }
}

/// The instant as CloudTrail writes times.
fn instant(seconds: i64) -> String {
    const DAY: i64 = 86_400;
    let (year, month, day) = date(seconds.div_euclid(DAY));
    let (minutes, second) = (seconds.rem_euclid(DAY) / 60, seconds.rem_euclid(60));
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{second:02}Z", minutes / 60, minutes % 60)
}

/// The date of a day counted from 1970-01-01. Years begin in March here, so that the leap day is the last of its year,
/// and 400 years always have as many days.
fn date(days: i64) -> (i64, i64, i64) {
    const ERA: i64 = 146_097;
    let since_0000_03_01 = days + 719_468;
    let (era, day) = (since_0000_03_01.div_euclid(ERA), since_0000_03_01.rem_euclid(ERA));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    let is_next_year = month >= 10;
    let month = if is_next_year { month - 9 } else { month + 3 };
    (year + era * 400 + i64::from(is_next_year), month, day_of_month)
}

/// Texts in which `*` and `?` stand for others have a backslash before those that do not.
fn push_escaped(part: &str, text: &mut String) {
    for letter in part.chars() {
        if matches!(letter, '*' | '?' | '\\') {
            text.push('\\');
        }
        text.push(letter);
    }
}

fn cut(text: &str) -> String {
    match text.len() {
        ..=MAX_OPERAND => text.to_owned(),
        _ => format!("{}…", text.split_at(text.floor_char_boundary(MAX_OPERAND)).0),
    }
}

/// A text as JSON writes it, which shows where it begins and ends and what cannot be seen in it.
fn quoted(text: &str) -> String {
    json::text(&cut(text))
}
