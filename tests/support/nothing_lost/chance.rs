//! Chance that can be had again: what a seed gives is always the same.

use std::env;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Names a seed, to see a run again as far as the machine lets it.
const VARIABLE: &str = "TRAILSIEVE_SEED";

/// A row of numbers (SplitMix64).
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    /// The row of the seed that the environment names, or of the clock. Prints the seed, which shows when a test fails.
    pub fn new() -> Self {
        let named = env::var(VARIABLE).ok().and_then(|seed| seed.parse().ok());
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.subsec_nanos().into());
        let seed = named.unwrap_or_else(clock);
        println!("{VARIABLE}={seed}");
        Self::of(seed)
    }

    /// The row of this seed.
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// Another row, for another thread.
    pub fn another(&mut self) -> Self {
        Self(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` to one below `to`.
    pub fn between(&mut self, from: usize, to: usize) -> usize {
        let span = u64::try_from(to - from).unwrap_or(u64::MAX).max(1);
        from + usize::try_from(self.next() % span).unwrap_or_default()
    }

    /// Waits for less than so many microseconds.
    pub fn pause(&mut self, micros: usize) {
        sleep(Duration::from_micros(self.between(0, micros) as u64));
    }
}

impl Default for Chance {
    fn default() -> Self {
        Self::new()
    }
}
