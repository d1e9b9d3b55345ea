//! What more than one test file needs: oracles, generators, data.

pub mod annotated;
pub mod benchmark;
pub mod component;
pub mod data;
pub mod detecting;
pub mod forms;
pub mod framing;
pub mod generate;
pub mod guest;
pub mod judge;
pub mod meanings;
pub mod naive;
pub mod naive_sigma;
pub mod place;
pub mod plain;
pub mod population;
pub mod python;
pub mod reading;
pub mod runner;
pub mod sigma_rows;
pub mod sigma_rules;
pub mod signins;
pub mod spelling;
pub mod tree;
pub mod tuned;
