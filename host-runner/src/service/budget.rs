//! The one bound on all that waits: bytes are taken before something is queued and given back when it is delivered.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// How much may be held at once, in bytes.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    used: usize,
    /// How many came so far, and the numbers of those who wait, in their order: who wants much must not wait for ever
    /// behind who wants little.
    came: u64,
    waiting: VecDeque<u64>,
    is_closed: bool,
}

/// Bytes that were taken. They are given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, state: Mutex::default(), freed: Condvar::new() }
    }

    /// Takes so many bytes, and waits until they are there; `None` once nothing is handed out any more, or these are
    /// not wanted any more: whoever makes them so says it with [`look_again`](Self::look_again). More than all there is
    /// counts as all there is, so that the largest page passes alone.
    pub(crate) fn take(self: &Arc<Self>, bytes: usize, is_wanted: impl Fn() -> bool) -> Option<Held> {
        let bytes = bytes.min(self.limit);
        let mut state = self.state();
        let number = state.came;
        state.came += 1;
        state.waiting.push_back(number);
        let is_taken = loop {
            if state.is_closed || !is_wanted() {
                break false;
            }
            if state.waiting.front() == Some(&number) && state.used + bytes <= self.limit {
                break true;
            }
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        state.waiting.retain(|waiting| *waiting != number);
        if is_taken {
            state.used += bytes;
        }
        drop(state);
        // It may be the next one's turn.
        self.freed.notify_all();
        is_taken.then(|| Held { budget: Arc::clone(self), bytes })
    }

    /// Hands out nothing more, and sends home whoever waits.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.freed.notify_all();
    }

    /// Whoever waits looks whether what they wait for is still wanted.
    pub(crate) fn look_again(&self) {
        // Nobody is between looking and waiting while this has the state.
        drop(self.state());
        self.freed.notify_all();
    }

    /// How much is held.
    pub(crate) fn used(&self) -> usize {
        self.state().used
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.state().used -= self.bytes;
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]
mod tests {
    use super::Budget;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::channel;
    use std::thread;

    #[test]
    fn who_wants_more_than_is_left_waits_until_something_is_given_back() {
        let budget = Arc::new(Budget::new(10));
        let held = budget.take(8, || true).unwrap();
        let (report, reports) = channel();
        let other = Arc::clone(&budget);
        let waiting = thread::spawn(move || {
            let held = other.take(1_000, || true);
            report.send(()).unwrap();
            held.map(|held| held.bytes)
        });
        assert!(reports.try_recv().is_err());
        assert_eq!(budget.used(), 8);
        drop(held);
        assert_eq!(waiting.join().unwrap(), Some(10));
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn who_wants_little_does_not_overtake_who_wants_much() {
        let budget = Arc::new(Budget::new(10));
        let held = budget.take(5, || true).unwrap();
        let mut waiting = Vec::new();
        let (report, reports) = channel();
        for bytes in [10, 1] {
            let (other, report) = (Arc::clone(&budget), report.clone());
            waiting.push(thread::spawn(move || {
                let held = other.take(bytes, || true);
                report.send(bytes).unwrap();
                held.map(|held| held.bytes)
            }));
            while budget.state().waiting.len() < waiting.len() {
                thread::yield_now();
            }
        }
        assert!(reports.try_recv().is_err());
        drop(held);
        assert_eq!(reports.iter().take(2).collect::<Vec<_>>(), [10, 1]);
        waiting.into_iter().for_each(|thread| assert!(thread.join().unwrap().is_some()));
    }

    #[test]
    fn who_does_not_want_it_any_more_goes_home_and_nobody_waits_behind_them() {
        let budget = Arc::new(Budget::new(10));
        let held = budget.take(5, || true).unwrap();
        let is_wanted = Arc::new(AtomicBool::new(true));
        let (other, wants) = (Arc::clone(&budget), Arc::clone(&is_wanted));
        let gone = thread::spawn(move || other.take(10, || wants.load(Ordering::SeqCst)).is_none());
        while budget.state().waiting.is_empty() {
            thread::yield_now();
        }
        let other = Arc::clone(&budget);
        let behind = thread::spawn(move || other.take(5, || true).is_some());
        is_wanted.store(false, Ordering::SeqCst);
        budget.look_again();
        assert!(gone.join().unwrap() && behind.join().unwrap());
        assert!(budget.take(1, || false).is_none());
        drop(held);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn nobody_waits_for_a_closed_one() {
        let budget = Arc::new(Budget::new(1));
        let held = budget.take(1, || true);
        let other = Arc::clone(&budget);
        let waiting = thread::spawn(move || other.take(1, || true).is_none());
        budget.close();
        assert!(waiting.join().unwrap());
        drop(held);
        assert!(budget.take(1, || true).is_none());
    }
}
