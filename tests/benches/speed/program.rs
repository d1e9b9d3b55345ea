//! How fast the whole program is, from standard input to standard output, against the component alone.
//!
//! Takes the corpus, prints the table, gives the goals. The program is built by `cargo build --release`, whose settings
//! the bench profile shares. Once it reads a file and writes to nowhere, which shows what the program itself can do;
//! once it reads from a pipe and writes to another, as behind a shipper. There the two threads of this benchmark that
//! feed and empty the pipes compete with the program's own for the processors, as a shipper would.

use crate::corpus::Corpus;
use crate::rounds::{Patience, Times, Way};
use crate::table::{self, Goal, Wanted};
use anyhow::{Context, Result, anyhow, ensure};
use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;
use trailsieve::batch::Judge;
use trailsieve::engine::{Component, Pack, Worker};
use trailsieve_tests::runner;

/// What goes through the program in one run, at least: so much that a start hardly shows.
const LEAST: usize = 256 << 20;

const COMPONENT: &str = "component alone, 64 KiB a call";
const FILE: &str = "program, 1 worker, file to /dev/null";
const FILE_BY_TWO: &str = "program, 2 workers, file to /dev/null";
const PIPES: &str = "program, 1 worker, pipe to pipe";
const PIPES_BY_TWO: &str = "program, 2 workers, pipe to pipe";

/// Prints how fast the program is.
pub(crate) fn report(corpus: &Corpus, component: &Component) -> Result<[Goal; 2]> {
    runner::program();
    let input = Input { corpus, passes: LEAST.div_ceil(corpus.bytes()) };
    let file = tempfile::NamedTempFile::new()?;
    input.write(&mut file.as_file())?;
    let pack = Pack { files: Vec::new(), settings: "{}".to_owned() };
    let mut worker = component.load(pack)?.workers(1).pop().context("a worker")?;
    let ways = vec![
        Way::new(COMPONENT, |_| input.judge(&mut worker)),
        Way::new(FILE, |_| through_file(filter(1), file.path())),
        Way::new(FILE_BY_TWO, |_| through_file(filter(2), file.path())),
        Way::new(PIPES, |_| input.through_pipes(filter(1))),
        Way::new(PIPES_BY_TWO, |_| input.through_pipes(filter(2))),
    ];
    let times = Times::measure(ways, 1, Patience { rounds: 7, time: Duration::from_secs(25) })?;
    let alone = times.of(COMPONENT)?;
    let size = (input.bytes(), corpus.records() * input.passes);
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let title =
        format!("The whole program, {:.0} MB, its start included, {processors} processors", size.0 as f64 / 1e6);
    table::print_throughput(&title, &times, size, ("component", alone));
    let goal = |what, measured| Goal { what, wanted: Wanted::AtLeast(0.8), measured, unit: "×" };
    Ok([
        goal("program against component: file to /dev/null", times.of(FILE)?.speed_against(alone)),
        goal("program against component: pipe to pipe", times.of(PIPES)?.speed_against(alone)),
    ])
}

/// The corpus so many times in a row.
struct Input<'c> {
    corpus: &'c Corpus,
    passes: usize,
}

impl Input<'_> {
    fn bytes(&self) -> usize {
        self.corpus.bytes() * self.passes
    }

    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        (0..self.passes).flat_map(|_| &self.corpus.slices).try_for_each(|slice| to.write_all(&slice.bytes))
    }

    fn judge(&self, worker: &mut Worker) -> Result<()> {
        for batch in (0..self.passes).flat_map(|_| &self.corpus.slices).flat_map(|slice| &slice.usual) {
            black_box(worker.judge(batch));
        }
        Ok(())
    }

    /// What comes out must be at least as long as what goes in: a program that drops records would be fast, too.
    fn through_pipes(&self, mut command: Command) -> Result<()> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut to = child.stdin.take().context("standard input")?;
        let mut from = child.stdout.take().context("standard output")?;
        let came_out = thread::scope(|scope| {
            let feeder = scope.spawn(move || self.write(&mut to));
            let came_out = count(&mut from)?;
            feeder.join().map_err(|_| anyhow!("the feeder panicked"))??;
            anyhow::Ok(came_out)
        })?;
        succeeded(child.wait()?)?;
        ensure!(came_out >= self.bytes(), "{} bytes went in and {came_out} came out", self.bytes());
        Ok(())
    }
}

fn filter(workers: usize) -> Command {
    runner::command(["filter", "--quiet", "--workers", &workers.to_string()])
}

fn through_file(mut command: Command, file: &Path) -> Result<()> {
    succeeded(command.stdin(File::open(file)?).stdout(Stdio::null()).status()?)
}

fn succeeded(status: ExitStatus) -> Result<()> {
    ensure!(status.success(), "the program ended with {status}");
    Ok(())
}

/// Reads to the end; how many bytes there were.
fn count(from: &mut impl Read) -> io::Result<usize> {
    let mut buffer = vec![0; 256 << 10];
    let mut bytes = 0;
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(bytes),
            read => bytes += read,
        }
    }
}
