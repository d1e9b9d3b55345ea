//! How long to wait before another attempt: longer each time, and never in step with others.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(30);

/// The longest wait that somebody else can ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(120);

/// Waits of one row of failures.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { next: FIRST }
    }

    /// The next wait, and not less than what was asked for, within a bound.
    pub(crate) fn wait_at_least(&mut self, asked: Option<Duration>) -> Duration {
        self.wait().max(asked.unwrap_or_default().min(LONGEST_ASKED))
    }

    /// The next wait: half of it is certain, the rest is chance.
    pub(crate) fn wait(&mut self) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(LONGEST);
        // A fresh hasher's keys are the only chance that the standard library has.
        let chance = u32::try_from(RandomState::new().hash_one(0) % 1_001).unwrap_or_default();
        whole / 2 + whole / 2 * chance / 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::{Backoff, FIRST, LONGEST, LONGEST_ASKED};
    use std::time::Duration;

    #[test]
    fn what_is_asked_for_is_waited_within_a_bound() {
        let wait = |seconds| Backoff::new().wait_at_least(seconds);
        assert_eq!(wait(Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(wait(Some(Duration::MAX)), LONGEST_ASKED);
        for nothing in [None, Some(Duration::ZERO)] {
            assert!((FIRST / 2..=FIRST).contains(&wait(nothing)));
        }
    }

    #[test]
    fn waits_grow_to_a_bound_and_differ() {
        let waits = || {
            let mut backoff = Backoff::new();
            (0..20).map(|_| backoff.wait()).collect::<Vec<_>>()
        };
        let (one, other) = (waits(), waits());
        assert_ne!(one, other);
        assert!(one.first().is_some_and(|wait| (FIRST / 2..=FIRST).contains(wait)));
        assert!(one.iter().skip(10).all(|wait| (LONGEST / 2..=LONGEST).contains(wait)));
    }
}
