//! How `filter` speaks with the program that started it: the options, what they exclude, and the output they mean.

use super::exit::Failure;
use super::reading::Turns;
use super::terminal;
use crate::output::{self, Appended, Emit, Form, InterfaceInput, Mmexternal, Omprog, Output};
use anyhow::anyhow;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
#[command(next_help_heading = "Within rsyslog")]
pub(super) struct DialectArguments {
    /// How to speak with the program that starts this one
    #[arg(long, value_name = "DIALECT", value_enum, default_value_t)]
    dialect: Dialect,

    /// What rsyslog hands over, as its action says with interface.input [mmexternal only; default: msg]
    #[arg(long, value_name = "WHAT", value_enum)]
    interface_input: Option<Input>,

    /// The file to which records are appended; each is confirmed when it has been written there [omprog only]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Confirm the marks of transactions, as rsyslog's action sends them with useTransactions [omprog only]
    #[arg(long)]
    use_transactions: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Dialect {
    /// Records in, records out
    #[default]
    Ndjson,
    /// rsyslog's mmexternal: for each line one JSON object with what is to be changed
    Mmexternal,
    /// rsyslog's omprog with confirmMessages: for each line OK, or why it could not be written
    Omprog,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Input {
    /// The message
    Msg,
    /// The message as it was received
    Rawmsg,
    /// A JSON object with all properties of the message
    Fulljson,
}

impl DialectArguments {
    /// Errs where options do not go together; `document` is whether records may span lines.
    pub(super) fn check(&self, emit: Emit, unwrap: bool, document: bool) -> Result<(), Failure> {
        let is = |dialect| self.dialect == dialect;
        let wrong = [
            (
                is(Dialect::Omprog) && self.output.is_none(),
                "--dialect omprog needs --output FILE: standard output carries the confirmations",
            ),
            (
                !is(Dialect::Omprog) && self.output.is_some(),
                "--output is for --dialect omprog; redirect standard output",
            ),
            (!is(Dialect::Omprog) && self.use_transactions, "--use-transactions is for --dialect omprog; leave it out"),
            (
                !is(Dialect::Mmexternal) && self.interface_input.is_some(),
                "--interface-input is for --dialect mmexternal; leave it out",
            ),
            (
                is(Dialect::Mmexternal) && (emit != Emit::All || unwrap),
                "--dialect mmexternal answers every line as it came; leave out --emit and --unwrap",
            ),
            (!is(Dialect::Ndjson) && document, "rsyslog hands over one line a message; leave out --input document"),
        ];
        match wrong.into_iter().find(|(is_wrong, _)| *is_wrong) {
            Some((_, why)) => Err(Failure::Usage(anyhow!(why))),
            None => Ok(()),
        }
    }

    /// Whether nobody may be told anything on standard error: `mmexternal` takes that for replies.
    pub(super) fn is_silent(&self) -> bool {
        self.dialect == Dialect::Mmexternal
    }

    /// How lines come.
    pub(super) fn turns(&self) -> Turns {
        match (self.dialect, self.interface_input) {
            (Dialect::Ndjson, _) => Turns::Stream,
            (Dialect::Mmexternal, Some(Input::Fulljson)) => Turns::LineByLine { within: Some("msg") },
            (Dialect::Mmexternal | Dialect::Omprog, _) => Turns::LineByLine { within: None },
        }
    }

    /// The file that records are written to, if it is not standard output.
    pub(super) fn written(&self) -> &[PathBuf] {
        self.output.as_slice()
    }

    /// The output. The program that starts this one may send as soon as there is one.
    pub(super) fn output(&self, form: Form) -> Result<Box<dyn Output>, Failure> {
        let out = terminal::guarded_output();
        Ok(match (self.dialect, &self.output) {
            (Dialect::Mmexternal, _) => {
                let input = match self.interface_input.unwrap_or(Input::Msg) {
                    Input::Msg => InterfaceInput::Msg,
                    Input::Rawmsg => InterfaceInput::Rawmsg,
                    Input::Fulljson => InterfaceInput::Fulljson,
                };
                Box::new(Mmexternal::new(out, input, form.field))
            }
            (Dialect::Omprog, Some(path)) => {
                let failed = |error| anyhow!("cannot write {}: {error}", path.display());
                let file = Appended::open(path).map_err(failed).map_err(Failure::Stream)?;
                Box::new(Omprog::start(out, file, form, self.use_transactions)?)
            }
            (Dialect::Ndjson | Dialect::Omprog, _) => output::to(out, form),
        })
    }
}
