//! How records are found in what is read: the options that all commands share which read records.

use super::reading::Turns;
use crate::config::{LARGEST_RECORD, Size};
use crate::framing::{Forms, Mode, RecordPath};
use crate::pipeline::{DEFAULT_MAX_RECORD, Options};
use clap::{Args, ValueEnum};

#[derive(Args)]
#[command(next_help_heading = "Reading")]
pub(super) struct FramingArguments {
    /// Whether a line feed ends a record [default: the first line shows]
    #[arg(long, value_name = "FORM")]
    input: Option<Form>,

    /// Look for records here, too, where they stand in something else: names of members, such as payload.record
    #[arg(long, value_name = "PATH", value_parser = RecordPath::new)]
    record_path: Vec<RecordPath>,

    /// Do not look into records that are larger: bytes, or with KiB or MiB
    #[arg(long, value_name = "SIZE", value_parser = size, default_value_t = Size(DEFAULT_MAX_RECORD))]
    max_record_size: Size,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// Each line by itself
    Lines,
    /// Records may span lines
    Document,
}

fn size(text: &str) -> Result<Size, String> {
    match Size::read(text) {
        Some(size) if (1..=LARGEST_RECORD).contains(&size.0) => Ok(size),
        _ => Err("expected a size from 1 to 256MiB, such as 65536, 512KiB or 4MiB".to_owned()),
    }
}

impl FramingArguments {
    /// The largest record that is judged.
    pub(super) fn max_record(&self) -> Size {
        self.max_record_size
    }

    /// Whether records may span lines whatever the first line shows.
    pub(super) fn is_document(&self) -> bool {
        matches!(self.input, Some(Form::Document))
    }

    /// How lines that come so are to be read.
    pub(super) fn options(&self, turns: Turns) -> Options {
        let mode = match self.input {
            None if turns == Turns::Stream => Mode::Guess,
            Some(Form::Document) => Mode::Document,
            None | Some(Form::Lines) => Mode::Lines,
        };
        let mut paths = self.record_path.clone();
        if let Turns::LineByLine { within: Some(within) } = turns {
            paths.extend(RecordPath::new(within));
        }
        Options { mode, max_record: self.max_record_size.0, forms: Forms::with(&paths) }
    }
}
