//! When each rule found something last, by the clock of a place: for the table of `scan --time-zone`.
//!
//! Takes judged pages, writes nothing; gives times by rule and level.

use crate::metrics::{Counters, MAX_NAMES};
use crate::output::{Delivery, Output, Stretch, event_time};
use crate::zone::Zone;
use std::collections::BTreeMap;
use std::io;

pub(super) struct LastSeen {
    zone: Zone,
    /// The latest time in UTC, without its `Z`, by level and rule.
    times: BTreeMap<(String, String), String>,
}

impl LastSeen {
    /// Nothing was seen yet.
    pub(super) fn by(zone: Zone) -> Self {
        Self { zone, times: BTreeMap::new() }
    }

    /// When this rule last found something of this level; empty if no record told.
    pub(super) fn of(&self, level: &str, rule: &str) -> String {
        let time = self.times.get(&(level.to_owned(), rule.to_owned()));
        time.and_then(|time| self.zone.local(&format!("{time}Z"))).unwrap_or_default()
    }

    fn add(&mut self, level: &str, rule: &str, time: &str) {
        let name = (level.to_owned(), rule.to_owned());
        if self.times.len() >= MAX_NAMES && !self.times.contains_key(&name) {
            return;
        }
        let last = self.times.entry(name).or_default();
        // Times of the same form sort as their texts do.
        if last.as_str() < time {
            time.clone_into(last);
        }
    }
}

impl Output for LastSeen {
    fn write(&mut self, delivery: &Delivery<'_>, _: &mut Counters) -> io::Result<()> {
        for stretch in delivery.stretches() {
            let Stretch::Record(record) = stretch else { continue };
            let Some(time) = record.mark.and_then(|mark| event_time(&mark.event)) else { continue };
            let Some(time) = time.strip_suffix('Z').filter(|_| self.zone.local(&time).is_some()) else { continue };
            for finding in record.findings {
                self.add(&finding.level, &finding.rule, time);
            }
        }
        Ok(())
    }
}
