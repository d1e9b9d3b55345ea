//! `trailsieve rules list`: the rules of the pack.

use super::exit::{Exit, Failure};
use super::pack::{Events, PackArguments};
use super::terminal::plain;
use super::{natural, table};
use crate::pipeline::DEFAULT_MAX_RECORD;
use clap::Args;
use std::io::{self, Write};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pack: PackArguments,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let loaded = arguments.pack.load(Events::Untold, DEFAULT_MAX_RECORD)?;
    let mut rules: Vec<_> = loaded.manifest().rules.iter().collect();
    rules.sort_by_cached_key(|rule| natural::order(&rule.name));
    let rows = rules.iter().map(|rule| {
        let state = if rule.enabled { "on" } else { "off" };
        [plain(&rule.name), plain(&rule.level), state.to_owned(), plain(&rule.title)]
    });
    let mut out = io::stdout().lock();
    for line in table::lines(["NAME", "LEVEL", "STATE", "TITLE"], rows, None) {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(Exit::Ran)
}
