//! Carries the input through the detector to the output.
//!
//! One thread reads and frames, one thread a judge judges, the calling thread writes. Takes inputs, judges and an
//! output; gives the counters. Pages go to the judges in turn and come back in the same turn, so that the order of the
//! input is kept without a place to wait in. Every queue holds one page: where the output stalls, reading stalls. A page
//! is what one read gave, so that nothing complete ever waits for more to come.
//!
//! A sender that waits for the answer to each line gains nothing from threads: one does all the work for it.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use crate::batch::{Judge, Judged, Records};
use crate::framing::{Forms, Framer, Mode, Page};
use crate::input::Input;
use crate::metrics::Counters;
use crate::output::{Delivery, Output};

/// The most bytes taken in one read, and so the usual size of a batch. The cost of a call no longer shows from 16 KiB
/// on, and two or three pages for each worker should stay within the processor's cache.
const READ: usize = 256 * 1024;

/// How many pages may wait between two threads: enough that neither waits for the other's every step.
const QUEUE: usize = 1;

/// The longest record that is judged unless somebody says otherwise; CloudTrail's own stay below 256 KiB.
pub const DEFAULT_MAX_RECORD: usize = 1024 * 1024;

/// How the input is to be read.
#[derive(Clone, Debug)]
pub struct Options {
    /// What a line feed means.
    pub mode: Mode,
    /// The longest record that is judged, in bytes.
    pub max_record: usize,
    /// Where records stand within other objects.
    pub forms: Forms,
}

impl Default for Options {
    fn default() -> Self {
        Self { mode: Mode::default(), max_record: DEFAULT_MAX_RECORD, forms: Forms::default() }
    }
}

/// What became of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// What became of the records.
    pub counters: Counters,
    /// The inputs that could not be read to their end. What came before was judged and written.
    pub failures: Vec<Failure>,
    /// Why the output took no more, if it did not take all. The counters then tell what was delivered up to there.
    pub output_failure: Option<io::Error>,
}

impl Report {
    /// Why the output could not be written. That nobody reads it any more is no failure.
    pub fn write_failure(&mut self) -> Option<io::Error> {
        self.output_failure.take_if(|error| error.kind() != ErrorKind::BrokenPipe)
    }
}

/// An input that could not be read to its end.
#[derive(Debug)]
pub struct Failure {
    /// Its name.
    pub input: String,
    /// Why.
    pub error: io::Error,
}

/// Why a run had to stop.
#[derive(Debug)]
pub enum Error {
    /// There was nobody to judge.
    NoJudge,
    /// The system gave no thread.
    Thread(io::Error),
    /// A fault of ours: the records and their outcomes are not as many.
    Unbalanced {
        /// How many records there are.
        records: u64,
        /// How many have an outcome.
        outcomes: u64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoJudge => write!(formatter, "no worker to judge with: at least 1 is needed"),
            Self::Thread(error) => write!(formatter, "cannot start a thread: {error}"),
            Self::Unbalanced { records, outcomes } => {
                write!(formatter, "{records} records have {outcomes} outcomes: a fault of the runner, please report it")
            }
        }
    }
}

impl std::error::Error for Error {}

/// Reads all inputs, one after the other, and writes what `output` makes of them. The inputs are read in a thread that
/// is left behind if the output is closed first, for a read may never return.
pub fn run(
    inputs: impl Iterator<Item = Input> + Send + 'static,
    output: &mut dyn Output,
    judges: Vec<Box<dyn Judge>>,
    options: &Options,
) -> Result<Report, Error> {
    if judges.is_empty() {
        return Err(Error::NoJudge);
    }
    let mut threads = Vec::new();
    let (mut jobs, mut answers) = (Vec::new(), Vec::new());
    for judge in judges {
        let (job, next_job) = sync_channel(QUEUE);
        let (answer, next_answer) = sync_channel(QUEUE);
        let mut judging = Judging::new(judge, &options.forms);
        threads.push(start("worker", move || judging.judge_all(&next_job, &answer))?);
        jobs.push(job);
        answers.push(next_answer);
    }
    let (used, spare) = channel();
    let (options, mut workers) = (options.clone(), Workers { jobs, turn: 0, spare });
    threads.push(start("reader", move || read_all(inputs, &options, &mut workers))?);

    let mut writing = Writing::to(output);
    writing.write_all(&answers, &used);
    // Whoever still waits to hand something over must learn that nobody takes it.
    drop((answers, used));
    if writing.report.output_failure.is_none() {
        for thread in threads {
            if let Err(fault) = thread.join() {
                resume_unwind(fault);
            }
        }
    }
    finished(writing.report)
}

/// The same in the calling thread alone, for a sender that waits for the answer to each line: handing a line over from
/// thread to thread would take more time than all that is done with it. A closed output shows with the next line.
pub fn run_in_turn(
    inputs: impl Iterator<Item = Input>,
    output: &mut dyn Output,
    judge: Box<dyn Judge>,
    options: &Options,
) -> Result<Report, Error> {
    let mut alone =
        Alone { judging: Judging::new(judge, &options.forms), writing: Writing::to(output), spare: Page::default() };
    read_all(inputs, options, &mut alone);
    finished(alone.writing.report)
}

/// The report, unless records are missing in it. Where the output failed, what came last was not delivered.
fn finished(report: Report) -> Result<Report, Error> {
    let counters = &report.counters;
    if report.output_failure.is_some() || counters.balance() {
        return Ok(report);
    }
    Err(Error::Unbalanced { records: counters.records_in, outcomes: counters.outcomes() })
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Error> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map_err(Error::Thread)
}

/// A page on its way.
struct Job {
    input: Arc<str>,
    page: Page,
    /// Why nothing more of this input follows, if that is a failure.
    failure: Option<io::Error>,
}

/// Whom pages are read for.
trait Taker {
    fn empty_page(&mut self) -> Page;

    /// `None`: nobody takes pages any more.
    fn take(&mut self, job: Job) -> Option<()>;
}

fn read_all(inputs: impl Iterator<Item = Input>, options: &Options, taker: &mut impl Taker) {
    for input in inputs {
        if read(input, options, taker).is_none() {
            return;
        }
    }
}

/// Reads one input. `None`: nobody takes pages any more.
fn read(input: Input, options: &Options, taker: &mut impl Taker) -> Option<()> {
    let name: Arc<str> = input.name.into();
    let mut source: Box<dyn Read + Send> = match input.source {
        Ok(source) => source,
        Err(error) => return taker.take(Job { input: name, page: Page::default(), failure: Some(error) }),
    };
    let mut framer = Framer::new(options.mode, options.max_record);
    let mut page = taker.empty_page();
    let failure = loop {
        match page.read_from(&mut source, READ) {
            Ok(0) => break None,
            Ok(_) => {}
            Err(error) => break Some(error),
        }
        let settled = page.frame(&mut framer);
        if settled != 0 {
            let mut next = taker.empty_page();
            page.split_into(settled, &mut next);
            taker.take(Job { input: Arc::clone(&name), page, failure: None })?;
            page = next;
        }
    };
    page.frame_end(&mut framer);
    taker.take(Job { input: name, page, failure })
}

/// Workers that take turns.
struct Workers {
    jobs: Vec<SyncSender<Job>>,
    /// Whose turn it is.
    turn: usize,
    spare: Receiver<Page>,
}

impl Taker for Workers {
    fn empty_page(&mut self) -> Page {
        let mut page = self.spare.try_recv().unwrap_or_default();
        page.clear();
        page
    }

    fn take(&mut self, job: Job) -> Option<()> {
        let to = self.jobs.get(self.turn)?;
        to.send(job).ok()?;
        self.turn = (self.turn + 1) % self.jobs.len();
        Some(())
    }
}

/// Whoever reads also judges and writes.
struct Alone<'o> {
    judging: Judging,
    writing: Writing<'o>,
    spare: Page,
}

impl Taker for Alone<'_> {
    fn empty_page(&mut self) -> Page {
        let mut page = std::mem::take(&mut self.spare);
        page.clear();
        page
    }

    fn take(&mut self, mut job: Job) -> Option<()> {
        let judged = self.judging.judge(&mut job);
        self.spare = self.writing.write(job, &judged)?;
        Some(())
    }
}

/// A judge, and what it needs to find records.
struct Judging {
    judge: Box<dyn Judge>,
    forms: Forms,
    records: Records,
}

impl Judging {
    fn new(judge: Box<dyn Judge>, forms: &Forms) -> Self {
        Self { judge, forms: forms.clone(), records: Records::new() }
    }

    fn judge(&mut self, job: &mut Job) -> Judged {
        let Self { judge, forms, records } = self;
        records.clear();
        job.page.open(forms, |record| records.push(record));
        if records.is_empty() { Judged::default() } else { judge.judge(records) }
    }

    /// The work of one worker.
    fn judge_all(&mut self, jobs: &Receiver<Job>, answers: &SyncSender<(Job, Judged)>) {
        while let Ok(mut job) = jobs.recv() {
            let judged = self.judge(&mut job);
            if answers.send((job, judged)).is_err() {
                return;
            }
        }
    }
}

/// The output, and what is known of the run so far.
struct Writing<'o> {
    output: &'o mut dyn Output,
    report: Report,
}

impl<'o> Writing<'o> {
    fn to(output: &'o mut dyn Output) -> Self {
        Self { output, report: Report::default() }
    }

    /// Writes what comes back until nothing more does, or the output takes no more.
    fn write_all(&mut self, answers: &[Receiver<(Job, Judged)>], used: &Sender<Page>) {
        for answer in answers.iter().cycle() {
            let Ok((job, judged)) = answer.recv() else { break };
            let Some(page) = self.write(job, &judged) else { break };
            // The reader may have ended; then nobody needs the page.
            let _ended = used.send(page);
        }
    }

    /// Writes one page and gives it back. `None`: the output takes no more. What was not written is not counted.
    fn write(&mut self, Job { input, page, failure }: Job, judged: &Judged) -> Option<Page> {
        let counters = &mut self.report.counters;
        let delivery = Delivery::new(&input, &page, judged);
        let field_existed = counters.field_existed;
        if let Err(error) = self.output.write(&delivery, counters) {
            counters.field_existed = field_existed;
            self.report.output_failure = Some(error);
            return None;
        }
        counters.bytes_in += page.bytes().len() as u64;
        counters.count_items(&page.items);
        counters.count_judged(judged);
        delivery.findings().for_each(|finding| counters.count_finding(finding));
        if let Some(error) = failure {
            self.report.failures.push(Failure { input: input.to_string(), error });
        }
        Some(page)
    }
}
