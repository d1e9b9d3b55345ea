//! `trailsieve scan`: files and folders, and what was found in them.

use super::exit::{Exit, Failure};
use super::findings_array::FindingsArray;
use super::findings_table;
use super::last_seen::LastSeen;
use super::pack::{Events, PackArguments};
use super::reading::{FailOn, ReadingArguments, Turns};
use super::{logs, stale, suppressed, terminal};
use crate::output::{Findings, Nothing};
use crate::patient::Patient;
use crate::pipeline::Report;
use crate::zone::Zone;
use anyhow::anyhow;
use clap::{Args, ValueEnum};
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Arguments {
    /// Files, folders (*.json, *.ndjson, *.jsonl, also with .gz), or - for standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// How to show what was found
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,

    /// Show what filters and overrides suppressed, each with its reason
    #[arg(long)]
    show_suppressed: bool,

    /// Tell when each event was by the clock of this place, too, such as Asia/Tokyo; in a table, when a rule found
    /// something last
    #[arg(long, value_name = "ZONE", value_parser = Zone::named)]
    time_zone: Option<Zone>,

    #[command(flatten)]
    reading: ReadingArguments,

    #[command(flatten)]
    fail_on: FailOn,

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
    let zone = arguments.time_zone.clone();
    let needs_no_event = matches!(arguments.format, Format::Table) && zone.is_none();
    let events = if needs_no_event { Events::Untold } else { Events::Told };
    if arguments.show_suppressed && !matches!(arguments.format, Format::Table) {
        let why = "--show-suppressed is for --format table; --format json and --stats count what was suppressed";
        return Err(Failure::Usage(anyhow!(why)));
    }
    let stats = arguments.reading.open_stats(&arguments.paths)?;
    let max_record = arguments.reading.max_record();
    let loaded = match arguments.show_suppressed {
        true => arguments.pack.observer(events, max_record)?,
        false => arguments.pack.load(events, max_record)?,
    };
    let manifest = loaded.manifest().clone();
    // All that it could say is that nothing was found, which reads as if somebody had looked.
    if let Some(why) = arguments.pack.without_rule(&manifest) {
        return Err(Failure::Usage(anyhow!(why)));
    }
    stale::hint(&manifest, quiet);
    let (inputs, progress) = logs::inputs(&arguments.paths, quiet);
    let run = |output: &mut dyn crate::output::Output| -> Result<Report, Failure> {
        let report = arguments.reading.run(inputs, output, loaded, Turns::Stream);
        progress.clear();
        report
    };
    let (report, written) = match arguments.format {
        Format::Table => {
            let mut seen = zone.map(LastSeen::by);
            let report = match &mut seen {
                Some(seen) => run(seen)?,
                None => run(&mut Nothing)?,
            };
            let mut text = String::new();
            if report.counters.bytes_in > 0 || report.failures.is_empty() {
                text.push_str(&findings_table::text(
                    &report.counters,
                    &manifest,
                    seen.as_ref(),
                    terminal::is_coloured(),
                ));
                text.push_str(&match arguments.show_suppressed {
                    true => format!("\n{}", suppressed::listed(&report.counters, &manifest)),
                    false => suppressed::line(&report.counters),
                });
            }
            (report, Patient(io::stdout()).write_all(text.as_bytes()))
        }
        Format::Ndjson => (run(&mut Findings::new(terminal::guarded_output(), zone))?, Ok(())),
        Format::Json => {
            let mut array = FindingsArray::begin(terminal::guarded_output())?;
            let report = run(&mut Findings::new(&mut array, zone))?;
            let written = if report.output_failure.is_none() { array.end(&report.counters) } else { Ok(()) };
            (report, written)
        }
    };
    let written = written.and_then(|()| Patient(io::stdout()).flush());
    // The counters tell what was read, whatever became of the table.
    let exit = arguments.reading.finish(report, stats, &arguments.fail_on, quiet)?;
    written?;
    Ok(exit)
}
