//! Decimal numbers of any size, compared by value: as sign, digits and the place of the point.

use std::cmp::Ordering;

/// A decimal number. Equal values are equal, however they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    negative: bool,
    /// No zero at either end; empty for zero.
    digits: String,
    /// The value is `0.digits` times ten to this power.
    point: i128,
}

impl Number {
    /// Reads `[+-]digits[.digits][e[+-]digits]`, nothing else.
    pub fn read(text: &str) -> Option<Self> {
        let (negative, unsigned) = sign(text);
        let (mantissa, power) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, integer(power)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if are_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        if !are_digits(whole) {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let leading = all.len() - all.trim_start_matches('0').len();
        let digits = all.trim_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self { negative: false, digits, point: 0 });
        }
        Some(Self { negative, digits, point: power + whole.len() as i128 - leading as i128 })
    }

    /// Its digits without exponent, without zeros that say nothing: `5`, `-0.05`, `1200`.
    pub fn plain(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let (length, point) = (self.digits.len() as i128, self.point);
        let zeros = |count: i128| "0".repeat(usize::try_from(count).unwrap_or_default());
        let text = match &self.digits {
            none if none.is_empty() => "0".to_owned(),
            all if point <= 0 => format!("0.{}{all}", zeros(-point)),
            all if point >= length => format!("{all}{}", zeros(point - length)),
            all => {
                let (whole, fraction) = all.split_at(usize::try_from(point).unwrap_or_default());
                format!("{whole}.{fraction}")
            }
        };
        format!("{sign}{text}")
    }

    fn sign(&self) -> i8 {
        match (self.digits.as_str(), self.negative) {
            ("", _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        // Digits after a point compare as text does: 0.15 < 0.2 < 0.25.
        let size = self.point.cmp(&other.point).then(self.digits.cmp(&other.digits));
        self.sign().cmp(&other.sign()).then(if self.negative { size.reverse() } else { size })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn sign(text: &str) -> (bool, &str) {
    match (text.strip_prefix('-'), text.strip_prefix('+')) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => (false, text),
    }
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An exponent. One of more than thirty digits counts as the largest: no text can make up for it.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = sign(text);
    if !are_digits(digits) {
        return None;
    }
    let size = match digits.trim_start_matches('0') {
        "" => 0,
        digits if digits.len() > 30 => 10_i128.pow(30),
        digits => digits.parse().ok()?,
    };
    Some(if negative { -size } else { size })
}
