//! Keeps one loaded instance ready, so that a fault costs no waiting for a pack to load.
//!
//! Takes the component and its pack, gives instances. All workers share the one spare: faults are rare.

use super::instance::Instance;
use super::{Component, Fault, Pack};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

pub(super) struct Spares {
    source: Arc<Source>,
    ready: Mutex<Option<JoinHandle<Result<Instance, Fault>>>>,
}

struct Source {
    component: Component,
    pack: Pack,
}

impl Spares {
    pub(super) fn new(component: Component, pack: Pack) -> Self {
        Self { source: Arc::new(Source { component, pack }), ready: Mutex::new(None) }
    }

    /// Begins to make the spare, unless there is one.
    pub(super) fn prepare(&self) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.is_none() {
            *ready = self.begin();
        }
    }

    /// The spare; the next one is begun at once. An instance made here and now where there is none.
    pub(super) fn take(&self) -> Result<Instance, Fault> {
        let next = self.begin();
        let ready = std::mem::replace(&mut *self.ready.lock().unwrap_or_else(PoisonError::into_inner), next);
        match ready.map(JoinHandle::join) {
            Some(Ok(instance)) => instance,
            _ => self.source.start(),
        }
    }

    /// A system that gives no thread gives none later either; then `take` loads by itself.
    fn begin(&self) -> Option<JoinHandle<Result<Instance, Fault>>> {
        let source = Arc::clone(&self.source);
        Builder::new().name("spare".to_owned()).spawn(move || source.start()).ok()
    }
}

impl Source {
    /// The pack was accepted once, so a detector that refuses it now does not keep the contract.
    fn start(&self) -> Result<Instance, Fault> {
        match Instance::start(&self.component, &self.pack)? {
            Ok((instance, _)) => Ok(instance),
            Err(_) => Err(Fault::Contract),
        }
    }
}
