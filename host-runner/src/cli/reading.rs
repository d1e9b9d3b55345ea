//! How records are read and counted: the options that `filter`, `scan` and `convert` share, and how their runs end.

use super::exit::{Exit, Failure};
use super::framing::FramingArguments;
use super::level::Level;
use super::{logs, terminal};
use crate::engine::Loaded;
use crate::input::Input;
use crate::metrics::Counters;
use crate::output::Output;
use crate::pipeline::{self, Options, Report};
use anyhow::{Context, anyhow};
use clap::{Args, value_parser};
use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
#[command(next_help_heading = "Reading")]
pub(super) struct ReadingArguments {
    /// Work with this many threads [default: one for each processor, or one where lines come one at a time]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=256))]
    workers: Option<u16>,

    #[command(flatten)]
    framing: FramingArguments,

    /// Write counters to standard error when done, one JSON object
    #[arg(long)]
    stats: bool,

    /// Write the counters to a file
    #[arg(long, value_name = "FILE")]
    stats_file: Option<PathBuf>,
}

#[derive(Args)]
#[command(next_help_heading = "Reading")]
pub(super) struct FailOn {
    /// End with exit code 1 if something was found at this level or above
    #[arg(long, value_name = "LEVEL")]
    fail_on: Option<Level>,
}

/// How lines come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turns {
    /// As fast as they are taken.
    Stream,
    /// The next one comes after the answer to the last one. `within` names a member in which the record stands.
    LineByLine { within: Option<&'static str> },
}

impl ReadingArguments {
    /// The largest record that is judged.
    pub(super) fn max_record(&self) -> usize {
        self.framing.max_record().0
    }

    /// Whether records may span lines whatever the first line shows.
    pub(super) fn is_document(&self) -> bool {
        self.framing.is_document()
    }

    /// Reads all inputs into the output.
    pub(super) fn run(
        &self,
        inputs: impl Iterator<Item = Input> + Send + 'static,
        output: &mut dyn Output,
        loaded: Loaded,
        turns: Turns,
    ) -> Result<Report, Failure> {
        let options = self.framing.options(turns);
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

    /// How lines that come as fast as they are taken are to be read.
    pub(super) fn options(&self) -> Options {
        self.framing.options(Turns::Stream)
    }

    /// With how many threads.
    pub(super) fn workers(&self) -> usize {
        logs::workers(self.workers)
    }

    /// Tells what there is to tell after a run that judged, and how it ends.
    pub(super) fn finish(
        &self,
        mut report: Report,
        stats: Option<StatsFile>,
        fail_on: &FailOn,
        quiet: bool,
    ) -> Result<Exit, Failure> {
        let not_judged =
            not_judged(&report.counters).map(|numbers| format!("passed on without being judged: {numbers}"));
        self.tell(&report, not_judged.filter(|_| !quiet), &report.counters, stats)?;
        match report.write_failure() {
            Some(error) => Err(error.into()),
            None => Ok(fail_on.exit(&report)),
        }
    }

    /// Tells what could not be read, what else there is to say, and the counters.
    pub(super) fn tell(
        &self,
        report: &Report,
        remark: Option<String>,
        counters: &impl Serialize,
        stats: Option<StatsFile>,
    ) -> Result<(), Failure> {
        for failure in &report.failures {
            terminal::complain(&match failure.input.as_str() {
                "" => format!("cannot read the input: {}", failure.error),
                input => format!("{input}: {}", failure.error),
            });
        }
        if let Some(remark) = remark {
            terminal::complain(&remark);
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
        Ok(())
    }
}

impl FailOn {
    /// What was found goes before what could not be read: it is certain whatever the rest would have shown.
    fn exit(&self, report: &Report) -> Exit {
        let mut levels = report.counters.findings.by_level.keys().map(|level| Level::named_or_gravest(level));
        if self.fail_on.is_some_and(|least| levels.any(|level| level >= least)) {
            return Exit::Found;
        }
        exit(report)
    }
}

/// How a run ends that found nothing worth an exit code of its own.
pub(super) fn exit(report: &Report) -> Exit {
    if report.failures.is_empty() && not_judged(&report.counters).is_none() { Exit::Ran } else { Exit::Input }
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

/// Which records were not judged, though they might be records: their numbers by reason. None: there were none.
pub(super) fn not_judged(counters: &Counters) -> Option<String> {
    let named = [("malformed", counters.malformed), ("oversized", counters.oversized)];
    let unjudged = counters.unjudged_by_reason.iter().map(|(reason, number)| (*reason, *number));
    let numbers = named.into_iter().chain(unjudged).filter(|(_, number)| *number != 0);
    let parts: Vec<String> = numbers.map(|(name, number)| format!("{number} {name}")).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
