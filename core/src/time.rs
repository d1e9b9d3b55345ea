//! Instants from the texts that records and rules write. The calendar is computed, as nothing here knows a clock.

/// How many seconds a day has; times of CloudTrail know no leap seconds.
pub(crate) const DAY: i64 = 86_400;

/// Seconds since 1970 of a date and time such as `2026-11-21T08:00:00Z`, or with an offset such as `+01:00` instead of
/// the `Z`. A fraction of a second is passed over.
pub(crate) fn instant(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (time, offset) = match time.strip_suffix('Z') {
        Some(time) => (time, 0),
        None => offset(time)?,
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let is_time = hour < 24 && minute < 60 && second < 60 && !fraction.is_empty() && are_digits(fraction);
    let is_date = (1..=12).contains(&month) && day >= 1 && day <= days_of(year, month);
    (is_date && is_time).then(|| days(year, month, day) * DAY + hour * 3_600 + minute * 60 + second - offset)
}

/// The time of day before an offset, and the offset in seconds.
fn offset(time: &str) -> Option<(&str, i64)> {
    let at = time.rfind(['+', '-'])?;
    let (time, offset) = time.split_at_checked(at)?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let [hours, minutes] = numbers(offset.get(1..)?, ':', [2, 2])?;
    (hours < 24 && minutes < 60).then_some((time, sign * (hours * 3_600 + minutes * 60)))
}

/// Numbers of so many digits each.
fn numbers<const N: usize>(text: &str, separator: char, lengths: [usize; N]) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(separator);
    for (number, length) in numbers.iter_mut().zip(lengths) {
        let part = parts.next().filter(|part| part.len() == length && are_digits(part))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn days_of(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01. Years begin in March here, so that the leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{DAY, days, days_of, instant};

    #[test]
    fn each_day_of_eight_centuries_follows_the_one_before() {
        let mut expected = -(DAY * 365 * 70 + DAY * 17);
        for year in 1900..2700 {
            for month in 1..=12 {
                for day in 1..=days_of(year, month) {
                    assert_eq!(instant(&format!("{year}-{month:02}-{day:02}T00:00:00Z")), Some(expected));
                    expected += DAY;
                }
            }
        }
        assert_eq!(days(1970, 1, 1), 0);
    }

    #[test]
    fn a_time_counts_as_the_instant_that_it_is() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2026-11-21T08:00:00Z", 1_795_248_000),
            ("2026-11-21T09:30:00+01:30", 1_795_248_000),
            ("2026-11-20T22:00:00-10:00", 1_795_248_000),
            ("2026-11-21T08:00:00.999Z", 1_795_248_000),
        ] {
            assert_eq!(instant(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2026-11-21",
            "2026-11-21T08:00Z",
            "2026-11-21T08:00:00",
            "2026-11-21 08:00:00Z",
            "2026-11-21t08:00:00z",
            "26-11-21T08:00:00Z",
            "2026-2-01T08:00:00Z",
            "2026-02-29T08:00:00Z",
            "2026-13-01T08:00:00Z",
            "2026-00-01T08:00:00Z",
            "2026-01-00T08:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T08:60:00Z",
            "2026-11-21T08:00:00.Z",
            "2026-11-21T08:00:00+1:00",
            "2026-11-21T08:00:00+24:00",
            "2026-11-21T08:00:00é",
            "+026-11-21T08:00:00Z",
            "٢٠٢٦-11-21T08:00:00Z",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }
}
