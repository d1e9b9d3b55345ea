//! The host runner: carries bytes to the detector and back, and never interprets a record itself.

pub mod batch;
pub mod cli;
pub mod config;
pub mod engine;
mod folder;
pub mod framing;
pub mod input;
mod log;
pub mod metrics;
pub mod output;
mod patient;
pub mod pipeline;
pub mod service;
pub mod splice;
