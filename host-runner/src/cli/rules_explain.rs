//! `trailsieve rules explain`: why a rule matches a record, or why it does not.

use super::exit::{Exit, Failure};
use super::framing::FramingArguments;
use super::pack::PackArguments;
use super::{explanation, one_record, terminal};
use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use std::io::{self, Write};

#[derive(Args)]
pub(super) struct Arguments {
    /// The rule's name, as `rules list` shows it
    #[arg(value_name = "RULE")]
    rule: String,

    /// A file with one record, FILE:N for the N-th record of a file in any form that scan reads, or - for standard input
    #[arg(value_name = "RECORD")]
    record: String,

    /// How to show it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    framing: FramingArguments,

    #[command(flatten)]
    pack: PackArguments,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Each part of the rule's condition, whether it holds, and the values seen
    #[default]
    Text,
    /// The same as one JSON object
    Json,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut explainer = arguments.pack.explainer(arguments.framing.max_record().0)?;
    let record = one_record::read(&arguments.record, &arguments.framing)?;
    let told = explainer.explain(&arguments.rule, &record).map_err(|error| Failure::Usage(error.into()))?;
    let is_known = explainer.manifest().rules.iter().any(|rule| rule.name == arguments.rule);
    let told = told.map_err(|why| match is_known {
        true => Failure::Stream(anyhow!(why).context(arguments.record.clone())),
        false => Failure::Usage(anyhow!(why)),
    })?;
    match arguments.format {
        Format::Text => {
            let text = explanation::text(&told, terminal::is_coloured());
            let text = text.context("the detector's explanation cannot be read").map_err(Failure::Usage)?;
            io::stdout().write_all(text.as_bytes())?;
        }
        Format::Json => writeln!(terminal::guarded_output(), "{told}")?,
    }
    io::stdout().flush()?;
    Ok(Exit::Ran)
}
