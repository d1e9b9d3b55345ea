//! How the program ends: the five exit codes, and which of them an error means.

use super::diagnostics::{self, Mistake};
use super::terminal;
use crate::pipeline;
use std::io::{self, ErrorKind};
use std::process::ExitCode;

/// The exit codes that `--help` documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Ran = 0,
    Found = 1,
    WrongRule = 2,
    Usage = 3,
    Input = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command could not do its work.
pub(super) enum Failure {
    /// Usage or configuration.
    Usage(anyhow::Error),
    /// The pack was refused.
    Refused(Vec<Mistake>),
    /// Input or output.
    Stream(anyhow::Error),
    /// Nobody reads the output any more.
    Closed,
}

impl Failure {
    /// Tells the user and gives the exit code.
    pub(super) fn report(self) -> Exit {
        match self {
            Self::Usage(error) => {
                terminal::complain(&format!("{error:#}"));
                Exit::Usage
            }
            Self::Refused(mistakes) => diagnostics::report(&mistakes),
            Self::Stream(error) => {
                terminal::complain(&format!("{error:#}"));
                Exit::Input
            }
            Self::Closed => Exit::Ran,
        }
    }
}

impl From<pipeline::Error> for Failure {
    fn from(error: pipeline::Error) -> Self {
        Self::Stream(error.into())
    }
}

/// For what is written to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Stream(anyhow::Error::new(error).context("cannot write the output")),
        }
    }
}
