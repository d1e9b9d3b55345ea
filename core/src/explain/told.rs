//! The tree of a condition and what the engine said of one record → JSON text.
//!
//! Long lists are told in part: what decided comes first, then the others in their order, up to a bound.

use super::tree::{Form, Node, Sentence};
use super::wording;
use super::writing::{member, text_member};
use crate::enrich::{Seen, json};
use crate::record::View;

/// The parts of one list that are told.
const MAX_PARTS: usize = 32;

/// The alternatives of one sentence that are told to have held.
const MAX_HELD_BY: usize = 8;

/// What is known of one record.
pub(super) struct Told<'t, 'a> {
    pub(super) view: View<'a>,
    pub(super) seen: &'t Seen,
    /// The numbers of what holds, ascending.
    pub(super) holding: Vec<usize>,
}

impl Told<'_, '_> {
    /// Whether the part with this number holds.
    pub(super) fn holds(&self, number: usize) -> bool {
        self.holding.binary_search(&number).is_ok()
    }

    /// Appends an array: the node, and behind it what it is made of.
    pub(super) fn parts(&self, node: &Node<'_>, out: &mut String) {
        out.push('[');
        self.part(node, 0, out);
        out.push(']');
    }

    /// Recursion is bounded as conditions are.
    fn part(&self, node: &Node<'_>, depth: usize, out: &mut String) {
        if depth > 0 {
            out.push(',');
        }
        let (kind, text, all, parts) = match &node.form {
            Form::All(parts) => ("all", "all of", parts.len(), self.chosen(parts, false)),
            Form::Any(parts) => ("any", "any of", parts.len(), self.chosen(parts, true)),
            Form::Not(part) => ("not", "not", 1, vec![&**part]),
            Form::Test(Sentence { text, .. }) => ("test", text.as_str(), 0, Vec::new()),
        };
        out.push('{');
        member("depth", &depth.to_string(), out);
        text_member("kind", Some(kind), out);
        member("holds", if self.holds(node.number) { "true" } else { "false" }, out);
        if node.name.is_some() {
            text_member("name", node.name, out);
        }
        match all.saturating_sub(parts.len()) {
            0 => text_member("text", Some(text), out),
            more => text_member("text", Some(&format!("{text} {all}, of which {more} are not told")), out),
        }
        if let Form::Test(sentence) = &node.form {
            self.sentence(sentence, out);
        }
        out.push('}');
        parts.into_iter().for_each(|part| self.part(part, depth + 1, out));
    }

    fn sentence(&self, sentence: &Sentence<'_>, out: &mut String) {
        member("seen", "{", out);
        for (path, slot) in &sentence.fields {
            member(&wording::field(path), &self.seen.values(&self.view, path, *slot), out);
        }
        out.push('}');
        if sentence.alternatives.is_empty() {
            return;
        }
        member("held_by", "[", out);
        let held = sentence.alternatives.iter().filter(|(number, _)| self.holds(*number));
        for (number, (_, text)) in held.take(MAX_HELD_BY).enumerate() {
            if number > 0 {
                out.push(',');
            }
            json::write_text(out, text);
        }
        out.push(']');
    }

    /// The parts to tell of a list that is decided by parts of which this is true.
    fn chosen<'n, 'c>(&self, parts: &'n [Node<'c>], deciding: bool) -> Vec<&'n Node<'c>> {
        let decides = |node: &Node<'_>| self.holds(node.number) == deciding;
        let deciders = parts.iter().filter(|part| decides(part)).count().min(MAX_PARTS);
        let (mut deciders, mut others) = (deciders, MAX_PARTS - deciders);
        let mut chosen = Vec::new();
        for part in parts {
            let left = if decides(part) { &mut deciders } else { &mut others };
            if let Some(fewer) = left.checked_sub(1) {
                *left = fewer;
                chosen.push(part);
            }
        }
        chosen
    }
}
