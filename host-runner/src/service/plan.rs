//! All that can be made ready before a socket is opened: secrets, certificates, addresses. `run --check` goes this far.

use crate::config::typed::{Admin, Emit, FileInput, FileOutput, General, HttpInput, Input, Output};
use crate::config::{self, Config, Size};
use crate::framing::{Forms, RecordPath};
use crate::input::LONGEST_PAGE;
use crate::input::http::{Gate, gathered};
use crate::output::dead_letters::DeadLetters;
use crate::output::http::Target;
use crate::service::tls;
use crate::splice::Field;
use anyhow::{Context, Error};
use std::collections::BTreeSet;

/// A configuration whose secrets and certificates have been read.
pub struct Plan {
    pub(super) general: General,
    pub(super) admin: Option<Admin>,
    pub(super) field: Field,
    pub(super) forms: Forms,
    pub(super) max_record: usize,
    pub(super) inputs: Vec<(String, PlannedInput)>,
    pub(super) outputs: Vec<PlannedOutput>,
    /// What nobody may have meant so.
    doubts: Vec<String>,
}

pub(super) enum PlannedInput {
    Http(Box<(HttpInput, Gate)>),
    File(FileInput),
}

pub(super) struct PlannedOutput {
    pub(super) name: String,
    pub(super) inputs: BTreeSet<String>,
    pub(super) emit: Emit,
    pub(super) unwrap: bool,
    pub(super) to: Destination,
}

pub(super) enum Destination {
    Http(Box<Target>, DeadLetters),
    File(FileOutput),
    Stdout,
}

impl Plan {
    /// Reads what the configuration names. All that cannot be read is told at once.
    pub fn of(config: &Config) -> Result<Self, Vec<Error>> {
        let mut errors = Vec::new();
        let paths = config
            .rules
            .record_paths
            .iter()
            .map(|path| RecordPath::new(path).with_context(|| format!("record_paths: `{path}`")));
        let paths: Vec<RecordPath> = paths.filter_map(|path| path.map_err(|error| errors.push(error)).ok()).collect();
        let (mut inputs, mut doubts) = (Vec::new(), Vec::new());
        for (name, input) in &config.inputs {
            let planned = match input {
                Input::Http(http) => Gate::prepare(http).map(|gate| PlannedInput::Http(Box::new((http.clone(), gate)))),
                Input::File(file) => Ok(PlannedInput::File(file.clone())),
            };
            if let Input::Http(HttpInput { tls: Some(tls), .. }) = input {
                // What cannot be read is a mistake already.
                doubts.extend(tls::untimely(tls).ok().flatten().map(|why| format!("input `{name}`: {why}")));
            }
            match planned.with_context(|| format!("input `{name}`")) {
                Ok(planned) => inputs.push((name.clone(), planned)),
                Err(error) => errors.push(error),
            }
        }
        let mut outputs = Vec::new();
        for (name, (output, from)) in &config.outputs {
            let to = match output {
                Output::Http(http) => Target::prepare(http).map(|target| {
                    let folder = config::dead_letters(http.dead_letters.as_ref(), &config.general, name);
                    Destination::Http(Box::new(target), DeadLetters { folder, limit: http.dead_letters_limit })
                }),
                Output::File(file) => Ok(Destination::File(file.clone())),
                Output::Stdout(_) => Ok(Destination::Stdout),
            };
            let (_, emit, unwrap) = output.feed();
            match to.with_context(|| format!("output `{name}`")) {
                Ok(to) => outputs.push(PlannedOutput { name: name.clone(), inputs: from.clone(), emit, unwrap, to }),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            general: config.general.clone(),
            admin: config.admin.clone(),
            field: Field::named(&config.rules.field),
            forms: Forms::with(&paths),
            max_record: config.rules.max_record_size.0,
            inputs,
            outputs,
            doubts,
        })
    }

    /// What works and may not have been meant so: a certificate that clients refuse by its dates.
    pub fn doubts(&self) -> &[String] {
        &self.doubts
    }

    /// How much memory may be gathered before there is room for it, beside `memory_limit`: by each request, by one of all
    /// requests at a time a whole body, by each followed file.
    pub fn gathered(&self) -> Size {
        let (mut all, mut body) = (0_usize, 0);
        for (_, input) in &self.inputs {
            let (times, bytes) = match input {
                PlannedInput::Http(http) => {
                    body = body.max(http.0.body_limit.0);
                    (usize::from(http.0.connections), gathered(self.max_record))
                }
                PlannedInput::File(_) => (1, LONGEST_PAGE),
            };
            all = all.saturating_add(times.saturating_mul(bytes));
        }
        Size(all.saturating_add(body))
    }

    /// How many connections may be open at once.
    pub(super) fn connections(&self) -> usize {
        let of = |input: &PlannedInput| match input {
            PlannedInput::Http(http) => usize::from(http.0.connections),
            PlannedInput::File(_) => 0,
        };
        self.inputs.iter().map(|(_, input)| of(input)).sum()
    }
}
