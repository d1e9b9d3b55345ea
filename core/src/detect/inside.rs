//! From the text of an object to the rules worth a look: literals that must stand somewhere in it.

use super::few::Few;
use super::index::Consequence;
use super::literals::{Literals, Place, without_case};
use super::needle::Needle;
use super::object::{Escapes, Objects, has_escapes};
use crate::record::block::is_plain;
use crate::record::string::decode;
use crate::record::{Capture, View};
use aho_corasick::BuildError;
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
    Few(Few),
    Many(Box<Literals>),
}

impl Inside {
    /// Of folded literals. `None`: there is none.
    pub(super) fn new(literals: BTreeMap<String, Consequence>) -> Result<Option<Self>, BuildError> {
        if literals.is_empty() {
            return Ok(None);
        }
        let search = match Few::new(literals.keys().map(String::as_str)) {
            Some(few) => Search::Few(few),
            None => {
                let sought: Vec<_> = literals.keys().map(|text| (text.as_str(), Place::Anywhere)).collect();
                Search::Many(Box::new(Literals::new(&sought, true)?))
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
        let mut follow = |number: usize| self.consequences.get(number).into_iter().for_each(&mut follow);
        search_texts(view, capture, objects, self.has_escapes, |text| match &self.search {
            Search::Few(literals) => literals.find(text, &mut follow),
            Search::Many(literals) => {
                let mut found = Vec::new();
                literals.find(text, &mut found);
                found.iter().for_each(|&number| follow(number as usize));
            }
        });
    }
}

/// A folded literal that is looked for in objects by itself.
#[derive(Debug)]
pub(super) struct Piece {
    needle: Needle,
    has_escapes: bool,
}

impl Piece {
    pub(super) fn new(literal: &str) -> Self {
        Self { needle: Needle::folded(literal), has_escapes: has_escapes(literal.as_bytes()) }
    }

    /// Whether it stands in a text of the object.
    pub(super) fn is_in(&self, view: View<'_>, capture: Capture, objects: &mut Objects) -> bool {
        let mut is_in = false;
        let search = |text: &[u8]| is_in = is_in || self.needle.is_in(text);
        search_texts(view, capture, objects, self.has_escapes, search);
        is_in
    }
}

/// Hands out texts in which every literal stands that stands in a text of the object. Letters beyond ASCII are folded.
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
    let raw = view.raw(capture);
    if is_plain(raw) {
        return search(raw);
    }
    match objects.escapes(view, capture) {
        Escapes::None => search(objects.as_it_stands(view, capture)),
        Escapes::Needed => {
            search(objects.as_it_stands(view, capture));
            if has_escapes {
                search(&without_case(decode(view.raw_str(capture)).as_bytes()));
            }
        }
        Escapes::Other => {
            let texts = objects.texts(view, capture);
            texts.iter_mut().filter(|text| !text.is_repeated()).for_each(|text| search(text.folded()));
        }
    }
}
