//! `cd tests/compare && cargo run --release [-- RECORDS [RULES]]`: how fast Trailsieve is beside rsigma-eval, both used as
//! libraries.
//!
//! Takes a folder of records (*.ndjson, one on each line; the published ones beside the checkout if none is named) and a
//! folder of Sigma rules (our own built-in ones, and generated ones up to some thousands). Both engines must give the
//! same verdicts on all records before anything is timed; then they judge in turn, in this one process, on one core,
//! built by the same profile. Prints ratios of medians, since no two runs of a busy machine compare.

mod agreement;
#[path = "../../benches/speed/generated.rs"]
mod generated;
mod ours;
mod records;
#[path = "../../benches/speed/rounds.rs"]
mod rounds;
mod rules;
mod theirs;
mod timing;

use anyhow::{Result, bail};
use records::Corpus;
use std::env;
use std::path::PathBuf;

/// How many rules there are. The first of them are rules for real use.
const SIZES: [usize; 3] = [25, 1_000, 5_000];

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (records, rules) = (arguments.next(), arguments.next());
    if arguments.next().is_some() {
        bail!("too many arguments: there are two, a folder of records and a folder of Sigma rules");
    }
    let corpus = Corpus::load(records)?;
    println!("{}", corpus.described());
    let rules = match rules {
        Some(folder) => rules::of_folder(&folder)?,
        None => rules::own()?,
    };
    let agreed = agreement::reached(rules, &corpus)?;
    for size in SIZES.into_iter().filter(|size| *size <= agreed.len()).chain(rest(agreed.len())) {
        timing::report(agreed.get(..size).unwrap_or(&agreed), &corpus)?;
    }
    Ok(())
}

/// Fewer rules than the largest size are a size themselves, if they are none of the others.
fn rest(number: usize) -> Option<usize> {
    let is_reached = SIZES.into_iter().any(|size| number == size) || SIZES.into_iter().all(|size| number > size);
    (!is_reached).then_some(number)
}
