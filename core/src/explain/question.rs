//! What one test asks of a value, in words: a verb, what it is about, and a remark on how texts are compared.
//!
//! Takes a test of either language, gives the parts of a sentence. Kept apart from whole conditions, so that tests
//! which differ only in what they are about can be told as one list.

use crate::enrich::json;
use crate::record::decimal::Decimal;
use crate::rule::condition::{Matcher, Network, Pattern, Relation, Test, TimePart, Token};
use crate::time;

/// The parts of a sentence: `userAgent` *contains* `"curl"` (any case).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// What a value must do.
    pub(super) verb: &'static str,
    /// How a number relates to the rule's; empty where it is about none.
    pub(super) relation: &'static str,
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
        let (verb, operand) = match test {
            Test::Present => ("is there", String::new()),
            Test::Scalar => ("is a text, a number or a boolean", String::new()),
            Test::Null => ("is null", String::new()),
            Test::Something => ("holds a value", String::new()),
            Test::NotNull => ("is there and not null", String::new()),
            Test::Boolean(true) => ("is the boolean true", String::new()),
            Test::Boolean(false) => ("is the boolean false", String::new()),
            Test::Number(relation, number) | Test::Numeric(relation, number) => {
                return compared("is a number", *relation, number);
            }
            Test::TimePart(part, relation, number) => return compared(part_verb(*part), *relation, number),
            Test::Text { matcher, negated } => text(matcher, *negated),
            Test::Pattern(pattern) => return Self::pattern(pattern),
            Test::Regex(expression) => (REGEX, cut(&readable(expression.source()))),
            Test::Cidr(network) => ("is an address in", network_text(network)),
            Test::Instant(relation, seconds) => (instant_verb(*relation), time::rfc3339(seconds.saturating_mul(1000))),
        };
        Self { verb, relation: "", operand, remark: "" }
    }

    /// Whether both ask the same of different texts.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.verb == other.verb && self.relation == other.relation && self.remark == other.remark
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
        let has_dash = tokens.iter().any(|token| matches!(token, Token::Dash));
        let remark = match (pattern.cased, has_dash) {
            (false, false) => " (any case)",
            (false, true) => " (any case, any dash)",
            (true, false) => " (exact case)",
            (true, true) => " (exact case, any dash)",
        };
        Self { verb, relation: "", operand: quoted(&text), remark }
    }
}

const REGEX: &str = "matches the regular expression";

/// Whether wildcards are only at the ends.
fn is_plain(tokens: &[Token]) -> bool {
    !tokens.is_empty() && tokens.iter().all(|token| matches!(token, Token::Text(_) | Token::Dash))
}

fn text(matcher: &Matcher, negated: bool) -> (&'static str, String) {
    let (verb, denied) = match matcher {
        Matcher::Exact(_) => ("is", "is a text other than"),
        Matcher::Number(..) => ("is", "is a text or number other than"),
        Matcher::Prefix(_) => ("begins with", "is a text that does not begin with"),
        Matcher::Suffix(_) => ("ends with", "is a text that does not end with"),
        Matcher::Contains(_) => ("contains", "is a text that does not contain"),
        Matcher::Glob(_) => ("is like", "is a text that is not like"),
        Matcher::Regex(_) => (REGEX, "is a text that does not match the regular expression"),
    };
    let operand = match matcher {
        Matcher::Exact(text) | Matcher::Prefix(text) | Matcher::Suffix(text) | Matcher::Contains(text) => quoted(text),
        Matcher::Number(text, _) => cut(text),
        Matcher::Regex(expression) => cut(&readable(expression.source())),
        Matcher::Glob(pieces) => quoted(&pieces.join("*")),
    };
    (if negated { denied } else { verb }, operand)
}

fn compared(verb: &'static str, relation: Relation, number: &Decimal) -> Question {
    let relation = match relation {
        Relation::Equal => " equal to",
        Relation::Less => " below",
        Relation::LessOrEqual => " at most",
        Relation::Greater => " above",
        Relation::GreaterOrEqual => " at least",
    };
    Question { verb, relation, operand: number.to_string(), remark: "" }
}

fn part_verb(part: TimePart) -> &'static str {
    match part {
        TimePart::Minute => "is a time whose minute is",
        TimePart::Hour => "is a time whose hour is",
        TimePart::Day => "is a time whose day is",
        TimePart::Week => "is a time whose week is",
        TimePart::Month => "is a time whose month is",
        TimePart::Year => "is a time whose year is",
    }
}

fn instant_verb(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "is the time",
        Relation::Less => "is a time before",
        Relation::LessOrEqual => "is a time not after",
        Relation::Greater => "is a time after",
        Relation::GreaterOrEqual => "is a time not before",
    }
}

/// As rules write it: one of IPv4 without the form that maps it to IPv6.
fn network_text(network: &Network) -> String {
    match (network.address.to_ipv4_mapped(), network.prefix.checked_sub(96)) {
        (Some(address), Some(prefix)) => format!("{address}/{prefix}"),
        _ => format!("{}/{}", network.address, network.prefix),
    }
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

/// A regular expression with the characters themselves, where front ends wrote their numbers: `\x{7B}` as `\{`.
fn readable(source: &str) -> String {
    let mut parts = source.split(r"\x{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let backslashes = text.len() - text.trim_end_matches('\\').len();
        let number = part.split_once('}').and_then(|(code, rest)| Some((u8::from_str_radix(code, 16).ok()?, rest)));
        match number.filter(|(letter, _)| letter.is_ascii_graphic() && backslashes.is_multiple_of(2)) {
            Some((letter, rest)) => {
                if br"\.+*?()|[]{}^$-&~#".contains(&letter) {
                    text.push('\\');
                }
                text.push(char::from(letter));
                text.push_str(rest);
            }
            None => {
                text.push_str(r"\x{");
                text.push_str(part);
            }
        }
    }
    text
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
