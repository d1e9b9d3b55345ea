//! How records are read and counted: the options that `filter` and `scan` share, and how their runs end.

use super::exit::{Exit, Failure};
use super::level::Level;
use super::{logs, terminal};
use crate::config::{LARGEST_RECORD, Size};
use crate::engine::Loaded;
use crate::framing::{Forms, Mode, RecordPath};
use crate::input::Input;
use crate::metrics::Counters;
use crate::output::Output;
use crate::pipeline::{self, DEFAULT_MAX_RECORD, Options, Report};
use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum, value_parser};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
#[command(next_help_heading = "Reading")]
pub(super) struct ReadingArguments {
    /// Judge with this many threads [default: one for each processor, or one where lines come one at a time]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=256))]
    workers: Option<u16>,

    /// Whether a line feed ends a record [default: the first line shows]
    #[arg(long, value_name = "FORM")]
    input: Option<Form>,

    /// Look for records here, too, where they stand in something else: names of members, such as payload.record
    #[arg(long, value_name = "PATH", value_parser = RecordPath::new)]
    record_path: Vec<RecordPath>,

    /// Pass records on without judging that are larger: bytes, or with KiB or MiB
    #[arg(long, value_name = "SIZE", value_parser = size, default_value_t = Size(DEFAULT_MAX_RECORD))]
    max_record_size: Size,

    /// Write counters to standard error when done, one JSON object
    #[arg(long)]
    stats: bool,

    /// Write the counters to a file
    #[arg(long, value_name = "FILE")]
    stats_file: Option<PathBuf>,

    /// End with exit code 1 if something was found at this level or above
    #[arg(long, value_name = "LEVEL")]
    fail_on: Option<Level>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// Each line by itself
    Lines,
    /// Records may span lines
    Document,
}

/// How lines come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turns {
    /// As fast as they are taken.
    Stream,
    /// The next one comes after the answer to the last one. `within` names a member in which the record stands.
    LineByLine { within: Option<&'static str> },
}

fn size(text: &str) -> Result<Size, String> {
    match Size::read(text) {
        Some(size) if (1..=LARGEST_RECORD).contains(&size.0) => Ok(size),
        _ => Err("expected a size from 1 to 256MiB, such as 65536, 512KiB or 4MiB".to_owned()),
    }
}

impl ReadingArguments {
    /// The largest record that is judged.
    pub(super) fn max_record(&self) -> usize {
        self.max_record_size.0
    }

    /// Whether records may span lines whatever the first line shows.
    pub(super) fn is_document(&self) -> bool {
        matches!(self.input, Some(Form::Document))
    }

    /// Reads all inputs into the output.
    pub(super) fn run(
        &self,
        inputs: impl Iterator<Item = Input> + Send + 'static,
        output: &mut dyn Output,
        loaded: Loaded,
        turns: Turns,
    ) -> Result<Report, Failure> {
        let mode = match self.input {
            None if turns == Turns::Stream => Mode::Guess,
            Some(Form::Document) => Mode::Document,
            None | Some(Form::Lines) => Mode::Lines,
        };
        let mut paths = self.record_path.clone();
        if let Turns::LineByLine { within: Some(within) } = turns {
            paths.extend(RecordPath::new(within));
        }
        let options = Options { mode, max_record: self.max_record(), forms: Forms::with(&paths) };
        if turns == Turns::Stream || self.workers.is_some() {
            return Ok(pipeline::run(inputs, output, logs::judges(loaded, self.workers), &options)?);
        }
        // Where each line waits for its answer, more workers would have nothing to do.
        let judge = logs::judges(loaded, Some(1)).pop().ok_or(pipeline::Error::NoJudge)?;
        Ok(pipeline::run_in_turn(inputs, output, judge, &options)?)
    }

    /// Opens the file for counters, before any record is read from, or written to, these paths or standard input and
    /// output: one that cannot be written is known at once. What it holds stays until there are counters.
    pub(super) fn open_stats(&self, used: &[PathBuf]) -> Result<Option<StatsFile>, Failure> {
        let Some(path) = &self.stats_file else { return Ok(None) };
        let streams = ["/dev/stdin", "/dev/stdout"].map(PathBuf::from);
        if logs::are_used(used, path) || logs::are_used(&streams, path) {
            let why = "--stats-file would be written over a file with records; choose another name or folder";
            return Err(Failure::Usage(anyhow!("{}: {why}", path.display())));
        }
        // To open a pipe waits for somebody who reads it.
        let is_stream = fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir());
        let file = if is_stream { None } else { Some(opened(path).map_err(Failure::Usage)?) };
        Ok(Some(StatsFile { path: path.clone(), file }))
    }

    /// Tells what there is to tell after a run, and how it ends.
    pub(super) fn finish(&self, mut report: Report, stats: Option<StatsFile>, quiet: bool) -> Result<Exit, Failure> {
        for failure in &report.failures {
            terminal::complain(&match failure.input.as_str() {
                "" => format!("cannot read the input: {}", failure.error),
                input => format!("{input}: {}", failure.error),
            });
        }
        let counters = &report.counters;
        if !quiet {
            warn(counters);
        }
        if self.stats || stats.is_some() {
            let text = serde_json::to_string(counters).map_err(|error| Failure::Stream(error.into()))?;
            if self.stats {
                terminal::note(&text);
            }
            if let Some(stats) = stats {
                stats.write(&text).map_err(Failure::Stream)?;
            }
        }
        match report.write_failure() {
            Some(error) => Err(error.into()),
            None => Ok(self.exit(&report)),
        }
    }

    /// What was found goes before what could not be read: it is certain whatever the rest would have shown.
    fn exit(&self, report: &Report) -> Exit {
        let mut levels = report.counters.findings.by_level.keys().map(|level| Level::named(level));
        if self.fail_on.is_some_and(|least| levels.any(|level| level >= least)) {
            return Exit::Found;
        }
        if report.failures.is_empty() && not_judged(&report.counters) == 0 { Exit::Ran } else { Exit::Input }
    }
}

/// Where the counters go.
pub(super) struct StatsFile {
    path: PathBuf,
    /// None if it is opened only when there is something to write.
    file: Option<File>,
}

impl StatsFile {
    fn write(self, text: &str) -> anyhow::Result<()> {
        let mut file = self.file.map_or_else(|| opened(&self.path), Ok)?;
        let written = emptied(&file).and_then(|()| writeln!(file, "{text}")).and_then(|()| kept(&file));
        written.with_context(|| cannot_write(&self.path))
    }
}

fn opened(path: &Path) -> anyhow::Result<File> {
    let opened = OpenOptions::new().write(true).create(true).truncate(false).open(path);
    opened.with_context(|| cannot_write(path))
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write the counters to {}", path.display())
}

/// A pipe or a terminal keeps nothing.
fn emptied(file: &File) -> io::Result<()> {
    if file.metadata()?.is_file() { file.set_len(0) } else { Ok(()) }
}

/// Makes sure that what was written stays. A pipe or a terminal keeps nothing and says so when it is asked to.
fn kept(file: &File) -> io::Result<()> {
    if file.metadata()?.is_file() { file.sync_all() } else { Ok(()) }
}

fn not_judged(counters: &Counters) -> u64 {
    counters.unjudged + counters.malformed + counters.oversized
}

fn warn(counters: &Counters) {
    if not_judged(counters) == 0 {
        return;
    }
    let named = [("malformed", counters.malformed), ("oversized", counters.oversized)];
    let unjudged = counters.unjudged_by_reason.iter().map(|(reason, number)| (*reason, *number));
    let parts: Vec<String> = named
        .into_iter()
        .chain(unjudged)
        .filter(|(_, number)| *number != 0)
        .map(|(name, number)| format!("{number} {name}"))
        .collect();
    terminal::complain(&format!("passed on without being judged: {}", parts.join(", ")));
}
