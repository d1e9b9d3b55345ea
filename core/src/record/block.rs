//! Looks at sixteen bytes at once and tells of each in one bit: with vectors, or with words of eight bytes where the target
//! has none. The plain module has none, and to imitate them byte by byte took most of its time.

use crate::words::{HIGH, LOW, splat, zeros};
use wide::{i8x16, u8x16};

pub(crate) const BLOCK: usize = 16;
/// Two blocks in one go hold nearly every key and string there is.
pub(crate) const WINDOW: usize = 2 * BLOCK;

const HAS_VECTORS: bool = cfg!(not(all(target_family = "wasm", not(target_feature = "simd128"))));

/// Which bytes need a closer look (quote, backslash, control character, beyond ASCII), and which are beyond ASCII.
#[inline(always)]
pub(crate) fn special_bytes(block: &[u8; BLOCK]) -> (u32, u32) {
    if HAS_VECTORS { special_by_vectors(block) } else { special_by_words(block) }
}

/// Where both have the same.
#[inline(always)]
pub(crate) fn equal_bytes(one: &[u8; BLOCK], two: &[u8; BLOCK]) -> u32 {
    if HAS_VECTORS { u8x16::new(*one).simd_eq(u8x16::new(*two)).to_bitmask() } else { equal_by_words(one, two) }
}

/// The special ones of a window, at least up to the first.
#[inline(always)]
pub(crate) fn special_in(window: &[u8; WINDOW]) -> Option<u32> {
    let first = special_bytes(window.first_chunk()?).0;
    // Vectors have looked sooner than anybody could decide not to.
    if !HAS_VECTORS && first != 0 {
        return Some(first);
    }
    Some(first | special_bytes(window.last_chunk()?).0 << BLOCK)
}

/// Whether both windows have the same where the mask says.
#[inline(always)]
pub(crate) fn equal_where(mask: u64, one: &[u8; WINDOW], two: &[u8; WINDOW]) -> Option<bool> {
    let first = equal_bytes(one.first_chunk()?, two.first_chunk()?);
    if !HAS_VECTORS && mask >> BLOCK == 0 {
        return Some(u64::from(first) & mask == mask);
    }
    let equal = first | equal_bytes(one.last_chunk()?, two.last_chunk()?) << BLOCK;
    Some(u64::from(equal) & mask == mask)
}

/// Whether a text is ASCII without a backslash.
pub(crate) fn is_plain(text: &[u8]) -> bool {
    let (blocks, rest) = text.as_chunks();
    let mut others = blocks.iter().map(|block| {
        if HAS_VECTORS {
            let block = u8x16::new(*block);
            (block | block.simd_eq(u8x16::splat(b'\\'))).to_bitmask()
        } else {
            gathered(block, |word| word | zeros(word ^ splat(b'\\')))
        }
    });
    others.all(|found| found == 0) && rest.iter().all(|byte| byte.is_ascii() && *byte != b'\\')
}

/// Two neighbouring bytes that are looked for without regard to the case of ASCII letters. Others that differ in the same
/// bit are taken for them, too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neighbours([[u8; BLOCK]; 2]);

/// Sets the bit in which the cases of a letter differ.
const LOWER_CASE: u8 = 0x20;

impl Neighbours {
    pub(crate) fn new(bytes: [u8; 2]) -> Self {
        Self(bytes.map(|byte| [byte | LOWER_CASE; BLOCK]))
    }

    /// Where the first of them stands in a block in front of the second, which is in what stands one byte `behind`.
    #[inline(always)]
    pub(crate) fn places(&self, block: &[u8; BLOCK], behind: &[u8; BLOCK]) -> u32 {
        let [first, second] = &self.0;
        if HAS_VECTORS {
            let equal = |block: &[u8; BLOCK], wanted: &[u8; BLOCK]| {
                (u8x16::new(*block) | u8x16::splat(LOWER_CASE)).simd_eq(u8x16::new(*wanted))
            };
            (equal(block, first) & equal(behind, second)).to_bitmask()
        } else {
            let lower = |block: &[u8; BLOCK]| block.map(|byte| byte | LOWER_CASE);
            equal_by_words(&lower(block), first) & equal_by_words(&lower(behind), second)
        }
    }
}

#[inline(always)]
fn special_by_vectors(block: &[u8; BLOCK]) -> (u32, u32) {
    let block = u8x16::new(*block);
    // Compared as signed bytes, those beyond ASCII are negative and so below the space as control characters are.
    // Flipping this bit brings the quote there, too, and moves nothing else across.
    let below_space = (block ^ u8x16::splat(b'"' ^ b' ')).cast_signed().simd_lt(i8x16::splat(0x21)).cast_unsigned();
    let special = below_space | block.simd_eq(u8x16::splat(b'\\'));
    (special.to_bitmask(), block.to_bitmask())
}

#[inline(always)]
fn special_by_words(block: &[u8; BLOCK]) -> (u32, u32) {
    let special = |word: u64| {
        // No sum of two such bytes reaches the next one, so each byte is told apart.
        let at_least_space = (word & LOW) + splat(0x80 - b' ');
        word | !at_least_space | zeros(word ^ splat(b'"')) | zeros(word ^ splat(b'\\'))
    };
    (gathered(block, special), gathered(block, |word| word))
}

#[inline(always)]
fn equal_by_words(one: &[u8; BLOCK], two: &[u8; BLOCK]) -> u32 {
    let (two, _) = two.as_chunks();
    let mut others = two.iter();
    gathered(one, |word| zeros(word ^ others.next().map_or(0, |other| u64::from_le_bytes(*other))))
}

/// The highest bits of what is told of each word, in a row.
#[inline(always)]
fn gathered(block: &[u8; BLOCK], mut told: impl FnMut(u64) -> u64) -> u32 {
    let (words, _) = block.as_chunks();
    let bits = words.iter().map(|word| {
        // Each bit is moved to a place of its own in the highest byte.
        ((told(u64::from_le_bytes(*word)) & HIGH) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    });
    bits.zip([0, 8]).fold(0, |all, (bits, shift)| all | (bits as u32) << shift)
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "blocks have the length that places are counted to")]
mod tests {
    use super::{BLOCK, equal_by_words, equal_bytes, special_by_vectors, special_by_words};
    use proptest::array::uniform16;
    use proptest::prelude::{any, prop_assert_eq, prop_oneof, proptest};
    use proptest::sample::select;

    fn bits(of: impl Fn(usize) -> bool) -> u32 {
        (0..BLOCK).filter(|&place| of(place)).map(|place| 1 << place).sum()
    }

    proptest! {
        #[test]
        fn words_and_vectors_tell_what_bytes_tell(
            block in uniform16(prop_oneof![any::<u8>(), select(b"\"\\ !\x1f\x00\x7f\x80\xffa".to_vec())]),
            other in uniform16(select(b"\"\\ !a".to_vec())),
        ) {
            let special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\' || !byte.is_ascii();
            let expected = (bits(|place| special(block[place])), bits(|place| !block[place].is_ascii()));
            prop_assert_eq!(special_by_words(&block), expected);
            prop_assert_eq!(special_by_vectors(&block), expected);
            let expected = bits(|place| block[place] == other[place]);
            prop_assert_eq!(equal_by_words(&block, &other), expected);
            prop_assert_eq!(equal_bytes(&block, &other), expected);
        }
    }
}
