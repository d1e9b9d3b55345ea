//! How long it takes until the first record is judged, with compiled code in the cache and without.
//!
//! Takes the corpus, prints the table, gives the goals. Every cold start has an empty cache folder of its own.

use crate::corpus::Corpus;
use crate::rounds::{Patience, Times, Way};
use crate::table::{self, Goal, Wanted};
use anyhow::{Context, Result, anyhow, ensure};
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use trailsieve::engine::cache::Cache;
use trailsieve::engine::{BUILT_IN, Component, Limits, Pack};
use trailsieve_tests::runner;

const COLD: &str = "engine, cold: compile, load, self-test";
const WARM: &str = "engine, warm: code from the cache, load, self-test";
const COLD_PROGRAM: &str = "program, cold, one record";
const LOAD: &str = "one more instance: load without a self-test";
const WARM_PROGRAM: &str = "program, warm, one record";

/// Prints how long a start takes.
pub(crate) fn report(corpus: &Corpus, component: &Component) -> Result<[Goal; 2]> {
    let record = corpus.slices.first().and_then(|slice| slice.records().next()).context("a record")?;
    // Built before anything is timed.
    runner::program();
    let kept = tempfile::tempdir()?;
    start_engine(kept.path())?;
    start_program(kept.path(), record)?;

    let mut times = Vec::new();
    let warm = vec![
        Way::new(LOAD, |_| {
            black_box(component.explainer(&Pack::default())?);
            Ok(())
        }),
        Way::new(WARM, |_| start_engine(kept.path())),
        Way::new(WARM_PROGRAM, |_| start_program(kept.path(), record)),
    ];
    times.push(Times::measure(warm, 1, Patience { rounds: 10, time: Duration::from_secs(5) })?);
    let cold = vec![
        Way::new(COLD, |_| start_engine(tempfile::tempdir()?.path())),
        Way::new(COLD_PROGRAM, |_| start_program(tempfile::tempdir()?.path(), record)),
    ];
    times.push(Times::measure(cold, 1, Patience { rounds: 3, time: Duration::from_secs(5) })?);
    for (title, times) in ["Warm start", "Cold start"].into_iter().zip(&times) {
        table::print_durations(title, times);
    }
    let warm = times.first().ok_or_else(|| anyhow!("no warm start"))?;
    let goal = |what, name, most| -> Result<Goal> {
        let measured = warm.of(name)?.best.as_secs_f64() * 1e3;
        Ok(Goal { what, wanted: Wanted::AtMost(most), measured, unit: " ms" })
    };
    Ok([goal("load of the default pack", LOAD, 30.0)?, goal("warm start of the program", WARM_PROGRAM, 100.0)?])
}

/// The engine, from the component's bytes to a pack that has passed its tests.
fn start_engine(caches: &Path) -> Result<()> {
    let cache = Cache::open(&caches.join("trailsieve"))?;
    let loaded = Component::compile(BUILT_IN, Limits::default(), Some(&cache))?.load(Pack::default())?;
    black_box(loaded);
    Ok(())
}

fn start_program(caches: &Path, record: &[u8]) -> Result<()> {
    let mut command = runner::command(["filter"]);
    command.env("XDG_CACHE_HOME", caches);
    let output = runner::feed(command, record);
    ensure!(output.status.success() && output.stdout.starts_with(b"{"), "{}", runner::err(&output));
    Ok(())
}
