//! Sizes and times as people write them: `64KiB`, `30s`.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::zone::{UnknownZone, Zone};

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub usize);

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(pub Duration);

const SIZES: [(&str, usize); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

const SIZE_FORM: &str = "a size, such as 65536, \"512KiB\", \"4MiB\" or \"1GiB\"";
const PERIOD_FORM: &str = "a time, such as \"250ms\", \"30s\", \"5m\" or \"1h\"";

const ADDRESS_FORM: &str =
    "an address and a port, such as \"127.0.0.1:8080\", \"[::1]:8080\", or \"0.0.0.0:8080\" for all; no name";

/// Where to listen.
pub(super) fn address<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    from.deserialize_any(Reader { form: ADDRESS_FORM, text: |text| text.parse().ok(), number: None })
}

impl Size {
    /// The size that is written so: bytes, or with `KiB`, `MiB` or `GiB`.
    pub fn read(text: &str) -> Option<Self> {
        let found = SIZES.iter().find_map(|(end, unit)| Some((text.strip_suffix(end)?, *unit)));
        let (number, unit) = found.unwrap_or((text, 1));
        number.trim_end().parse::<usize>().ok()?.checked_mul(unit).map(Self)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match SIZES.iter().find(|(_, unit)| self.0 != 0 && self.0.is_multiple_of(*unit)) {
            Some((name, unit)) => write!(f, "{}{name}", self.0 / unit),
            None => write!(f, "{}", self.0),
        }
    }
}

impl Period {
    /// So many milliseconds.
    pub const fn of_millis(number: u64) -> Self {
        Self(Duration::from_millis(number))
    }

    /// So many seconds.
    pub const fn of_secs(number: u64) -> Self {
        Self(Duration::from_secs(number))
    }

    fn read(text: &str) -> Option<Self> {
        let (number, millis) = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
            .iter()
            .find_map(|(end, unit)| Some((text.strip_suffix(end)?, *unit)))?;
        number.trim_end().parse::<u64>().ok()?.checked_mul(millis).map(Self::of_millis)
    }
}

struct Reader<T> {
    form: &'static str,
    text: fn(&str) -> Option<T>,
    number: Option<fn(usize) -> T>,
}

impl<T> Visitor<'_> for Reader<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.form)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.text)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        match (self.number, usize::try_from(number)) {
            (Some(read), Ok(number)) => Ok(read(number)),
            _ => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader { form: SIZE_FORM, text: Self::read, number: Some(Self) })
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader { form: PERIOD_FORM, text: Self::read, number: None })
    }
}

/// By its name.
impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        Self::named(&name).map_err(|UnknownZone { near }| {
            let such_as = near.as_deref().unwrap_or("Asia/Tokyo");
            let expected = format!("expected a name of the IANA database, such as `{such_as}`");
            D::Error::custom(format!("unknown time zone `{name}`, {expected}"))
        })
    }
}

impl JsonSchema for Zone {
    fn schema_name() -> Cow<'static, str> {
        "zone".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "A time zone of the IANA database, such as Asia/Tokyo", "type": "string"})
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Bytes, or with a unit",
            "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+ *([KMG]iB)?$"}],
        })
    }
}

impl JsonSchema for Period {
    fn schema_name() -> Cow<'static, str> {
        "period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "A time with its unit", "type": "string", "pattern": "^[0-9]+ *(ms|s|m|h)$"})
    }
}

#[cfg(test)]
mod tests {
    use super::{Period, Size};

    #[test]
    fn sizes_and_times_are_read_as_they_are_written() {
        for (text, bytes) in [("7", 7), ("512KiB", 512 << 10), ("4 MiB", 4 << 20), ("1GiB", 1 << 30)] {
            assert_eq!(Size::read(text), Some(Size(bytes)), "{text}");
        }
        for text in ["", "KiB", "-1", "1MB", "1.5MiB", "99999999999GiB"] {
            assert_eq!(Size::read(text), None, "{text}");
        }
        assert_eq!(Size(3 << 20).to_string(), "3MiB");
        assert_eq!(Size(1_000).to_string(), "1000");
        for (text, millis) in [("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("1 h", 3_600_000)] {
            assert_eq!(Period::read(text), Some(Period::of_millis(millis)), "{text}");
        }
        for text in ["", "30", "s", "-1s", "1d"] {
            assert_eq!(Period::read(text), None, "{text}");
        }
    }
}
