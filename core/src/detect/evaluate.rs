//! Evaluates a set of rules on the values of one record.

use super::gate::Gates;
use super::index::{Candidate, Consequence, RuleId};
use super::object::Objects;
use super::predicate::PredicateId;
use super::program::{Program, RuleSet};
use super::recall::Recall;
use crate::record::{Kind, View};
use crate::rule::{Effect, Level};
use crate::text_table::Sought;

/// Evaluates one set of rules on one record after another.
#[derive(Debug)]
pub struct Evaluation {
    rules: RuleSet,
    memory: Memory,
    recall: Recall,
}

/// What is known of one record, in memory that is kept for the next.
#[derive(Debug)]
struct Memory {
    /// Counts records, so that what is known of one is void for the next.
    record: u32,
    /// What is known of each test: the record, and in the lowest bit whether it holds.
    known: Vec<u64>,
    /// For each rule the record for which it last became a candidate.
    considered: Vec<u32>,
    candidates: Vec<RuleId>,
    gates: Gates,
    matched: Vec<Match>,
    suppressed: Vec<Suppressed>,
    objects: Objects,
}

/// A rule that matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// Its number.
    pub rule: usize,
    /// The level that an adjustment gives this match.
    pub level: Option<Level>,
}

/// A rule that would match, were it not for an adjustment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suppressed {
    /// Its number.
    pub rule: usize,
    /// Which of its adjustments it is; the first that suppresses, if several do.
    pub adjustment: usize,
}

impl Evaluation {
    /// Nothing remembered.
    pub fn new(rules: RuleSet) -> Self {
        let memory = Memory {
            record: 0,
            known: vec![0; rules.predicates.len()],
            considered: vec![0; rules.programs.len()],
            candidates: Vec::new(),
            gates: Gates::new(&rules.projection),
            matched: Vec::new(),
            suppressed: Vec::new(),
            objects: Objects::default(),
        };
        Self { rules, memory, recall: Recall::default() }
    }

    /// The rules that match, ascending.
    pub fn matches(&mut self, view: View<'_>) -> &[Match] {
        self.memory.evaluate(&self.rules, &mut self.recall, view);
        &self.memory.matched
    }

    /// What was suppressed of the record that was last evaluated, ascending by rule.
    pub fn suppressed(&self) -> &[Suppressed] {
        &self.memory.suppressed
    }
}

impl Memory {
    fn evaluate(&mut self, rules: &RuleSet, recall: &mut Recall, view: View<'_>) {
        self.begin();
        for rule in &rules.always {
            self.consider(*rule);
        }
        for capture in view.all_captures() {
            let Some(Some(watched)) = rules.watched.get(capture.node.number()) else { continue };
            watched.rules_of(capture.kind, |candidate| self.admit(candidate, view));
            match capture.kind {
                Kind::Null | Kind::Array | Kind::StruckOut => {}
                Kind::Object => {
                    let mut objects = std::mem::take(&mut self.objects);
                    watched.look_inside(view, capture, &mut objects, |consequence| self.follow(consequence, view));
                    self.objects = objects;
                }
                kind if watched.reads_text() => {
                    let text = view.text_or_word(capture).unwrap_or_default();
                    watched.look_up(&Sought::new(&text), kind, recall, |consequence| self.follow(consequence, view));
                }
                _ => {}
            }
        }
        let candidates = std::mem::take(&mut self.candidates);
        for rule in &candidates {
            if let Some(program) = rules.programs.get(rule.0 as usize)
                && self.run(rules, view, &program.condition)
            {
                self.adjust(rules, view, rule.0 as usize, &program.adjustments);
            }
        }
        self.candidates = candidates;
        self.matched.sort_unstable();
        self.suppressed.sort_unstable();
    }

    /// Notes a rule that matches, as others than its author want it.
    fn adjust(&mut self, rules: &RuleSet, view: View<'_>, rule: usize, adjustments: &[(Program, Effect)]) {
        let mut level = None;
        for (adjustment, (when, effect)) in adjustments.iter().enumerate() {
            if self.run(rules, view, when) {
                match effect {
                    Effect::SetLevel(other) => level = Some(*other),
                    Effect::Suppress => return self.suppressed.push(Suppressed { rule, adjustment }),
                }
            }
        }
        self.matched.push(Match { rule, level });
    }

    fn begin(&mut self) {
        if self.record == u32::MAX {
            self.record = 0;
            self.known.fill(0);
            self.considered.fill(0);
            self.gates.forget();
        }
        self.record += 1;
        self.candidates.clear();
        self.matched.clear();
        self.suppressed.clear();
        self.objects.clear();
    }

    #[inline]
    fn consider(&mut self, rule: RuleId) {
        if let Some(considered) = self.considered.get_mut(rule.0 as usize)
            && *considered != self.record
        {
            *considered = self.record;
            self.candidates.push(rule);
        }
    }

    #[inline]
    fn admit(&mut self, candidate: &Candidate, view: View<'_>) {
        let Candidate { rule, text, literal } = candidate;
        if text.is_none_or(|gate| self.gates.open_for_text(gate, self.record, view))
            && literal.is_none_or(|gate| self.gates.open_for_literal(gate, self.record, view))
        {
            self.consider(*rule);
        }
    }

    fn follow(&mut self, consequence: &Consequence, view: View<'_>) {
        for predicate in &consequence.predicates {
            self.remember(*predicate, true);
        }
        for candidate in &consequence.rules {
            self.admit(candidate, view);
        }
    }

    /// Conditions are nested no deeper than the parsers allow, so recursion is bounded.
    fn run(&mut self, rules: &RuleSet, view: View<'_>, program: &Program) -> bool {
        match program {
            Program::All(answered, parts) => {
                answered.iter().all(|id| self.is_known_to_hold(*id))
                    && parts.iter().all(|part| self.run(rules, view, part))
            }
            Program::Any(parts) => parts.iter().any(|part| self.run(rules, view, part)),
            Program::Not(part) => !self.run(rules, view, part),
            Program::Holds(predicate) => self.holds(rules, view, *predicate),
            Program::Pair(pair) => pair.holds(view),
        }
    }

    #[inline]
    fn is_known_to_hold(&self, id: PredicateId) -> bool {
        self.known.get(id.0 as usize).is_some_and(|known| *known == u64::from(self.record) << 1 | 1)
    }

    fn holds(&mut self, rules: &RuleSet, view: View<'_>, id: PredicateId) -> bool {
        if let Some(known) = self.known.get(id.0 as usize)
            && known >> 1 == u64::from(self.record)
        {
            return known & 1 == 1;
        }
        let Some(predicate) = rules.predicates.get(id.0 as usize) else { return false };
        let holds = predicate.holds(view, &mut self.objects);
        self.remember(id, holds);
        holds
    }

    fn remember(&mut self, id: PredicateId, holds: bool) {
        if let Some(known) = self.known.get_mut(id.0 as usize) {
            *known = u64::from(self.record) << 1 | u64::from(holds);
        }
    }
}
