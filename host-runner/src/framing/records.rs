//! CloudTrail's own envelope: an object with a member `Records` that is an array, as S3 keeps it.
//!
//! Takes the bytes of an object up to a bracket that opens an array in it; gives whether the array's elements are
//! records. It looks at the key as it is spelled and at nothing else.

/// Whether `head`, which ends with the `[` of an array directly within the object, says that this array holds records.
pub(super) fn opens_records(head: &[u8]) -> bool {
    opens(head).unwrap_or(false)
}

fn opens(head: &[u8]) -> Option<bool> {
    let before_array = head.strip_suffix(b"[")?;
    let before_colon = before_array.trim_ascii_end().strip_suffix(b":")?;
    let before_key = before_colon.trim_ascii_end().strip_suffix(b"\"Records\"")?;
    // Without this a value or the end of a longer key would pass for the key.
    Some(matches!(before_key.trim_ascii_end().last(), Some(b'{' | b',')))
}

#[cfg(test)]
mod tests {
    use super::opens_records;

    #[test]
    fn only_the_exact_key_opens_records() {
        for head in ["{\"Records\":[", "{ \"Records\" : [", "{\"a\":{},\r\n  \"Records\":\n["] {
            assert!(opens_records(head.as_bytes()), "{head}");
        }
        for head in [
            "{\"records\":[",
            "{\"MyRecords\":[",
            "{\"a\\\"Records\":[",
            "{\"a,\\\"Records\":[",
            "{\"a\":\"Records\":[",
            "{\"Records\"[",
            "{\"\\u0052ecords\":[",
            "[",
        ] {
            assert!(!opens_records(head.as_bytes()), "{head}");
        }
    }
}
