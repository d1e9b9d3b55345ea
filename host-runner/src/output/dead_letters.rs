//! Records that the other side refuses even alone, kept in a file of their own.
//!
//! Each is one JSON line that says when, by whom and why it was refused; the record itself is the text `message`, where
//! `filter` and `scan` look for records, so that the file can be replayed as it is.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde::Serialize;

use super::finding::write_line;
use crate::log::{self, Level, rfc3339};

/// How much of the other side's words is kept.
const ANSWER: usize = 1_000;

/// The name of the file in its folder.
const FILE: &str = "refused.ndjson";

/// The folder of one output.
#[derive(Clone, Debug)]
pub(crate) struct DeadLetters {
    pub(crate) folder: PathBuf,
}

#[derive(Serialize)]
struct Letter<'a> {
    time: String,
    output: &'a str,
    status: u16,
    answer: String,
    message: &'a str,
}

impl DeadLetters {
    /// Keeps one line. It is on the disk when this returns.
    pub(crate) fn keep(&self, output: &str, line: &[u8], status: u16, answer: &str) -> Result<()> {
        let path = self.folder.join(FILE);
        let kept = || -> std::io::Result<()> {
            let mut folder = DirBuilder::new();
            #[cfg(unix)]
            folder.mode(0o700);
            folder.recursive(true).create(&self.folder)?;
            let mut options = OpenOptions::new();
            #[cfg(unix)]
            options.mode(0o600);
            let mut file = options.append(true).create(true).open(&path)?;
            let message = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line));
            let answer = answer.chars().take(ANSWER).collect();
            let mut text = Vec::new();
            let time = rfc3339(SystemTime::now());
            write_line(&Letter { time, output, status, answer, message: &message }, &mut text);
            file.write_all(&text)?;
            file.sync_data()
        };
        kept().with_context(|| format!("cannot keep a refused record in {}", path.display()))?;
        log::event(
            Level::Warn,
            "record_refused",
            &[("output", &output), ("status", &status), ("file", &path.display())],
        );
        Ok(())
    }
}
