//! `trailsieve rules check`: rule files are read and their tests run, together with the built-in rules that they would
//! join; and overrides are looked at that do nothing any more.

use super::counted::counted;
use super::diagnostics::{self, Mistake, Place};
use super::exit::{Exit, Failure};
use super::pack::{Events, Tuning};
use super::progress::Progress;
use super::stale::{self, Seen};
use super::{logs, walk};
use crate::batch::Judge;
use crate::engine::manifest::Manifest;
use crate::pipeline::{self, DEFAULT_MAX_RECORD, Options};
use anyhow::anyhow;
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use std::thread;

#[derive(Args)]
pub(super) struct Arguments {
    /// Rule files, or folders of them (*.yml, *.yaml)
    #[arg(value_name = "PATH", required_unless_present = "overrides")]
    paths: Vec<PathBuf>,

    /// Tell which overrides and filters have no effect on these records: a file, a folder, or - for standard input
    #[arg(long, value_name = "PATH")]
    records: Vec<PathBuf>,

    #[command(flatten)]
    tuning: Tuning,
}

pub(super) fn run(arguments: &Arguments, quiet: bool) -> Result<Exit, Failure> {
    let (loaded, shown) = arguments.tuning.load(&arguments.paths, Events::Untold, DEFAULT_MAX_RECORD)?;
    let manifest = loaded.manifest();
    let mut told = manifest.warnings.clone();
    told.extend(stale::expired(manifest));
    if !arguments.records.is_empty() {
        told.extend(stale::without_effect(manifest, &seen(arguments, quiet)?));
    }
    told.sort_by(|one, other| (&one.path, one.line, one.column).cmp(&(&other.path, other.line, other.column)));
    for told in told {
        let path = shown.get(&told.path).unwrap_or(&told.path).clone();
        diagnostics::show(&Mistake { place: Place::File(path), told });
    }
    if !quiet {
        let mut out = io::stdout().lock();
        writeln!(out, "{}: no mistakes, all tests passed", summary(arguments, manifest))?;
        out.flush()?;
    }
    Ok(Exit::Ran)
}

fn summary(arguments: &Arguments, manifest: &Manifest) -> String {
    let rules = manifest.rules.iter().filter(|rule| !rule.built_in).count() as u64;
    let overrides = manifest.adjustments.iter().filter(|adjustment| adjustment.kind == "override").count() as u64;
    let rules = (!arguments.paths.is_empty()).then(|| counted(rules, "rule"));
    let overrides = (overrides > 0).then(|| counted(overrides, "override"));
    rules.into_iter().chain(overrides).collect::<Vec<_>>().join(", ")
}

/// What came of the records, with the same pack. Whatever could not be read is told, since it says nothing of anything.
fn seen(arguments: &Arguments, quiet: bool) -> Result<Seen, Failure> {
    let loaded = arguments.tuning.observer(&arguments.paths)?;
    let found: Vec<walk::Found> = arguments.records.iter().flat_map(|path| logs::files(path)).collect();
    let progress = Progress::of(&found, quiet);
    let watched = progress.clone();
    let inputs = found.into_iter().map(move |found| logs::open(found, &watched));
    let boxed = |worker| -> Box<dyn Judge> { Box::new(worker) };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let judges = loaded.workers(workers).into_iter().map(boxed).collect();
    let mut seen = Seen::default();
    let report = pipeline::run(inputs, &mut seen, judges, &Options::default())?;
    progress.clear();
    if let Some(failure) = report.failures.into_iter().next() {
        return Err(Failure::Stream(anyhow!(failure.error).context(format!("cannot read {}", failure.input))));
    }
    seen.counters = report.counters;
    Ok(seen)
}
