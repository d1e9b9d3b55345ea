//! Leaves a detector alone that fails on everything, for making a new instance for each batch would eat the machine.
//!
//! Takes what became of each batch; says whether the next one is worth a try. Only batches of which nothing at all was
//! judged count, so that a poisonous record now and then never stops the judging of its neighbours.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the detector is left alone at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Shared by all workers.
#[derive(Debug)]
pub(crate) struct Breaker {
    after: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Batches in a row of which nothing was judged.
    failures: u32,
    /// Until when nothing is tried, if the circuit is open.
    open_until: Option<Instant>,
    pause: Duration,
    /// Somebody tries.
    is_tried: bool,
}

/// What one batch changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Opened,
    Closed,
}

impl Breaker {
    /// Opens after so many failures in a row.
    pub(crate) fn new(after: u32) -> Self {
        let state = State { failures: 0, open_until: None, pause: FIRST_PAUSE, is_tried: false };
        Self { after, state: Mutex::new(state) }
    }

    /// Whether a batch may be judged now. While the circuit is open, one batch is let through after each pause.
    pub(crate) fn admits(&self, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.open_until {
            None => true,
            Some(until) if now < until || state.is_tried => false,
            Some(_) => {
                state.is_tried = true;
                true
            }
        }
    }

    /// Whether the circuit is open.
    pub(crate) fn is_open(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).open_until.is_some()
    }

    /// A batch was judged, or nothing of it was.
    pub(crate) fn judged(&self, is_failure: bool, now: Instant) -> Option<Change> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let was_open = state.open_until.is_some();
        state.is_tried = false;
        if !is_failure {
            *state = State { failures: 0, open_until: None, pause: FIRST_PAUSE, is_tried: false };
            return was_open.then_some(Change::Closed);
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures < self.after {
            return None;
        }
        state.open_until = Some(now + state.pause);
        state.pause = (state.pause * 2).min(LONGEST_PAUSE);
        (!was_open).then_some(Change::Opened)
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaker, Change, FIRST_PAUSE, LONGEST_PAUSE};
    use std::time::{Duration, Instant};

    #[test]
    fn it_opens_after_failures_in_a_row_and_closes_with_the_first_success() {
        let (breaker, now) = (Breaker::new(3), Instant::now());
        assert_eq!([true, true, false, true, true].map(|failure| breaker.judged(failure, now)), [None; 5]);
        assert!(breaker.admits(now) && !breaker.is_open());
        assert_eq!(breaker.judged(true, now), Some(Change::Opened));
        assert!(!breaker.admits(now) && breaker.is_open());
        let later = now + FIRST_PAUSE;
        assert!(breaker.admits(later));
        assert!(!breaker.admits(later), "one try at a time");
        assert_eq!(breaker.judged(true, later), None);
        assert!(!breaker.admits(later + FIRST_PAUSE), "the second pause is longer");
        assert!(breaker.admits(later + 2 * FIRST_PAUSE));
        assert_eq!(breaker.judged(false, later), Some(Change::Closed));
        assert!(breaker.admits(now) && !breaker.is_open());
    }

    #[test]
    fn it_never_stops_trying() {
        let (breaker, mut now) = (Breaker::new(1), Instant::now());
        for _ in 0..100 {
            assert!(breaker.admits(now));
            breaker.judged(true, now);
            now += LONGEST_PAUSE + Duration::from_nanos(1);
        }
    }
}
