//! The host runner: carries bytes to the detector and back, and never interprets a record itself.
//!
//! All this is public so that tests reach it; it is no stable interface. To judge records from a program of your own:
//! [`engine::Component::compile`], [`engine::Component::load`], [`engine::Loaded::workers`], then [`pipeline::run`].
//! [`cli`] is the program.

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
pub mod zone;
