//! `trailsieve module`: a module for Fluent Bit's filter_wasm, with rules in it that have passed their tests.

use super::counted::counted;
use super::exit::{Exit, Failure};
use super::pack::{Events, PackArguments};
use crate::engine::plain;
use crate::pipeline::DEFAULT_MAX_RECORD;
use anyhow::{Context, anyhow};
use clap::Args;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
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

/// Writes a file beside its place and moves it there, for Fluent Bit may load it at any moment. It keeps the mode of the
/// one that was there, and stays behind the links that lead to it. Whatever is no file is written to as it is.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = match fs::canonicalize(path) {
        Ok(led_to) => led_to,
        Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => path.to_owned(),
        // A link that leads nowhere yet.
        Err(_) => return fs::write(path, bytes),
    };
    let former = fs::metadata(&path).ok();
    if former.as_ref().is_some_and(|found| !found.is_file()) {
        return OpenOptions::new().write(true).open(&path)?.write_all(bytes);
    }
    let name = path.file_name().ok_or_else(|| io::Error::other("that is no name of a file"))?;
    let beside = path.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let written = || {
        fs::write(&beside, bytes)?;
        former.map_or(Ok(()), |former| fs::set_permissions(&beside, former.permissions()))?;
        fs::rename(&beside, &path)
    };
    let moved = written();
    if moved.is_err() {
        // What is left of a failed attempt is of no use.
        let _ = fs::remove_file(&beside);
    }
    moved
}
