//! `trailsieve rules diff`: what another set of rules would find in recorded traffic, before it is put to use.

use super::counted::counted;
use super::differences::{self, Change, Difference, Found};
use super::exit::{Exit, Failure};
use super::logs;
use super::pack::{Events, Tuning};
use super::table;
use super::terminal::{self, plain};
use crate::metrics::Counters;
use crate::pipeline::DEFAULT_MAX_RECORD;
use anyhow::anyhow;
use clap::{Args, ValueEnum};
use serde::Serialize;
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
    if arguments.paths.iter().any(|path| path == Path::new("-")) {
        let why = "the records are read twice, once for each set of rules: give files, not standard input";
        return Err(Failure::Usage(anyhow!(why)));
    }
    let (old, old_counters) = found(arguments, &arguments.old, quiet)?;
    let (new, counters) = found(arguments, &arguments.new, quiet)?;
    let differences = differences::between(old, new);
    match arguments.format {
        Format::Table => io::stdout().write_all(text(&differences, &counters).as_bytes())?,
        Format::Json => {
            let answer = Answer { format: 1, records: counters.records_in, differences: &differences };
            terminal::print_json(&answer)?;
        }
    }
    io::stdout().flush()?;
    // What was not judged might differ, too.
    for (rules, counters) in [(&arguments.old, &old_counters), (&arguments.new, &counters)] {
        if counters.unjudged > 0 {
            let unjudged = counted(counters.unjudged, "record");
            terminal::complain(&format!("{unjudged} could not be judged with {}", rules.display()));
        }
    }
    Ok(match (differences.is_empty(), old_counters.unjudged + counters.unjudged) {
        (false, _) => Exit::Found,
        (true, 0) => Exit::Ran,
        (true, _) => Exit::Input,
    })
}

/// What one set of rules finds in the records.
fn found(arguments: &Arguments, rules: &PathBuf, quiet: bool) -> Result<(Found, Counters), Failure> {
    let rules = if rules == Path::new(BUILT_IN) { &[] } else { std::slice::from_ref(rules) };
    let (loaded, _) = arguments.tuning.load(rules, Events::Told, DEFAULT_MAX_RECORD)?;
    let mut found = Found::default();
    let counters = logs::judge(&arguments.paths, loaded, &mut found, quiet)?;
    Ok((found, counters))
}

fn text(differences: &[Difference], counters: &Counters) -> String {
    let records = counted(counters.records_in, "record");
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
