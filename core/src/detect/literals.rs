//! Many literals looked for at once, in one pass over a text.

use crate::fold::fold_bytes;
use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, BuildError};
use std::borrow::Cow;

/// Where a literal must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Start,
    End,
    Anywhere,
}

/// Literals, numbered from 0.
#[derive(Debug)]
pub(super) struct Literals {
    machine: Machine,
    /// The length of each and where it must stand.
    sought: Vec<(usize, Place)>,
}

#[derive(Debug)]
enum Machine {
    /// A few instructions a byte.
    Fast(DFA),
    /// A tenth of the memory.
    Small(NFA),
}

/// All literals of a field together for which the fast machine is made: it takes some 200 bytes of memory for each of
/// theirs.
const MOST_FOR_FAST: usize = 64 * 1024;

impl Literals {
    /// Without regard to the case of ASCII letters if `folds`; other letters must be folded, in the literals and in the
    /// texts.
    pub(super) fn new(literals: &[(&str, Place)], folds: bool) -> Result<Self, BuildError> {
        let length: usize = literals.iter().map(|(text, _)| text.len()).sum();
        if length > MOST_FOR_FAST {
            return Self::small(literals, folds);
        }
        let machine = DFA::builder().ascii_case_insensitive(folds).prefilter(false).build(texts(literals))?;
        Ok(Self::of(Machine::Fast(machine), literals))
    }

    /// The same for texts that will not be asked for often, or are too many.
    pub(super) fn small(literals: &[(&str, Place)], folds: bool) -> Result<Self, BuildError> {
        let machine = NFA::builder().ascii_case_insensitive(folds).prefilter(false).build(texts(literals))?;
        Ok(Self::of(Machine::Small(machine), literals))
    }

    fn of(machine: Machine, literals: &[(&str, Place)]) -> Self {
        Self { machine, sought: literals.iter().map(|(text, place)| (text.len(), *place)).collect() }
    }

    /// Adds the numbers of all literals that a text holds where they must stand.
    pub(super) fn find(&self, text: &[u8], found: &mut Vec<u32>) {
        let stands_right = |number: u32, end| {
            self.sought.get(number as usize).is_some_and(|&(length, place)| match place {
                Place::Start => length == end,
                Place::End => text.len() == end,
                Place::Anywhere => true,
            })
        };
        match &self.machine {
            Machine::Fast(machine) => walk(machine, text, found, stands_right),
            Machine::Small(machine) => walk(machine, text, found, stands_right),
        }
    }
}

/// A text in which folded literals are looked for without regard to the case of ASCII.
pub(super) fn without_case(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() { Cow::Borrowed(text) } else { fold_bytes(text) }
}

fn texts<'t>(literals: &'t [(&str, Place)]) -> impl Iterator<Item = &'t str> {
    literals.iter().map(|(text, _)| *text)
}

/// Walks the machine itself: its own search for overlapping matches takes several times as long. Without prefilter,
/// which that search alone would use, only states that end a literal are special.
fn walk(machine: &impl Automaton, text: &[u8], found: &mut Vec<u32>, stands_right: impl Fn(u32, usize) -> bool) {
    // Machines made with the default settings start anywhere; they refuse nothing else.
    let Ok(mut state) = machine.start_state(Anchored::No) else { return };
    for (&byte, end) in text.iter().zip(1..) {
        state = machine.next_state(Anchored::No, state, byte);
        if machine.is_special(state) && machine.is_match(state) {
            let numbers = (0..machine.match_len(state)).map(|at| machine.match_pattern(state, at).as_u32());
            found.extend(numbers.filter(|&number| stands_right(number, end)));
        }
    }
}
