//! Times of events as the clock on somebody's wall shows them.
//!
//! Takes the name of a time zone and times in UTC as CloudTrail writes them; gives the same moments in that zone. The
//! zones are those that the program was built with, so that the same findings look the same on every machine.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::config::nearest;

/// A time zone of the IANA database.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

/// No zone has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone {
    /// The name of one that may be meant.
    pub near: Option<String>,
}

impl Zone {
    /// The zone of this name, in capitals or not.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let zones = TimeZoneDatabase::bundled();
        if let Ok(zone) = zones.get(name) {
            return Ok(Self(zone));
        }
        let names: Vec<String> = zones.available().map(|zone| zone.to_string()).collect();
        // Whoever leaves the continent out means the city.
        let is_city = !name.contains('/');
        let shown =
            |full: &'_ str| if is_city { full.rsplit('/').next().unwrap_or(full).to_owned() } else { full.to_owned() };
        let compared: Vec<String> = names.iter().map(|full| shown(full).to_ascii_lowercase()).collect();
        let wanted = name.trim().replace(' ', "_").to_ascii_lowercase();
        let near = nearest(&wanted, compared.iter().map(String::as_str));
        let at = near.and_then(|near| compared.iter().position(|name| name == near));
        Err(UnknownZone { near: at.and_then(|at| names.get(at).cloned()) })
    }

    /// `2024-03-11T07:19:25Z` as `2024-03-11 16:19:25 +09:00`. `None` for whatever is no time of that form.
    pub fn local(&self, utc: &str) -> Option<String> {
        let (seconds, fraction) = match utc.strip_suffix('Z')?.split_once('.') {
            Some((seconds, digits)) if is_fraction(digits) => (seconds, format!(".{digits}")),
            Some(_) => return None,
            None => (utc.strip_suffix('Z')?, String::new()),
        };
        let form = format!("{seconds}Z");
        // The library takes further forms, and what it makes of them may be another text for the same moment.
        let time: Timestamp = form.parse().ok().filter(|time: &Timestamp| time.to_string() == form)?;
        let local = time.to_zoned(self.0.clone());
        Some(format!("{}{fraction} {}", local.strftime("%Y-%m-%d %H:%M:%S"), local.strftime("%:z")))
    }
}

fn is_fraction(digits: &str) -> bool {
    (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.near {
            Some(near) => write!(f, "no such time zone; did you mean {near}?"),
            None => f.write_str("no such time zone; expected a name of the IANA database, such as Asia/Tokyo"),
        }
    }
}

impl std::error::Error for UnknownZone {}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]
mod tests {
    use super::{UnknownZone, Zone};

    #[test]
    fn a_time_is_shown_as_the_zone_had_it_then() {
        for (zone, utc, local) in [
            ("Asia/Tokyo", "2024-03-11T07:19:25Z", "2024-03-11 16:19:25 +09:00"),
            ("asia/tokyo", "2024-12-31T15:00:00Z", "2025-01-01 00:00:00 +09:00"),
            ("UTC", "2024-03-11T07:19:25Z", "2024-03-11 07:19:25 +00:00"),
            // Both sides of the hour that is left out, and of the one that comes twice.
            ("Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29 01:59:59 +01:00"),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29 03:00:00 +02:00"),
            ("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25 02:30:00 +02:00"),
            ("Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25 02:30:00 +01:00"),
            ("America/New_York", "2026-11-01T05:59:59Z", "2026-11-01 01:59:59 -04:00"),
            ("America/New_York", "2026-11-01T06:00:00Z", "2026-11-01 01:00:00 -05:00"),
            ("Asia/Kathmandu", "2026-01-01T00:00:00.250Z", "2026-01-01 05:45:00.250 +05:45"),
        ] {
            assert_eq!(Zone::named(zone).unwrap().local(utc).as_deref(), Some(local), "{zone} {utc}");
        }
    }

    #[test]
    fn what_is_no_time_of_that_form_has_none_in_another_zone() {
        let zone = Zone::named("Asia/Tokyo").unwrap();
        for text in [
            "",
            "Z",
            "20131102T010628Z",
            "2024-03-11",
            "2024-03-11T07:19:25",
            "2024-03-11 07:19:25Z",
            "2024-03-11t07:19:25Z",
            "2024-03-11T07:19Z",
            "2024-03-11T07:19:60Z",
            "2024-02-30T07:19:25Z",
            "2024-03-11T07:19:25+01:00",
            "2024-03-11T07:19:25.Z",
            "2024-03-11T07:19:25.5xZ",
            "2024-03-11T07:19:25[UTC]Z",
            "99999-01-01T00:00:00Z",
        ] {
            assert_eq!(zone.local(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_that_is_nearly_right_is_told() {
        for (name, near) in [
            ("Asia/Tokio", Some("Asia/Tokyo")),
            ("Tokyo", Some("Asia/Tokyo")),
            ("new york", Some("America/New_York")),
            ("Europe/Berln", Some("Europe/Berlin")),
            ("", None),
            ("+09:00", None),
            ("../../etc/passwd", None),
        ] {
            assert_eq!(Zone::named(name).unwrap_err(), UnknownZone { near: near.map(str::to_owned) }, "{name}");
        }
    }
}
