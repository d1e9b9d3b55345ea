//! `cargo bench`: how fast detection is, and what its parts and its limits cost.
//!
//! Takes the published records beside the checkout, the file that TRAILSIEVE_BENCH names, or else the samples of the
//! repository; prints tables of ratios between things that were measured in turn, in this one run, since no two runs of
//! a busy machine compare. `-- --quick` measures detection alone, in a few seconds. It must not judge: a goal that is
//! missed is printed as missed, and nothing fails.

mod corpus;
mod detection;
mod generated;
mod poison;
mod program;
mod rounds;
mod start;
mod table;

use anyhow::{Result, bail};
use corpus::Corpus;
use std::env;
use trailsieve::engine::{BUILT_IN, Component, Limits};

/// How much is to be measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Everything,
    DetectionOnly,
}

fn main() -> Result<()> {
    let Some(extent) = extent(env::args().skip(1))? else {
        println!("nothing measured: this is a benchmark, to be run by `cargo bench`");
        return Ok(());
    };
    let corpus = Corpus::load()?;
    println!("{}", corpus.described());
    println!(
        "MB are 10^6 bytes. Of each piece of work the fastest of several rounds counts. The same records come round"
    );
    println!("again and again, and a processor learns them: the fewer they are, the more all of this flatters.");
    let component = Component::compile(BUILT_IN, Limits::default(), None)?;
    let mut goals = detection::report(&corpus, &component, extent)?;
    if extent == Extent::Everything {
        poison::report(&corpus, &component)?;
        goals.extend(start::report(&corpus, &component)?);
        goals.extend(program::report(&corpus, &component)?);
    }
    table::print_goals(&goals);
    Ok(())
}

/// What the arguments ask for; `None` if it was not `cargo bench` that called, but a run of all targets as tests.
fn extent(arguments: impl Iterator<Item = String>) -> Result<Option<Extent>> {
    let (mut extent, mut is_bench) = (Extent::Everything, false);
    for argument in arguments {
        match argument.as_str() {
            "--bench" => is_bench = true,
            "--quick" => extent = Extent::DetectionOnly,
            other => bail!("unknown argument {other}: the only one is --quick, as in `cargo bench -- --quick`"),
        }
    }
    Ok(is_bench.then_some(extent))
}
