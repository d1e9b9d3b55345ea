//! The one bound on all that waits: bytes are taken before something is queued and given back when it is delivered.

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
    /// Numbers given to those who came, and whose turn it is: who wants much must not wait for ever behind who wants
    /// little.
    came: u64,
    turn: u64,
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

    /// Takes so many bytes, and waits until they are there; `None` once nothing is handed out any more. More than all
    /// there is counts as all there is, so that the largest page passes alone.
    pub(crate) fn take(self: &Arc<Self>, bytes: usize) -> Option<Held> {
        let bytes = bytes.min(self.limit);
        let mut state = self.state();
        let number = state.came;
        state.came += 1;
        while !state.is_closed && (state.turn != number || state.used + bytes > self.limit) {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_closed {
            return None;
        }
        state.used += bytes;
        state.turn += 1;
        self.freed.notify_all();
        Some(Held { budget: Arc::clone(self), bytes })
    }

    /// Hands out nothing more, and sends home whoever waits.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
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
    use std::sync::mpsc::channel;
    use std::thread;

    #[test]
    fn who_wants_more_than_is_left_waits_until_something_is_given_back() {
        let budget = Arc::new(Budget::new(10));
        let held = budget.take(8).unwrap();
        let (report, reports) = channel();
        let other = Arc::clone(&budget);
        let waiting = thread::spawn(move || {
            let held = other.take(1_000);
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
        let held = budget.take(5).unwrap();
        let mut waiting = Vec::new();
        let (report, reports) = channel();
        for bytes in [10, 1] {
            let (other, report) = (Arc::clone(&budget), report.clone());
            waiting.push(thread::spawn(move || {
                let held = other.take(bytes);
                report.send(bytes).unwrap();
                held.map(|held| held.bytes)
            }));
            while budget.state().came < 1 + waiting.len() as u64 {
                thread::yield_now();
            }
        }
        assert!(reports.try_recv().is_err());
        drop(held);
        assert_eq!(reports.iter().take(2).collect::<Vec<_>>(), [10, 1]);
        waiting.into_iter().for_each(|thread| assert!(thread.join().unwrap().is_some()));
    }

    #[test]
    fn nobody_waits_for_a_closed_one() {
        let budget = Arc::new(Budget::new(1));
        let held = budget.take(1);
        let other = Arc::clone(&budget);
        let waiting = thread::spawn(move || other.take(1).is_none());
        budget.close();
        assert!(waiting.join().unwrap());
        drop(held);
        assert!(budget.take(1).is_none());
    }
}
