//! One record of an input, whatever form the input has: what `rules explain` looks at.
//!
//! Takes the argument that names it, gives the record as a detector would get it. The input goes through the pipeline
//! like any other, with a judge that only keeps the record, so that nothing is found here that a scan would not find.

use super::counted::counted;
use super::exit::Failure;
use super::framing::FramingArguments;
use super::reading::Turns;
use crate::batch::{Counts, Judge, Judged, Records};
use crate::input::Input;
use crate::output::Nothing;
use crate::patient::Patient;
use crate::pipeline;
use anyhow::anyhow;
use std::io;
use std::iter;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Which record is meant.
struct Meant<'a> {
    file: &'a str,
    /// Counted from 1; none where the input holds no other.
    number: Option<usize>,
}

/// The record that `FILE`, `FILE:N` or `-` names, read in this way.
pub(super) fn read(argument: &str, framing: &FramingArguments) -> Result<Vec<u8>, Failure> {
    let meant = meant(argument);
    let input = match meant.file {
        "-" => Input::stream("standard input", Patient(io::stdin())),
        file => Input::file(Path::new(file)),
    };
    let name = input.name.clone();
    let options = framing.options(Turns::Stream);
    let kept = Arc::new(Mutex::new(Kept::default()));
    let keeper = Keeper { wanted: meant.number.unwrap_or(1), kept: Arc::clone(&kept) };
    let report = pipeline::run(iter::once(input), &mut Nothing, vec![Box::new(keeper)], &options)?;
    let Kept { seen, record } = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
    match (record, meant.number) {
        (None, _) if let Some(failure) = report.failures.into_iter().next() => {
            Err(Failure::Stream(anyhow!(failure.error).context(name)))
        }
        (None, _) if report.counters.oversized > 0 => {
            let [seen, larger] = [seen as u64, report.counters.oversized].map(|number| counted(number, "record"));
            let limit = framing.max_record();
            let why = format!("{name} holds {seen} to look at and {larger} larger than {limit}");
            Err(Failure::Stream(anyhow!("{why}; raise --max-record-size")))
        }
        (None, Some(number)) if seen > 0 => {
            Err(Failure::Usage(anyhow!("{name} has no record {number}: it holds {}", counted(seen as u64, "record"))))
        }
        (None, _) => Err(Failure::Stream(anyhow!("{name} holds no record: no JSON object that is complete"))),
        (Some(_), None) if seen > 1 => {
            Err(Failure::Usage(anyhow!("{name} holds {seen} records; name one of them, as in {argument}:1")))
        }
        (Some(record), _) => Ok(record),
    }
}

/// A file whose name ends like `FILE:N` is still that file.
fn meant(argument: &str) -> Meant<'_> {
    let whole = Meant { file: argument, number: None };
    if Path::new(argument).exists() {
        return whole;
    }
    match argument.rsplit_once(':') {
        Some((file, number)) => match number.parse() {
            Ok(number @ 1..) => Meant { file, number: Some(number) },
            _ => whole,
        },
        None => whole,
    }
}

/// What came by.
#[derive(Default)]
struct Kept {
    /// How many records.
    seen: usize,
    /// The one that is wanted.
    record: Option<Vec<u8>>,
}

/// Judges nothing: keeps the record of this number.
struct Keeper {
    wanted: usize,
    kept: Arc<Mutex<Kept>>,
}

impl Judge for Keeper {
    fn judge(&mut self, records: &Records) -> Judged {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.seen;
        kept.seen += records.len();
        if (before + 1..=kept.seen).contains(&self.wanted) {
            kept.record = Some(records.record(self.wanted - before - 1).to_vec());
        }
        Judged { counts: Counts { clean: records.len() as u64, ..Counts::default() }, ..Judged::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn a_number_behind_a_colon_names_a_record_unless_it_belongs_to_the_file() {
        for (argument, file, number) in [
            ("a.json", "a.json", None),
            ("a.json:3", "a.json", Some(3)),
            ("-", "-", None),
            ("-:12", "-", Some(12)),
            ("a:b", "a:b", None),
            ("a.json:0", "a.json:0", None),
            ("a.json:-1", "a.json:-1", None),
            ("a:1:2", "a:1", Some(2)),
            (
                concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
                concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
                None,
            ),
        ] {
            let told = meant(argument);
            assert_eq!((told.file, told.number), (file, number), "{argument}");
        }
    }
}
