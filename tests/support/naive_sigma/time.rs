//! `minute` to `year`: a part of a date and time in the form of ISO 8601.
#![expect(clippy::expect_used, reason = "the expression is written here")]

use regex::Regex;
use std::sync::OnceLock;

/// The digits of a part, as written; the week of ISO 8601 is counted. `None` for what is no date, and for the time of
/// what is only a date.
pub(super) fn part(text: &str, part: &str) -> Option<String> {
    let found = form().captures(text)?;
    let number = |name: &str| found.name(name).map(|digits| digits.as_str().parse().unwrap_or(u32::MAX));
    let (year, month, day) = (number("year")?, number("month")?, number("day")?);
    let limits = [("hour", 23), ("minute", 59), ("second", 60), ("offset_hour", 23), ("offset_minute", 59)];
    let is_time = limits.into_iter().all(|(name, most)| number(name).is_none_or(|number| number <= most));
    if !is_time || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    match part {
        "week" => Some(week(year, month, day).to_string()),
        name => found.name(name).map(|digits| digits.as_str().to_owned()),
    }
}

/// The extended form, in which signs stand between the digits. A time may end at its minutes, have a fraction, and say
/// how far it is from UTC.
fn form() -> &'static Regex {
    static FORM: OnceLock<Regex> = OnceLock::new();
    let date = r"(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)";
    let time = r"T(?<hour>\d\d):(?<minute>\d\d)(:(?<second>\d\d))?([.,]\d+)?";
    let offset = r"(Z|[+-](?<offset_hour>\d\d)(:?(?<offset_minute>\d\d))?)?";
    let form = format!("^{date}({time}{offset})?$").replace(r"\d", "[0-9]");
    FORM.get_or_init(|| Regex::new(&form).expect("a wrong expression in the oracle"))
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

/// Day of the week, Monday as 0, counted day by day from one that is known: 1 January of the year 1 was a Monday.
fn weekday(year: u32, day_of_year: u32) -> u32 {
    let days: u32 = (1..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    (days + day_of_year - 1) % 7
}

/// A week belongs to the year that has its Thursday.
fn week(year: u32, month: u32, day: u32) -> u32 {
    let day_of_year = (1..month).map(|month| days_of(year, month)).sum::<u32>() + day;
    let length: i64 = if is_leap(year) { 366 } else { 365 };
    let thursday = i64::from(day_of_year) + 3 - i64::from(weekday(year, day_of_year));
    match thursday {
        ..1 => week(year - 1, 12, 31),
        late if late > length => 1,
        within => (within as u32 - 1) / 7 + 1,
    }
}
