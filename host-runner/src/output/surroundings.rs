//! What an output of the service tells of itself: what it took, and what keeps it from taking more.

use std::sync::Arc;

use crate::log::{self, Level};
use crate::metrics::Metrics;
use crate::service::health::Health;
use crate::service::stop::Stop;

/// What all outputs are given.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) name: String,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<Health>,
    pub(crate) stop: Arc<Stop>,
}

impl Surroundings {
    /// An attempt failed.
    pub(crate) fn trouble(&self, why: &str) {
        self.metrics.retried(&self.name);
        self.health.trouble(&format!("output {}", self.name), why);
        log::event(Level::Warn, "output_failed", &[("output", &self.name), ("why", &why)]);
    }

    /// It goes on, but whoever looks after it should look.
    pub(crate) fn refuses_all(&self, why: &str) {
        if self.health.trouble(&format!("output {}", self.name), why) {
            log::event(Level::Error, "output_refuses_all", &[("output", &self.name), ("why", &why)]);
        }
    }

    /// So many bytes are where they should be.
    pub(crate) fn delivered(&self, bytes: usize) {
        self.metrics.written(&self.name, bytes);
        self.recovered();
    }

    /// What was tried again has succeeded.
    pub(crate) fn recovered(&self) {
        if self.health.well(&format!("output {}", self.name)) {
            log::event(Level::Info, "output_recovered", &[("output", &self.name)]);
        }
    }
}
