//! The WIT interface: one detector an instance. Takes a host's calls, gives core's answers in the boundary's types.
//!
//! A pack that was refused leaves the former one in force, as the interface promises.

use crate::convert::{diagnostics, source_file, verdicts};
use exports::trailsieve::plugin::detector::{Diagnostic, File, Guest, Verdicts};
use std::cell::RefCell;
use trailsieve_core::{Detector, SourceFile};

wit_bindgen::generate!({ path: "wit", world: "whole-plugin" });

pub(crate) struct Plugin;

/// What a host is told that asks before it loads.
pub(crate) const NOT_LOADED: &str = "no pack of rules is loaded; call `load` first";

thread_local! {
    /// What `load` built. An instance has one thread, so this is simply the instance's state.
    pub(crate) static LOADED: RefCell<Option<Detector>> = const { RefCell::new(None) };
}

impl Guest for Plugin {
    fn load(files: Vec<File>, settings: String) -> Result<String, Vec<Diagnostic>> {
        let files: Vec<SourceFile<'_>> = files.iter().map(source_file).collect();
        let (detector, manifest) = Detector::load(&files, &settings).map_err(diagnostics)?;
        LOADED.set(Some(detector));
        Ok(manifest)
    }

    fn self_test() -> Vec<Diagnostic> {
        LOADED.with_borrow_mut(|loaded| loaded.as_mut().map(Detector::self_test).map(diagnostics).unwrap_or_default())
    }

    fn detect(batch: Vec<u8>) -> Result<Verdicts, String> {
        LOADED.with_borrow_mut(|loaded| {
            let detector = loaded.as_mut().ok_or(NOT_LOADED)?;
            detector.detect(&batch).map(verdicts)
        })
    }
}

export!(Plugin);
