//! Why there is no detector to judge anything: the component or its pack was refused.

use super::{Diagnostic, Fault};
use std::fmt;

/// Why a component or a pack cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The component's file is larger than what is compiled.
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The bytes are no component, or one that needs what is switched off.
    NotComponent(String),
    /// It wants something of the host, and gets nothing.
    Import(String),
    /// It does not offer the interface of a detector.
    Interface(String),
    /// It does not offer the interface of a converter.
    NotConverter(String),
    /// It converts nothing, as it says itself.
    Settings(String),
    /// It judges, but offers no interface by which it explains.
    NoExplainer,
    /// wasmtime does not work on this machine.
    Runtime(String),
    /// A call failed before any record was judged.
    Fault {
        /// Which call.
        during: &'static str,
        /// How.
        fault: Fault,
    },
    /// The manifest is not what a host can read.
    Manifest(String),
    /// The plain module cannot be made.
    Plain(String),
    /// The pack was refused: all its mistakes.
    Refused(Vec<Diagnostic>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes, limit } => {
                write!(f, "the component is too large (limit {limit} bytes, got {bytes}); build it with less in it")
            }
            Self::NotComponent(why) => write!(f, "not a WebAssembly component that can be loaded: {why}"),
            Self::Import(name) => {
                write!(f, "the component imports {name}, and it may import nothing; build it without WASI")
            }
            Self::Interface(why) => write!(
                f,
                "not a detector: {why}; it must export the interface trailsieve:plugin/detector@0.1.0 as wit/ has it"
            ),
            Self::NotConverter(why) => write!(
                f,
                "not a converter: {why}; it must export the interface trailsieve:plugin/converter@0.1.0 as wit/ has it"
            ),
            Self::Settings(why) => write!(f, "the converter declines: {why}"),
            Self::NoExplainer => f.write_str(
                "this detector cannot explain: it does not export the interface trailsieve:plugin/explainer@0.1.0; leave \
                 --component out to ask the built-in one",
            ),
            Self::Runtime(why) => write!(f, "the WebAssembly runtime does not start: {why}"),
            Self::Fault { during, fault } => write!(f, "the component failed in {during}: {fault}"),
            Self::Manifest(why) => write!(f, "the detector's manifest cannot be read: {why}"),
            Self::Plain(why) => write!(f, "the plain module cannot be made: {why}"),
            Self::Refused(mistakes) => match mistakes.len() {
                1 => write!(f, "the pack was refused: 1 mistake"),
                number => write!(f, "the pack was refused: {number} mistakes"),
            },
        }
    }
}

impl std::error::Error for Error {}
