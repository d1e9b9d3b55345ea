//! What records cost that burn all fuel, to themselves and to their neighbours.
//!
//! Takes the corpus, prints the table. The poison is valid and honest: a long value, and in the pack an expensive
//! regular expression that must look at all of it. Both the batch and then the record alone run out of fuel, which is
//! the dearest kind of fault there is; a trap ends a call sooner.

use crate::corpus::{Corpus, USUAL_CALL, batches};
use crate::rounds::{Patience, Times, Way};
use crate::table;
use anyhow::{Context, Result, ensure};
use std::hint::black_box;
use std::time::Duration;
use trailsieve::batch::{Counts, Judge, Records};
use trailsieve::engine::{Component, Pack, SourceFile, Worker};
use trailsieve_tests::nothing_lost::Chance;

/// Each `a` of the value begins a run of its own, so that no two bytes find the same ones under way: there is nothing that
/// an engine could remember, and nothing matches.
const RULE: &str = "title: A run of two letters and then a digit\n\
                    level: low\n\
                    filter_pattern: '{ $.requestParameters.comment = %a[ab]{400}[0-9]% }'\n";

/// So long that the value alone takes more than the fuel of its batch.
const VALUE_BYTES: usize = 32 << 10;

/// How many records there are to one poison, in the last case.
const ONE_IN: usize = 100;

/// What the others are measured against.
const NONE: &str = "no poison";

/// Prints what poison costs.
pub(crate) fn report(corpus: &Corpus, component: &Component) -> Result<()> {
    let slice = corpus.slices.first().context("a slice")?;
    let good: Vec<&[u8]> = slice.records().collect();
    let poison = poison();
    let room = USUAL_CALL.saturating_sub(poison.len() + 1);
    let each: Vec<Records> =
        batches(&good, room).iter().map(|batch| with_poison_in_the_midst(batch, &poison)).collect();
    let sparse: Vec<&[u8]> =
        good.chunks(ONE_IN - 1).flat_map(|others| [&[poison.as_slice()], others].concat()).collect();
    let cases = [
        (NONE, 0, batches(&good, USUAL_CALL)),
        ("one poison record in each call of 64 KiB", each.len(), each),
        ("1 % of the records are poison", sparse.len() - good.len(), batches(&sparse, USUAL_CALL)),
    ];

    let file = SourceFile { path: "poison.yml".to_owned(), content: RULE.as_bytes().to_vec() };
    let pack = Pack { files: vec![file], settings: "{}".to_owned() };
    let mut workers = component.load(pack)?.workers(cases.len());
    let mut ways = Vec::new();
    for (name, poison, batches) in &cases {
        let mut worker = workers.pop().context("a worker")?;
        let counts = judge(&mut worker, batches);
        ensure!(
            counts.unjudged == *poison as u64 && counts.sum() == (poison + good.len()) as u64,
            "{name}: {poison} records are poison and {} good, but it came out as {counts:?}",
            good.len()
        );
        ways.push(Way::new(*name, move |_| {
            black_box(judge(&mut worker, batches));
            Ok(())
        }));
    }
    let times = Times::measure(ways, 1, Patience { rounds: 3, time: Duration::from_secs(8) })?;
    let none = times.of(NONE)?;
    let title = "Good records beside poison, of which each burns all fuel; in the component";
    table::print_throughput(title, &times, (slice.bytes.len(), good.len()), ("none", none));
    for (name, poison, _) in cases.iter().filter(|(_, poison, _)| *poison != 0) {
        let more = times.of(name)?.best.saturating_sub(none.best).as_secs_f64() * 1e3;
        println!("{name}: {poison} of them, {:.1} ms for each", more / *poison as f64);
    }
    Ok(())
}

fn judge(worker: &mut Worker, batches: &[Records]) -> Counts {
    let mut counts = Counts::default();
    batches.iter().for_each(|batch| counts.merge(&worker.judge(batch).counts));
    counts
}

fn poison() -> Vec<u8> {
    let mut chance = Chance::of(1);
    let value: String = (0..VALUE_BYTES).map(|_| if chance.between(0, 2) == 0 { 'a' } else { 'b' }).collect();
    let parameters = format!(r#"{{"name":"/app/setting","comment":"{value}"}}"#);
    format!(
        r#"{{"eventVersion":"1.11","eventTime":"2026-11-21T08:00:00Z","eventSource":"ssm.amazonaws.com","eventName":"PutParameter","awsRegion":"eu-central-1","requestParameters":{parameters}}}"#
    )
    .into_bytes()
}

fn with_poison_in_the_midst(batch: &Records, poison: &[u8]) -> Records {
    let mut mixed = Records::new();
    let middle = batch.len() / 2;
    for number in 0..batch.len() {
        if number == middle {
            mixed.push(poison);
        }
        mixed.push(batch.record(number));
    }
    mixed
}
