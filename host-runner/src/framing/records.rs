//! CloudTrail's own envelope: an object whose first member is `Records`, an array, as S3 keeps it.
//!
//! Takes the bytes of an object up to a bracket that opens an array in it; gives whether the array's elements are
//! records. It looks at the key as it is spelled and at nothing else.
//!
//! What writes envelopes writes `Records` first and alone. With a member before it the object is a record like any
//! other: were it an envelope, those members would be framing, which nobody judges or counts, and whoever can have
//! `"Records":[]` written at the end of a record could make it vanish.

/// Whether `head`, an object up to the `[` of an array directly within it, says that it is an envelope.
pub(super) fn begins_envelope(head: &[u8]) -> bool {
    head.strip_prefix(b"{").is_some_and(is_key_of_array)
}

/// Whether `head`, what follows the records of an envelope up to the `[` of a further array, says that this one holds
/// records, too: a key that comes twice is odd, and to pass its records over would be worse.
pub(super) fn goes_on(head: &[u8]) -> bool {
    let member = head.iter().rposition(|&byte| byte == b',').and_then(|comma| head.get(comma + 1..));
    member.is_some_and(is_key_of_array)
}

fn is_key_of_array(member: &[u8]) -> bool {
    let after_key = member.trim_ascii_start().strip_prefix(b"\"Records\"");
    let after_colon = after_key.and_then(|rest| rest.trim_ascii_start().strip_prefix(b":"));
    after_colon.is_some_and(|rest| rest.trim_ascii_start() == b"[")
}

#[cfg(test)]
mod tests {
    use super::{begins_envelope, goes_on};

    #[test]
    fn only_the_exact_key_of_the_first_member_makes_an_envelope() {
        for head in ["{\"Records\":[", "{ \"Records\" : [", "{\r\n  \"Records\":\n["] {
            assert!(begins_envelope(head.as_bytes()), "{head}");
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
            "[",
        ] {
            assert!(!begins_envelope(head.as_bytes()), "{head}");
        }
    }

    #[test]
    fn any_member_behind_the_records_may_hold_further_ones() {
        for head in [",\"Records\":[", ",\"a\":[],\n \"Records\" : ["] {
            assert!(goes_on(head.as_bytes()), "{head}");
        }
        for head in [",\"a\":[", "\"Records\":[", ",\"a,\\\"Records\":[", ",\"a\":\"Records\":["] {
            assert!(!goes_on(head.as_bytes()), "{head}");
        }
    }
}
