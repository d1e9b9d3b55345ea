//! `trailsieve rules check`: rule files are read and their tests run, together with the built-in rules that they would
//! join; and overrides are looked at that do nothing any more.

use super::counted::counted;
use super::diagnostics;
use super::exit::{Exit, Failure};
use super::framing::FramingArguments;
use super::pack::{Events, Tuning};
use super::reading::{Turns, not_judged};
use super::{logs, stale, terminal};
use crate::engine::manifest::Manifest;
use crate::output::Nothing;
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
    framing: FramingArguments,

    #[command(flatten)]
    tuning: Tuning,
}

pub(super) fn run(arguments: &Arguments, quiet: bool) -> Result<Exit, Failure> {
    let options = arguments.framing.options(Turns::Stream);
    let (loaded, shown) = arguments.tuning.load(&arguments.paths, Events::Untold, options.max_record)?;
    let manifest = loaded.manifest();
    stale::doubts(manifest, &shown).iter().for_each(diagnostics::show);
    let mut exit = Exit::Ran;
    if !arguments.records.is_empty() {
        let (observer, _) = arguments.tuning.observer(&arguments.paths, Events::Untold, options.max_record)?;
        let counters = logs::judge(&arguments.records, observer, &mut Nothing, &options, quiet)?;
        stale::without_effect(manifest, &counters, &shown).iter().for_each(diagnostics::show);
        if let Some(numbers) = not_judged(&counters) {
            terminal::complain(&format!("not judged: {numbers}"));
            exit = Exit::Input;
        }
    }
    if !quiet {
        let mut out = io::stdout().lock();
        writeln!(out, "{}: no mistakes, all tests passed", summary(arguments, manifest))?;
        out.flush()?;
    }
    Ok(exit)
}

/// What was looked at: overrides are named even where there are none of them, if a file of them was given.
fn summary(arguments: &Arguments, manifest: &Manifest) -> String {
    let rules = manifest.rules.iter().filter(|rule| !rule.built_in).count() as u64;
    let adjustments = [("filter", false), ("override", arguments.tuning.has_overrides())].map(|(kind, is_given)| {
        let number = manifest.adjustments.iter().filter(|adjustment| adjustment.kind == kind).count() as u64;
        (number > 0 || is_given).then(|| counted(number, kind))
    });
    let rules = (!arguments.paths.is_empty()).then(|| counted(rules, "rule"));
    rules.into_iter().chain(adjustments.into_iter().flatten()).collect::<Vec<_>>().join(", ")
}
