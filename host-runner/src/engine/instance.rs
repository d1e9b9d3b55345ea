//! One instance of a detector: its memory, its limits, and the three calls that every detector has.
//!
//! Takes what a call is given, gives the answer as it came or the [`Fault`]; that the answer makes sense is checked in
//! `answer.rs`. After a fault an instance must not be used again: wasmtime lets no further call in after a trap, and
//! one that talked nonsense is not trusted either.

use super::bindings::{Plugin, Verdicts};
use super::explainer_bindings::Explaining;
use super::limits::{HANDLES, Limiter, Limits, SETUP_OUTPUT};
use super::{Component, Diagnostic, Fault, Pack};
use wasmtime::component::Instance as Exports;
use wasmtime::{Engine, Error, Store, Trap};

pub(super) struct Instance {
    store: Store<Limiter>,
    exports: Exports,
    plugin: Plugin,
}

/// What came of one call about records.
pub(super) struct Call<T> {
    pub(super) answer: Result<T, Fault>,
    /// The fuel that it burnt; never less than it did.
    pub(super) spent: u64,
}

/// Memory for an instance within these limits.
pub(super) fn store(engine: &Engine, limits: &Limits) -> Store<Limiter> {
    let mut store = Store::new(engine, Limiter::new(limits));
    store.limiter(|limiter| limiter);
    store.set_max_component_handles(HANDLES);
    store
}

/// Makes a call about a batch of this many bytes, with the fuel and the output that such a batch may take. The answer's
/// own error is a guest that declines what no guest may.
pub(super) fn metered<T>(
    store: &mut Store<Limiter>,
    limits: &Limits,
    bytes: usize,
    call: impl FnOnce(&mut Store<Limiter>) -> wasmtime::Result<Result<T, String>>,
) -> Call<T> {
    let fuel = limits.fuel(bytes);
    store.set_hostcall_fuel(limits.output(bytes));
    if let Err(error) = store.set_fuel(fuel) {
        return Call { answer: Err(Fault::of(&error)), spent: 0 };
    }
    let answer = call(store);
    let burnt = fuel.saturating_sub(store.get_fuel().unwrap_or(0));
    match answer {
        Ok(answer) => Call { answer: answer.map_err(|_| Fault::Contract), spent: burnt },
        Err(error) => {
            let spent = if is_burnt_known(&error) { burnt } else { fuel };
            Call { answer: Err(Fault::of(&error)), spent }
        }
    }
}

impl Instance {
    /// Makes an instance and loads the pack into it. The inner error: the detector refuses the pack.
    pub(super) fn start(component: &Component, pack: &Pack) -> Result<Result<(Self, String), Vec<Diagnostic>>, Fault> {
        let mut store = store(component.pre.engine(), &component.limits);
        refill(&mut store, &component.limits, pack.bytes())?;
        let exports = component.pre.instance_pre().instantiate(&mut store).map_err(|error| Fault::of(&error))?;
        let plugin = Plugin::new(&mut store, &exports).map_err(|error| Fault::of(&error))?;
        let detector = plugin.trailsieve_plugin_detector();
        match detector.call_load(&mut store, &pack.to_wit(), &pack.settings).map_err(|error| Fault::of(&error))? {
            Ok(manifest) => Ok(Ok((Self { store, exports, plugin }, manifest))),
            Err(mistakes) => Ok(Err(mistakes.into_iter().map(Diagnostic::from).collect())),
        }
    }

    /// Runs the pack's own tests; those that failed.
    pub(super) fn self_test(&mut self, pack: &Pack, limits: &Limits) -> Result<Vec<Diagnostic>, Fault> {
        let detector = self.plugin.trailsieve_plugin_detector();
        let failed = detector.call_self_test(refill(&mut self.store, limits, pack.bytes())?);
        Ok(failed.map_err(|error| Fault::of(&error))?.into_iter().map(Diagnostic::from).collect())
    }

    /// The interface by which it explains, if it has that.
    pub(super) fn explaining(&mut self) -> Option<Explaining> {
        Explaining::new(&mut self.store, &self.exports).ok()
    }

    /// Readies it for a call of that interface about this many bytes, the pack's included.
    pub(super) fn for_explaining(&mut self, limits: &Limits, bytes: usize) -> Result<&mut Store<Limiter>, Fault> {
        refill(&mut self.store, limits, bytes)
    }

    /// Judges one batch within these limits.
    pub(super) fn detect(&mut self, batch: &[u8], limits: &Limits) -> Call<Verdicts> {
        let detector = self.plugin.trailsieve_plugin_detector();
        metered(&mut self.store, limits, batch.len(), |store| detector.call_detect(store, batch))
    }
}

/// Sets what a call may take that does not judge records and looks at this many bytes.
pub(super) fn refill<'s>(
    store: &'s mut Store<Limiter>,
    limits: &Limits,
    bytes: usize,
) -> Result<&'s mut Store<Limiter>, Fault> {
    store.set_hostcall_fuel(SETUP_OUTPUT);
    store.set_fuel(limits.setup_fuel(bytes)).map_err(|error| Fault::of(&error))?;
    Ok(store)
}

/// wasmtime keeps the count in a register and stores it where code leaves a function: for a fault elsewhere, say an
/// access out of bounds at the end of a long loop, the stored count is too small and the whole must be assumed.
fn is_burnt_known(error: &Error) -> bool {
    matches!(error.downcast_ref::<Trap>(), Some(Trap::UnreachableCodeReached))
        || matches!(Fault::of(error), Fault::Output | Fault::Contract)
}
