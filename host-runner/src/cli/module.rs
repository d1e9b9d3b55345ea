//! `trailsieve module`: a module for Fluent Bit's filter_wasm, with rules in it that have passed their tests.

use super::counted::counted;
use super::exit::{Exit, Failure};
use super::pack::{Events, PackArguments};
use super::replaced::Replacement;
use crate::engine::plain;
use crate::pipeline::DEFAULT_MAX_RECORD;
use anyhow::{Context, anyhow};
use clap::Args;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Arguments {
    /// The file to write; one that is there is replaced at once, never in part, and keeps its mode
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Add a sign of life to the first record and then about every so many seconds to another; 0: never
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    heartbeat: u32,

    #[command(flatten)]
    pack: PackArguments,
}

pub(super) fn run(arguments: &Arguments, quiet: bool) -> Result<Exit, Failure> {
    if arguments.pack.replaces_detector() {
        return Err(Failure::Usage(anyhow!("a module is made of the built-in detector; leave --component out")));
    }
    // The component tells what is wrong with a rule and runs the tests; the module could do neither where it runs.
    let (loaded, pack) = arguments.pack.load_with_pack(Events::Untold, DEFAULT_MAX_RECORD)?;
    arguments.pack.warn(loaded.manifest(), quiet);
    let module = plain::module(&pack, arguments.heartbeat);
    let module = module.map_err(|error| Failure::Usage(error.into()))?;
    replace(&arguments.output, &module)
        .with_context(|| format!("cannot write {}", arguments.output.display()))
        .map_err(Failure::Stream)?;
    if !quiet {
        let rules = counted(loaded.manifest().enabled() as u64, "rule");
        let (name, kilobytes) = (arguments.output.display(), module.len() / 1000);
        let mut out = io::stdout().lock();
        writeln!(out, "{name}: {rules}, {kilobytes} kB; function_name: {}", plain::FUNCTION)?;
        out.flush()?;
    }
    Ok(Exit::Ran)
}

/// Writes it as a whole, for Fluent Bit may load it at any moment.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = Replacement::begin(path)?;
    file.write_all(bytes)?;
    file.keep()
}
