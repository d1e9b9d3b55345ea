//! From the conditions of all rules to one set that is evaluated together.

use super::gate::{LiteralGate, TextGate};
use super::index::{Candidate, RuleId, SlotIndex, SlotIndexBuilder, Watched};
use super::pair::Pair;
use super::predicate::{Check, Predicate, PredicateId};
use super::trigger::{Case, Sought, Trigger, cost_of_text, necessary};
use crate::fold::fold_text;
use crate::record::path::Path;
use crate::record::{Projection, ProjectionBuilder, Slot, TooManyPaths};
use crate::rule::condition::{Condition, Matcher, Pattern, Test, Token};
use crate::rule::{Adjustment, Effect};
use crate::text_table::TextTable;
use std::collections::HashMap;
use std::sync::Arc;

/// Rules, ready to be evaluated together.
#[derive(Debug)]
pub struct RuleSet {
    pub(super) projection: Arc<Projection>,
    /// For each node of the projection what is looked for in the values there.
    pub(super) watched: Vec<Option<Arc<Watched>>>,
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
    /// Those that the index has already answered come first, as mostly one of them does not hold.
    All(Vec<PredicateId>, Vec<Program>),
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
    /// The predicates that ask for one of some texts.
    texts: Vec<(PredicateId, Case, Vec<String>)>,
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
    pub fn add(&mut self, condition: &Condition, adjustments: &[Adjustment]) {
        let rule = RuleId(self.programs.len() as u32);
        let adjustments =
            adjustments.iter().map(|adjustment| (self.lower(&adjustment.when), adjustment.effect)).collect();
        let program = RuleProgram { condition: self.lower(condition), adjustments };
        self.programs.push(program);
        let Some(necessary) = necessary(condition) else { return self.always.push(rule) };
        let text = necessary.text.and_then(|part| self.text_gate(&part.trigger));
        let literal = necessary.literal.and_then(|part| self.literal_gate(&part.trigger));
        let candidate = Candidate { rule, text, literal };
        necessary.triggers.into_iter().for_each(|trigger| self.add_trigger(trigger, candidate));
    }

    fn text_gate(&mut self, needed: &Trigger<'_>) -> Option<TextGate> {
        let Sought::Text(_, text) = &needed.sought else { return None };
        TextGate::new(self.slot(needed.path), text)
    }

    fn literal_gate(&mut self, needed: &Trigger<'_>) -> Option<LiteralGate> {
        let Sought::Literal(_, _, literal) = &needed.sought else { return None };
        LiteralGate::new(self.slot(needed.path), literal)
    }

    /// Nothing more to add.
    pub fn build(mut self) -> Result<RuleSet, CompileError> {
        self.settle_texts();
        let projection = self.paths.build().map_err(CompileError::Paths)?;
        let mut slots: Vec<Vec<usize>> = vec![Vec::new(); projection.len()];
        let mut indexes = Vec::new();
        for (index, nodes) in self.slots.into_iter().zip(projection.nodes_of_slots()) {
            if index.is_empty() {
                continue;
            }
            for node in nodes {
                slots.get_mut(node.number()).into_iter().for_each(|slots| slots.push(indexes.len()));
            }
            indexes.push(index.build().map_err(CompileError::Literals)?);
        }
        let watched = watched(&slots, &indexes);
        Ok(RuleSet {
            projection: Arc::new(projection),
            watched,
            predicates: self.predicates,
            programs: self.programs,
            always: self.always,
        })
    }

    /// Where the index looks at values anyway, it also answers for the texts that predicates ask for there. Other values
    /// are looked at only when a rule that may match asks.
    fn settle_texts(&mut self) {
        for (id, case, texts) in std::mem::take(&mut self.texts) {
            let Some(predicate) = self.predicates.get_mut(id.0 as usize) else { continue };
            match self.slots.get_mut(predicate.slot.0 as usize) {
                Some(index) if !index.is_empty() => {
                    predicate.is_indexed = true;
                    let known = &mut index.of(case).texts;
                    texts.into_iter().for_each(|text| known.entry(text).or_default().predicates.push(id));
                }
                _ => predicate.check = Check::Texts(case, TextTable::of(texts.iter())),
            }
        }
        let mut programs = std::mem::take(&mut self.programs);
        for RuleProgram { condition, adjustments } in &mut programs {
            self.settle(condition);
            adjustments.iter_mut().for_each(|(when, _)| self.settle(when));
        }
        self.programs = programs;
    }

    /// Puts what the index does not answer where it is asked for.
    fn settle(&self, program: &mut Program) {
        match program {
            Program::All(answered, parts) => {
                parts.iter_mut().for_each(|part| self.settle(part));
                let is_asked =
                    |id: &mut PredicateId| !self.predicates.get(id.0 as usize).is_some_and(|test| test.is_indexed);
                let asked: Vec<_> = answered.extract_if(.., is_asked).map(Program::Holds).collect();
                parts.splice(..0, asked);
            }
            Program::Any(parts) => parts.iter_mut().for_each(|part| self.settle(part)),
            Program::Not(part) => self.settle(part),
            Program::Holds(_) | Program::Pair(_) => {}
        }
    }

    fn lower(&mut self, condition: &Condition) -> Program {
        match condition {
            Condition::And(parts) => {
                let (mut answered, mut all) = (Vec::new(), Vec::new());
                for part in parts {
                    match self.lower(part) {
                        Program::All(mut known, mut inner) => {
                            answered.append(&mut known);
                            all.append(&mut inner);
                        }
                        Program::Holds(id) if self.frequency(id).is_some() => answered.push(id),
                        part => all.push(part),
                    }
                }
                // One that does not hold decides: it had better be one that seldom does, or a cheap one.
                answered.sort_by_key(|id| self.frequency(*id));
                all.sort_by_key(|part| self.cost(part));
                Program::All(answered, all)
            }
            Condition::Or(parts) => self.lower_alternatives(parts),
            Condition::Not(part) => Program::Not(Box::new(self.lower(part))),
            Condition::Named(_, part) => self.lower(part),
            Condition::Pair(one, other, comparison) => {
                Program::Pair(Pair { one: self.slot(one), other: self.slot(other), comparison: *comparison })
            }
            Condition::Test(path, test) => match exact_text(test) {
                Some((case, text)) => Program::Holds(self.one_of(path, case, vec![text])),
                None => Program::Holds(self.test(path, test)),
            },
        }
    }

    /// Alternatives that ask for exact texts at the same path become one test.
    fn lower_alternatives(&mut self, parts: &[Condition]) -> Program {
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
                _ => alternatives.push(self.lower(part)),
            }
        }
        alternatives
            .extend(texts.into_iter().map(|(path, case, texts)| Program::Holds(self.one_of(path, case, texts))));
        alternatives.sort_by_key(|part| self.cost(part));
        match alternatives.pop() {
            Some(only) if alternatives.is_empty() => only,
            last => Program::Any(alternatives.into_iter().chain(last).collect()),
        }
    }

    /// How often one of some texts is met, if that is the test.
    fn frequency(&self, id: PredicateId) -> Option<u32> {
        match self.predicates.get(id.0 as usize)?.check {
            Check::OneOf { frequency } => Some(frequency),
            _ => None,
        }
    }

    /// How much time it takes to learn whether this holds, roughly.
    fn cost(&self, program: &Program) -> u32 {
        match program {
            Program::All(_, parts) | Program::Any(parts) => {
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
        let frequency = cost_of_text(path).saturating_mul(texts.len() as u32);
        let predicate = self.add_predicate(slot, Asked::OneOf(case, texts.clone()), Check::OneOf { frequency });
        self.texts.push((predicate, case, texts));
        predicate
    }

    fn test(&mut self, path: &Path, test: &Test) -> PredicateId {
        let slot = self.slot(path);
        let asked = Asked::Test(test.clone());
        if let Some(&known) = self.numbers.get(&(slot, asked)) {
            return known;
        }
        self.add_predicate(slot, Asked::Test(test.clone()), Check::new(test))
    }

    fn add_predicate(&mut self, slot: Slot, asked: Asked, check: Check) -> PredicateId {
        let number = PredicateId(self.predicates.len() as u32);
        self.predicates.push(Predicate { slot, check, is_indexed: false });
        self.numbers.insert((slot, asked), number);
        number
    }

    fn add_trigger(&mut self, trigger: Trigger<'_>, candidate: Candidate) {
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
            Sought::Inside(text) => &mut index.inside.entry(text).or_default().rules,
            Sought::Kinds(kinds) => index.kinds.entry(kinds).or_default(),
        };
        if rules.last() != Some(&candidate) {
            rules.push(candidate);
        }
    }
}

/// What is looked for at each node, from the indexes of the slots to which it belongs. Nodes of the same slots share it.
fn watched(nodes: &[Vec<usize>], indexes: &[SlotIndex]) -> Vec<Option<Arc<Watched>>> {
    let mut known: HashMap<&[usize], Arc<Watched>> = HashMap::new();
    let watched = nodes.iter().map(|slots| {
        if slots.is_empty() {
            return None;
        }
        let number = known.len() as u32 * 2 + 1;
        let of_slots = || slots.iter().filter_map(|slot| indexes.get(*slot)).collect::<Vec<_>>();
        Some(Arc::clone(known.entry(slots).or_insert_with(|| Arc::new(Watched::new(number, &of_slots())))))
    });
    watched.collect()
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
