//! What must stand in every text that a regular expression matches.

use crate::fold::fold;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// As many alternatives as are worth looking for.
const MOST: usize = 32;

/// Texts, folded, one of which stands in every text that matches, folded; none if there are no such texts.
pub(super) fn necessary_literals(expression: &Hir) -> Vec<String> {
    best(&all_necessary(expression)).to_vec()
}

/// Several such sets of texts: of each, one stands in every text that matches.
pub(super) fn all_necessary(expression: &Hir) -> Vec<Vec<String>> {
    let mut search = Search::default();
    search.walk(expression);
    search.end_run();
    search.sets
}

/// The set that is met least often, to judge by its shortest text.
fn best(sets: &[Vec<String>]) -> &[String] {
    let shortest = |set: &&Vec<String>| set.iter().map(String::len).min();
    sets.iter().max_by_key(shortest).map_or(&[], Vec::as_slice)
}

#[derive(Default)]
struct Search {
    /// The characters that stand right behind each other, up to here.
    run: String,
    sets: Vec<Vec<String>>,
}

impl Search {
    /// Recursion is bounded by the parser.
    fn walk(&mut self, expression: &Hir) {
        match expression.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
                Ok(text) => self.run.extend(text.chars().map(fold)),
                Err(_) => self.end_run(),
            },
            HirKind::Class(class) => match only_letter(class) {
                Some(letter) => self.run.push(letter),
                None => self.end_run(),
            },
            HirKind::Capture(capture) => self.walk(&capture.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.walk(part)),
            HirKind::Repetition(Repetition { min, sub, .. }) => {
                self.end_run();
                if *min > 0 {
                    self.walk(sub);
                    self.end_run();
                }
            }
            HirKind::Alternation(parts) => {
                self.end_run();
                let mut all = Vec::new();
                for part in parts {
                    let mut search = Self::default();
                    search.walk(part);
                    search.end_run();
                    match best(&search.sets) {
                        [] => return,
                        texts => all.extend_from_slice(texts),
                    }
                }
                if all.len() <= MOST {
                    self.sets.push(all);
                }
            }
        }
    }

    fn end_run(&mut self) {
        if !self.run.is_empty() {
            let run = std::mem::take(&mut self.run);
            self.sets.push(vec![run]);
        }
    }
}

/// The letter of a class that has nothing but its forms.
fn only_letter(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let mut letters = class.iter().flat_map(|range| range.start()..=range.end()).take(5).map(fold);
    let first = letters.next()?;
    letters.all(|letter| letter == first).then_some(first)
}
