//! Whether the text of a value at one path stands in, or is, that of a value at another.

use super::literals::{Literals, Place};
use crate::fold::fold_bytes;
use crate::record::{Slot, View};
use crate::rule::condition::{Comparison, Standing};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Two paths, and how their values are to be related.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub(super) one: Slot,
    pub(super) other: Slot,
    pub(super) comparison: Comparison,
}

/// So many comparisons are made one by one.
const FEW: usize = 256;

impl Pair {
    pub(super) fn holds(&self, view: View<'_>) -> bool {
        let (ones, others) = (self.texts(view, self.one), self.texts(view, self.other));
        if ones.len().saturating_mul(others.len()) <= FEW {
            return ones.iter().any(|one| others.iter().any(|other| self.relates(one, other)));
        }
        // Arrays may be as long as a record: each text is looked at once, not once for each text of the other array.
        let place = match self.comparison.place {
            Standing::Whole => return others.iter().any(|other| ones.contains(other)),
            Standing::Within => Place::Anywhere,
            Standing::AtStart => Place::Start,
            Standing::AtEnd => Place::End,
        };
        if others.contains(&b""[..]) {
            return true;
        }
        let sought = others.iter().filter_map(|text| Some((std::str::from_utf8(text).ok()?, place)));
        let Ok(literals) = Literals::small(&sought.collect::<Vec<_>>(), false) else { return false };
        let mut found = Vec::new();
        ones.iter().any(|one| {
            literals.find(one, &mut found);
            !found.is_empty()
        })
    }

    fn relates(&self, one: &[u8], other: &[u8]) -> bool {
        match self.comparison.place {
            Standing::Whole => one == other,
            Standing::Within => stands_in(one, other),
            Standing::AtStart => one.starts_with(other),
            Standing::AtEnd => one.ends_with(other),
        }
    }

    fn texts<'v>(&self, view: View<'v>, slot: Slot) -> BTreeSet<Cow<'v, [u8]>> {
        let mut texts = BTreeSet::new();
        view.any(slot, |capture| {
            let text = view.text_or_word(capture);
            texts.extend(text.map(|text| if self.comparison.cased { text } else { folded(text) }));
            false
        });
        texts
    }
}

fn folded(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => fold_bytes(text),
        Cow::Owned(text) => Cow::Owned(fold_bytes(&text).into_owned()),
    }
}

/// Both come from the record, so that the search must take no longer for texts made to keep it busy.
fn stands_in(text: &[u8], part: &[u8]) -> bool {
    match (std::str::from_utf8(text), std::str::from_utf8(part)) {
        (Ok(text), Ok(part)) => text.contains(part),
        _ => false,
    }
}
