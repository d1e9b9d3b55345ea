//! Step 2: which rules match a record. Stateless; its cost follows what the record holds, not how many rules there are.
//!
//! Every rule is looked at only when something the record holds makes it possible that it matches (`trigger.rs`), every
//! distinct test of a value is made at most once a record (`predicate.rs`).

mod evaluate;
mod expression;
mod few;
mod gate;
mod index;
mod inside;
mod literals;
mod matcher;
mod necessary;
mod needle;
mod object;
mod pair;
mod pieces;
mod predicate;
mod program;
mod recall;
#[cfg(test)]
mod tests;
mod trigger;

pub use evaluate::{Evaluation, Match, Suppressed};
pub use program::{CompileError, Compiler, RuleSet};
