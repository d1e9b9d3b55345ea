//! `trailsieve rules check`: rule files are read and their tests run, together with the built-in rules that they would
//! join.

use super::counted::counted;
use super::exit::{Exit, Failure};
use super::pack::{Events, Tuning};
use crate::pipeline::DEFAULT_MAX_RECORD;
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Arguments {
    /// Rule files, or folders of them (*.yml, *.yaml)
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    tuning: Tuning,
}

pub(super) fn run(arguments: &Arguments, quiet: bool) -> Result<Exit, Failure> {
    let loaded = arguments.tuning.load(&arguments.paths, Events::Untold, DEFAULT_MAX_RECORD)?;
    if !quiet {
        let rules = loaded.manifest().rules.iter().filter(|rule| !rule.built_in);
        let rules = counted(rules.count() as u64, "rule");
        let mut out = io::stdout().lock();
        writeln!(out, "{rules}: no mistakes, all tests passed")?;
        out.flush()?;
    }
    Ok(Exit::Ran)
}
