//! A regular expression, prepared: with what turns most texts away.

use super::necessary::all_necessary;
use crate::rule::expression::Expression;
use memchr::memmem::Finder;

/// A prepared expression.
#[derive(Debug)]
pub(super) struct PreparedExpression {
    expression: Expression,
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
        Self { expression: expression.clone(), necessary, has_anchors }
    }

    /// Whether it is found in a text.
    pub(super) fn is_found_in(&self, text: &[u8]) -> bool {
        self.expression.is_found_in(text)
    }

    /// The same; `folded` is the text, folded.
    pub(super) fn is_found_in_folded(&self, text: &[u8], folded: &[u8]) -> bool {
        let has_one = |set: &Vec<Finder<'_>>| set.iter().any(|finder| finder.find(folded).is_some());
        self.necessary.iter().all(has_one) && self.is_found_in(text)
    }
}
