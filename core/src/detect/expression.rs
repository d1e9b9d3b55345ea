//! A regular expression, prepared: with what turns most texts away.

use super::necessary::all_necessary;
use super::needle::Needle;
use crate::rule::expression::Expression;

/// A prepared expression.
#[derive(Debug)]
pub(super) struct PreparedExpression {
    expression: Expression,
    /// Sets of folded texts: of each, every text that matches holds one, folded.
    necessary: Vec<Vec<Needle>>,
    /// It asks where a text or line begins or ends.
    pub(super) has_anchors: bool,
}

impl PreparedExpression {
    pub(super) fn new(expression: &Expression) -> Self {
        let tree = expression.tree();
        let needle = |text: &String| Needle::folded(text);
        let necessary = all_necessary(tree).iter().map(|set| set.iter().map(needle).collect()).collect();
        let has_anchors = tree.properties().look_set().contains_anchor();
        Self { expression: expression.clone(), necessary, has_anchors }
    }

    /// Whether it is found in a text.
    pub(super) fn is_found_in(&self, text: &[u8]) -> bool {
        self.expression.is_found_in(text)
    }

    /// The same; `folded` is the text, folded.
    pub(super) fn is_found_in_folded(&self, text: &[u8], folded: &[u8]) -> bool {
        let has_one = |set: &Vec<Needle>| set.iter().any(|needle| needle.is_in(folded));
        self.necessary.iter().all(has_one) && self.is_found_in(text)
    }
}
