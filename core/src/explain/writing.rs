//! Members of JSON objects, appended to text. Small, since a component that explains should not be much larger than one
//! that does not.

use crate::enrich::json;

/// Appends a member whose value is JSON already.
#[cold]
#[inline(never)]
pub(super) fn member(key: &str, value: &str, out: &mut String) {
    if !out.ends_with('{') {
        out.push(',');
    }
    json::write_text(out, key);
    out.push(':');
    out.push_str(value);
}

/// Appends a member whose value is a text, or `null`.
#[cold]
#[inline(never)]
pub(super) fn text_member(key: &str, value: Option<&str>, out: &mut String) {
    match value {
        None => member(key, "null", out),
        Some(text) => {
            member(key, "", out);
            json::write_text(out, text);
        }
    }
}
