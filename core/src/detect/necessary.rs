//! What must stand in every text that a regular expression matches.

use crate::fold::fold;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// As many alternatives as are worth looking for.
const MOST: usize = 32;

/// Texts, folded, one of which stands in every text that matches, folded; none if there are no such texts.
pub(super) fn necessary_literals(source: &str) -> Vec<String> {
    match regex_syntax::ParserBuilder::new().utf8(false).build().parse(source) {
        Ok(expression) => {
            let mut search = Search::default();
            search.walk(&expression);
            search.end_run();
            search.best
        }
        // Nothing is known of an expression that does not compile; that is said elsewhere.
        Err(_) => Vec::new(),
    }
}

#[derive(Default)]
struct Search {
    /// The characters that stand right behind each other, up to here.
    run: String,
    /// The best so far: those of which the shortest is the longest.
    best: Vec<String>,
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
                    if search.best.is_empty() {
                        return;
                    }
                    all.append(&mut search.best);
                }
                self.suggest(all);
            }
        }
    }

    fn end_run(&mut self) {
        if !self.run.is_empty() {
            let run = std::mem::take(&mut self.run);
            self.suggest(vec![run]);
        }
    }

    fn suggest(&mut self, texts: Vec<String>) {
        let shortest = |texts: &[String]| texts.iter().map(String::len).min().unwrap_or(0);
        if texts.len() <= MOST && shortest(&texts) > shortest(&self.best) {
            self.best = texts;
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
