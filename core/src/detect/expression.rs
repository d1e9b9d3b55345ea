//! A regular expression, prepared: what turns most texts away, and two engines.
//!
//! An engine that has no tables of its own making spends most of its time on telling characters of several bytes apart.
//! Nearly all texts of CloudTrail are ASCII, so there is one for those alone, which knows no others.

use super::necessary::all_necessary;
use crate::rule::expression::{Engine, Expression};
use memchr::memmem::Finder;
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Repetition};

/// A prepared expression.
#[derive(Debug)]
pub(super) struct PreparedExpression {
    for_any: Expression,
    /// The same in texts that are ASCII.
    for_ascii: Option<Engine>,
    /// Sets of folded texts: of each, every text that matches holds one, folded.
    necessary: Vec<Vec<Finder<'static>>>,
    /// It asks where a text or line begins or ends.
    pub(super) has_anchors: bool,
}

impl PreparedExpression {
    pub(super) fn new(expression: &Expression) -> Self {
        let tree = expression.tree();
        let finder = |text: &String| Finder::new(text).into_owned();
        let necessary = all_necessary(tree).iter().map(|set| set.iter().map(finder).collect()).collect();
        let has_anchors = tree.properties().look_set().contains_anchor();
        Self { for_any: expression.clone(), for_ascii: Engine::new(&in_ascii(tree)).ok(), necessary, has_anchors }
    }

    /// Whether it is found in a text.
    pub(super) fn is_found_in(&self, text: &[u8]) -> bool {
        match &self.for_ascii {
            Some(engine) if text.is_ascii() => engine.is_found_in(text),
            _ => self.for_any.is_found_in(text),
        }
    }

    /// The same; `folded` is the text, folded.
    pub(super) fn is_found_in_folded(&self, text: &[u8], folded: &[u8]) -> bool {
        let has_one = |set: &Vec<Finder<'_>>| set.iter().any(|finder| finder.find(folded).is_some());
        self.necessary.iter().all(has_one) && self.is_found_in(text)
    }
}

/// What an expression is where all characters are ASCII. Recursion is bounded by the parser.
fn in_ascii(expression: &Hir) -> Hir {
    let all = |parts: &[Hir]| parts.iter().map(in_ascii).collect();
    match expression.kind() {
        HirKind::Literal(literal) if !literal.0.is_ascii() => Hir::fail(),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.iter().filter_map(|range| {
                let start = u8::try_from(range.start()).ok().filter(u8::is_ascii)?;
                Some(ClassBytesRange::new(start, u8::try_from(range.end()).map_or(0x7f, |end| end.min(0x7f))))
            });
            Hir::class(Class::Bytes(ClassBytes::new(ranges)))
        }
        HirKind::Repetition(repetition) => {
            Hir::repetition(Repetition { sub: Box::new(in_ascii(&repetition.sub)), ..repetition.clone() })
        }
        HirKind::Capture(capture) => in_ascii(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(Class::Bytes(_)) | HirKind::Look(_) => expression.clone(),
    }
}
