//! Numbers with what they count: `1 rule`, `2 rules`.

/// The number and the word, which takes an `s` unless it is one.
pub(super) fn counted(number: u64, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}
