//! The types and calls of `wit/detector.wit`, generated. It must hold nothing that is written by hand.

wasmtime::component::bindgen!({ path: "wit", world: "plugin" });

pub(super) use exports::trailsieve::plugin::detector::{Diagnostic, File, Outcome, Suppression, Verdict, Verdicts};
