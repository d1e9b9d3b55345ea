//! Dates and times in the form of ISO 8601.
//!
//! Takes a text, gives the parts as its digits are written, or the instant; nothing for a text that is no such date. And
//! the other way round.

use crate::rule::condition::TimePart;
use std::cmp::Ordering;

/// A date and, where the text goes on, a time of that day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DateTime {
    year: i64,
    month: i64,
    day: i64,
    time: Option<Time>,
}

#[derive(Clone, Copy, Debug)]
struct Time {
    hour: i64,
    minute: i64,
    second: i64,
    /// Digits other than 0 stand behind the second.
    has_fraction: bool,
    /// How far the clock is ahead of UTC, in seconds; `None` if the text does not say.
    offset: Option<i64>,
}

const DAY: i64 = 86_400;

impl DateTime {
    /// Reads `2026-11-21T08:00:00.5+01:00` and what is left of it without fraction, offset, seconds or all of the time;
    /// also without its `-` and `:`, as old records of CloudTrail have it.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let (year, rest) = number(text, 4)?;
        let dash = if rest.starts_with('-') { "-" } else { "" };
        let (month, rest) = number(rest.strip_prefix(dash)?, 2)?;
        let (day, rest) = number(rest.strip_prefix(dash)?, 2)?;
        if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
            return None;
        }
        let time = match rest.strip_prefix('T') {
            Some(rest) => Some(Time::parse(rest, if dash.is_empty() { "" } else { ":" })?),
            None if rest.is_empty() => None,
            None => return None,
        };
        Some(Self { year, month, day, time })
    }

    /// A part; `None` if the text does not have it.
    pub(crate) fn part(&self, part: TimePart) -> Option<i64> {
        match part {
            TimePart::Minute => self.time.map(|time| time.minute),
            TimePart::Hour => self.time.map(|time| time.hour),
            TimePart::Day => Some(self.day),
            TimePart::Week => Some(self.week()),
            TimePart::Month => Some(self.month),
            TimePart::Year => Some(self.year),
        }
    }

    /// How it compares with an instant; `None` if the text does not say which instant it is.
    pub(crate) fn compare(&self, instant: i64) -> Option<Ordering> {
        let seconds = self.seconds()?;
        Some(seconds.cmp(&instant).then(self.time?.has_fraction.cmp(&false)))
    }

    /// The first second that does not begin before it: of a date the first of the next day in UTC. `None` if the text has
    /// a time and does not say which instant that is.
    pub(crate) fn end(&self) -> Option<i64> {
        match self.time {
            Some(time) => Some(self.seconds()? + i64::from(time.has_fraction)),
            None => Some((self.days() + 1) * DAY),
        }
    }

    fn seconds(&self) -> Option<i64> {
        let Time { hour, minute, second, offset, .. } = self.time?;
        Some(self.days() * DAY + hour * 3600 + minute * 60 + second - offset?)
    }

    /// Since the first day of 1970.
    fn days(&self) -> i64 {
        let before = (1..self.month).map(|month| days_in(self.year, month)).sum::<i64>();
        first_day(self.year) + before + self.day - 1
    }

    /// A week belongs to the year that has its Thursday.
    fn week(&self) -> i64 {
        // The first day of 1970 was a Thursday, too.
        let days = self.days();
        let thursday = days + 3 - (days + 3).rem_euclid(7);
        let own = [self.year - 1, self.year, self.year + 1].into_iter().rfind(|&year| first_day(year) <= thursday);
        own.map_or(0, |year| (thursday - first_day(year)) / 7 + 1)
    }
}

impl Time {
    fn parse(text: &str, colon: &str) -> Option<Self> {
        let (hour, rest) = number(text, 2)?;
        let (minute, mut rest) = number(rest.strip_prefix(colon)?, 2)?;
        let mut second = 0;
        if rest.starts_with(|next: char| next.is_ascii_digit() || next == ':') {
            (second, rest) = number(rest.strip_prefix(colon)?, 2)?;
        }
        let mut has_fraction = false;
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            rest = fraction.trim_start_matches(|next: char| next.is_ascii_digit());
            let digits = fraction.strip_suffix(rest).filter(|digits| !digits.is_empty())?;
            has_fraction = digits.bytes().any(|digit| digit != b'0');
        }
        let offset = match rest.as_bytes().first() {
            None => None,
            Some(b'Z') if rest.len() == 1 => Some(0),
            Some(sign @ (b'+' | b'-')) => {
                let (hours, rest) = number(rest.get(1..)?, 2)?;
                let minutes = match rest.strip_prefix(':').unwrap_or(rest) {
                    "" if rest.is_empty() => 0,
                    rest => number(rest, 2).filter(|(_, rest)| rest.is_empty())?.0,
                };
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let ahead = hours * 3600 + minutes * 60;
                Some(if *sign == b'+' { ahead } else { -ahead })
            }
            Some(_) => return None,
        };
        // A leap second is the sixty-first of its minute.
        (hour < 24 && minute < 60 && second <= 60).then_some(Self { hour, minute, second, has_fraction, offset })
    }
}

/// The instant that a text tells, in milliseconds since 1970; a text that names no zone means UTC. `None` if it tells none.
#[cfg(feature = "convert")]
pub(crate) fn instant(text: &str) -> Option<i64> {
    let seconds = |text: &str| DateTime::parse(text.as_bytes())?.seconds();
    let whole = seconds(text).or_else(|| seconds(&format!("{text}Z")))?;
    let fraction = text.split_once(['.', ',']).map_or("", |(_, fraction)| fraction);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).chain(std::iter::repeat(b'0')).take(3);
    Some(whole * 1000 + digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

/// `2026-11-21T08:00:00Z`, with milliseconds where there are any. Years must have four digits, as those that were read have.
pub(crate) fn rfc3339(instant: i64) -> String {
    let (seconds, millis) = (instant.div_euclid(1000), instant.rem_euclid(1000));
    let (mut days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    // No year is longer than 366 days, and none shorter than 365, so that this is the right one or an earlier one.
    let mut year = 1970 + days.div_euclid(if days < 0 { 365 } else { 366 });
    while first_day(year + 1) <= days {
        year += 1;
    }
    days -= first_day(year);
    let mut month = 1;
    while days >= days_in(year, month) {
        days -= days_in(year, month);
        month += 1;
    }
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z", days + 1)
}

/// The number that so many digits at the beginning make, and what stands behind them.
fn number(text: &str, digits: usize) -> Option<(i64, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    if !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some((number.parse().ok()?, rest))
}

/// Days from the first one of 1970 to the first one of this year.
fn first_day(year: i64) -> i64 {
    let before = year - 1;
    // There were 477 leap days before 1970.
    365 * (year - 1970) + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 477
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, DateTime, days_in};
    #[cfg(feature = "convert")]
    use super::{instant, rfc3339};

    fn end(text: &str) -> Option<i64> {
        DateTime::parse(text.as_bytes())?.end()
    }

    #[test]
    fn each_day_of_eight_centuries_ends_where_the_next_begins() {
        // Between 1900 and 1970 there were 17 leap days.
        let mut seconds = -DAY * (365 * 70 + 17);
        for year in 1900..2700 {
            for month in 1..=12 {
                for day in 1..=days_in(year, month) {
                    let date = format!("{year}-{month:02}-{day:02}");
                    assert_eq!(end(&format!("{date}T00:00:00Z")), Some(seconds));
                    assert_eq!(rfc3339((seconds + 45_296) * 1000), format!("{date}T12:34:56Z"), "and it is written so");
                    seconds += DAY;
                    assert_eq!(end(&date), Some(seconds));
                }
            }
        }
    }

    #[test]
    fn a_time_ends_at_the_instant_that_it_is() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T23:59:59Z", Some(951_868_799)),
            ("2000-02-29T23:59:59.000Z", Some(951_868_799)),
            ("2000-02-29T23:59:59.001Z", Some(951_868_800)),
            ("2026-11-21T09:30:00+01:30", Some(1_795_248_000)),
            ("2026-11-20T22:00:00-10:00", Some(1_795_248_000)),
            ("2026-11-21T08:00:00", None),
            ("2027-02-29", None),
            ("21.11.2026", None),
        ] {
            assert_eq!(end(text), seconds, "{text}");
        }
    }

    #[test]
    #[cfg(feature = "convert")]
    fn an_instant_is_written_as_it_was_read() {
        for (text, millis, written) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("20131102T010628Z", 1_383_354_388_000, "2013-11-02T01:06:28Z"),
            ("2024-03-11T16:19:25.0509+09:00", 1_710_141_565_050, "2024-03-11T07:19:25.050Z"),
            ("1969-12-31T23:59:59.999", -1, "1969-12-31T23:59:59.999Z"),
            ("0000-03-01T00:00:00Z", -62_162_035_200_000, "0000-03-01T00:00:00Z"),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(instant(text), Some(millis), "{text}");
            assert_eq!(rfc3339(millis), written);
        }
        assert_eq!(instant("2024-03-11"), None);
        assert_eq!(instant("yesterday"), None);
        for day in -800_000..800_000 {
            let written = rfc3339(day * DAY * 1000);
            if !written.starts_with('-') {
                assert_eq!(instant(&written), Some(day * DAY * 1000), "{written}");
            }
        }
    }
}
