//! Walks through one JSON value by its brackets, 64 bytes at a time.
//!
//! Takes bytes and where the walk stands; gives the place where the value ends or where somebody must decide. It knows
//! strings, escapes, brackets and line feeds and must know nothing else of JSON: whether a value is valid is decided
//! in the sandbox.

use wide::u8x16;

/// How many bytes are looked at together: one bit each in a machine word.
const BLOCK: usize = 64;

/// Where a walk stands between two calls.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    in_string: bool,
    /// The next byte follows an unescaped backslash.
    escaped: bool,
    open: Nesting,
    /// How many brackets may be open at once. Each takes a bit of memory, also where the value is not held.
    deepest: usize,
}

/// Why a walk stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes are used up, the value is not.
    End,
    /// The value ended with the last byte walked over.
    Closed,
    /// The next byte closes a bracket of the other kind.
    Mismatch,
    /// The last byte walked over opened more brackets than may be open.
    TooDeep,
    /// The next byte is a line feed.
    LineFeed,
    /// The last byte walked over opened an array within the outermost bracket.
    Array,
}

impl Walk {
    /// A walk that stands outside any value.
    pub(super) fn new(deepest: usize) -> Self {
        Self { in_string: false, escaped: false, open: Nesting::default(), deepest }
    }

    /// A walk that stands within one curly bracket, as after a member of an object.
    pub(super) fn within_object(deepest: usize) -> Self {
        let mut walk = Self::new(deepest);
        walk.open.push(true);
        walk
    }

    /// Whether the walk stands within a string.
    pub(super) fn is_in_string(&self) -> bool {
        self.in_string
    }

    /// Goes on from `from` until something happens; answers where it stopped and why.
    pub(super) fn on(&mut self, bytes: &[u8], from: usize, line_feeds: bool, arrays: bool) -> (usize, Stop) {
        let rest = bytes.get(from..).unwrap_or_default();
        let (blocks, tail) = rest.as_chunks::<BLOCK>();
        let mut at = from;
        for block in blocks {
            if let Some((offset, stop)) = self.block(block, BLOCK, line_feeds, arrays) {
                return (at + offset, stop);
            }
            at += BLOCK;
        }
        // Spaces mean nothing in JSON and nothing to the walk, so that the last bytes go the same way as all others.
        let mut padded = [b' '; BLOCK];
        if let Some(start) = padded.get_mut(..tail.len()) {
            start.copy_from_slice(tail);
        }
        match self.block(&padded, tail.len(), line_feeds, arrays) {
            Some((offset, stop)) => (at + offset, stop),
            None => (bytes.len(), Stop::End),
        }
    }

    /// Walks over one block of which the first `filled` bytes count.
    #[inline]
    fn block(&mut self, block: &[u8; BLOCK], filled: usize, line_feeds: bool, arrays: bool) -> Option<(usize, Stop)> {
        let marks = Marks::of(block);
        let escapes = Escapes::of(marks.backslashes, self.escaped);
        let strings = parity(marks.quotes & !escapes.escaped) ^ if self.in_string { u64::MAX } else { 0 };
        let mut brackets = marks.brackets & !strings;
        let line_feed = if line_feeds { marks.line_feeds } else { 0 };
        // Bits below the first line feed; all of them if there is none.
        brackets &= (line_feed & line_feed.wrapping_neg()).wrapping_sub(1);
        while brackets != 0 {
            let at = brackets.trailing_zeros() as usize;
            brackets &= brackets - 1;
            let byte = block.get(at).copied().unwrap_or_default();
            // `{` and `}` differ from `[` and `]` in this bit, opening from closing ones in the other.
            let curly = byte & 0x20 != 0;
            if byte & 0x04 == 0 {
                self.open.push(curly);
                if self.open.depth > self.deepest {
                    return Some((at + 1, Stop::TooDeep));
                }
                if arrays && !curly && self.open.depth == 2 {
                    (self.in_string, self.escaped) = (false, false);
                    return Some((at + 1, Stop::Array));
                }
            } else if self.open.innermost_is_curly() != curly {
                return Some((at, Stop::Mismatch));
            } else if self.open.pop() {
                return Some((at + 1, Stop::Closed));
            }
        }
        if line_feed != 0 {
            let at = line_feed.trailing_zeros();
            (self.in_string, self.escaped) = (strings >> at & 1 != 0, false);
            return Some((at as usize, Stop::LineFeed));
        }
        self.in_string = strings >> (BLOCK - 1) != 0;
        self.escaped = if filled == BLOCK { escapes.carry } else { escapes.escaped >> filled & 1 != 0 };
        None
    }
}

/// Where the bytes that matter stand in a block: the lowest bit is its first byte.
struct Marks {
    quotes: u64,
    backslashes: u64,
    brackets: u64,
    line_feeds: u64,
}

impl Marks {
    #[inline]
    fn of(block: &[u8; BLOCK]) -> Self {
        let mut marks = Self { quotes: 0, backslashes: 0, brackets: 0, line_feeds: 0 };
        let (lanes, _) = block.as_chunks::<16>();
        for (number, lane) in lanes.iter().enumerate() {
            let bytes = u8x16::new(*lane);
            let bits = |found: u8x16| u64::from(found.to_bitmask()) << (number * 16);
            let equal = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
            // With this bit set `[` reads like `{` and `]` like `}`; nothing else does.
            let folded = bytes | u8x16::splat(0x20);
            let brackets = folded.simd_eq(u8x16::splat(b'{')) | folded.simd_eq(u8x16::splat(b'}'));
            marks.quotes |= bits(equal(b'"'));
            marks.backslashes |= bits(equal(b'\\'));
            marks.brackets |= bits(brackets);
            marks.line_feeds |= bits(equal(b'\n'));
        }
        marks
    }
}

/// Which bytes of a block follow an unescaped backslash.
struct Escapes {
    escaped: u64,
    /// The byte after the block does.
    carry: bool,
}

impl Escapes {
    #[inline]
    fn of(backslashes: u64, carried: bool) -> Self {
        let mut escapes = Self { escaped: u64::from(carried), carry: false };
        let mut rest = backslashes & !escapes.escaped;
        while rest != 0 {
            let backslash = rest & rest.wrapping_neg();
            let next = backslash << 1;
            escapes.escaped |= next;
            escapes.carry |= next == 0;
            rest &= !(backslash | next);
        }
        escapes
    }
}

/// For each bit, whether the number of bits set up to and with it is odd: from each opening quote to before its
/// closing one.
#[inline]
fn parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// The open brackets, a bit each. Values nested beyond 64 levels are rare but allowed, so the rest spills.
#[derive(Clone, Debug, Default)]
struct Nesting {
    /// The innermost levels, the innermost of all in the lowest bit; a curly one is 1.
    bits: u64,
    depth: usize,
    outer: Vec<u64>,
}

impl Nesting {
    #[inline]
    fn push(&mut self, curly: bool) {
        if self.depth != 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.bits);
        }
        self.bits = self.bits << 1 | u64::from(curly);
        self.depth += 1;
    }

    #[inline]
    fn innermost_is_curly(&self) -> bool {
        self.bits & 1 != 0
    }

    /// Closes the innermost level; whether it was the last.
    #[inline]
    fn pop(&mut self) -> bool {
        self.bits >>= 1;
        self.depth = self.depth.saturating_sub(1);
        if self.depth != 0 && self.depth.is_multiple_of(64) {
            self.bits = self.outer.pop().unwrap_or_default();
        }
        self.depth == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(text: &str) -> (usize, Stop) {
        Walk::new(usize::MAX).on(text.as_bytes(), 0, true, false)
    }

    #[test]
    fn brackets_within_strings_do_not_count() {
        assert_eq!(walk(r#"{"a":"}]\"}\\"}{"#), (15, Stop::Closed));
    }

    #[test]
    fn levels_beyond_a_machine_word_keep_their_kind() {
        for depth in [63, 64, 65, 127, 128, 129, 1_000] {
            let opened: String = (0..depth).map(|level| if level % 3 == 0 { '{' } else { '[' }).collect();
            let closed: String = (0..depth).rev().map(|level| if level % 3 == 0 { '}' } else { ']' }).collect();
            assert_eq!(walk(&format!("{opened}{closed}")), (2 * depth, Stop::Closed));
            assert_eq!(walk(&format!("{opened}{}", closed.replace('}', "]"))).1, Stop::Mismatch);
        }
    }

    #[test]
    fn no_more_brackets_are_open_than_may_be() {
        for deepest in [1, 63, 64, 65, 200] {
            let (opened, closed) = ("[".repeat(deepest), "]".repeat(deepest));
            let walk = |text: String| Walk::new(deepest).on(text.as_bytes(), 0, true, false);
            assert_eq!(walk(format!("{opened}{closed}")), (2 * deepest, Stop::Closed));
            assert_eq!(walk(format!("{opened}[{closed}]")), (deepest + 1, Stop::TooDeep));
        }
    }

    #[test]
    fn a_backslash_at_the_end_of_a_block_escapes_the_first_byte_of_the_next() {
        for fill in 50..80 {
            let text = format!("{{\"{}\\\"}}\"}}", "x".repeat(fill));
            assert_eq!(walk(&text), (text.len(), Stop::Closed));
        }
    }
}
