//! A few literals, looked for in a text without regard to the case of ASCII letters.
//!
//! Each is found by two neighbouring bytes in it, which several may share; sixteen places of the text are compared at once.

use super::needle::how_common;
use crate::record::block::{BLOCK, Neighbours};
use crate::words::equal_but_for_case;

/// Literals, numbered from 0.
#[derive(Debug)]
pub(super) struct Few {
    pairs: Vec<Pair>,
}

#[derive(Debug)]
struct Pair {
    bytes: [u8; 2],
    neighbours: Neighbours,
    literals: Vec<Literal>,
}

#[derive(Debug)]
struct Literal {
    number: usize,
    /// Folded.
    text: Vec<u8>,
    /// Where the pair stands in it.
    offset: usize,
}

/// So many are found sooner than by a machine that takes one byte after another.
const MOST: usize = 16;

impl Few {
    /// Of folded literals. `None`: they are too many, or one is too short.
    pub(super) fn new<'t>(literals: impl ExactSizeIterator<Item = &'t str>) -> Option<Self> {
        if literals.len() > MOST {
            return None;
        }
        let mut few = Self { pairs: Vec::new() };
        for (number, text) in literals.enumerate() {
            few.add(number, text.as_bytes().to_vec())?;
        }
        Some(few)
    }

    /// By a pair that is looked for anyway, or else by its rarest.
    fn add(&mut self, number: usize, text: Vec<u8>) -> Option<()> {
        let pairs = || text.array_windows().copied().enumerate();
        let known = pairs().find_map(|(offset, bytes)| {
            let pair = self.pairs.iter().position(|pair| pair.bytes == bytes)?;
            Some((offset, pair))
        });
        let (offset, pair) = match known {
            Some(known) => known,
            None => {
                let (offset, bytes) = pairs().min_by_key(|(_, [one, other])| how_common(one) + how_common(other))?;
                self.pairs.push(Pair { bytes, neighbours: Neighbours::new(bytes), literals: Vec::new() });
                (offset, self.pairs.len() - 1)
            }
        };
        self.pairs.get_mut(pair)?.literals.push(Literal { number, text, offset });
        Some(())
    }

    /// Tells the numbers of those that stand in a text, perhaps more than once; letters beyond ASCII must be folded there.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(usize)) {
        self.pairs.iter().for_each(|pair| pair.find(text, &mut found));
    }
}

impl Pair {
    fn find(&self, text: &[u8], found: &mut impl FnMut(usize)) {
        let (blocks, _) = text.as_chunks();
        let (behind, _) = text.get(1..).unwrap_or_default().as_chunks();
        let mut at = 0;
        for (block, behind) in blocks.iter().zip(behind) {
            let places = self.neighbours.places(block, behind);
            if places != 0 {
                self.compare(places, text, at, found);
            }
            at += BLOCK;
        }
        let mut rest = [0; BLOCK + 1];
        rest.iter_mut().zip(text.get(at..).unwrap_or_default()).for_each(|(place, byte)| *place = *byte);
        if let (Some(block), Some(behind)) = (rest.first_chunk(), rest.last_chunk()) {
            self.compare(self.neighbours.places(block, behind), text, at, found);
        }
    }

    /// Looks at those places, counted from `at`, where the pair may stand. Most blocks have none.
    #[cold]
    fn compare(&self, mut places: u32, text: &[u8], at: usize, found: &mut impl FnMut(usize)) {
        while places != 0 {
            let place = at + places.trailing_zeros() as usize;
            places &= places - 1;
            for Literal { number, text: literal, offset } in &self.literals {
                let start = place.checked_sub(*offset);
                let there = start.and_then(|start| text.get(start..start + literal.len()));
                if there.is_some_and(|there| equal_but_for_case(there, literal)) {
                    found(*number);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Few;
    use proptest::prelude::{TestCaseError, any, prop_assert_eq, proptest};
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn finds_what_a_search_for_each_finds(
            text in "[ab@`-]{0,60}", literals in proptest::collection::vec("[ab@`-]{2,4}", 1..6), shift in any::<usize>(),
        ) {
            let shift = (0..=shift % 16).map(|_| 'x').collect::<String>();
            let text = shift + &text;
            let standing = literals.iter().enumerate().filter(|(_, literal)| text.contains(*literal));
            let expected: BTreeSet<usize> = standing.map(|(number, _)| number).collect();
            let few = Few::new(literals.iter().map(String::as_str));
            let few = few.ok_or_else(|| TestCaseError::fail("they are few, and long enough"))?;
            for text in [text.clone(), text.to_uppercase()] {
                let mut found = BTreeSet::new();
                few.find(text.as_bytes(), |number| {
                    found.insert(number);
                });
                prop_assert_eq!(&found, &expected);
            }
        }
    }
}
