//! `trailsieve rules list`: the rules of the pack.

use super::exit::{Exit, Failure};
use super::pack::{Events, PackArguments};
use super::terminal::plain;
use crate::pipeline::DEFAULT_MAX_RECORD;
use clap::Args;
use comfy_table::{Table, presets};
use std::io::{self, Write};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pack: PackArguments,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let loaded = arguments.pack.load(Events::Untold, DEFAULT_MAX_RECORD)?;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["NAME", "LEVEL", "STATE", "TITLE"]);
    for rule in &loaded.manifest().rules {
        let state = if rule.enabled { "on" } else { "off" };
        table.add_row([plain(&rule.name), plain(&rule.level), state.to_owned(), plain(&rule.title)]);
    }
    let mut out = io::stdout().lock();
    for line in table.to_string().lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    out.flush()?;
    Ok(Exit::Ran)
}
