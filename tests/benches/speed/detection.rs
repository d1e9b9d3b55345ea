//! How fast records are judged: natively, in the component, with few rules and with many.
//!
//! Takes the corpus, prints the table, gives the goals. Before anything is timed, the component must have come to the
//! same counts as the native detector: a number for work that was not done is worse than none.

use crate::corpus::{Corpus, Slice};
use crate::rounds::{Patience, Times, Way};
use crate::table::{self, Goal, Wanted};
use crate::{Extent, generated};
use anyhow::{Result, anyhow, ensure};
use serde_json::Value;
use std::hint::black_box;
use std::io::BufRead;
use std::time::Duration;
use trailsieve::batch::{Counts, Judge, Records};
use trailsieve::engine::{Component, Pack, SourceFile, Worker};
use trailsieve_core::{Detector, Diagnostic};

/// What all is measured against.
const VALUE: &str = "parse to serde_json::Value";

const SINGLE: &str = "1 record a call";
const USUAL: &str = "64 KiB a call";
const WHOLE: &str = "1 MiB a call";

/// The sizes of packs that are compared, the built-in rules among them. The first is that of the built-in rules if they
/// are more.
const SIZES: [usize; 3] = [25, 1000, 5000];

fn sizes(own: usize) -> [usize; 3] {
    SIZES.map(|size| size.max(own))
}

/// Prints what detection costs.
pub(crate) fn report(corpus: &Corpus, component: &Component, extent: Extent) -> Result<Vec<Goal>> {
    let built_in = Judges::with(0, corpus, component)?;
    let own = built_in.rules;
    let mut packs = vec![built_in];
    for size in sizes(own).into_iter().filter(|size| *size > own) {
        packs.push(Judges::with(size - own, corpus, component)?);
    }
    println!();
    packs.iter().for_each(|judges| println!("{}: {} records have findings", rules(judges.rules), judges.flagged));

    let mut ways = vec![
        Way::new("split at line feeds and copy", split(corpus)),
        Way::new(VALUE, |slice| {
            for record in at(corpus, slice)?.records() {
                black_box(serde_json::from_slice::<Value>(record)?);
            }
            Ok(())
        }),
    ];
    for judges in packs {
        let Judges { rules, mut native, worker, single, whole, .. } = judges;
        ways.push(Way::new(name("native", rules, USUAL), move |slice| {
            for batch in &at(corpus, slice)?.usual {
                black_box(native.detect(batch.text()).map_err(|error| anyhow!(error))?);
            }
            Ok(())
        }));
        ways.push(Way::new(name("component", rules, USUAL), judge(corpus, worker, |slice| &slice.usual)));
        for (worker, call, batches) in [
            (single, SINGLE, (|slice| &slice.single) as Batches),
            (whole, WHOLE, |slice| std::slice::from_ref(&slice.whole)),
        ] {
            if let Some(worker) = worker {
                ways.push(Way::new(name("component", rules, call), judge(corpus, worker, batches)));
            }
        }
    }
    let time = Duration::from_secs(if extent == Extent::Everything { 30 } else { 6 });
    let times = Times::measure(ways, corpus.slices.len(), Patience { rounds: 5, time })?;
    let size = (corpus.bytes(), corpus.records());
    table::print_throughput("Detection, in the component with fuel on", &times, size, ("Value", times.of(VALUE)?));
    goals(&times, own)
}

fn goals(times: &Times, own: usize) -> Result<Vec<Goal>> {
    let value = times.of(VALUE)?;
    let native = |rules| times.of(&name("native", rules, USUAL));
    let component = |rules, call| times.of(&name("component", rules, call));
    let [few, many, most] = sizes(own);
    let at_least = |what, number, measured| Goal { what, wanted: Wanted::AtLeast(number), measured, unit: "×" };
    let at_most = |what, number, measured| Goal { what, wanted: Wanted::AtMost(number), measured, unit: "×" };
    Ok(vec![
        at_least("native against Value", 9.0, native(own)?.speed_against(value)),
        at_least("component against Value", 4.5, component(own, USUAL)?.speed_against(value)),
        at_least(
            "component: 1 record a call against 64 KiB a call",
            0.65,
            component(own, SINGLE)?.speed_against(component(own, USUAL)?),
        ),
        at_most("native: time of 1,000 rules against few", 1.3, native(few)?.speed_against(native(many)?)),
        at_most("native: time of 5,000 rules against few", 1.5, native(few)?.speed_against(native(most)?)),
        at_most(
            "component: time of 1,000 rules against few",
            1.3,
            component(few, USUAL)?.speed_against(component(many, USUAL)?),
        ),
        at_most(
            "component: time of 5,000 rules against few",
            1.5,
            component(few, USUAL)?.speed_against(component(most, USUAL)?),
        ),
    ])
}

/// Judges with one pack, natively and in the component.
struct Judges {
    rules: usize,
    flagged: u64,
    native: Detector,
    worker: Worker,
    /// For calls of other sizes, which are measured with the built-in rules alone.
    single: Option<Worker>,
    whole: Option<Worker>,
}

impl Judges {
    /// The built-in rules and this many others.
    fn with(more: usize, corpus: &Corpus, component: &Component) -> Result<Self> {
        let files = generated::rules(more);
        let sources: Vec<_> = files
            .iter()
            .map(|file| trailsieve_core::SourceFile { path: &file.path, content: file.text.as_bytes() })
            .collect();
        let (mut native, _) = Detector::load(&sources, "{}").map_err(|mistakes| refused(&mistakes))?;
        let to_file = |file: generated::RuleFile| SourceFile { path: file.path, content: file.text.into_bytes() };
        let pack = Pack { files: files.into_iter().map(to_file).collect(), settings: "{}".to_owned() };
        let loaded = component.load(pack)?;
        let rules = loaded.manifest().rules.iter().filter(|rule| rule.enabled).count();
        ensure!(rules == native.rules().len(), "the component has {rules} rules, not those of this checkout");
        let mut workers = loaded.workers(if more == 0 { 3 } else { 1 }).into_iter();
        let mut worker = workers.next().ok_or_else(|| anyhow!("no worker"))?;

        let mut counts = [Counts::default(); 2];
        let [natively, sandboxed] = &mut counts;
        for batch in corpus.slices.iter().flat_map(|slice| &slice.usual) {
            let told = native.detect(batch.text()).map_err(|error| anyhow!(error))?.counts;
            natively.merge(&Counts {
                clean: told.clean.into(),
                flagged: told.flagged.into(),
                unjudged: told.unjudged.into(),
                malformed: told.malformed.into(),
                not_cloudtrail: told.not_cloudtrail.into(),
            });
            sandboxed.merge(&worker.judge(batch).counts);
        }
        ensure!(natively == sandboxed, "{}: natively {natively:?}, in the component {sandboxed:?}", self::rules(rules));
        Ok(Self { rules, flagged: sandboxed.flagged, native, worker, single: workers.next(), whole: workers.next() })
    }
}

/// The batches of a slice, of one size.
type Batches = fn(&Slice) -> &[Records];

fn judge<'c>(corpus: &'c Corpus, mut worker: Worker, batches: Batches) -> impl FnMut(usize) -> Result<()> + 'c {
    move |slice| {
        for batch in batches(at(corpus, slice)?) {
            black_box(worker.judge(batch));
        }
        Ok(())
    }
}

/// The least that anything must do which takes records and hands them on.
fn split(corpus: &Corpus) -> impl FnMut(usize) -> Result<()> + '_ {
    let mut copy = Vec::new();
    move |slice| {
        let mut rest = at(corpus, slice)?.bytes.as_slice();
        copy.clear();
        while rest.read_until(b'\n', &mut copy)? != 0 {}
        black_box(&copy);
        Ok(())
    }
}

fn at(corpus: &Corpus, slice: usize) -> Result<&Slice> {
    corpus.slices.get(slice).ok_or_else(|| anyhow!("no slice {slice}"))
}

fn refused(mistakes: &[Diagnostic]) -> anyhow::Error {
    anyhow!("the generated rules were refused: {} mistakes, the first one is {:?}", mistakes.len(), mistakes.first())
}

fn name(place: &str, rules: usize, call: &str) -> String {
    format!("{place}, {}, {call}", self::rules(rules))
}

fn rules(number: usize) -> String {
    match number {
        1000.. => format!("{},{:03} rules", number / 1000, number % 1000),
        _ => format!("{number} rules"),
    }
}
