//! Recorded traffic: takes the files and folders that a command is given, gives the inputs in them, or what a pack makes
//! of them.

use super::counted::counted;
use super::exit::Failure;
use super::progress::Progress;
use super::reading::not_judged;
use super::walk;
use crate::batch::Judge;
use crate::engine::Loaded;
use crate::input::{Input, folder_of};
use crate::metrics::Counters;
use crate::output::Output;
use crate::patient::Patient;
use crate::pipeline::{self, Options};
use anyhow::anyhow;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;

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

/// Whether this file is one of these, or among the logs in one of them.
pub(super) fn are_used(paths: &[PathBuf], file: &Path) -> bool {
    let Some(file) = whole(file).filter(|file| file.is_file() || !file.exists()) else { return false };
    let is_used = |path: PathBuf| if path.is_dir() { file.starts_with(path) && is_log(&file) } else { file == path };
    paths.iter().filter_map(|path| whole(path)).any(is_used)
}

/// The path of a file that may not be there yet, links followed.
fn whole(file: &Path) -> Option<PathBuf> {
    fs::canonicalize(file).ok().or_else(|| Some(fs::canonicalize(folder_of(file)).ok()?.join(file.file_name()?)))
}

/// The input that it is.
fn open(found: walk::Found, progress: &Progress) -> Input {
    match found {
        Ok(path) if path == Path::new("-") => Input::stream("standard input", Patient(io::stdin())),
        Ok(path) => Input { name: path.display().to_string(), source: progress.open(&path) },
        Err((path, error)) => Input { name: path.display().to_string(), source: Err(error) },
    }
}

/// The inputs in these files and folders, and how far they are read.
pub(super) fn inputs(paths: &[PathBuf], quiet: bool) -> (impl Iterator<Item = Input> + Send + use<>, Progress) {
    let found: Vec<walk::Found> = paths.iter().flat_map(|path| files(path)).collect();
    let progress = Progress::of(&found, quiet);
    let watched = progress.clone();
    (found.into_iter().map(move |found| open(found, &watched)), progress)
}

/// As many workers as are wanted; else one for each processor.
pub(super) fn workers(wanted: Option<u16>) -> usize {
    wanted.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from)
}

/// So many judges.
pub(super) fn judges(loaded: Loaded, wanted: Option<u16>) -> Vec<Box<dyn Judge>> {
    loaded.workers(workers(wanted)).into_iter().map(|worker| -> Box<dyn Judge> { Box::new(worker) }).collect()
}

/// Judges all records in these files and folders. Whatever cannot be read to its end is an error: half an answer would
/// say of the rest that nothing is in it. So it is if no record was judged at all.
pub(super) fn judge(
    paths: &[PathBuf],
    loaded: Loaded,
    output: &mut dyn Output,
    options: &Options,
    quiet: bool,
) -> Result<Counters, Failure> {
    let (inputs, progress) = inputs(paths, quiet);
    let mut report = pipeline::run(inputs, output, judges(loaded, None), options)?;
    progress.clear();
    if let Some(error) = report.write_failure() {
        return Err(error.into());
    }
    if let Some(failure) = report.failures.into_iter().next() {
        return Err(Failure::Stream(anyhow!(failure.error).context(format!("cannot read {}", failure.input))));
    }
    let counters = report.counters;
    if counters.judged() == 0 {
        let numbers = not_judged(&counters).map(|numbers| format!(" ({numbers})")).unwrap_or_default();
        let number = counted(counters.records_in, "record");
        return Err(Failure::Stream(anyhow!("none of {number} was judged{numbers}, so that nothing can be said")));
    }
    Ok(counters)
}
