//! Why a call of a detector failed, told in five words that everybody downstream can rely on.
//!
//! Takes wasmtime's errors, gives a [`Fault`].

use super::limits::Grown;
use std::fmt;
use wasmtime::{Error, Trap};

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// It burnt all its fuel.
    Fuel,
    /// It stopped by itself: a panic, a stack that ran over, an access outside its memory.
    Trap,
    /// It wanted more memory than it may have.
    Memory,
    /// Its answer was too large.
    Output,
    /// Its answer makes no sense, or it said that it cannot judge the batch. The host sends nothing that a detector
    /// may decline, so that refusal too is a detector that does not keep the contract.
    Contract,
}

impl Fault {
    /// The word for it in annotations and counters.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Fuel => "fuel",
            Self::Trap => "trap",
            Self::Memory => "memory",
            Self::Output => "output",
            Self::Contract => "contract",
        }
    }

    /// What wasmtime's error means.
    pub(super) fn of(error: &Error) -> Self {
        if error.downcast_ref::<Grown>().is_some() {
            return Self::Memory;
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => Self::Fuel,
            Some(_) => Self::Trap,
            // The call came back, and its answer could not be read. wasmtime keeps the type of this one error to
            // itself; a test makes sure that its text is still the same.
            None if error.root_cause().to_string().starts_with("too much data is being copied") => Self::Output,
            None => Self::Contract,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fuel => "it burnt all its fuel",
            Self::Trap => "it trapped",
            Self::Memory => "it wants more memory than its limit",
            Self::Output => "its answer is too large",
            Self::Contract => "its answer makes no sense",
        })
    }
}
