//! `cargo bench --bench service`: what a record costs on each way, beside a forwarder of the same protocol that does
//! nothing.
//!
//! Takes the published records beside the checkout, or else the samples of the repository; prints tables of the
//! processor time that the process in the middle took, since that changes least with what else a machine does. It must
//! not judge: a goal that is missed is printed as missed, and nothing fails.

mod fluent_bit;
mod forwarder;
mod hop;
mod latency;
mod load;
mod process;
mod table;
mod ways;

use anyhow::Result;
use load::Load;
use std::env;
use ways::WAYS;

/// How often each way is gone; the best counts.
const ROUNDS: usize = 3;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Some(("--forward", words)) = arguments.split_first().map(|(first, words)| (first.as_str(), words)) {
        return forwarder::run(words);
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("nothing measured: this is a benchmark, to be run by `cargo bench`");
        return Ok(());
    }
    let load = Load::of_data()?;
    println!("{}", load.described());
    let mut rows = Vec::new();
    for way in WAYS {
        let (mut with, mut without) = (f64::MAX, f64::MAX);
        for _ in 0..ROUNDS {
            without = without.min(way.seconds(&load, hop::Middle::Nothing)?);
            with = with.min(way.seconds(&load, hop::Middle::Trailsieve)?);
        }
        rows.push(table::Row { way: way.name, forwarder: way.forwarder, with, without });
    }
    rows.extend(fluent_bit::measure(&load)?);
    table::print_costs(&rows);
    table::print_latencies(&latency::measure(&load)?);
    Ok(())
}
