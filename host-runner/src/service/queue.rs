//! Where pages wait for a judge.
//!
//! Takes pages from any number of inputs, numbers them, and hands them to the workers in that order. Each page carries
//! the pack that was in force when it came, so that a new pack takes over between two pages and no page is judged by
//! two. It must not bound what waits: that is the budget's task, which is asked before.

use super::budget::Held;
use super::share::Share;
use crate::batch::Judge;
use crate::framing::Page;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A pack in force, and judges that have it.
pub(crate) struct Generation {
    /// Counted from 1.
    pub(crate) number: u64,
    judges: Mutex<Vec<Box<dyn Judge>>>,
}

impl Generation {
    pub(crate) fn new(number: u64, judges: Vec<Box<dyn Judge>>) -> Self {
        Self { number, judges: Mutex::new(judges) }
    }

    /// A judge. There are as many as workers, and each worker takes one.
    pub(crate) fn judge(&self) -> Option<Box<dyn Judge>> {
        self.judges.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generation").field("number", &self.number).finish_non_exhaustive()
    }
}

/// A page, and who waits for it.
#[derive(Debug)]
pub(crate) struct Work {
    /// The name of its input.
    pub(crate) input: Arc<str>,
    pub(crate) page: Page,
    pub(crate) share: Share,
    pub(crate) held: Held,
}

/// A page in the order of all.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) number: u64,
    pub(crate) generation: Arc<Generation>,
    pub(crate) since: Instant,
    pub(crate) work: Work,
}

/// The pages that wait.
#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<State>,
    came: Condvar,
}

#[derive(Debug)]
struct State {
    jobs: VecDeque<Job>,
    next: u64,
    generation: Arc<Generation>,
    is_closed: bool,
}

impl Queue {
    pub(crate) fn new(generation: Generation) -> Self {
        let state = State { jobs: VecDeque::new(), next: 0, generation: Arc::new(generation), is_closed: false };
        Self { state: Mutex::new(state), came: Condvar::new() }
    }

    /// Takes a page in. Once it is closed, whoever waits for the page learns that it was not delivered.
    pub(crate) fn push(&self, work: Work) {
        let mut state = self.state();
        if state.is_closed {
            return;
        }
        let job = Job { number: state.next, generation: Arc::clone(&state.generation), since: Instant::now(), work };
        state.next += 1;
        state.jobs.push_back(job);
        drop(state);
        self.came.notify_one();
    }

    /// The page whose turn it is; `None` when no more will come.
    pub(crate) fn next(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            if state.is_closed {
                return None;
            }
            state = self.came.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Pages that come from now on are judged by these judges. Answers the generation's number.
    pub(crate) fn replace(&self, judges: Vec<Box<dyn Judge>>) -> u64 {
        let mut state = self.state();
        let number = state.generation.number + 1;
        state.generation = Arc::new(Generation::new(number, judges));
        number
    }

    /// How many pages wait.
    pub(crate) fn waiting(&self) -> usize {
        self.state().jobs.len()
    }

    /// Nothing more comes; what waits is still handed out.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.came.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
