//! Carries the input through the detector to the output.
//!
//! One thread reads and frames, one thread a judge judges, the calling thread writes. Takes inputs, judges and an
//! output; gives the counters. Pages go to the judges in turn and come back in the same turn, so that the order of the
//! input is kept without a place to wait in. Every queue holds one page: where the output stalls, reading stalls. A page
//! is what one read gave, so that nothing complete ever waits for more to come.

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
    /// Nobody reads the output any more. The counters then tell what was delivered up to there.
    pub output_closed: bool,
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
    /// The output could not be written.
    Write(io::Error),
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
            Self::Write(error) => write!(formatter, "cannot write the output: {error}"),
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
        let forms = options.forms.clone();
        threads.push(start("worker", move || judge_all(judge, &forms, &next_job, &answer))?);
        jobs.push(job);
        answers.push(next_answer);
    }
    let (used, spare) = channel();
    let reader = Reader { options: options.clone(), jobs, turn: 0, spare };
    threads.push(start("reader", move || reader.read_all(inputs))?);

    let report = write_all(&answers, output, &used)?;
    // Whoever still waits to hand something over must learn that nobody takes it.
    drop((answers, used));
    if report.output_closed {
        return Ok(report);
    }
    for thread in threads {
        if let Err(fault) = thread.join() {
            resume_unwind(fault);
        }
    }
    if !report.counters.balance() {
        let counters = &report.counters;
        return Err(Error::Unbalanced { records: counters.records_in, outcomes: counters.outcomes() });
    }
    Ok(report)
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

struct Reader {
    options: Options,
    jobs: Vec<SyncSender<Job>>,
    /// Whose turn it is.
    turn: usize,
    spare: Receiver<Page>,
}

impl Reader {
    fn read_all(mut self, inputs: impl Iterator<Item = Input>) {
        for input in inputs {
            if self.read(input).is_none() {
                return;
            }
        }
    }

    /// Reads one input. `None`: nobody takes pages any more.
    fn read(&mut self, input: Input) -> Option<()> {
        let name: Arc<str> = input.name.into();
        let mut source: Box<dyn Read + Send> = match input.source {
            Ok(source) => source,
            Err(error) => return self.send(Job { input: name, page: Page::default(), failure: Some(error) }),
        };
        let mut framer = Framer::new(self.options.mode, self.options.max_record);
        let mut page = self.empty_page();
        let failure = loop {
            match page.read_from(&mut source, READ) {
                Ok(0) => break None,
                Ok(_) => {}
                Err(error) => break Some(error),
            }
            let settled = page.frame(&mut framer);
            if settled != 0 {
                let mut next = self.empty_page();
                page.split_into(settled, &mut next);
                self.send(Job { input: Arc::clone(&name), page, failure: None })?;
                page = next;
            }
        };
        page.frame_end(&mut framer);
        self.send(Job { input: name, page, failure })
    }

    fn empty_page(&self) -> Page {
        let mut page = self.spare.try_recv().unwrap_or_default();
        page.clear();
        page
    }

    fn send(&mut self, job: Job) -> Option<()> {
        let to = self.jobs.get(self.turn)?;
        to.send(job).ok()?;
        self.turn = (self.turn + 1) % self.jobs.len();
        Some(())
    }
}

/// The work of one worker.
fn judge_all(mut judge: Box<dyn Judge>, forms: &Forms, jobs: &Receiver<Job>, answers: &SyncSender<(Job, Judged)>) {
    let mut records = Records::new();
    while let Ok(mut job) = jobs.recv() {
        records.clear();
        job.page.open(forms, |record| records.push(record));
        let judged = if records.is_empty() { Judged::default() } else { judge.judge(&records) };
        if answers.send((job, judged)).is_err() {
            return;
        }
    }
}

/// Writes what comes back until nothing more does.
fn write_all(
    answers: &[Receiver<(Job, Judged)>],
    output: &mut dyn Output,
    used: &Sender<Page>,
) -> Result<Report, Error> {
    let mut report = Report::default();
    let counters = &mut report.counters;
    for answer in answers.iter().cycle() {
        let Ok((Job { input, page, failure }, judged)) = answer.recv() else { break };
        counters.bytes_in += page.bytes().len() as u64;
        counters.count_items(&page.items);
        counters.count_judged(&judged);
        let delivery = Delivery::new(&input, &page, &judged);
        delivery.findings().for_each(|finding| counters.count_finding(finding));
        match output.write(&delivery, counters) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                report.output_closed = true;
                return Ok(report);
            }
            Err(error) => return Err(Error::Write(error)),
        }
        if let Some(error) = failure {
            report.failures.push(Failure { input: input.to_string(), error });
        }
        // The reader may have ended; then nobody needs the page.
        let _ended = used.send(page);
    }
    Ok(report)
}
