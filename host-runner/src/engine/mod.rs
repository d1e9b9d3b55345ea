//! wasmtime, narrowed to what a detector needs: compile once, load a pack, judge batches within limits.
//!
//! Takes the bytes of a component and a pack of rules, gives workers that judge [`Records`](crate::batch::Records); or a
//! converter, and gives workers that convert them.
//! Everything that a detector says is checked here before anybody acts on it. It must not look into a record, and no
//! type of wasmtime leaves this folder.

mod answer;
mod bindings;
pub mod cache;
mod component;
mod converted;
mod converter;
mod converter_bindings;
mod error;
mod explainer;
mod explainer_bindings;
mod fault;
mod instance;
mod isolation;
pub mod limits;
pub mod manifest;
mod pack;
pub mod plain;
mod precompiled;
mod spare;
mod worker;

pub use component::Component;
pub use converter::{Conversion, Converter, Format};
pub use error::Error;
pub use explainer::{Explainer, TestResult};
pub use fault::Fault;
pub use isolation::unjudged_all;
pub use limits::Limits;
pub use pack::{Diagnostic, Pack, SourceFile};
pub use worker::{Loaded, Worker};

/// The detector that ships with this runner. `--component` replaces it.
pub const BUILT_IN: &[u8] = include_bytes!("../../detector/trailsieve.wasm");

/// The converter that ships with this runner. `convert --component` replaces it.
pub const BUILT_IN_CONVERTER: &[u8] = include_bytes!("../../detector/converter.wasm");
