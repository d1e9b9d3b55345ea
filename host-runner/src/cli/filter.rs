//! `trailsieve filter`: standard input to standard output, each record with what was found in it.

use super::dialect::DialectArguments;
use super::exit::{Exit, Failure};
use super::pack::{Events, PackArguments};
use super::reading::{FailOn, ReadingArguments};
use super::terminal;
use crate::input::Input;
use crate::output::{Emit, Form};
use crate::patient::Patient;
use crate::splice::Field;
use crate::zone::Zone;
use anyhow::anyhow;
use clap::{Args, ValueEnum};
use std::io::{self, IsTerminal};
use std::iter;

#[derive(Args)]
pub(super) struct Arguments {
    /// What to write
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    emit: What,

    /// The name of the field that records gain
    #[arg(long, value_name = "NAME", default_value = "trailsieve")]
    field: String,

    /// Write one record a line, without the envelope around it
    #[arg(long)]
    unwrap: bool,

    /// Tell in findings when each event was by the clock of this place, too, such as Asia/Tokyo [--emit findings only]
    #[arg(long, value_name = "ZONE", value_parser = Zone::named)]
    time_zone: Option<Zone>,

    #[command(flatten)]
    dialect: DialectArguments,

    #[command(flatten)]
    reading: ReadingArguments,

    #[command(flatten)]
    fail_on: FailOn,

    #[command(flatten)]
    pack: PackArguments,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum What {
    /// Everything that comes in
    #[default]
    All,
    /// The records in which something was found, and those that could not be judged
    Flagged,
    /// One line for each finding, which stands alone
    Findings,
}

pub(super) fn run(arguments: &Arguments, quiet: bool) -> Result<Exit, Failure> {
    if arguments.field.is_empty() {
        return Err(Failure::Usage(anyhow!("the field needs a name; leave --field out for `trailsieve`")));
    }
    if arguments.time_zone.is_some() && !matches!(arguments.emit, What::Findings) {
        return Err(Failure::Usage(anyhow!("--time-zone is for --emit findings: records pass as they are")));
    }
    let (emit, events) = match arguments.emit {
        What::All => (Emit::All, Events::Untold),
        What::Flagged => (Emit::Flagged, Events::Untold),
        What::Findings => (Emit::Findings, Events::Told),
    };
    let dialect = &arguments.dialect;
    dialect.check(emit, arguments.unwrap, arguments.reading.is_document())?;
    let quiet = quiet || dialect.is_silent();
    let stats = arguments.reading.open_stats(arguments.dialect.written())?;
    let loaded = arguments.pack.load(events, arguments.reading.max_record())?;
    // It stands in a pipe. To end here would lose records that only have to pass, and sign-ins are told without a rule.
    arguments.pack.warn(loaded.manifest(), quiet);
    if io::stdin().is_terminal() && !quiet {
        terminal::note(
            "trailsieve: waiting for records from this terminal, one JSON object a line; Ctrl-D ends.\n\
             To read a file: trailsieve filter < FILE, or trailsieve scan FILE",
        );
    }
    let (field, zone) = (Field::named(&arguments.field), arguments.time_zone.clone());
    let mut output = dialect.output(Form { emit, unwrap: arguments.unwrap, field, zone })?;
    let input = iter::once(Input::only(Patient(io::stdin())));
    let report = arguments.reading.run(input, output.as_mut(), loaded, dialect.turns())?;
    arguments.reading.finish(report, stats, &arguments.fail_on, quiet)
}
