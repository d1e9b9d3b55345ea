//! Converts batches with the optional interface `converter`, looked up by name in a component of its own.
//!
//! Takes a component and what records are to become, gives workers that answer as detectors' workers do: for every
//! record, within limits, with neighbours that a poisonous record costs nothing. It must not look into a record, and
//! what comes back is checked before anybody writes it.

use super::cache::Cache;
use super::component::{linked, one_line};
use super::converter_bindings::{self, Converting, ConvertingPre};
use super::instance::{Call, metered, refill, store};
use super::isolation::Caller;
use super::limits::{Limiter, Limits};
use super::{Error, Fault, converted};
use crate::batch::{Judge, Judged, Records};
use std::sync::Arc;
use wasmtime::Store;

/// What records are turned into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OCSF, an object for each record and each finding.
    Ocsf,
    /// ECS, an object for each record and each finding.
    Ecs,
    /// A row of the table that [`Parquet`](crate::output::Parquet) writes.
    Row,
}

/// A converter, compiled and checked, and what it is to make of records.
pub struct Converter {
    pre: ConvertingPre<Limiter>,
    limits: Limits,
    task: Arc<Task>,
}

struct Task {
    to: Format,
    settings: String,
}

/// Converts batches with an instance of its own: a judge who judges nothing. What it converts counts as clean.
pub struct Conversion {
    pre: ConvertingPre<Limiter>,
    /// None before the first batch and after a fault.
    instance: Option<(Store<Limiter>, Converting)>,
    limits: Limits,
    task: Arc<Task>,
    /// The fuel of all its calls.
    burnt: u64,
}

impl Converter {
    /// Compiles a component, or takes its code from the cache, and asks it whether it knows this form and these settings
    /// (JSON text).
    pub fn compile(
        bytes: &[u8],
        limits: Limits,
        cache: Option<&Cache>,
        to: Format,
        settings: String,
    ) -> Result<Self, Error> {
        let pre = linked(bytes, cache)?.and_then(ConvertingPre::new);
        let pre = pre.map_err(|error| Error::NotConverter(one_line(&error)))?;
        let converter = Self { pre, limits, task: Arc::new(Task { to, settings }) };
        converter.ask()?;
        Ok(converter)
    }

    /// What it says of no records.
    fn ask(&self) -> Result<(), Error> {
        let failed = |fault| Error::Fault { during: "convert", fault };
        let (mut store, converting) = start(&self.pre, &self.limits).map_err(failed)?;
        let call = converting.trailsieve_plugin_converter();
        let told = call.call_convert(&mut store, self.task.to.into(), &[], &self.task.settings);
        match told.map_err(|error| failed(Fault::of(&error)))? {
            Ok(none) if none.is_empty() => Ok(()),
            Ok(_) => Err(failed(Fault::Contract)),
            Err(why) => Err(Error::Settings(why.split_whitespace().collect::<Vec<_>>().join(" "))),
        }
    }

    /// This many workers. Each makes its instance with its first batch.
    pub fn workers(&self, number: usize) -> Vec<Conversion> {
        let worker = || Conversion {
            pre: self.pre.clone(),
            instance: None,
            limits: self.limits.clone(),
            task: Arc::clone(&self.task),
            burnt: 0,
        };
        std::iter::repeat_with(worker).take(number).collect()
    }
}

fn start(pre: &ConvertingPre<Limiter>, limits: &Limits) -> Result<(Store<Limiter>, Converting), Fault> {
    let mut store = store(pre.engine(), limits);
    refill(&mut store, limits, 0)?;
    let converting = pre.instantiate(&mut store).map_err(|error| Fault::of(&error))?;
    Ok((store, converting))
}

impl Caller for Conversion {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn is_ready(&self) -> bool {
        self.instance.is_some()
    }

    fn restart(&mut self) -> Result<(), Fault> {
        self.instance = Some(start(&self.pre, &self.limits)?);
        Ok(())
    }

    fn call(&mut self, text: &[u8], records: usize) -> (Result<Judged, Fault>, u64) {
        let Some((store, converting)) = &mut self.instance else { return (Err(Fault::Trap), 0) };
        let Task { to, settings } = &*self.task;
        let converter = converting.trailsieve_plugin_converter();
        let Call { answer, spent } = metered(store, &self.limits, text.len(), |store| {
            converter.call_convert(store, (*to).into(), text, settings)
        });
        self.burnt = self.burnt.saturating_add(spent);
        let judged = answer.and_then(|told| converted::check(told, records, *to));
        if judged.is_err() {
            self.instance = None;
        }
        (judged, spent)
    }
}

impl Judge for Conversion {
    fn judge(&mut self, records: &Records) -> Judged {
        self.judge_or_isolate(records)
    }

    fn fuel(&self) -> u64 {
        self.burnt
    }
}

impl From<Format> for converter_bindings::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Ocsf => Self::Ocsf,
            Format::Ecs => Self::Ecs,
            Format::Row => Self::Row,
        }
    }
}
