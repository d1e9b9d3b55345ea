//! `trailsieve rules check`: rule files are read and their tests run, together with the built-in rules that they would
//! join; and overrides are looked at that do nothing any more.

use super::counted::counted;
use super::diagnostics;
use super::exit::{Exit, Failure};
use super::pack::{Events, Tuning};
use super::{logs, stale};
use crate::engine::manifest::Manifest;
use crate::output::Nothing;
use crate::pipeline::DEFAULT_MAX_RECORD;
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;

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
    let mut told = stale::doubts(manifest, &shown);
    if !arguments.records.is_empty() {
        let observer = arguments.tuning.observer(&arguments.paths)?;
        let counters = logs::judge(&arguments.records, observer, &mut Nothing, quiet)?;
        told.extend(stale::without_effect(manifest, &counters, &shown));
    }
    told.iter().for_each(diagnostics::show);
    if !quiet {
        let mut out = io::stdout().lock();
        writeln!(out, "{}: no mistakes, all tests passed", summary(arguments, manifest))?;
        out.flush()?;
    }
    Ok(Exit::Ran)
}

fn summary(arguments: &Arguments, manifest: &Manifest) -> String {
    let rules = manifest.rules.iter().filter(|rule| !rule.built_in).count() as u64;
    let adjustments = ["filter", "override"].map(|kind| {
        let number = manifest.adjustments.iter().filter(|adjustment| adjustment.kind == kind).count() as u64;
        (number > 0).then(|| counted(number, kind))
    });
    let rules = (!arguments.paths.is_empty()).then(|| counted(rules, "rule"));
    rules.into_iter().chain(adjustments.into_iter().flatten()).collect::<Vec<_>>().join(", ")
}
