//! Numbers compared by exact value, whatever their size: `1e400`, `123.0` and integers above 2^53 included.

use std::cmp::Ordering;
use std::fmt;

/// A decimal number in one canonical form: `±0.digits × 10^exponent` without leading or trailing zeros in `digits`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// ASCII digits, empty for zero.
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// Reads the text of a number as JSON writes it; a leading `+` and leading zeros are taken too, as CloudWatch
    /// allows them. `None` if it is no number.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (negative, rest) = match text.split_first() {
            Some((b'-', rest)) => (true, rest),
            Some((b'+', rest)) => (false, rest),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.iter().position(|byte| matches!(byte, b'e' | b'E')) {
            Some(at) => (rest.get(..at)?, parse_exponent(rest.get(at + 1..)?)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.iter().position(|&byte| byte == b'.') {
            Some(at) => (mantissa.get(..at)?, Some(mantissa.get(at + 1..)?)),
            None => (mantissa, None),
        };
        let is_digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        if !is_digits(whole) || !fraction.is_none_or(is_digits) {
            return None;
        }
        let all: Vec<u8> = whole.iter().chain(fraction.unwrap_or_default()).copied().collect();
        let leading = all.iter().take_while(|&&digit| digit == b'0').count();
        let significant = all.len() - all.iter().rev().take_while(|&&digit| digit == b'0').count();
        let digits = all.get(leading..significant).unwrap_or_default().to_vec();
        if digits.is_empty() {
            return Some(Self { negative: false, digits, exponent: 0 });
        }
        let exponent = exponent.saturating_add(whole.len() as i64).saturating_sub(leading as i64);
        Some(Self { negative, digits, exponent })
    }
}

/// Clamped far beyond any real exponent, so that `1e99999999999999999999` still compares as huge.
fn parse_exponent(text: &[u8]) -> Option<i64> {
    const HUGE: i64 = i64::MAX / 4;
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits
        .iter()
        .fold(0_i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit - b'0')).min(HUGE));
    Some(if negative { -value } else { value })
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitude = || self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits));
        match (self.sign(), other.sign()) {
            (1, 1) => magnitude(),
            (-1, -1) => magnitude().reverse(),
            (one, two) => one.cmp(&two),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Decimal {
    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

/// As a person writes the number, in the shortest of JSON's forms unless that has many zeros.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST_ZEROS: i64 = 20;
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        let digits = std::str::from_utf8(&self.digits).unwrap_or_default();
        let sign = if self.negative { "-" } else { "" };
        let length = digits.len() as i64;
        match usize::try_from(self.exponent) {
            Ok(whole) if self.exponent > 0 && self.exponent < length => {
                let (whole, fraction) = digits.split_at_checked(whole).unwrap_or((digits, ""));
                write!(f, "{sign}{whole}.{fraction}")
            }
            Ok(whole) if self.exponent >= length && self.exponent - length <= MOST_ZEROS => {
                write!(f, "{sign}{digits:0<whole$}")
            }
            _ if self.exponent <= 0 && self.exponent >= -MOST_ZEROS => {
                let zeros = usize::try_from(-self.exponent).unwrap_or_default();
                write!(f, "{sign}0.{:0<zeros$}{digits}", "")
            }
            _ => {
                let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
                let point = if rest.is_empty() { "" } else { "." };
                write!(f, "{sign}{first}{point}{rest}e{}", self.exponent - 1)
            }
        }
    }
}
