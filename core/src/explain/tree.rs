//! A condition as a tree of parts, each with the number under which the engine is asked whether it holds.
//!
//! Takes a condition, gives nodes that mirror it, and adds each to the engine's rules. It must not decide whether
//! anything holds: an explanation that reckons for itself could disagree with the engine.

use super::question::Question;
use super::wording;
use crate::detect::{CompileError, Compiler};
use crate::record::Slot;
use crate::record::path::Path;
use crate::rule::condition::Condition;

/// One part of a condition.
#[derive(Debug)]
pub(super) struct Node<'c> {
    /// Its number among the engine's rules.
    pub(super) number: usize,
    /// What the rule calls it.
    pub(super) name: Option<&'c str>,
    pub(super) form: Form<'c>,
}

/// What kind of part it is.
#[derive(Debug)]
pub(super) enum Form<'c> {
    All(Vec<Node<'c>>),
    Any(Vec<Node<'c>>),
    Not(Box<Node<'c>>),
    /// A sentence about values, with what belongs to it.
    Test(Sentence<'c>),
}

/// What is asked of the values of one field or two.
#[derive(Debug)]
pub(super) struct Sentence<'c> {
    pub(super) text: String,
    /// Where the values stand that it is about.
    pub(super) fields: Vec<(&'c Path, Slot)>,
    /// Where it tells several alternatives: each with its number and its text.
    pub(super) alternatives: Vec<(usize, String)>,
}

/// Adds parts to the engine's rules, in the order of their numbers.
pub(super) struct Planter<'e> {
    pub(super) compiler: &'e mut Compiler,
    /// How many rules were added.
    pub(super) added: usize,
}

impl Planter<'_> {
    /// The tree of a condition. Recursion is bounded as conditions are.
    pub(super) fn node<'c>(&mut self, condition: &'c Condition) -> Result<Node<'c>, CompileError> {
        if let Condition::Named(name, part) = condition {
            let node = self.node(part)?;
            return Ok(match node.name {
                None => Node { name: Some(name), ..node },
                // A part with two names is a list of one.
                Some(_) => Node { number: self.add(condition)?, name: Some(name), form: Form::All(vec![node]) },
            });
        }
        let form = self.form(condition)?;
        Ok(Node { number: self.add(condition)?, name: None, form })
    }

    fn form<'c>(&mut self, condition: &'c Condition) -> Result<Form<'c>, CompileError> {
        Ok(match condition {
            Condition::And(parts) => Form::All(self.nodes(parts)?),
            Condition::Or(parts) => match wording::one_of(parts) {
                Some((path, questions)) => {
                    let text = wording::sentence(path, &questions);
                    let mut alternatives = Vec::new();
                    for (part, told) in parts.iter().zip(questions) {
                        alternatives.push((self.add(part)?, told.operand));
                    }
                    Form::Test(Sentence { text, fields: self.fields(&[path]), alternatives })
                }
                None => Form::Any(self.nodes(parts)?),
            },
            Condition::Not(part) => match wording::denied(part) {
                Some((path, what)) => self.test(&[path], format!("{} {what}", wording::field(path))),
                None => Form::Not(Box::new(self.node(part)?)),
            },
            Condition::Test(path, test) => self.test(&[path], wording::sentence(path, &[Question::of(test)])),
            Condition::Pair(one, other, comparison) => {
                let fields: &[_] = if one == other { &[one] } else { &[one, other] };
                self.test(fields, wording::pair(one, other, *comparison))
            }
            // Taken care of by `node`.
            Condition::Named(_, part) => self.form(part)?,
        })
    }

    fn nodes<'c>(&mut self, parts: &'c [Condition]) -> Result<Vec<Node<'c>>, CompileError> {
        let mut nodes = Vec::new();
        for part in parts {
            nodes.push(self.node(part)?);
        }
        Ok(nodes)
    }

    fn test<'c>(&mut self, paths: &[&'c Path], text: String) -> Form<'c> {
        Form::Test(Sentence { text, fields: self.fields(paths), alternatives: Vec::new() })
    }

    /// The record as a whole is no field: keywords are looked for in all of it.
    fn fields<'c>(&mut self, paths: &[&'c Path]) -> Vec<(&'c Path, Slot)> {
        let fields = paths.iter().filter(|path| !path.0.is_empty());
        fields.map(|path| (*path, self.compiler.slot(path))).collect()
    }

    fn add(&mut self, condition: &Condition) -> Result<usize, CompileError> {
        self.compiler.add(condition, &[]);
        self.added += 1;
        Ok(self.added - 1)
    }
}
