//! What of a record's values an annotation shows: a bounded part, as JSON text, without secrets.

use super::json;
use super::limits::{
    CUT_MARK, MAX_ELEMENTS, MAX_FIELD, MAX_NAME, MAX_NESTING, MAX_POLICY, MAX_SUBTREE, MAX_VALUE, cut,
};
use super::secrets::{Secrets, WITHHELD, is_result, is_secret_key};
use crate::record::Value;
use crate::record::subtree::{elements, members};
use std::borrow::Cow;

/// What was found for one field: one value, or several where arrays are on the way.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// The values with commas between them.
    json: String,
    values: usize,
    /// Bytes of all values so far.
    spent: usize,
    is_cut: bool,
}

impl Shown {
    /// Adds a value that stands under this key; `withheld`: only that it is there may be told.
    pub(super) fn add(&mut self, key: &str, value: Value<'_>, withheld: bool, secrets: Secrets) {
        if self.values >= MAX_ELEMENTS || self.spent >= MAX_FIELD {
            self.is_cut = true;
            return;
        }
        if self.values > 0 {
            self.json.push(',');
        }
        self.values += 1;
        Writer { out: &mut self.json, spent: &mut self.spent, secrets }.value(key, value, withheld, 0);
    }

    /// Whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.values == 0
    }

    /// Appends the value, or an array of the values.
    pub(super) fn write(&self, out: &mut String) {
        if self.values == 1 && !self.is_cut {
            out.push_str(&self.json);
            return;
        }
        self.write_all(out);
    }

    /// Appends an array of the values, however many they are.
    pub(super) fn write_all(&self, out: &mut String) {
        out.push('[');
        out.push_str(&self.json);
        if self.is_cut {
            out.push(',');
            json::write_text(out, CUT_MARK);
        }
        out.push(']');
    }
}

/// Appends one value that stands under this key, bounded like any other.
pub(super) fn write_one(out: &mut String, key: &str, value: Value<'_>, withheld: bool, secrets: Secrets) {
    Writer { out, spent: &mut 0, secrets }.value(key, value, withheld, 0);
}

struct Writer<'w> {
    out: &'w mut String,
    spent: &'w mut usize,
    secrets: Secrets,
}

impl Writer<'_> {
    fn value(&mut self, key: &str, value: Value<'_>, withheld: bool, depth: usize) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Boolean(value) => self.out.push_str(if value { "true" } else { "false" }),
            Value::String(text) => self.string(key, text.decode(), withheld),
            _ if withheld => self.text(WITHHELD.into()),
            // As written, unless a reader of the annotation could stumble over it as serde_json does over `1e400`.
            Value::Number(number) if number.len() <= MAX_NAME && number.parse().is_ok_and(f64::is_finite) => {
                *self.spent += number.len();
                self.out.push_str(number);
            }
            Value::Number(number) => self.text(number.into()),
            Value::Object(raw) | Value::Array(raw) if depth >= MAX_NESTING || raw.len() > MAX_SUBTREE => {
                self.text(CUT_MARK.into());
            }
            Value::Object(raw) => self.object(raw, depth),
            Value::Array(raw) => self.array(key, raw, depth),
        }
    }

    fn object(&mut self, raw: &str, depth: usize) {
        self.out.push('{');
        for (number, (key, value)) in members(raw).enumerate() {
            if number > 0 {
                self.out.push(',');
            }
            if self.is_full(number) {
                self.text(CUT_MARK.into());
                self.out.push_str(":null");
                break;
            }
            let withheld = is_secret_key(&key) || self.secrets.is_secret_here(&key);
            self.text(cut(Cow::Borrowed(&key), MAX_NAME));
            self.out.push(':');
            self.value(&key, value, withheld, depth + 1);
        }
        self.out.push('}');
    }

    fn array(&mut self, key: &str, raw: &str, depth: usize) {
        self.out.push('[');
        for (number, value) in elements(raw).enumerate() {
            if number > 0 {
                self.out.push(',');
            }
            if self.is_full(number) {
                self.text(CUT_MARK.into());
                break;
            }
            self.value(key, value, false, depth + 1);
        }
        self.out.push(']');
    }

    fn is_full(&self, shown: usize) -> bool {
        shown >= MAX_ELEMENTS || *self.spent >= MAX_FIELD
    }

    fn string(&mut self, key: &str, text: Cow<'_, str>, withheld: bool) {
        let text = match withheld && !is_result(&text) {
            true => WITHHELD.into(),
            false => self.secrets.permitted(key, text),
        };
        self.text_up_to(if is_policy(key) { MAX_POLICY } else { MAX_VALUE }, text);
    }

    fn text(&mut self, text: Cow<'_, str>) {
        self.text_up_to(MAX_VALUE, text);
    }

    fn text_up_to(&mut self, most: usize, text: Cow<'_, str>) {
        let text = cut(text, most);
        *self.spent += text.len();
        json::write_text(self.out, &text);
    }
}

/// `policyDocument`, `assumeRolePolicyDocument`, and `policy` or `Policy` with which other services name theirs.
fn is_policy(key: &str) -> bool {
    key.ends_with("olicyDocument") || key.ends_with("olicy")
}
