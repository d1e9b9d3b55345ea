//! When positions are saved, and what is told where they cannot be.

use super::position::{Keeper, Position, Tracker};
use crate::log::{self, Level};
use crate::service::health::Health;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often a position is saved at most. A crash reads again what came in between.
const SAVE: Duration = Duration::from_millis(200);

/// Saves positions, not too often.
pub(super) struct Saving {
    pub(super) keeper: Keeper,
    pub(super) tracker: Arc<Tracker>,
    last: Instant,
    /// No position is saved that could be gone on from.
    pub(super) is_new: bool,
    who: String,
    health: Arc<Health>,
}

impl Saving {
    /// For the input of this name.
    pub(super) fn new(keeper: Keeper, input: &str, health: Arc<Health>) -> Self {
        let who = format!("position of input {input}");
        Self { keeper, tracker: Arc::default(), last: Instant::now(), is_new: false, who, health }
    }

    /// The first file is begun. If it is rotated before anything of it is acknowledged, it is found again.
    pub(super) fn begin(&mut self, start: impl FnOnce() -> Position) {
        if std::mem::take(&mut self.is_new) {
            self.tracker.put_back(start());
            self.now();
        }
    }

    pub(super) fn now_and_then(&mut self) {
        if self.last.elapsed() >= SAVE {
            self.now();
        }
    }

    pub(super) fn now(&mut self) {
        self.last = Instant::now();
        let Some(position) = self.tracker.reached() else { return };
        match self.keeper.save(&position) {
            Ok(()) => {
                self.health.well(&self.who);
            }
            Err(error) => {
                self.tracker.put_back(position);
                let why = format!("{error:#}");
                if self.health.trouble(&self.who, &why) {
                    log::event(Level::Error, "position_not_saved", &[("why", &why)]);
                }
            }
        }
    }
}
