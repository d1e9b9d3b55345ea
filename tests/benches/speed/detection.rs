//! How fast records are judged: natively, in the component, with few rules and with many.
//!
//! Takes the corpus, prints the table, gives the goals. Before anything is timed, the component must have come to the
//! same counts as the native detector: a number for work that was not done is worse than none.

use crate::corpus::{Corpus, Slice};
use crate::rounds::{Patience, Times, Way};
use crate::table::{self, Goal, Wanted};
use crate::{Extent, generated};
use anyhow::{Result, anyhow, ensure};
use serde_json::{Value, json};
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

/// Rules of a pack.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chosen {
    /// All that are on unless somebody says otherwise.
    Default,
    /// Those of the Security Hub controls, which were the first, and this many made ones.
    First(usize),
}

/// How many rules the controls have.
const FIRST: usize = 14;
const FEW: usize = 25;
const MANY: usize = 1000;
const MOST: usize = 5000;

/// The packs that are compared.
const PACKS: [Chosen; 5] = [
    Chosen::First(0),
    Chosen::First(FEW - FIRST),
    Chosen::First(MANY - FIRST),
    Chosen::First(MOST - FIRST),
    Chosen::Default,
];

/// Prints what detection costs.
pub(crate) fn report(corpus: &Corpus, component: &Component, extent: Extent) -> Result<Vec<Goal>> {
    let packs = PACKS.map(|chosen| Judges::with(chosen, corpus, component)).into_iter().collect::<Result<Vec<_>>>()?;
    println!();
    packs.iter().for_each(|judges| println!("{}: {} records have findings", judges.name, judges.flagged));

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
        let Judges { name: rules, mut native, worker, single, whole, .. } = judges;
        ways.push(Way::new(name("native", &rules, USUAL), move |slice| {
            for batch in &at(corpus, slice)?.usual {
                black_box(native.detect(batch.text()).map_err(|error| anyhow!(error))?);
            }
            Ok(())
        }));
        ways.push(Way::new(name("component", &rules, USUAL), judge(corpus, worker, |slice| &slice.usual)));
        for (worker, call, batches) in [
            (single, SINGLE, (|slice| &slice.single) as Batches),
            (whole, WHOLE, |slice| std::slice::from_ref(&slice.whole)),
        ] {
            if let Some(worker) = worker {
                ways.push(Way::new(name("component", &rules, call), judge(corpus, worker, batches)));
            }
        }
    }
    let time = Duration::from_secs(if extent == Extent::Everything { 30 } else { 6 });
    let times = Times::measure(ways, corpus.slices.len(), Patience { rounds: 5, time })?;
    let size = (corpus.bytes(), corpus.records());
    table::print_throughput("Detection, in the component with fuel on", &times, size, ("Value", times.of(VALUE)?));
    goals(&times)
}

fn goals(times: &Times) -> Result<Vec<Goal>> {
    let value = times.of(VALUE)?;
    let of = |place, chosen: Chosen, call| times.of(&name(place, &chosen.name(), call));
    let [first, few, many, most, default] = PACKS;
    let at_least = |what, number, measured| Goal { what, wanted: Wanted::AtLeast(number), measured, unit: "×" };
    let at_most = |what, number, measured| Goal { what, wanted: Wanted::AtMost(number), measured, unit: "×" };
    let mut goals = vec![
        at_least("native against Value", 9.0, of("native", first, USUAL)?.speed_against(value)),
        at_least("component against Value", 4.5, of("component", first, USUAL)?.speed_against(value)),
        at_least(
            "component: 1 record a call against 64 KiB a call",
            0.65,
            of("component", first, SINGLE)?.speed_against(of("component", first, USUAL)?),
        ),
    ];
    for (what, place, base, chosen, number) in [
        ("native: time of 1,000 rules against 25", "native", few, many, 1.3),
        ("native: time of 5,000 rules against 25", "native", few, most, 1.5),
        ("native: time of the default pack against 14", "native", first, default, 1.1),
        ("component: time of 1,000 rules against 25", "component", few, many, 1.3),
        ("component: time of 5,000 rules against 25", "component", few, most, 1.5),
        ("component: time of the default pack against 14", "component", first, default, 1.1),
    ] {
        let (base, time) = (of(place, base, USUAL)?, of(place, chosen, USUAL)?);
        goals.push(at_most(what, number, base.speed_against(time)));
    }
    Ok(goals)
}

impl Chosen {
    fn made(self) -> usize {
        match self {
            Self::Default => 0,
            Self::First(made) => made,
        }
    }

    /// As a table calls it.
    fn name(self) -> String {
        match self {
            Self::Default => "the default pack".to_owned(),
            Self::First(made) => match FIRST + made {
                rules @ 1000.. => format!("{},{:03} rules", rules / 1000, rules % 1000),
                rules => format!("{rules} rules"),
            },
        }
    }

    /// The settings that leave these on, JSON text.
    fn settings(self) -> String {
        let choice = |glob: &str, enabled| json!({"glob": glob, "enabled": enabled});
        let select = match self {
            Self::Default => Vec::new(),
            Self::First(made) => {
                let first = [choice("*", false), choice("securityhub/*", true)];
                let made = (made > 0).then(|| choice("generated/*", true));
                first.into_iter().chain(made).collect()
            }
        };
        json!({"select": select}).to_string()
    }
}

/// Judges with one pack, natively and in the component.
struct Judges {
    name: String,
    flagged: u64,
    native: Detector,
    worker: Worker,
    /// For calls of other sizes, which are measured with the first rules alone.
    single: Option<Worker>,
    whole: Option<Worker>,
}

impl Judges {
    fn with(chosen: Chosen, corpus: &Corpus, component: &Component) -> Result<Self> {
        let (files, settings) = (generated::rules(chosen.made()), chosen.settings());
        let sources: Vec<_> = files
            .iter()
            .map(|file| trailsieve_core::SourceFile { path: &file.path, content: file.text.as_bytes() })
            .collect();
        let (mut native, _) = Detector::load(&sources, &settings).map_err(|mistakes| refused(&mistakes))?;
        let to_file = |file: generated::RuleFile| SourceFile { path: file.path, content: file.text.into_bytes() };
        let loaded = component.load(Pack { files: files.into_iter().map(to_file).collect(), settings })?;
        let rules = loaded.manifest().rules.iter().filter(|rule| rule.enabled).count();
        ensure!(rules == native.rules().len(), "the component has {rules} rules, not those of this checkout");
        if let Chosen::First(made) = chosen {
            ensure!(rules == FIRST + made, "{rules} rules are on, not {}", FIRST + made);
        }
        let name = chosen.name();
        let is_first = chosen == Chosen::First(0);
        let mut workers = loaded.workers(if is_first { 3 } else { 1 }).into_iter();
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
        ensure!(natively == sandboxed, "{name}: natively {natively:?}, in the component {sandboxed:?}");
        Ok(Self { name, flagged: sandboxed.flagged, native, worker, single: workers.next(), whole: workers.next() })
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

fn name(place: &str, rules: &str, call: &str) -> String {
    format!("{place}, {rules}, {call}")
}
