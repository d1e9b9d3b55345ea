//! The processor time of other processes, as the system counts it.

use anyhow::{Context, Result};
use std::fs;
use std::process::Command;
use std::sync::OnceLock;

/// The seconds that all threads of this process have spent so far, in the program and in the system for it.
pub(crate) fn seconds(process: u32) -> Result<f64> {
    spent(&process.to_string(), 11)
}

/// The same of all processes that this one has started and that have ended.
pub(crate) fn seconds_of_children() -> Result<f64> {
    spent("self", 13)
}

/// The sum of two numbers that stand there behind the program's name.
fn spent(process: &str, at: usize) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).context("the process has ended")?;
    // The name of the program may hold anything; what follows it does not.
    let (_, numbers) = stat.rsplit_once(')').context("no name")?;
    let spent: f64 = numbers.split_whitespace().skip(at).take(2).filter_map(|number| number.parse::<f64>().ok()).sum();
    Ok(spent / ticks())
}

/// How many of the system's ticks are a second.
fn ticks() -> f64 {
    static TICKS: OnceLock<f64> = OnceLock::new();
    *TICKS.get_or_init(|| {
        let told = Command::new("getconf").arg("CLK_TCK").output().ok();
        told.and_then(|told| String::from_utf8(told.stdout).ok()?.trim().parse().ok()).unwrap_or(100.0)
    })
}
