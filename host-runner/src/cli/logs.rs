//! Recorded traffic: takes the files and folders that a command is given, gives the inputs in them.

use super::progress::Progress;
use super::walk;
use crate::input::Input;
use std::io::{self, ErrorKind};
use std::path::Path;

/// A file or `-` as it is named, a folder with all that is below it. What is not there is told in its turn, and so is a
/// folder in which nothing is a log: it may be the wrong one.
pub(super) fn files(path: &Path) -> Vec<walk::Found> {
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

/// The input that it is.
pub(super) fn open(found: walk::Found, progress: &Progress) -> Input {
    match found {
        Ok(path) if path == Path::new("-") => Input::stream("standard input", io::stdin()),
        Ok(path) => Input { name: path.display().to_string(), source: progress.open(&path) },
        Err((path, error)) => Input { name: path.display().to_string(), source: Err(error) },
    }
}
