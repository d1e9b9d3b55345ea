//! Both engines in turn over the same records with the same rules: prints what each took.

use crate::records::{Corpus, Slice};
use crate::rounds::{Patience, Time, Times, Way, ratio};
use crate::rules::Rule;
use crate::theirs::Options;
use crate::{ours, theirs};
use anyhow::{Context, Result, anyhow};
use rsigma_eval::{Engine, JsonEvent};
use serde_json::Value;
use std::hint::black_box;
use std::time::Duration;
use trailsieve::batch::Judge;
use trailsieve::engine::{BUILT_IN, Component, Limits};

/// What all others are compared with.
const WHOLE: &str = "rsigma, parse and evaluate";
const PARSED: &str = "rsigma, evaluate alone";
const NATIVE: &str = "Trailsieve, native";
const SANDBOXED: &str = "Trailsieve, component";

const PATIENCE: Patience = Patience { rounds: 7, time: Duration::from_secs(10) };

/// Times both with these rules.
pub(crate) fn report(rules: &[Rule], corpus: &Corpus) -> Result<()> {
    let plain = theirs::engine(rules, Options::None)?;
    let tuned = theirs::engine(rules, Options::All)?;
    let mut native = ours::native(rules)?;
    let component = Component::compile(BUILT_IN, Limits::default(), None)?;
    let mut worker = ours::sandboxed(&component, rules)?;
    ours::check(&mut worker, &mut native, corpus)?;
    let ways = vec![
        Way::new("serde_json, parse alone", |slice| {
            for text in &at(corpus, slice)?.texts {
                black_box(parsed(text)?);
            }
            Ok(())
        }),
        Way::new(PARSED, evaluate(&plain, corpus)),
        Way::new("rsigma, evaluate alone, all its options", evaluate(&tuned, corpus)),
        Way::new(WHOLE, parse_and_evaluate(&plain, corpus)),
        Way::new("rsigma, parse and evaluate, all its options", parse_and_evaluate(&tuned, corpus)),
        Way::new(NATIVE, |slice| {
            for batch in &at(corpus, slice)?.batches {
                black_box(native.detect(batch.text()).map_err(|error| anyhow!(error))?);
            }
            Ok(())
        }),
        Way::new(SANDBOXED, |slice| {
            for batch in &at(corpus, slice)?.batches {
                black_box(worker.judge(batch));
            }
            Ok(())
        }),
    ];
    let times = Times::measure(ways, corpus.slices.len(), PATIENCE)?;
    print(rules.len(), &times, corpus)
}

fn print(rules: usize, times: &Times, corpus: &Corpus) -> Result<()> {
    println!("\n{rules} rules, one core ({})", times.described());
    println!("{:<44}{:>12}{:>9}{:>10}{:>12}", "medians", "records/s", "MB/s", "× rsigma", "(of bests)");
    let whole = times.of(WHOLE)?;
    for (name, time) in times.iter() {
        let seconds = time.middle.as_secs_f64();
        println!(
            "{name:<44}{:>12.0}{:>9.1}{:>10.2}{:>12.2}",
            corpus.records() as f64 / seconds,
            corpus.bytes() as f64 / 1e6 / seconds,
            against(time, whole),
            time.speed_against(whole),
        );
    }
    let parsed = times.of(PARSED)?;
    for name in [NATIVE, SANDBOXED] {
        let against = against(times.of(name)?, parsed);
        println!("{name}, parsing included, against rsigma without parsing: × {against:.2}");
    }
    Ok(())
}

/// How many times faster one is than the other, by their medians.
fn against(one: Time, other: Time) -> f64 {
    ratio(other.middle, one.middle)
}

fn evaluate<'c>(engine: &'c Engine, corpus: &'c Corpus) -> impl FnMut(usize) -> Result<()> + 'c {
    move |slice| {
        for value in &at(corpus, slice)?.values {
            black_box(engine.evaluate(&JsonEvent::borrow(value)));
        }
        Ok(())
    }
}

fn parse_and_evaluate<'c>(engine: &'c Engine, corpus: &'c Corpus) -> impl FnMut(usize) -> Result<()> + 'c {
    move |slice| {
        for text in &at(corpus, slice)?.texts {
            black_box(engine.evaluate(&JsonEvent::owned(parsed(text)?)));
        }
        Ok(())
    }
}

fn parsed(text: &[u8]) -> Result<Value> {
    Ok(serde_json::from_slice(text)?)
}

fn at(corpus: &Corpus, slice: usize) -> Result<&Slice> {
    corpus.slices.get(slice).with_context(|| format!("no slice {slice}"))
}
