//! Times as RFC 3339 writes them, to and fro.

use std::time::{SystemTime, UNIX_EPOCH};

/// The time in UTC, to the millisecond.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", since.subsec_millis())
}

/// The seconds since 1970 of a time as CloudTrail writes it, `2026-11-09T08:42:02Z`.
pub(crate) fn seconds_of(text: &str) -> Option<i64> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let number = |text: &str| text.parse::<i64>().ok();
    let [year, month, date] = <[&str; 3]>::try_from(day.splitn(3, '-').collect::<Vec<_>>()).ok()?;
    let time = time.split('.').next()?;
    let [hour, minute, second] = <[&str; 3]>::try_from(time.splitn(3, ':').collect::<Vec<_>>()).ok()?;
    let (year, month, date) = (number(year)?, number(month)?, number(date)?);
    if !(1..=9_999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&date) {
        return None;
    }
    Some(days(year, month, date) * 86_400 + number(hour)? * 3_600 + number(minute)? * 60 + number(second)?)
}

/// Days since 1970 of a date of the Gregorian calendar. Years begin in March here, so that the odd day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The way back.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{rfc3339, seconds_of};
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn times_are_written_and_read_as_others_write_them() {
        // As `date -u -d @SECONDS` tells them.
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_762_677_722, "2025-11-09T08:42:02.000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000Z"),
        ] {
            assert_eq!(rfc3339(UNIX_EPOCH + Duration::from_secs(seconds)), text);
            assert_eq!(seconds_of(text), i64::try_from(seconds).ok());
        }
        assert_eq!(seconds_of("2025-11-09T08:42:02Z"), Some(1_762_677_722));
        for text in ["", "2025-11-09", "2025-13-09T08:42:02Z", "2025-11-09T08:42Z", "xT1:2:3Z"] {
            assert_eq!(seconds_of(text), None, "{text}");
        }
    }
}
