//! Texts taken in words of eight bytes: short ones are compared and hashed for every record.

/// Whether two texts are the same. In WebAssembly the library compares byte by byte; elsewhere nothing is quicker.
#[inline]
pub(crate) fn equal(one: &[u8], other: &[u8]) -> bool {
    if cfg!(target_family = "wasm") { equal_by_words(one, other) } else { one == other }
}

#[inline(never)]
fn equal_by_words(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && all_words(one, other, |one, other| one == other)
}

/// Whether two texts differ in the case of ASCII letters at most.
pub(crate) fn equal_but_for_case(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && all_words(one, other, |one, other| lower_case(one) == lower_case(other))
}

/// Whether this holds of all words of two texts that are equally long.
#[inline]
fn all_words(one: &[u8], other: &[u8], holds: impl Fn(u64, u64) -> bool) -> bool {
    let (one_words, one_rest) = one.as_chunks();
    let (other_words, other_rest) = other.as_chunks();
    let mut words = one_words.iter().zip(other_words);
    words.all(|(one, other)| holds(u64::from_le_bytes(*one), u64::from_le_bytes(*other)))
        && holds(last_word(one_rest), last_word(other_rest))
}

/// The last bytes of a text, which are fewer than eight: different ones for different texts of one length.
#[inline]
pub(crate) fn last_word(rest: &[u8]) -> u64 {
    match (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        (Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)),
        _ => rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

/// ASCII letters in lower case, all other bytes as they are.
#[inline]
fn lower_case(word: u64) -> u64 {
    // No sum reaches the next byte, so each one is told apart.
    let low = word & LOW;
    let (from_a, behind_z) = (low + splat(0x80 - b'A'), low + splat(0x80 - b'Z' - 1));
    word | ((from_a & !behind_z & !word & HIGH) >> 2)
}

/// How many bytes stand before the first of these two in a word; all eight if it has neither.
#[inline]
pub(crate) fn bytes_before(word: [u8; 8], one: u8, other: u8) -> usize {
    let word = u64::from_le_bytes(word);
    let found = (zeros(word ^ splat(one)) | zeros(word ^ splat(other))) & HIGH;
    found.trailing_zeros() as usize / 8
}

/// The highest bit of each byte, and all others.
pub(crate) const HIGH: u64 = splat(0x80);
pub(crate) const LOW: u64 = splat(0x7f);

/// Eight times this byte.
pub(crate) const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Sets the highest bit of each byte that is zero.
#[inline(always)]
pub(crate) fn zeros(word: u64) -> u64 {
    !(((word & LOW) + LOW) | word)
}

#[cfg(test)]
mod tests {
    use super::{bytes_before, equal_but_for_case, equal_by_words};
    use proptest::array::uniform8;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
    use proptest::sample::select;

    proptest! {
        #[test]
        fn words_are_compared_as_bytes_are(
            text in proptest::collection::vec(any::<u8>(), 0..40), place in 0..40_usize, flip in any::<u8>(),
        ) {
            let mut other: Vec<u8> = text.iter().map(u8::to_ascii_uppercase).collect();
            prop_assert!(equal_by_words(&text, &text) && equal_but_for_case(&text, &other));
            other.get_mut(place).into_iter().for_each(|byte| *byte ^= flip);
            for other in [&other[..], other.get(..place).unwrap_or_default()] {
                prop_assert_eq!(equal_by_words(&text, other), text == other);
                prop_assert_eq!(equal_but_for_case(&text, other), text.eq_ignore_ascii_case(other));
            }
        }

        #[test]
        fn the_first_of_two_bytes_is_found(word in uniform8(select(b"\"\\a\x00\x80\xdc\xa2".to_vec()))) {
            let first = word.iter().position(|byte| matches!(byte, b'"' | b'\\'));
            prop_assert_eq!(bytes_before(word, b'"', b'\\'), first.unwrap_or(8));
        }
    }
}
