//! The public CloudTrail records beside the checkout, where they are present.
//!
//! Gives each record's bytes as published. They are never copied into the project, so a test that needs them says so
//! and goes on without them elsewhere.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{fs, io};

/// One published record.
#[derive(Clone, Debug)]
pub struct Published {
    /// File and line, for messages.
    pub place: String,
    /// The record.
    pub bytes: Vec<u8>,
}

impl Published {
    /// The name of its file, without the extension.
    pub fn set(&self) -> &str {
        self.place.split_once('.').map_or(self.place.as_str(), |(set, _)| set)
    }
}

/// All records of `../shared/data/records`, in the order of file name and line; `None`, said once, where the folder is
/// absent. A folder that is there and cannot be read, or holds nothing, is an error and not an absence.
pub fn records() -> Option<&'static [Published]> {
    static RECORDS: OnceLock<Option<Vec<Published>>> = OnceLock::new();
    RECORDS
        .get_or_init(|| {
            let folder = folder().join("records");
            if !folder.is_dir() {
                // Not `println!`: the test runner would hide it, and a part that did not run must not look like a pass.
                let _ = writeln!(
                    io::stderr(),
                    "SKIPPED: no published records in {}; tests over them did not run (tests/noise.tsv names their sources)",
                    folder.display()
                );
                return None;
            }
            let read = read(&folder).and_then(|found| match found.is_empty() {
                true => Err(io::Error::other("no records in it")),
                false => Ok(found),
            });
            Some(read.unwrap_or_else(|error| unreadable(&folder, &error)))
        })
        .as_deref()
}

/// Where shared data would lie: beside the workspace.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data")
}

fn read(folder: &Path) -> io::Result<Vec<Published>> {
    let mut files = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .filter(|path| path.as_ref().map_or(true, |path| path.extension().is_some_and(|end| end == "ndjson")))
        .collect::<io::Result<Vec<_>>>()?;
    files.sort();
    let mut records = Vec::new();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (number, line) in fs::read(&path)?.split(|&byte| byte == b'\n').enumerate() {
            if !line.is_empty() {
                records.push(Published { place: format!("{name}:{}", number + 1), bytes: line.to_vec() });
            }
        }
    }
    Ok(records)
}

#[expect(clippy::panic, reason = "a test cannot go on without data that is there but damaged")]
fn unreadable(folder: &Path, error: &io::Error) -> Vec<Published> {
    panic!("{}: {error}", folder.display())
}
