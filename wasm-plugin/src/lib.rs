//! The guest: carries calls of a host to `trailsieve_core` and its answers back.
//!
//! It has three faces, one a build: `component` (the default) exports the WIT interfaces of a detector and `converter`
//! the one that turns records into other forms; both decide nothing. `plain` exports the functions that Fluent Bit's
//! filter_wasm calls, where there is no runner: so it also does what the runner does elsewhere, finds the record, adds the
//! field, bounds the work, counts, and gives up on a detector that traps again and again. None looks into a rule or a
//! setting: what a record means is decided in `core`, where it is tested natively. Built without any of these features it
//! is empty.

// On other machines there is no host to answer; building for them only checks that the crate is well-formed.
#[cfg(all(feature = "component", target_arch = "wasm32"))]
mod component;
#[cfg(all(feature = "component", target_arch = "wasm32"))]
mod convert;
#[cfg(all(feature = "converter", target_arch = "wasm32"))]
mod converter;
#[cfg(all(feature = "component", target_arch = "wasm32"))]
mod explainer;
#[cfg(feature = "plain")]
mod plain;
