//! Adds the one field to a record.
//!
//! Takes the bytes of an object and the detector's JSON object; gives the same bytes with a member more, right before
//! the last bracket, and spelled as the record is where that stands within a string. No other byte changes, and a member
//! of the same name that is there already stays.

use std::collections::BTreeSet;

use crate::framing::members::Members;
use crate::framing::{said_within, spelled};

/// The name of the added field.
#[derive(Clone, Debug)]
pub struct Field {
    name: String,
}

impl Default for Field {
    fn default() -> Self {
        Self::named("trailsieve")
    }
}

impl Field {
    /// A field of this name, whatever characters it has.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Appends `record` with `annotation` in it to `to`. Answers whether the name was taken and another one had to
    /// serve.
    pub fn add(&self, record: &[u8], annotation: &str, to: &mut Vec<u8>) -> bool {
        self.add_within(record, 0, 1, annotation, to)
    }

    /// The same for a record that stands within this many strings, and whose closing bracket is spelled by the last
    /// `closing` bytes.
    pub fn add_within(&self, record: &[u8], level: u8, closing: usize, annotation: &str, to: &mut Vec<u8>) -> bool {
        let Some((members, bracket)) = record.split_at_checked(record.len().saturating_sub(closing)) else {
            return false;
        };
        let text = said_within(record, level);
        let free = self.free_name(&text);
        let comma = if is_empty(&text) { "" } else { "," };
        let name = quoted(free.as_deref().unwrap_or(&self.name));
        to.extend_from_slice(members);
        for part in [comma, &name, ":", annotation] {
            to.extend_from_slice(spelled(part, level).as_bytes());
        }
        to.extend_from_slice(bracket);
        free.is_some()
    }

    /// `name_2` or the next one that is free; `None` if the name itself is.
    fn free_name(&self, record: &[u8]) -> Option<String> {
        // A key that is spelled differently from what it says has a backslash in it. Most records have neither.
        if memchr::memmem::find(record, self.name.as_bytes()).is_none() && memchr::memchr(b'\\', record).is_none() {
            return None;
        }
        let keys = Members::of(record).map(|member| member.key());
        let taken: BTreeSet<_> = keys.filter(|key| key.starts_with(self.name.as_bytes())).collect();
        let is_free = |name: &str| !taken.contains(name.as_bytes());
        if is_free(&self.name) {
            return None;
        }
        (2_u64..).map(|number| format!("{}_{number}", self.name)).find(|name| is_free(name))
    }
}

/// Whether an object has no member.
fn is_empty(object: &[u8]) -> bool {
    let inside = object.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}"));
    inside.is_some_and(|inside| inside.trim_ascii().is_empty())
}

/// Text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::Field;

    fn added(record: &str, name: &str) -> (String, bool) {
        let mut to = Vec::new();
        let existed = Field::named(name).add(record.as_bytes(), "{\"v\":1}", &mut to);
        (String::from_utf8_lossy(&to).into_owned(), existed)
    }

    #[test]
    fn the_field_goes_before_the_last_bracket_with_a_comma_only_where_one_is_due() {
        assert_eq!(added(r#"{"a":{}}"#, "t"), (r#"{"a":{},"t":{"v":1}}"#.to_owned(), false));
        assert_eq!(added("{\n \"a\": 1\n}", "t"), ("{\n \"a\": 1\n,\"t\":{\"v\":1}}".to_owned(), false));
        assert_eq!(added("{ \r\n}", "t"), ("{ \r\n\"t\":{\"v\":1}}".to_owned(), false));
    }

    #[test]
    fn a_field_of_that_name_stays_however_it_is_spelled() {
        assert_eq!(added(r#"{"t":0}"#, "t"), (r#"{"t":0,"t_2":{"v":1}}"#.to_owned(), true));
        assert_eq!(added(r#"{"\u0074" :0,"t_2":1}"#, "t"), (r#"{"\u0074" :0,"t_2":1,"t_3":{"v":1}}"#.to_owned(), true));
        assert_eq!(added(r#"{"t_2":0}"#, "t"), (r#"{"t_2":0,"t":{"v":1}}"#.to_owned(), false));
    }

    #[test]
    fn a_value_or_a_deeper_key_of_that_name_is_none() {
        for record in [r#"{"a":{"t":0}}"#, r#"{"a":"t"}"#, r#"{"a":["t"]}"#, r#"{"a":"\"t\":"}"#, r#"{"T":0}"#] {
            assert!(!added(record, "t").1, "{record}");
        }
    }

    #[test]
    fn within_strings_the_field_is_spelled_as_the_record_is() {
        let mut to = Vec::new();
        assert!(Field::named("t").add_within(br#"{\"t\":1 \u007d"#, 1, 6, "{\"v\":\"\\n\"}", &mut to));
        assert_eq!(to, br#"{\"t\":1 ,\"t_2\":{\"v\":\"\\n\"}\u007d"#);
        to.clear();
        assert!(!Field::named("t").add_within(br#"{\\\"a\\\":1}"#, 2, 1, "{\"v\":1}", &mut to));
        assert_eq!(to, br#"{\\\"a\\\":1,\\\"t\\\":{\\\"v\\\":1}}"#);
    }

    #[test]
    fn a_name_with_quotes_is_escaped() {
        assert_eq!(added("{}", "a\"\n").0, r#"{"a\"\n":{"v":1}}"#);
        assert_eq!(added(r#"{"a\"\n":0}"#, "a\"\n").0, r#"{"a\"\n":0,"a\"\n_2":{"v":1}}"#);
    }
}
