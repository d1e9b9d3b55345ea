//! Threads without which the service cannot go on.

use super::stop::Stop;
use crate::log::{self, Level};
use anyhow::{Context, Result};
use std::sync::Arc;
use std::thread;

/// Starts a thread without which the service cannot go on.
pub(super) fn spawn(
    stop: &Arc<Stop>,
    name: &'static str,
    work: impl FnOnce() + Send + 'static,
) -> Result<thread::JoinHandle<()>> {
    let watch = Watch { name, stop: Arc::clone(stop) };
    let watched = move || {
        let _watch = watch;
        work();
    };
    thread::Builder::new().name(name.to_owned()).spawn(watched).context("the system gives no thread")
}

/// Ends the service if its thread does not end by itself. What that thread held is not acknowledged, and others would
/// wait for it without end.
struct Watch {
    name: &'static str,
    stop: Arc<Stop>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if thread::panicking() {
            log::event(Level::Error, "thread_failed", &[("thread", &self.name)]);
            self.stop.because_of_failure();
        }
    }
}

#[cfg(test)]
mod tests;
