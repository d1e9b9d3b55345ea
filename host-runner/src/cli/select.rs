//! `--enable` and `--disable`, in the order in which they were typed: the later one wins.

use crate::config::typed::Glob;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use serde::Serialize;

/// The globs, each with what becomes of the rules that it matches.
#[derive(Clone, Debug, Default)]
pub(super) struct Select(pub(super) Vec<Choice>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Choice {
    glob: String,
    enabled: bool,
    /// Where somebody chose so: the option as it was typed, or file and line.
    #[serde(skip)]
    place: String,
}

impl Choice {
    /// Switches the rules that match on or off, as the configuration of this name says.
    pub(super) fn configured(file: &str, glob: &Glob, enabled: bool) -> Self {
        Self { glob: glob.text.clone(), enabled, place: format!("{file}:{}", glob.at) }
    }

    /// Where somebody chose so.
    pub(super) fn place(&self) -> &str {
        &self.place
    }
}

const ENABLE: &str = "enable";
const DISABLE: &str = "disable";

impl Args for Select {
    fn augment_args(command: Command) -> Command {
        let globs = |name, help| Arg::new(name).long(name).value_name("GLOB").action(ArgAction::Append).help(help);
        command
            .arg(globs(ENABLE, "Switch rules on whose name matches, such as 'securityhub/*'; the last match wins"))
            .arg(globs(DISABLE, "Switch rules off whose name matches; the last match wins"))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Select {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut placed: Vec<(usize, Choice)> = Vec::new();
        for (name, enabled) in [(ENABLE, true), (DISABLE, false)] {
            let globs = matches.get_many::<String>(name).into_iter().flatten();
            let places = matches.indices_of(name).into_iter().flatten();
            let choice = |glob: &String| Choice { glob: glob.clone(), enabled, place: format!("--{name} '{glob}'") };
            placed.extend(places.zip(globs.map(choice)));
        }
        placed.sort_by_key(|(place, _)| *place);
        Ok(Self(placed.into_iter().map(|(_, choice)| choice).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
