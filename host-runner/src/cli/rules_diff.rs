//! `trailsieve rules diff`: what another set of rules would find in recorded traffic, before it is put to use.

use super::counted::counted;
use super::differences::{self, Change, Difference, Found};
use super::exit::{Exit, Failure};
use super::framing::FramingArguments;
use super::logs;
use super::pack::{Events, Tuning};
use super::reading::{Turns, not_judged};
use super::table;
use super::terminal::{self, plain};
use crate::metrics::Counters;
use anyhow::anyhow;
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Arguments {
    /// The rules in force: a file, a folder, or `built-in` for the built-in rules alone
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The rules that are to take their place, likewise
    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// Recorded traffic: files, or folders (*.json, *.ndjson, *.jsonl, also with .gz)
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// How to show the differences
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    framing: FramingArguments,

    #[command(flatten)]
    tuning: Tuning,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// One line for each rule and kind of change
    #[default]
    Table,
    /// One JSON object
    Json,
}

/// The name that stands for no rules but the built-in ones.
const BUILT_IN: &str = "built-in";

#[derive(Serialize)]
struct Answer<'a> {
    format: u32,
    records: u64,
    differences: &'a [Difference],
}

pub(super) fn run(arguments: &Arguments, quiet: bool) -> Result<Exit, Failure> {
    if let Some(stream) = arguments.paths.iter().find(|path| is_stream(path)) {
        let why = "is no file, and the records are read twice, once for each set of rules; write them into a file";
        return Err(Failure::Usage(anyhow!("{} {why}", stream.display())));
    }
    let (old, old_counters) = found(arguments, &arguments.old, quiet)?;
    let (new, counters) = found(arguments, &arguments.new, quiet)?;
    let read = |counters: &Counters| (counters.records_in, counters.bytes_in);
    if read(&old_counters) != read(&counters) {
        let why = "the records changed between the first time they were read and the second";
        return Err(Failure::Stream(anyhow!("{why}; give files that nobody writes to meanwhile")));
    }
    let differences = differences::between(old, new);
    match arguments.format {
        Format::Table => io::stdout().write_all(text(&differences, &counters).as_bytes())?,
        Format::Json => {
            let answer = Answer { format: 1, records: counters.judged(), differences: &differences };
            terminal::print_json(&answer)?;
        }
    }
    io::stdout().flush()?;
    // What was not judged might differ, too.
    let mut is_whole = true;
    for (rules, counters) in [(&arguments.old, &old_counters), (&arguments.new, &counters)] {
        if let Some(numbers) = not_judged(counters) {
            terminal::complain(&format!("not judged with {}: {numbers}", rules.display()));
            is_whole = false;
        }
    }
    Ok(match (differences.is_empty(), is_whole) {
        (false, _) => Exit::Found,
        (true, true) => Exit::Ran,
        (true, false) => Exit::Input,
    })
}

/// Whether what is read of it is gone.
fn is_stream(path: &Path) -> bool {
    path == Path::new("-") || fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// What one set of rules finds in the records.
fn found(arguments: &Arguments, rules: &PathBuf, quiet: bool) -> Result<(Found, Counters), Failure> {
    let rules = if rules == Path::new(BUILT_IN) { &[] } else { std::slice::from_ref(rules) };
    let options = arguments.framing.options(Turns::Stream);
    let (loaded, _) = arguments.tuning.load(rules, Events::Told, options.max_record)?;
    let mut found = Found::default();
    let counters = logs::judge(&arguments.paths, loaded, &mut found, &options, quiet)?;
    Ok((found, counters))
}

fn text(differences: &[Difference], counters: &Counters) -> String {
    let records = counted(counters.judged(), "record");
    if differences.is_empty() {
        return format!("no difference on {records}\n");
    }
    let rows = differences.iter().map(|difference| {
        let change = match &difference.change {
            Change::Gained { level } => format!("gained, {level}"),
            Change::Lost { level } => format!("lost, {level}"),
            Change::Relevelled { old_level, new_level } => format!("{old_level} to {new_level}"),
        };
        let example = difference.records.first().map(String::as_str).unwrap_or_default();
        [plain(&change), difference.findings.to_string(), plain(&difference.rule), plain(example)]
    });
    let lines = table::lines(["CHANGE", "FINDINGS", "RULE", "FOR EXAMPLE"], rows, &[1]);
    let changed = counted(differences.iter().map(|difference| difference.findings).sum(), "finding");
    let verb = if changed.starts_with("1 ") { "differs" } else { "differ" };
    format!("{changed} {verb} on {records}:\n\n{}\n", lines.join("\n"))
}
