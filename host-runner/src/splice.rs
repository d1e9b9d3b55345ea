//! Adds the one field to a record.
//!
//! Takes the bytes of an object and the detector's JSON object; gives the same bytes with a member more, right before
//! the last bracket. No other byte changes, and a member of the same name that is there already stays.

use std::collections::BTreeSet;

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

    /// Appends `record` with `annotation` in it to `to`. Answers whether the name was taken and another one had to
    /// serve.
    pub fn add(&self, record: &[u8], annotation: &str, to: &mut Vec<u8>) -> bool {
        let Some((bracket, members)) = record.split_last() else { return false };
        let free = self.free_name(record);
        to.extend_from_slice(members);
        if members.trim_ascii() != b"{" {
            to.push(b',');
        }
        to.extend_from_slice(quoted(free.as_deref().unwrap_or(&self.name)).as_bytes());
        to.push(b':');
        to.extend_from_slice(annotation.as_bytes());
        to.push(*bracket);
        free.is_some()
    }

    /// `name_2` or the next one that is free; `None` if the name itself is.
    fn free_name(&self, record: &[u8]) -> Option<String> {
        // A key that is spelled differently from what it says has a backslash in it. Most records have neither.
        if memchr::memmem::find(record, self.name.as_bytes()).is_none() && memchr::memchr(b'\\', record).is_none() {
            return None;
        }
        let mut taken = BTreeSet::new();
        for_each_key(record, |key| taken.extend(key.starts_with(&self.name).then(|| key.to_owned())));
        if !taken.contains(&self.name) {
            return None;
        }
        (2_u64..).map(|number| format!("{}_{number}", self.name)).find(|name| !taken.contains(name))
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Calls `take` with every key of the object itself, unescaped. A key that cannot be read is no key that we write.
fn for_each_key(record: &[u8], mut take: impl FnMut(&str)) {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = record.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                at = after_string(record, at);
                let is_key = record.get(at..).unwrap_or_default().trim_ascii_start().first() == Some(&b':');
                if depth == 1 && is_key {
                    let key = record.get(start..at).map(serde_json::from_slice::<String>);
                    if let Some(Ok(key)) = key {
                        take(&key);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Where the string ends whose first character is at `at`: behind its closing quote.
fn after_string(text: &[u8], mut at: usize) -> usize {
    while let Some(length) = text.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += length + 1;
        if text.get(at - 1) == Some(&b'"') {
            return at;
        }
        at += 1;
    }
    text.len()
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
    fn a_name_with_quotes_is_escaped() {
        assert_eq!(added("{}", "a\"\n").0, r#"{"a\"\n":{"v":1}}"#);
        assert_eq!(added(r#"{"a\"\n":0}"#, "a\"\n").0, r#"{"a\"\n":0,"a\"\n_2":{"v":1}}"#);
    }
}
