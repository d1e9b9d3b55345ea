//! The types and calls of `wit/explainer.wit`, generated. It must hold nothing that is written by hand.

wasmtime::component::bindgen!({ path: "wit", world: "explaining" });

pub(super) use exports::trailsieve::plugin::explainer::TestResult;
