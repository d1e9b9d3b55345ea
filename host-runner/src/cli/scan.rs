//! `trailsieve scan`: files and folders, and what was found in them.

use super::exit::{Exit, Failure};
use super::findings_array::FindingsArray;
use super::findings_table;
use super::pack::{Events, PackArguments};
use super::progress::Progress;
use super::reading::ReadingArguments;
use super::{terminal, walk};
use crate::input::Input;
use crate::output::{Findings, Nothing};
use crate::pipeline::Report;
use anyhow::anyhow;
use clap::{Args, ValueEnum};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Arguments {
    /// Files, folders (*.json, *.ndjson, *.jsonl, also with .gz), or - for standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// How to show what was found
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    reading: ReadingArguments,

    #[command(flatten)]
    pack: PackArguments,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Rules and how often they found something
    #[default]
    Table,
    /// One JSON document: findings and counters
    Json,
    /// One JSON object a line for each finding, which stands alone
    Ndjson,
}

pub(super) fn run(arguments: &Arguments, quiet: bool) -> Result<Exit, Failure> {
    let events = if matches!(arguments.format, Format::Table) { Events::Untold } else { Events::Told };
    let stats = arguments.reading.open_stats()?;
    let loaded = arguments.pack.load(events, arguments.reading.max_record())?;
    let manifest = loaded.manifest().clone();
    // All that it could say is that nothing was found, which reads as if somebody had looked.
    if let Some(why) = arguments.pack.without_rule(&manifest) {
        return Err(Failure::Usage(anyhow!(why)));
    }
    let found: Vec<walk::Found> = arguments.paths.iter().flat_map(|path| files(path)).collect();
    let progress = Progress::of(&found, quiet);
    let watched = progress.clone();
    let inputs = found.into_iter().map(move |found| open(found, &watched));
    let run = |output: &mut dyn crate::output::Output| -> Result<Report, Failure> {
        let report = arguments.reading.run(inputs, output, loaded);
        progress.clear();
        report
    };
    let report = match arguments.format {
        Format::Table => {
            let report = run(&mut Nothing)?;
            if report.counters.bytes_in > 0 || report.failures.is_empty() {
                let text = findings_table::text(&report.counters, &manifest, terminal::is_coloured());
                io::stdout().write_all(text.as_bytes())?;
            }
            report
        }
        Format::Ndjson => run(&mut Findings::new(terminal::guarded_output()))?,
        Format::Json => {
            let mut array = FindingsArray::begin(terminal::guarded_output())?;
            let report = run(&mut Findings::new(&mut array))?;
            array.end(&report.counters)?;
            report
        }
    };
    io::stdout().flush()?;
    arguments.reading.finish(&report, stats, quiet)
}

/// A file or `-` as it is named, a folder with all that is below it. What is not there is told in its turn, and so is a
/// folder in which nothing is a log: it may be the wrong one.
fn files(path: &Path) -> Vec<walk::Found> {
    if !path.is_dir() {
        return vec![Ok(path.to_owned())];
    }
    let found = walk::files_below(path, &is_log);
    if found.is_empty() {
        let why = format!("no file there ends in {}, also with .gz", LOGS.join(", "));
        return vec![Err((path.to_owned(), io::Error::new(ErrorKind::NotFound, why)))];
    }
    found
}

/// How the names of logs end.
const LOGS: [&str; 3] = [".json", ".ndjson", ".jsonl"];

fn is_log(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    LOGS.iter().any(|end| name.ends_with(end))
}

fn open(found: walk::Found, progress: &Progress) -> Input {
    match found {
        Ok(path) if path == Path::new("-") => Input::stream("standard input", io::stdin()),
        Ok(path) => Input { name: path.display().to_string(), source: progress.open(&path) },
        Err((path, error)) => Input { name: path.display().to_string(), source: Err(error) },
    }
}
