//! From the conditions of all rules to one set that is evaluated together.

use super::index::{RuleId, SlotIndex, SlotIndexBuilder};
use super::pair::Pair;
use super::predicate::{Check, Predicate, PredicateId};
use super::trigger::{Case, Sought, Trigger, triggers};
use crate::fold::fold_text;
use crate::record::path::Path;
use crate::record::{Projection, ProjectionBuilder, Slot, TooManyPaths};
use crate::rule::condition::{Condition, Matcher, Pattern, Test, Token};
use crate::rule::{Adjustment, Effect};
use std::collections::HashMap;
use std::sync::Arc;

/// Rules, ready to be evaluated together.
#[derive(Debug)]
pub struct RuleSet {
    pub(super) projection: Arc<Projection>,
    /// For each node of the projection what is looked for in the values there.
    pub(super) watched: Vec<Vec<Arc<SlotIndex>>>,
    pub(super) predicates: Vec<Predicate>,
    /// One for each rule.
    pub(super) programs: Vec<RuleProgram>,
    /// Rules that may match any record.
    pub(super) always: Vec<RuleId>,
}

impl RuleSet {
    /// The paths that must be taken from a record.
    pub fn projection(&self) -> Arc<Projection> {
        Arc::clone(&self.projection)
    }
}

/// What decides on one rule.
#[derive(Debug)]
pub(super) struct RuleProgram {
    pub(super) condition: Program,
    /// Asked of matches alone, in this order.
    pub(super) adjustments: Vec<(Program, Effect)>,
}

/// A rule's condition over the numbered tests.
#[derive(Debug)]
pub(super) enum Program {
    All(Vec<Program>),
    Any(Vec<Program>),
    Not(Box<Program>),
    Holds(PredicateId),
    Pair(Pair),
}

/// Why rules cannot be put together.
#[derive(Debug)]
pub enum CompileError {
    /// Their paths overlap too much.
    Paths(TooManyPaths),
    /// A regular expression is too large.
    Regex(regex::Error),
    /// The texts that are looked for in one field are too many.
    Literals(aho_corasick::BuildError),
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Paths(TooManyPaths { paths }) => write!(
                f,
                "the rules use {paths} paths that overlap in more than {} ways; use fewer wildcards (`.*`, `[*]`) \
                 and names of fields with fewer dots",
                crate::limits::MAX_PROJECTION_NODES
            ),
            Self::Regex(error) => write!(f, "{error}"),
            Self::Literals(error) => write!(f, "the rules look for too many texts in one field: {error}"),
        }
    }
}

/// Puts rules together.
#[derive(Debug, Default)]
pub struct Compiler {
    paths: ProjectionBuilder,
    slots: Vec<SlotIndexBuilder>,
    predicates: Vec<Predicate>,
    numbers: HashMap<(Slot, Asked), PredicateId>,
    programs: Vec<RuleProgram>,
    always: Vec<RuleId>,
}

/// What one predicate asks of the values of its slot.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Asked {
    /// The text is one of these; a list of alternatives, such as event names, is one test.
    OneOf(Case, Vec<String>),
    Test(Test),
}

impl Compiler {
    /// No rules yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The slot in which the values at this path will be found.
    pub fn slot(&mut self, path: &Path) -> Slot {
        let slot = self.paths.slot(path);
        while self.slots.len() <= slot.0 as usize {
            self.slots.push(SlotIndexBuilder::default());
        }
        slot
    }

    /// Adds a rule; the first one has the number 0.
    pub fn add(&mut self, condition: &Condition, adjustments: &[Adjustment]) -> Result<(), CompileError> {
        let rule = RuleId(self.programs.len() as u32);
        let adjustments = adjustments.iter().map(|adjustment| Ok((self.lower(&adjustment.when)?, adjustment.effect)));
        let adjustments = adjustments.collect::<Result<_, CompileError>>()?;
        let program = RuleProgram { condition: self.lower(condition)?, adjustments };
        self.programs.push(program);
        match triggers(condition) {
            None => self.always.push(rule),
            Some(triggers) => triggers.into_iter().for_each(|trigger| self.add_trigger(trigger, rule)),
        }
        Ok(())
    }

    /// Nothing more to add.
    pub fn build(self) -> Result<RuleSet, CompileError> {
        let projection = self.paths.build().map_err(CompileError::Paths)?;
        let mut watched = vec![Vec::new(); projection.len()];
        for ((slot, nodes), number) in self.slots.into_iter().zip(projection.nodes_of_slots()).zip((1..).step_by(3)) {
            let Some(index) = slot.build(number).map_err(CompileError::Literals)?.map(Arc::new) else { continue };
            for node in nodes {
                if let Some(watched) = watched.get_mut(node.number()) {
                    watched.push(Arc::clone(&index));
                }
            }
        }
        Ok(RuleSet {
            projection: Arc::new(projection),
            watched,
            predicates: self.predicates,
            programs: self.programs,
            always: self.always,
        })
    }

    fn lower(&mut self, condition: &Condition) -> Result<Program, CompileError> {
        Ok(match condition {
            Condition::And(parts) => {
                let mut all = Vec::with_capacity(parts.len());
                for part in parts {
                    match self.lower(part)? {
                        Program::All(mut inner) => all.append(&mut inner),
                        part => all.push(part),
                    }
                }
                // One that does not hold decides; it had better be a cheap one.
                all.sort_by_key(|part| self.cost(part));
                Program::All(all)
            }
            Condition::Or(parts) => self.lower_alternatives(parts)?,
            Condition::Not(part) => Program::Not(Box::new(self.lower(part)?)),
            Condition::Named(_, part) => self.lower(part)?,
            Condition::Pair(one, other, comparison) => {
                Program::Pair(Pair { one: self.slot(one), other: self.slot(other), comparison: *comparison })
            }
            Condition::Test(path, test) => match exact_text(test) {
                Some((case, text)) => Program::Holds(self.one_of(path, case, vec![text])),
                None => Program::Holds(self.test(path, test)?),
            },
        })
    }

    /// Alternatives that ask for exact texts at the same path become one test.
    fn lower_alternatives(&mut self, parts: &[Condition]) -> Result<Program, CompileError> {
        let mut texts: Vec<(&Path, Case, Vec<String>)> = Vec::new();
        let mut alternatives = Vec::new();
        for part in parts {
            match part {
                Condition::Test(path, test) if let Some((case, text)) = exact_text(test) => {
                    match texts.iter_mut().find(|(known, kind, _)| (*known, *kind) == (path, case)) {
                        Some((.., texts)) => texts.push(text),
                        None => texts.push((path, case, vec![text])),
                    }
                }
                _ => alternatives.push(self.lower(part)?),
            }
        }
        alternatives
            .extend(texts.into_iter().map(|(path, case, texts)| Program::Holds(self.one_of(path, case, texts))));
        alternatives.sort_by_key(|part| self.cost(part));
        Ok(Program::Any(alternatives))
    }

    /// How much time it takes to learn whether this holds, roughly.
    fn cost(&self, program: &Program) -> u32 {
        match program {
            Program::All(parts) | Program::Any(parts) => {
                parts.iter().map(|part| self.cost(part)).fold(0, u32::saturating_add)
            }
            Program::Not(part) => self.cost(part),
            Program::Holds(id) => self.predicates.get(id.0 as usize).map_or(0, |predicate| predicate.check.cost()),
            Program::Pair(_) => 100,
        }
    }

    fn one_of(&mut self, path: &Path, case: Case, mut texts: Vec<String>) -> PredicateId {
        texts.sort();
        texts.dedup();
        let slot = self.slot(path);
        let asked = Asked::OneOf(case, texts.clone());
        if let Some(&known) = self.numbers.get(&(slot, asked)) {
            return known;
        }
        let predicate = self.add_predicate(slot, Asked::OneOf(case, texts.clone()), Check::OneOf);
        for text in texts {
            if let Some(index) = self.slots.get_mut(slot.0 as usize) {
                index.of(case).texts.entry(text).or_default().predicates.push(predicate);
            }
        }
        predicate
    }

    fn test(&mut self, path: &Path, test: &Test) -> Result<PredicateId, CompileError> {
        let slot = self.slot(path);
        let asked = Asked::Test(test.clone());
        if let Some(&known) = self.numbers.get(&(slot, asked)) {
            return Ok(known);
        }
        let check = Check::new(test).map_err(CompileError::Regex)?;
        Ok(self.add_predicate(slot, Asked::Test(test.clone()), check))
    }

    fn add_predicate(&mut self, slot: Slot, asked: Asked, check: Check) -> PredicateId {
        let number = PredicateId(self.predicates.len() as u32);
        let is_indexed = matches!(check, Check::OneOf);
        self.predicates.push(Predicate { slot, check, is_indexed });
        self.numbers.insert((slot, asked), number);
        number
    }

    fn add_trigger(&mut self, trigger: Trigger<'_>, rule: RuleId) {
        let slot = self.slot(trigger.path);
        let settled = trigger.settles.and_then(|test| self.numbers.get(&(slot, Asked::Test(test.clone()))).copied());
        let Some(index) = self.slots.get_mut(slot.0 as usize) else { return };
        let rules = match trigger.sought {
            Sought::Text(case, text) => &mut index.of(case).texts.entry(text).or_default().rules,
            Sought::Literal(case, place, text) => {
                let consequence = index.of(case).literals.entry((text, place)).or_default();
                if let Some(id) = settled
                    && let Some(predicate) = self.predicates.get_mut(id.0 as usize)
                    && !std::mem::replace(&mut predicate.is_indexed, true)
                {
                    consequence.predicates.push(id);
                }
                &mut consequence.rules
            }
            Sought::Kinds(kinds) => index.kinds.entry(kinds).or_default(),
        };
        if rules.last() != Some(&rule) {
            rules.push(rule);
        }
    }
}

/// The text that a test asks for as a whole.
fn exact_text(test: &Test) -> Option<(Case, String)> {
    match test {
        Test::Text { matcher: Matcher::Exact(text), negated: false } => Some((Case::Counts, text.clone())),
        Test::Pattern(Pattern { tokens, cased: false, keyword: false }) => match tokens.as_slice() {
            [] => Some((Case::Folded, String::new())),
            [Token::Text(text)] => Some((Case::Folded, fold_text(text))),
            _ => None,
        },
        _ => None,
    }
}
