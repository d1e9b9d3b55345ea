//! Records that the other side refuses even alone, kept in a file of their own.
//!
//! Each is one JSON line that says when, by whom and why it was refused; the record itself is the text `message`, where
//! `filter` and `scan` look for records, so that the file can be replayed as it is. What is no UTF-8, and so no JSON, is
//! `message_base64` instead, as nothing else would keep its bytes. The folder has a bound: where it is full nothing more is
//! kept, and who wanted to has to wait.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::appended::{all_or_nothing, behind_last_line};
use super::finding::write_line;
use crate::config::Size;
use crate::folder;
use crate::log::{self, Level, rfc3339};

/// How much of the other side's words is kept.
const ANSWER: usize = 1_000;

/// The name of the file in its folder.
pub(crate) const FILE: &str = "refused.ndjson";

/// The folder of one output.
#[derive(Clone, Debug)]
pub(crate) struct DeadLetters {
    pub(crate) folder: PathBuf,
    /// How many bytes may lie in it.
    pub(crate) limit: Size,
}

#[derive(Serialize)]
struct Letter<'a> {
    time: String,
    output: &'a str,
    status: u16,
    answer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_base64: Option<String>,
}

impl DeadLetters {
    /// Keeps one line. It is on the disk when this returns.
    pub(crate) fn keep(&self, output: &str, line: &[u8], status: u16, answer: &str) -> Result<()> {
        let path = self.folder.join(FILE);
        let record = line.strip_suffix(b"\n").unwrap_or(line);
        let message = str::from_utf8(record).ok();
        let letter = Letter {
            time: rfc3339(SystemTime::now()),
            output,
            status,
            answer: answer.chars().take(ANSWER).collect(),
            message,
            message_base64: message.is_none().then(|| STANDARD.encode(record)),
        };
        let mut text = Vec::new();
        write_line(&letter, &mut text);
        self.has_room(text.len())?;
        let kept = || -> std::io::Result<()> {
            folder::make(&self.folder)?;
            let is_new = !path.exists();
            all_or_nothing(&mut behind_last_line(&path)?, |file| {
                file.write_all(&text)?;
                file.sync_data()
            })?;
            if is_new { folder::keep_name(&path) } else { Ok(()) }
        };
        kept().with_context(|| format!("cannot keep a refused record in {}", path.display()))?;
        log::event(
            Level::Warn,
            "record_refused",
            &[("output", &output), ("status", &status), ("file", &path.display())],
        );
        Ok(())
    }

    /// Whether so many bytes more may lie there.
    fn has_room(&self, bytes: usize) -> Result<()> {
        let used = self.used().try_into().unwrap_or(usize::MAX);
        ensure!(
            bytes.saturating_add(used) <= self.limit.0,
            "the dead letters in {} are full: {used} bytes of dead_letters_limit ({}); move files away, or raise it",
            self.folder.display(),
            self.limit
        );
        Ok(())
    }

    /// How many bytes lie there. What was moved away to be replayed counts no more.
    fn used(&self) -> u64 {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        files.filter_map(|file| file.metadata().ok().filter(fs::Metadata::is_file)).map(|file| file.len()).sum()
    }
}
