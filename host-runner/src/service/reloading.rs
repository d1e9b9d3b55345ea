//! Other rules while the service runs.
//!
//! Takes wishes, one after the other; puts new judges into the queue, or says why the former ones stay. It goes on beside
//! all else, for it may take long, and signals must be heard meanwhile.

use super::queue::Queue;
use super::{Reload, aside};
use crate::batch::Judge;
use crate::engine::Loaded;
use crate::log::{self, Level};
use crate::metrics::Metrics;
use std::fmt::Display;
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;

/// Reads rules again.
pub(super) struct Reloader {
    pub(super) reload: Arc<Reload>,
    pub(super) workers: usize,
    pub(super) queue: Arc<Queue>,
    pub(super) metrics: Arc<Metrics>,
}

impl Reloader {
    /// Until nobody can wish it any more.
    pub(super) async fn run(self, mut wishes: Receiver<()>) {
        while wishes.recv().await.is_some() {
            self.read_rules_again().await;
        }
    }

    /// Other rules take over between two pages, all of them or none.
    async fn read_rules_again(&self) {
        let reload = Arc::clone(&self.reload);
        let workers = self.workers;
        let read = aside("reload", move || {
            let taken = |loaded: Loaded| {
                let manifest = loaded.manifest();
                (manifest.enabled(), manifest.refused.len(), judges(loaded, workers))
            };
            reload().map(|loaded| loaded.map(taken))
        });
        match read.await {
            Some(Ok(Some((rules, refused, judges)))) => {
                let generation = self.queue.replace(judges);
                self.metrics.generation.set(i64::try_from(generation).unwrap_or(i64::MAX));
                self.metrics.refused_rules.set(i64::try_from(refused).unwrap_or(i64::MAX));
                self.metrics.reloaded("taken");
                log::event(Level::Info, "rules_reloaded", &[("generation", &generation), ("rules", &rules)]);
            }
            Some(Ok(None)) => {
                self.metrics.reloaded("same");
                log::event(Level::Info, "rules_unchanged", &[]);
            }
            failed => {
                let why = match failed {
                    Some(Err(error)) => format!("{error:#}"),
                    _ => "the thread that reads them has failed".to_owned(),
                };
                self.metrics.reloaded("refused");
                let values: [(&str, &dyn Display); 2] = [("why", &why), ("in_force", &"the former rules")];
                log::event(Level::Error, "rules_refused", &values);
            }
        }
    }
}

/// As many judges as there are workers.
pub(super) fn judges(loaded: Loaded, workers: usize) -> Vec<Box<dyn Judge>> {
    loaded.workers(workers).into_iter().map(|worker| -> Box<dyn Judge> { Box::new(worker) }).collect()
}
