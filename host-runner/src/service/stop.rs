//! Whether the service is to end, and how.

use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::watch;

/// Asked by everything that waits or repeats.
#[derive(Debug)]
pub(crate) struct Stop {
    draining: watch::Sender<bool>,
    failed: AtomicBool,
}

impl Stop {
    pub(crate) fn new() -> Self {
        Self { draining: watch::Sender::new(false), failed: AtomicBool::new(false) }
    }

    /// Nothing new is taken in; what was is still delivered.
    pub(crate) fn drain(&self) {
        self.draining.send_replace(true);
    }

    /// The service cannot go on.
    pub(crate) fn because_of_failure(&self) {
        self.failed.store(true, Ordering::Release);
        self.drain();
    }

    pub(crate) fn is_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    pub(crate) fn is_draining(&self) -> bool {
        *self.draining.borrow()
    }

    /// Returns when draining begins.
    pub(crate) async fn drained(&self) {
        // It ends with `Err` only if the sender is gone, which is ourselves.
        let _ = self.draining.subscribe().wait_for(|draining| *draining).await;
    }
}
