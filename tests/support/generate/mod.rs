//! Invented and damaged records, paths and patterns for property tests.
//!
//! Everything comes from a fixed seed, so that a run can be repeated; set `PROPTEST_RNG_SEED` and `PROPTEST_CASES` to
//! look elsewhere and longer.

pub mod forms;
pub mod json;
pub mod mutation;
pub mod pattern;
pub mod record;
pub mod sigma;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// How a property is tested: so many cases unless the environment asks for another number, failures shrunk and shown,
/// nothing written to disk.
pub fn settings(cases: u32) -> Config {
    let asked = Config::default();
    let asks = |name| std::env::var_os(name).is_some();
    Config {
        cases: if asks("PROPTEST_CASES") { asked.cases } else { cases },
        rng_seed: if asks("PROPTEST_RNG_SEED") { asked.rng_seed } else { RngSeed::Fixed(20_240_311) },
        failure_persistence: None,
        ..asked
    }
}

/// So many values of a strategy, for tests that want a population and not one case after the other.
#[expect(clippy::expect_used, reason = "a strategy that gives nothing is a mistake in the test")]
pub fn sample<T>(count: usize, strategy: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::new(settings(1));
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("no value").current()).collect()
}
