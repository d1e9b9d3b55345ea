//! JSON numbers: where one ends.

/// Whether a text is one number, with no white space around.
pub(crate) fn is_number(text: &[u8]) -> bool {
    find_end(text, 0) == Some(text.len())
}

/// The place behind the number at `start`. `None` if none stands there. What follows it is not looked at.
#[inline]
pub(crate) fn find_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    match bytes.get(at)? {
        b'0' => at += 1,
        b'1'..=b'9' => at = skip_digits(bytes, at + 1),
        _ => return None,
    }
    if bytes.get(at) == Some(&b'.') {
        at = some_digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = some_digits(bytes, at + 1 + sign)?;
    }
    Some(at)
}

fn some_digits(bytes: &[u8], at: usize) -> Option<usize> {
    let end = skip_digits(bytes, at);
    (end > at).then_some(end)
}

fn skip_digits(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn a_number_is_what_json_calls_one() {
        for text in ["0", "-0", "7", "-7.50", "1e400", "1E+2", "1e-2", "0.0e0", "9007199254740993"] {
            assert!(is_number(text.as_bytes()), "{text}");
        }
        let texts = ["012345678901", "00", "-01", "0x1F", "0o17", "+5", ".5", "5.", "1e", "1e+", "-", "1_000"];
        for text in texts.into_iter().chain(["1.2.3", "", "e5", "--1", "١", "1 ", " 1", "1 2", "1,2", "[1]", "\"1"]) {
            assert!(!is_number(text.as_bytes()), "{text}");
        }
    }
}
