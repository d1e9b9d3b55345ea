//! The types and calls of `wit/converter.wit`, generated. It must hold nothing that is written by hand.

wasmtime::component::bindgen!({ path: "wit", world: "converting" });

pub(super) use exports::trailsieve::plugin::converter::{Converted, Format};
