//! A detector with its pack in force, and the workers that judge with it.
//!
//! Takes a compiled component and a pack, gives [`Worker`]s, each with an instance of its own. The pack's tests run
//! once, here; an instance that is made later only loads.

use super::instance::{Call, Instance};
use super::isolation::Caller;
use super::manifest::Manifest;
use super::spare::Spares;
use super::{Component, Diagnostic, Error, Fault, Limits, Pack, answer};
use crate::batch::{Judge, Judged, Records};
use std::sync::Arc;

/// A pack that was accepted and passed its own tests.
pub struct Loaded {
    manifest: Manifest,
    spares: Arc<Spares>,
    first: Option<Instance>,
    limits: Limits,
}

/// Judges batches with an instance of its own.
pub struct Worker {
    /// None before the first batch and after a fault.
    instance: Option<Instance>,
    spares: Arc<Spares>,
    limits: Limits,
    /// The fuel of all its calls.
    burnt: u64,
}

impl Component {
    /// Loads a pack and runs its tests.
    pub fn load(&self, pack: Pack) -> Result<Loaded, Error> {
        let failed = |during| move |fault| Error::Fault { during, fault };
        let (mut instance, manifest) = Instance::start(self, &pack).map_err(failed("load"))?.map_err(Error::Refused)?;
        let manifest = Manifest::read(&manifest)?;
        let mistakes: Vec<Diagnostic> = instance.self_test(&pack, &self.limits).map_err(failed("self-test"))?;
        if !mistakes.is_empty() {
            return Err(Error::Refused(mistakes));
        }
        let limits = self.limits.clone().with_rules(manifest.rules.len(), manifest.expressions);
        let spares = Arc::new(Spares::new(self.clone(), pack));
        Ok(Loaded { manifest, spares, first: Some(instance), limits })
    }
}

impl Loaded {
    /// What the pack holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// This many workers. Those beyond the first make their instance with their first batch, side by side.
    pub fn workers(self, number: usize) -> Vec<Worker> {
        self.spares.prepare();
        let Self { spares, mut first, limits, .. } = self;
        let worker =
            || Worker { instance: first.take(), spares: Arc::clone(&spares), limits: limits.clone(), burnt: 0 };
        std::iter::repeat_with(worker).take(number).collect()
    }
}

impl Caller for Worker {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn is_ready(&self) -> bool {
        self.instance.is_some()
    }

    /// Takes the spare instance.
    fn restart(&mut self) -> Result<(), Fault> {
        self.instance = Some(self.spares.take()?);
        Ok(())
    }

    fn call(&mut self, text: &[u8], records: usize) -> (Result<Judged, Fault>, u64) {
        let Some(instance) = &mut self.instance else { return (Err(Fault::Trap), 0) };
        let Call { answer, spent } = instance.detect(text, &self.limits);
        self.burnt = self.burnt.saturating_add(spent);
        let judged = answer.and_then(|told| answer::check(told, records, self.limits.output(text.len())));
        if judged.is_err() {
            self.instance = None;
        }
        (judged, spent)
    }
}

impl Judge for Worker {
    fn judge(&mut self, records: &Records) -> Judged {
        self.judge_or_isolate(records)
    }

    fn fuel(&self) -> u64 {
        self.burnt
    }
}
