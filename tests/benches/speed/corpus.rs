//! What is judged: records on one line each, cut into slices, and each slice into batches of several sizes.
//!
//! Takes the first source that is there, gives the slices. All batches are made beforehand, so that what is timed is
//! judging alone.

use anyhow::{Context, Result, ensure};
use std::{env, fs};
use trailsieve::batch::Records;
use trailsieve_tests::{checkout, data};

/// Small enough that a busy machine leaves some of a slice's rounds undisturbed, and the largest batch measured.
const SLICE: usize = 1 << 20;

/// The usual size of a call.
pub(crate) const USUAL_CALL: usize = 64 << 10;

/// How much of a large file is used: every batch is in memory several times over.
const MOST: usize = 32 << 20;

/// Names another file of records, one on each line.
const VARIABLE: &str = "TRAILSIEVE_BENCH";

/// All records.
pub(crate) struct Corpus {
    source: String,
    pub(crate) slices: Vec<Slice>,
}

/// Some of the records, about 1 MiB of them.
pub(crate) struct Slice {
    /// The records, a line feed behind each.
    pub(crate) bytes: Vec<u8>,
    /// One record a call.
    pub(crate) single: Vec<Records>,
    /// 64 KiB a call.
    pub(crate) usual: Vec<Records>,
    /// All of them in one call.
    pub(crate) whole: Records,
}

impl Corpus {
    /// The records of the file that the environment names, the published ones, or the samples.
    pub(crate) fn load() -> Result<Self> {
        let (source, records) = match env::var_os(VARIABLE) {
            Some(path) => (path.to_string_lossy().into_owned(), lines(&fs::read(&path).context(VARIABLE)?)),
            None => match data::records() {
                Some(records) => {
                    ("the published records".to_owned(), records.iter().map(|record| record.bytes.clone()).collect())
                }
                None => samples()?,
            },
        };
        ensure!(!records.is_empty(), "no records in {source}; name a file with one record on each line in {VARIABLE}");
        let mut slices = Vec::new();
        let mut rest = records.as_slice();
        while !rest.is_empty() && slices.len() < MOST / SLICE {
            let (first, others) = rest.split_at(fitting(rest, SLICE));
            slices.push(Slice::of(first));
            rest = others;
        }
        Ok(Self { source, slices })
    }

    /// How many bytes there are, line feeds included.
    pub(crate) fn bytes(&self) -> usize {
        self.slices.iter().map(|slice| slice.bytes.len()).sum()
    }

    /// How many records there are.
    pub(crate) fn records(&self) -> usize {
        self.slices.iter().map(|slice| slice.whole.len()).sum()
    }

    /// One line for the head of the report.
    pub(crate) fn described(&self) -> String {
        let (bytes, records) = (self.bytes(), self.records());
        format!("{}: {records} records, {:.1} MB, {} bytes each", self.source, bytes as f64 / 1e6, bytes / records)
    }
}

impl Slice {
    fn of(records: &[Vec<u8>]) -> Self {
        Self {
            bytes: records.iter().flat_map(|record| record.iter().chain(b"\n")).copied().collect(),
            single: batches(records, 1),
            usual: batches(records, USUAL_CALL),
            whole: batch(records),
        }
    }

    /// The records, each by itself.
    pub(crate) fn records(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.whole.len()).map(|number| self.whole.record(number))
    }
}

/// Batches of at most this many bytes; a record that is larger makes a batch of its own.
pub(crate) fn batches<R: AsRef<[u8]>>(records: &[R], bytes: usize) -> Vec<Records> {
    let mut batches = Vec::new();
    let mut rest = records;
    while !rest.is_empty() {
        let (first, others) = rest.split_at(fitting(rest, bytes));
        batches.push(batch(first));
        rest = others;
    }
    batches
}

fn batch<R: AsRef<[u8]>>(records: &[R]) -> Records {
    let mut batch = Records::new();
    records.iter().for_each(|record| batch.push(record.as_ref()));
    batch
}

/// How many records, and a line feed behind each, fit into this many bytes; at least one.
fn fitting<R: AsRef<[u8]>>(records: &[R], bytes: usize) -> usize {
    let mut used = 0;
    let fit = records.iter().take_while(|record| {
        used += record.as_ref().len() + 1;
        used <= bytes
    });
    fit.count().max(1)
}

/// The sample records of the repository, again and again until there is something to measure.
fn samples() -> Result<(String, Vec<Vec<u8>>)> {
    let path = checkout::workspace().join("host-runner/samples/console-sign-ins.ndjson");
    let sample = lines(&fs::read(&path).with_context(|| path.display().to_string())?);
    let bytes: usize = sample.iter().map(Vec::len).sum();
    let times = (2 * SLICE).div_ceil(bytes.max(1));
    let source = format!(
        "no published records here, so {} invented sign-ins repeated (poorer than real traffic; {VARIABLE}=FILE names \
         better ones)",
        sample.len()
    );
    Ok((source, std::iter::repeat_n(sample, times).flatten().collect()))
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    let lines = bytes.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
}
