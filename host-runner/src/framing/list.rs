//! Envelopes whose records come in an array that may be longer than a record may be: it is gone through element by
//! element and never held as a whole.
//!
//! Takes the bytes of an object up to a bracket that opens an array directly in it; gives whether the array's elements
//! are records. It looks at keys as they are spelled and at nothing else.
//!
//! What writes such envelopes writes the array first, or behind members that only it has. With another member before it
//! the object is held like any other, so that nothing in it goes by unseen before it is known what it is.

use super::forms::{List, list};
use super::members::{Member, Members};

/// The longest start of an envelope: the names of an account, a log group and a stream, and of some filters.
const LONGEST_HEAD: usize = 8 * 1024;

/// Whether `head`, an object up to the `[` of an array directly within it, says that the elements are records.
pub(super) fn begins(head: &[u8]) -> bool {
    let Some((before, list)) = key_of_array(head) else { return false };
    if before == b"{" {
        return true;
    }
    before.ends_with(b",") && !list.behind.is_empty() && head.len() <= LONGEST_HEAD && may_follow(list, head)
}

/// Whether `head`, what follows the records of an envelope up to the `[` of a further array, says that this one holds
/// records, too: a key that comes twice is odd, and to pass its records over would be worse. Gives what stands before
/// that member, without the comma.
pub(super) fn goes_on(head: &[u8]) -> Option<&[u8]> {
    key_of_array(head)?.0.strip_suffix(b",")
}

/// The list whose key stands before the bracket that ends `head`, and what stands before the key. Outside a string the
/// quote before a colon closes a string, and no quote stands within one, so that the whole key is seen.
fn key_of_array(head: &[u8]) -> Option<(&[u8], &'static List)> {
    let key = head.strip_suffix(b"[")?.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end().strip_suffix(b"\"")?;
    let opening = memchr::memrchr(b'"', key)?;
    let list = list(key.get(opening + 1..)?)?;
    Some((key.get(..opening)?.trim_ascii_end(), list))
}

/// Whether each member before the list is one of those that may stand there, and text or several texts.
fn may_follow(list: &List, head: &[u8]) -> bool {
    let is_known = |key: &[u8]| list.behind.iter().any(|known| known.as_bytes() == key);
    let is_text = |value: Option<&u8>| matches!(value, Some(b'"' | b'['));
    let may_precede =
        |member: &Member<'_>| member.is_whole && is_known(member.spelling) && is_text(head.get(member.value.start));
    let other = Members::of(head).find(|member| !may_precede(member));
    other.is_some_and(|member| !member.is_whole && member.spelling == list.key.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{begins, goes_on};

    #[test]
    fn only_the_exact_key_of_the_first_member_makes_an_envelope() {
        for head in
            ["{\"Records\":[", "{ \"Records\" : [", "{\r\n  \"Records\":\n[", "{\"Events\": [", "{\"Messages\":["]
        {
            assert!(begins(head.as_bytes()), "{head}");
        }
        for head in [
            "{\"records\":[",
            "{\"MyRecords\":[",
            "{\"a\":{},\"Records\":[",
            "{,\"Records\":[",
            "{\"Records\":1,\"a\":[",
            "{\"Records\":{},\"Records\":[",
            "{\"Records\"[",
            "{\"\\u0052ecords\":[",
            "{\"\\\"Records\":[",
            "[",
        ] {
            assert!(!begins(head.as_bytes()), "{head}");
        }
    }

    #[test]
    fn log_events_may_follow_what_stands_before_them_and_nothing_else() {
        let head = r#"{"messageType":"DATA_MESSAGE", "owner":"a,\"b", "subscriptionFilters":["x","y"],"logEvents" : ["#;
        assert!(begins(head.as_bytes()));
        assert!(begins(b"{\"logEvents\":["));
        for head in [
            r#"{"messageType":"DATA_MESSAGE","detail":"x","logEvents":["#,
            r#"{"eventSource":"iam.amazonaws.com","logEvents":["#,
            r#"{"owner":{"a":1},"logEvents":["#,
            r#"{"owner":1,"logEvents":["#,
            r#"{"owner":"x","Records":["#,
            r#"{{"eventSource":1},"logEvents":["#,
        ] {
            assert!(!begins(head.as_bytes()), "{head}");
        }
        let long = format!("{{\"owner\":\"{}\",\"logEvents\":[", "x".repeat(9_000));
        assert!(!begins(long.as_bytes()));
    }

    #[test]
    fn any_member_behind_the_records_may_hold_further_ones() {
        for (before, member) in [("", ",\"Records\":["), (",\"a\":[]", ",\n \"Records\" : ["), ("", ",\"Events\":[")] {
            assert_eq!(goes_on(format!("{before}{member}").as_bytes()), Some(before.as_bytes()), "{member}");
        }
        for head in [",\"a\":[", "\"Records\":[", ",\"a,\\\"Records\":[", ",\"a\":\"Records\":["] {
            assert_eq!(goes_on(head.as_bytes()), None, "{head}");
        }
    }
}
