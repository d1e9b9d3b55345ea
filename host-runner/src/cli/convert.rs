//! `trailsieve convert`: copies of records in the forms that data lakes and SIEMs read.

use super::exit::{Exit, Failure};
use super::reading::{ReadingArguments, exit, not_judged};
use super::replaced::Replacement;
use super::{logs, rule_files, terminal};
use crate::batch::Judge;
use crate::engine::cache::Cache;
use crate::engine::limits::COMPONENT_BYTES;
use crate::engine::{BUILT_IN_CONVERTER, Conversion, Converter, Format, Limits};
use crate::metrics::Counters;
use crate::output::{Copied, Delivery, Output, Parquet, ddl};
use crate::pipeline::{self, Report};
use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Arguments {
    /// Files, folders (*.json, *.ndjson, *.jsonl, also with .gz), or - for standard input; records that `filter` has
    /// annotated give a copy of each finding, too
    #[arg(value_name = "PATH", required_unless_present = "ddl")]
    paths: Vec<PathBuf>,

    /// What to make of records
    #[arg(long, value_name = "FORMAT", value_enum)]
    to: To,

    /// The file to write, which appears when it is whole; one that is there is replaced [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The name of the field that annotated records have
    #[arg(long, value_name = "NAME", default_value = "trailsieve")]
    field: String,

    /// How the texts of parameters are written, which stand beside them as objects [ecs only; default: java]
    #[arg(long, value_name = "FORM", value_enum)]
    parameters: Option<Parameters>,

    /// Write the definition of the table in SQL, for Athena, and end [parquet only]
    #[arg(long, conflicts_with = "paths")]
    ddl: bool,

    /// Convert with this component instead of the built-in converter
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,

    #[command(flatten)]
    reading: ReadingArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum To {
    /// OCSF 1.8.0, one JSON object a line: each record, and each finding as a Detection Finding
    Ocsf,
    /// Elastic Common Schema, one JSON object a line: each record, and each finding as an alert
    Ecs,
    /// A file for Athena and its like, one row a record, with the columns of Athena's table for CloudTrail
    Parquet,
}

#[derive(Clone, Copy, Debug, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Parameters {
    /// {name=value}, as Elastic's integration writes them and its rules look for them
    Java,
    /// JSON
    Json,
}

/// What a converter is told.
#[derive(Serialize)]
struct Settings<'a> {
    field: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Parameters>,
}

/// What became of the records.
#[derive(Serialize)]
struct Stats<'a> {
    records_in: u64,
    converted: u64,
    /// Objects or rows.
    copies: u64,
    malformed: u64,
    oversized: u64,
    not_cloudtrail: u64,
    not_converted: u64,
    not_converted_by_reason: &'a BTreeMap<&'static str, u64>,
    bytes_in: u64,
    bytes_out: u64,
}

pub(super) fn run(arguments: &Arguments, quiet: bool) -> Result<Exit, Failure> {
    let output = arguments.output.as_deref().filter(|path| *path != Path::new("-"));
    arguments.check(output)?;
    if arguments.ddl {
        return terminal::print_text(&ddl()).map(|()| Exit::Ran);
    }
    let used: Vec<PathBuf> = arguments.paths.iter().cloned().chain(output.map(Path::to_owned)).collect();
    let stats = arguments.reading.open_stats(&used)?;
    let workers = arguments.converter()?.workers(arguments.reading.workers());
    let to = output.map(open).transpose()?;
    let mut seen = Seen::default();
    let mut report = match (arguments.to, to) {
        (To::Parquet, Some(file)) => arguments.write_parquet(workers, file, &mut seen, quiet)?,
        (_, Some(mut file)) => {
            let report = arguments.convert(workers, &mut Copied::new(&mut file), &mut seen, quiet)?;
            kept(file, report)
        }
        (_, None) => arguments.convert(workers, &mut Copied::new(terminal::guarded_output()), &mut seen, quiet)?,
    };
    let counters = &report.counters;
    let told = Stats {
        records_in: counters.records_in,
        converted: counters.clean,
        copies: seen.copies,
        malformed: counters.malformed,
        oversized: counters.oversized,
        not_cloudtrail: counters.not_cloudtrail,
        not_converted: counters.unjudged,
        not_converted_by_reason: &counters.unjudged_by_reason,
        bytes_in: counters.bytes_in,
        bytes_out: counters.bytes_out,
    };
    let remark = seen.not_converted(counters).filter(|_| !quiet);
    arguments.reading.tell(&report, remark, &told, stats)?;
    match (report.write_failure(), output) {
        (None, _) => Ok(exit(&report)),
        (Some(error), Some(path)) => Err(Failure::Stream(cannot_write(path, error))),
        (Some(error), None) => Err(error.into()),
    }
}

impl Arguments {
    /// Errs where options do not go together.
    fn check(&self, output: Option<&Path>) -> Result<(), Failure> {
        let is_table = self.to == To::Parquet;
        let wrong = [
            (self.field.is_empty(), "the field needs a name; leave --field out for `trailsieve`"),
            (self.ddl && !is_table, "--ddl is for --to parquet; nothing else is a table"),
            (self.parameters.is_some() && self.to != To::Ecs, "--parameters is for --to ecs; leave it out"),
            (
                is_table && output.is_none() && !self.ddl,
                "--to parquet needs -o FILE: such a file ends with where in it things are, and is none before",
            ),
        ];
        if let Some((_, why)) = wrong.into_iter().find(|(is_wrong, _)| *is_wrong) {
            return Err(Failure::Usage(anyhow!(why)));
        }
        let Some(path) = output else { return Ok(()) };
        let why = if path.is_dir() {
            "that is a folder; name a file in it"
        } else if logs::are_used(&self.paths, path) {
            "that would be written over a file with records; choose another name or folder"
        } else {
            return Ok(());
        };
        Err(Failure::Usage(anyhow!("{}: {why}", path.display())))
    }

    /// The converter for what is asked for.
    fn converter(&self) -> Result<Converter, Failure> {
        let read = |path: &PathBuf| {
            let read = rule_files::read_up_to(path, COMPONENT_BYTES);
            read.with_context(|| format!("cannot read the component {}", path.display()))
        };
        let component = self.component.as_ref().map(read).transpose().map_err(Failure::Usage)?;
        let settings = serde_json::to_string(&Settings { field: &self.field, parameters: self.parameters });
        let settings = settings.map_err(|error| Failure::Usage(error.into()))?;
        let to = match self.to {
            To::Ocsf => Format::Ocsf,
            To::Ecs => Format::Ecs,
            To::Parquet => Format::Row,
        };
        let limits = Limits::for_converting().with_record_size(self.reading.max_record());
        let bytes = component.as_deref().unwrap_or(BUILT_IN_CONVERTER);
        Converter::compile(bytes, limits, Cache::of_user().as_ref(), to, settings).map_err(|error| {
            Failure::Usage(match &self.component {
                Some(path) => anyhow!(error).context(path.display().to_string()),
                None => error.into(),
            })
        })
    }

    /// Reads all inputs into this output.
    fn convert(
        &self,
        workers: Vec<Conversion>,
        output: &mut dyn Output,
        seen: &mut Seen,
        quiet: bool,
    ) -> Result<Report, Failure> {
        let (inputs, progress) = logs::inputs(&self.paths, quiet);
        let judges = workers.into_iter().map(|worker| -> Box<dyn Judge> { Box::new(worker) }).collect();
        let report = pipeline::run(inputs, &mut Watched { output, seen }, judges, &self.reading.options())?;
        progress.clear();
        Ok(report)
    }

    fn write_parquet(
        &self,
        workers: Vec<Conversion>,
        mut file: Replacement,
        seen: &mut Seen,
        quiet: bool,
    ) -> Result<Report, Failure> {
        let mut table = Parquet::begin(&mut file)?;
        let mut report = self.convert(workers, &mut table, seen, quiet)?;
        if report.output_failure.is_some() {
            return Ok(report);
        }
        match table.end() {
            Ok(bytes) => {
                report.counters.bytes_out = bytes;
                Ok(kept(file, report))
            }
            Err(error) => Ok(Report { output_failure: Some(error), ..report }),
        }
    }
}

fn open(path: &Path) -> Result<Replacement, Failure> {
    Replacement::begin(path).map_err(|error| Failure::Stream(cannot_write(path, error)))
}

fn cannot_write(path: &Path, error: io::Error) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("cannot write {}", path.display()))
}

/// Puts the file in its place, unless it is not whole. Where nothing could be read, say because of a name that is wrong,
/// an empty one would take the place of one with records.
fn kept(file: Replacement, report: Report) -> Report {
    let nothing_read = report.counters.bytes_in == 0 && !report.failures.is_empty();
    if report.output_failure.is_some() || nothing_read {
        return report;
    }
    Report { output_failure: file.keep().err(), ..report }
}

/// What an output passes by.
#[derive(Default)]
struct Seen {
    copies: u64,
    /// Why the first record was refused, of those that were.
    refusal: Option<String>,
}

impl Seen {
    /// Which records have no copy, by reason. None: all have one.
    fn not_converted(&self, counters: &Counters) -> Option<String> {
        let others = (counters.not_cloudtrail > 0).then(|| format!("{} not CloudTrail", counters.not_cloudtrail));
        let parts: Vec<String> = others.into_iter().chain(not_judged(counters)).collect();
        let why = self.refusal.as_ref().map(|why| format!("; the first refused: {why}")).unwrap_or_default();
        (!parts.is_empty()).then(|| format!("not converted: {}{why}", parts.join(", ")))
    }
}

/// An output, and what passes by on the way to it.
struct Watched<'a> {
    output: &'a mut dyn Output,
    seen: &'a mut Seen,
}

impl Output for Watched<'_> {
    fn write(&mut self, delivery: &Delivery<'_>, counters: &mut Counters) -> io::Result<()> {
        self.output.write(delivery, counters)?;
        let copies = delivery.copies();
        self.seen.copies += memchr::memchr_iter(b'\n', copies.lines.as_bytes()).count() as u64;
        if self.seen.refusal.is_none() {
            self.seen.refusal.clone_from(&copies.refusal);
        }
        Ok(())
    }
}
