//! Runs the pipeline over records in any form, with judges of the tests or the detector that ships with the runner.
#![expect(clippy::unwrap_used, reason = "a run that fails ends the test")]

use std::io::{Cursor, Read};
use std::sync::{Mutex, OnceLock, PoisonError};

use trailsieve::batch::{Judge, Judged, Records};
use trailsieve::engine::{BUILT_IN, Component, Limits, Pack, Worker};
use trailsieve::framing::{Forms, Mode, RecordPath};
use trailsieve::input::Input;
use trailsieve::output::{self, Emit, Form};
use trailsieve::pipeline::{Options, Report, run};

use crate::judge::{ByWord, Listening};

/// Where the operator of these tests says that records stand.
pub const OWN_PATH: &str = "payload.record";

/// What comes out, and what is counted.
pub fn filtered(
    input: impl Read + Send + 'static,
    emit: Emit,
    unwrap: bool,
    judges: Vec<Box<dyn Judge>>,
) -> (String, Report) {
    let mut out = Vec::new();
    let mut output = output::to(&mut out, Form { emit, unwrap, ..Form::default() });
    let options =
        Options { mode: Mode::Guess, forms: Forms::with(&[RecordPath::new(OWN_PATH).unwrap()]), ..Options::default() };
    let report = run([Input::only(input)].into_iter(), output.as_mut(), judges, &options).unwrap();
    drop(output);
    (String::from_utf8(out).unwrap(), report)
}

/// The same, and what the judge was given.
pub fn judged(text: &str, emit: Emit, unwrap: bool) -> (String, Report, Vec<String>) {
    let judge = Listening::<ByWord>::default();
    let (out, report) = filtered(Cursor::new(text.to_owned()), emit, unwrap, vec![Box::new(judge.clone())]);
    (out, report, judge.heard())
}

/// `text` as it is spelled within this many strings.
pub fn escaped(text: &str, level: u8) -> String {
    (0..level).fold(text.to_owned(), |text, _| text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The detector that ships with the runner, one for all: it loads for longer than most tests run.
pub struct BuiltIn;

impl Judge for BuiltIn {
    fn judge(&mut self, records: &Records) -> Judged {
        static WORKER: OnceLock<Mutex<Worker>> = OnceLock::new();
        let worker = WORKER.get_or_init(|| {
            let component = Component::compile(BUILT_IN, Limits::default(), None).unwrap();
            let loaded = component.load(Pack { files: Vec::new(), settings: "{}".to_owned() }).unwrap();
            Mutex::new(loaded.workers(1).pop().unwrap())
        });
        worker.lock().unwrap_or_else(PoisonError::into_inner).judge(records)
    }
}

/// Outcomes as the detector that ships with the runner gives them: CloudTrail, other, malformed.
///
/// # Panics
/// When the counters do not add up.
pub fn outcomes(text: &str) -> (u64, u64, u64) {
    let (_, report) = filtered(Cursor::new(text.to_owned()), Emit::All, false, vec![Box::new(BuiltIn)]);
    let counters = report.counters;
    assert!(counters.balance() && counters.unjudged + counters.oversized == 0, "{text}");
    (counters.clean + counters.flagged, counters.not_cloudtrail, counters.malformed)
}
