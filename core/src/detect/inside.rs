//! From the text of an object to the rules worth a look: literals that must stand somewhere in it.

use super::index::Consequence;
use super::literals::{Literals, Place};
use super::object::{Escapes, Objects, has_escapes};
use crate::fold::fold_bytes;
use crate::record::string::decode;
use crate::record::{Capture, View};
use aho_corasick::BuildError;
use memchr::memmem::Finder;
use std::collections::BTreeMap;

/// What is looked for within the objects of one slot.
#[derive(Debug)]
pub(super) struct Inside {
    search: Search,
    /// JSON would escape a character of some literal.
    has_escapes: bool,
    /// One for each literal.
    consequences: Vec<Consequence>,
}

#[derive(Debug)]
enum Search {
    OneByOne(Vec<Finder<'static>>),
    AtOnce(Box<Literals>),
}

/// So many literals are found sooner one by one, which passes dozens of bytes in one step, than by a machine that takes
/// each byte of the text.
const FEW: usize = 16;

impl Inside {
    /// Of folded literals. `None`: there is none.
    pub(super) fn new(literals: BTreeMap<String, Consequence>) -> Result<Option<Self>, BuildError> {
        let search = match literals.len() {
            0 => return Ok(None),
            1..=FEW => Search::OneByOne(literals.keys().map(|literal| Finder::new(literal).into_owned()).collect()),
            _ => {
                let sought: Vec<_> = literals.keys().map(|text| (text.as_str(), Place::Anywhere)).collect();
                Search::AtOnce(Box::new(Literals::new(&sought, true)?))
            }
        };
        let has_escapes = literals.keys().any(|literal| has_escapes(literal.as_bytes()));
        Ok(Some(Self { search, has_escapes, consequences: literals.into_values().collect() }))
    }

    /// Tells what follows from an object.
    pub(super) fn look(
        &self,
        view: View<'_>,
        capture: Capture,
        objects: &mut Objects,
        mut follow: impl FnMut(&Consequence),
    ) {
        search_texts(view, capture, objects, self.has_escapes, |text| match &self.search {
            Search::OneByOne(finders) => {
                for (finder, consequence) in finders.iter().zip(&self.consequences) {
                    if finder.find(text).is_some() {
                        follow(consequence);
                    }
                }
            }
            Search::AtOnce(literals) => {
                let mut found = Vec::new();
                literals.find(text, &mut found);
                let consequences = found.iter().filter_map(|&number| self.consequences.get(number as usize));
                consequences.for_each(&mut follow);
            }
        });
    }
}

/// A folded literal that is looked for in objects by itself.
#[derive(Debug)]
pub(super) struct Piece {
    finder: Finder<'static>,
    has_escapes: bool,
}

impl Piece {
    pub(super) fn new(literal: &str) -> Self {
        Self { finder: Finder::new(literal).into_owned(), has_escapes: has_escapes(literal.as_bytes()) }
    }

    /// Whether it stands in a text of the object.
    pub(super) fn is_in(&self, view: View<'_>, capture: Capture, objects: &mut Objects) -> bool {
        let mut is_in = false;
        let search = |text: &[u8]| is_in = is_in || self.finder.find(text).is_some();
        search_texts(view, capture, objects, self.has_escapes, search);
        is_in
    }
}

/// Hands out folded texts in which every literal stands that stands in a text of the object.
///
/// An object is searched as it stands: no literal has a character that JSON puts between values, so that it makes no
/// difference whether white space stands there, or a member that does not count. If its strings have escapes, literals
/// that have such characters must be looked for in the decoded text, too; and if the escapes are not the ones that JSON
/// demands, its texts are made.
fn search_texts(
    view: View<'_>,
    capture: Capture,
    objects: &mut Objects,
    has_escapes: bool,
    mut search: impl FnMut(&[u8]),
) {
    match objects.escapes(view, capture) {
        Escapes::None => search(objects.folded(view, capture)),
        Escapes::Needed => {
            search(objects.folded(view, capture));
            if has_escapes {
                search(&fold_bytes(decode(view.raw_str(capture)).as_bytes()));
            }
        }
        Escapes::Other => {
            let texts = objects.texts(view, capture);
            texts.iter_mut().filter(|text| !text.is_repeated()).for_each(|text| search(text.folded()));
        }
    }
}
