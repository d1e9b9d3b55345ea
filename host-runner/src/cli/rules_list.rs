//! `trailsieve rules list`: the rules of the pack.

use super::exit::{Exit, Failure};
use super::pack::{Events, PackArguments};
use super::terminal::{self, plain};
use super::{catalogue, natural, table};
use crate::engine::manifest::RuleEntry;
use crate::pipeline::DEFAULT_MAX_RECORD;
use clap::{Args, ValueEnum};
use serde::Serialize;

#[derive(Args)]
pub(super) struct Arguments {
    /// How to show them
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    pack: PackArguments,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Name, level, on or off, title
    #[default]
    Table,
    /// One JSON object with all that is known of each
    Json,
    /// A page to read: what each rule means, what to check, what is harmless
    Markdown,
}

#[derive(Serialize)]
struct List<'a> {
    format: u32,
    rules: Vec<&'a RuleEntry>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let loaded = arguments.pack.load(Events::Untold, DEFAULT_MAX_RECORD)?;
    let mut rules: Vec<_> = loaded.manifest().rules.iter().collect();
    rules.sort_by_cached_key(|rule| natural::order(&rule.name));
    let text = match arguments.format {
        Format::Table => lines(&rules),
        Format::Markdown => catalogue::markdown(&rules),
        Format::Json => {
            terminal::print_json(&List { format: 1, rules })?;
            return Ok(Exit::Ran);
        }
    };
    terminal::print_text(&text)?;
    Ok(Exit::Ran)
}

fn lines(rules: &[&RuleEntry]) -> String {
    let rows = rules.iter().map(|rule| {
        let state = if rule.enabled { "on" } else { "off" };
        [plain(&rule.name), plain(&rule.level), state.to_owned(), plain(&rule.title)]
    });
    let lines = table::lines(["NAME", "LEVEL", "STATE", "TITLE"], rows, &[]);
    lines.iter().map(|line| format!("{line}\n")).collect()
}
