//! A regular expression as the engine takes it. Front ends make one of what they read, so that a rule which loaded cannot
//! fail later; it is read and compiled here and nowhere else, since that is a good part of the time in which rules load.
//!
//! It is searched in UTF-8, where `.` and a class are one character. The component goes without tables of Unicode (that
//! of case alone takes some 45 kB), so front ends write out what would need them: classes (`[0-9]`, not `\d`), the bytes
//! of a word boundary (`(?-u:\b)`), and where case does not count, each letter as a class of its forms
//! (`[kK\u{212A}]`, see `fold::forms`) instead of the flag `i`. The flags `m` and `s` need none.

use regex_automata::meta::{Builder, Config, Regex};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A regular expression, compiled. Two are equal if they are written alike.
#[derive(Clone)]
pub struct Expression {
    source: String,
    compiled: Arc<(Hir, Regex)>,
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
        let engine = compile(&tree)?;
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
        self.compiled.1.is_match(text)
    }
}

/// Compiles what was read. What turns most texts away before the engine is asked is left to others (see
/// `detect/necessary.rs`), as to look for it here would take longer than to compile.
pub(crate) fn compile(tree: &Hir) -> Result<Regex, TooLarge> {
    let config = Config::new().utf8_empty(false).nfa_size_limit(Some(MAX_BYTES)).auto_prefilter(false);
    Builder::new().configure(config).build_from_hir(tree).map_err(|_| TooLarge)
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
