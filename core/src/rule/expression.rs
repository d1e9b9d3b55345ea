//! A regular expression as the engine takes it. Front ends make one of what they read, so that a rule which loaded cannot
//! fail later; it is read and compiled here and nowhere else, since that is a good part of the time in which rules load.
//!
//! It is searched in UTF-8, where `.` and a class are one character. The component goes without tables of Unicode (that
//! of case alone takes some 45 kB), so front ends write out what would need them: classes (`[0-9]`, not `\d`), the bytes
//! of a word boundary (`(?-u:\b)`), and where case does not count, each letter as a class of its forms
//! (`[kK\u{212A}]`, see `fold::forms`) instead of the flag `i`. The flags `m` and `s` need none.

use regex_automata::Input;
use regex_automata::hybrid::dfa::{self, Cache, DFA};
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

/// A regular expression, compiled. Two are equal if they are written alike.
#[derive(Clone)]
pub struct Expression {
    source: String,
    compiled: Arc<(Hir, Engine)>,
}

/// Why there is no expression: as a program it is too large, or it cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// What one compiled expression may take: `.{1,140}` fits. The time that each byte of a value takes grows with it, and at
/// this size a value of 64 KiB takes some 0.2 s natively in the worst case.
const MAX_BYTES: usize = 1 << 16;

impl Expression {
    /// Reads and compiles it.
    pub fn new(source: String) -> Result<Self, TooLarge> {
        let tree = ParserBuilder::new().utf8(false).build().parse(&source).map_err(|_| TooLarge)?;
        let engine = Engine::new(&tree)?;
        Ok(Self { source, compiled: Arc::new((tree, engine)) })
    }

    /// As written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// As read.
    pub(crate) fn tree(&self) -> &Hir {
        &self.compiled.0
    }

    /// Whether a text matches somewhere.
    pub fn is_found_in(&self, text: &[u8]) -> bool {
        self.compiled.1.is_found_in(text)
    }
}

/// Two ways to run one program, both in linear time. The first remembers where each byte leads, so that most bytes of most
/// texts take one look; texts made to lead somewhere new with every byte would only fill its memory, so it gives them up
/// to the second, which takes some hundred times as long and nothing but time. What turns most texts away before is left to
/// others (see `detect/necessary.rs`): the library's own choice between these, and of literals to look for, would make the
/// detector larger by a twentieth and take longer than to compile.
struct Engine {
    remembering: DFA,
    /// What it remembers, for one search at a time.
    memory: Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>>,
    machine: PikeVM,
}

/// What an expression may remember, or the least that its size allows. Before it is forgotten for the third time, each state
/// must have served some bytes.
const REMEMBERED_BYTES: usize = 1 << 16;

impl Engine {
    /// Compiles what was read.
    fn new(tree: &Hir) -> Result<Self, TooLarge> {
        let limits = thompson::Config::new().utf8(false).nfa_size_limit(Some(MAX_BYTES));
        let config = limits.which_captures(WhichCaptures::None);
        let program = NFA::compiler().configure(config).build_from_hir(tree).map_err(|_| TooLarge)?;
        let config = dfa::Config::new()
            .cache_capacity(REMEMBERED_BYTES)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(3))
            .minimum_bytes_per_state(Some(10));
        let remembering = DFA::builder().configure(config).build_from_nfa(program.clone()).map_err(|_| TooLarge)?;
        let machine = PikeVM::new_from_nfa(program).map_err(|_| TooLarge)?;
        let maker = remembering.clone();
        Ok(Self { remembering, memory: Pool::new(Box::new(move || maker.create_cache())), machine })
    }

    /// Whether a text matches somewhere.
    fn is_found_in(&self, text: &[u8]) -> bool {
        let input = Input::new(text).earliest(true);
        match self.remembering.try_search_fwd(&mut self.memory.get(), &input) {
            Ok(end) => end.is_some(),
            // The only error is that it gave up.
            Err(_) => self.machine.is_match(&mut self.machine.create_cache(), input),
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.machine.get_nfa().fmt(formatter)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Expression {}

impl Hash for Expression {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.source.hash(state);
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(formatter)
    }
}
