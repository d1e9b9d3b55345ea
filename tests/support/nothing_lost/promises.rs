//! What `tests/nothing_lost.tsv` promises for each way and fault.
#![expect(clippy::panic, reason = "a table that cannot be read is a test that fails")]

use super::{Fault, Trial};
use crate::proofs::rows;

/// What a pipe's records may lie in when its program dies: two pipes of 64 KiB, and with one worker at most five pages,
/// each of what one read of a pipe gives.
const IN_A_PIPE: usize = 7 * (64 << 10);

/// A fault that real shippers alone show.
const SHIPPER_KILLED: &str = "the shipper is killed";

/// How much of something may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Nothing.
    None,
    /// For each fault, what lay in the pipes.
    InThePipes,
    /// For each fault, one.
    One,
    /// Whatever had not been acknowledged, or noted as such.
    Unacknowledged,
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Promise {
    /// The name of the way.
    pub way: String,
    /// What goes wrong, in words.
    pub fault: String,
    missing: Allowed,
    twice: Allowed,
    torn: Allowed,
}

impl Promise {
    /// The table.
    pub fn all() -> Vec<Self> {
        rows("nothing_lost.tsv").into_iter().map(Self::read).collect()
    }

    fn read([way, fault, missing, twice, torn]: [String; 5]) -> Self {
        let allowed = |word: &str| match word {
            "none" => Allowed::None,
            "what lay in the pipes" => Allowed::InThePipes,
            "one each time" => Allowed::One,
            "what was not acknowledged" => Allowed::Unacknowledged,
            _ => panic!("{way}, {fault}: nobody knows what `{word}` allows"),
        };
        let (missing, twice, torn) = (allowed(&missing), allowed(&twice), allowed(&torn));
        Self { way, fault, missing, twice, torn }
    }

    /// What goes wrong.
    pub fn fault(&self) -> Fault {
        Fault::named(&self.fault).unwrap_or_else(|| panic!("there is no fault `{}`", self.fault))
    }

    /// What it says of this way when the shipper itself is killed.
    pub fn of_killed_shipper(way: &str) -> Self {
        let is_it = |promise: &Self| promise.way == way && promise.fault == SHIPPER_KILLED;
        Self::all().into_iter().find(is_it).unwrap_or_else(|| panic!("the table says nothing of {way}"))
    }

    /// Whether it is about what happens in Trailsieve or beside it, for the harness, not in a shipper.
    pub fn is_of_harness(&self) -> bool {
        self.fault != SHIPPER_KILLED
    }

    /// Compares a trial with it, and prints what was counted.
    pub fn check(&self, trial: &Trial) {
        self.check_but_for_order(trial);
        // What was kept aside has left the row.
        let overtaken = trial.issued.count(&trial.written).overtaken;
        assert_eq!(overtaken, 0, "{}, {}: records are out of order", self.way, self.fault);
    }

    /// The same where records may overtake each other.
    pub fn check_but_for_order(&self, trial: &Trial) {
        let Trial { issued, written, kept_aside, faults } = trial;
        let came = issued.count(&[written.as_slice(), kept_aside].concat());
        let name = format!("{}, {}", self.way, self.fault);
        let missing = came.missing();
        let bytes: usize = missing.iter().map(|row| issued.bytes(row.clone())).sum();
        println!(
            "{name} ({faults} times): of {} records {} missing ({bytes} bytes), {} came twice, {} lines torn, {} overtaken",
            issued.records().len(),
            missing.iter().map(ExactSizeIterator::len).sum::<usize>(),
            came.twice(),
            came.torn,
            came.overtaken,
        );
        assert!(*faults > 0, "{name}: nothing went wrong");
        match self.missing {
            Allowed::InThePipes => {
                assert!(missing.len() <= *faults && bytes <= faults * IN_A_PIPE, "{name}: {missing:?}, {bytes} bytes");
            }
            _ => assert!(missing.is_empty(), "{name}: missing are {missing:?}"),
        }
        match self.twice {
            Allowed::None => assert_eq!(came.twice(), 0, "{name}: records came twice"),
            Allowed::One => assert!(came.twice() <= *faults, "{name}: {} came twice", came.twice()),
            _ => {}
        }
        let torn = if self.torn == Allowed::One { *faults } else { 0 };
        assert!(came.torn <= torn, "{name}: {} lines are torn", came.torn);
        assert_eq!(came.marked, 0, "{name}: records passed unjudged");
    }
}
