//! What is judged: records cut into slices of about 1 MiB, each in the form that each engine takes.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use trailsieve::batch::Records;

/// Small enough that a busy machine leaves some of a slice's rounds undisturbed.
const SLICE: usize = 1 << 20;

/// The usual size of a call of Trailsieve's.
const CALL: usize = 64 << 10;

/// All records that are JSON.
pub(crate) struct Corpus {
    folder: PathBuf,
    pub(crate) slices: Vec<Slice>,
    /// Lines that are not JSON, which one of the two could not even be asked about.
    left_out: usize,
}

/// Some of the records.
#[derive(Default)]
pub(crate) struct Slice {
    /// As they are read.
    pub(crate) texts: Vec<Vec<u8>>,
    /// As rsigma-eval takes them.
    pub(crate) values: Vec<Value>,
    /// As Trailsieve takes them.
    pub(crate) batches: Vec<Records>,
}

impl Corpus {
    /// The records in this folder, or those beside the checkout.
    pub(crate) fn load(folder: Option<PathBuf>) -> Result<Self> {
        let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/records");
        let folder = folder.unwrap_or_else(usual);
        let absent =
            || format!("no records in {}; name a folder of *.ndjson files as the first argument", folder.display());
        let entries = fs::read_dir(&folder).with_context(absent)?;
        let folder = folder.canonicalize().with_context(absent)?;
        let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        files.retain(|path| path.extension().is_some_and(|end| end == "ndjson"));
        files.sort();
        let mut corpus = Self { folder, slices: vec![Slice::default()], left_out: 0 };
        for file in files {
            for line in fs::read(&file)?.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
                match serde_json::from_slice(line) {
                    Ok(value) => corpus.push(line, value),
                    Err(_) => corpus.left_out += 1,
                }
            }
        }
        ensure!(corpus.records() > 0, "no records in {}: no line of a *.ndjson file is JSON", corpus.folder.display());
        Ok(corpus)
    }

    fn push(&mut self, text: &[u8], value: Value) {
        if self.slices.last().is_none_or(|slice| slice.bytes() + text.len() > SLICE) {
            self.slices.push(Slice::default());
        }
        if let Some(slice) = self.slices.last_mut() {
            slice.push(text, value);
        }
    }

    /// How many records there are.
    pub(crate) fn records(&self) -> usize {
        self.slices.iter().map(|slice| slice.texts.len()).sum()
    }

    /// How many bytes they have.
    pub(crate) fn bytes(&self) -> usize {
        self.slices.iter().map(Slice::bytes).sum()
    }

    /// One line for the head of the report.
    pub(crate) fn described(&self) -> String {
        let (records, bytes) = (self.records(), self.bytes() as f64 / 1e6);
        let left_out = match self.left_out {
            0 => String::new(),
            number => format!("; {number} lines are not JSON and left out"),
        };
        format!("{}: {records} records, {bytes:.1} MB{left_out}", self.folder.display())
    }
}

impl Slice {
    fn push(&mut self, text: &[u8], value: Value) {
        if self.batches.last().is_none_or(|batch| batch.text().len() + text.len() >= CALL) {
            self.batches.push(Records::new());
        }
        if let Some(batch) = self.batches.last_mut() {
            batch.push(text);
        }
        self.texts.push(text.to_vec());
        self.values.push(value);
    }

    fn bytes(&self) -> usize {
        self.texts.iter().map(Vec::len).sum()
    }
}
