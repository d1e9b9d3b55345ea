//! The records that are sent, in the pieces in which a shipper would.

use anyhow::{Result, ensure};
use std::fs;
use trailsieve_tests::{checkout, data};

/// How many records a way is measured with, where pieces of them go; and where each is waited for.
const MANY: usize = 100_000;
const ONE_BY_ONE: usize = 20_000;

/// Records in one piece: a request, or a write.
const PIECE: usize = 200;

/// The last record, by which its end is known. No detector finds anything in it.
pub(crate) const LAST: &[u8] = b"{\"last\":true}\n";

/// Lines, each with its line feed.
pub(crate) struct Load {
    source: &'static str,
    lines: Vec<Vec<u8>>,
}

impl Load {
    /// The published records, or the samples.
    pub(crate) fn of_data() -> Result<Self> {
        let (source, records) = match data::records() {
            Some(records) => ("published records", records.iter().map(|record| record.bytes.clone()).collect()),
            None => {
                let path = checkout::workspace().join("host-runner/samples/console-sign-ins.ndjson");
                let lines = fs::read(path)?.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
                ("invented sign-ins (poorer than real traffic)", lines)
            }
        };
        let lines: Vec<Vec<u8>> = records.into_iter().filter(|line| !line.is_empty()).collect();
        ensure!(!lines.is_empty(), "there are no records");
        Ok(Self { source, lines: lines.into_iter().map(|line| [line.as_slice(), b"\n"].concat()).collect() })
    }

    pub(crate) fn described(&self) -> String {
        let bytes: usize = self.lines.iter().map(Vec::len).sum();
        format!("{} {}, {} bytes each, again and again", self.lines.len(), self.source, bytes / self.lines.len())
    }

    /// How many records go through in all.
    pub(crate) fn many(&self) -> usize {
        MANY
    }

    /// Records of which each is waited for.
    pub(crate) fn one_by_one(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        let line = |number: usize| self.lines.get(number % self.lines.len()).map_or(LAST, Vec::as_slice);
        (0..ONE_BY_ONE).map(line)
    }

    /// All records in pieces.
    pub(crate) fn pieces(&self) -> Vec<Vec<u8>> {
        let all: Vec<&[u8]> = self.lines.iter().map(Vec::as_slice).cycle().take(MANY).collect();
        all.chunks(PIECE).map(<[&[u8]]>::concat).collect()
    }
}
