//! Lines to the end of a file, or to standard output, in a thread of its own.
//!
//! Takes parcels in order; acknowledges what is written. What a full disk has taken in part is cut off again, so that
//! no torn line stays, and written anew until it fits. Several services may write one file: each batch is written alone.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

use super::appended::{all_or_nothing, end_line, is_at, is_pipe, opened};
use super::surroundings::Surroundings;
use crate::config::typed::FileOutput;
use crate::folder;
use crate::patient::Patient;
use crate::service::backoff::Backoff;
use crate::service::collector::Parcel;

/// How much is written, and made sure of, at once.
const BATCH: usize = 1 << 20;

/// For how long another program may write the file before that is told, and how often is looked.
const PATIENCE: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(5);

/// All that waits by now, up to a bound; nothing once no more comes.
fn batch(parcels: &mut UnboundedReceiver<Parcel>) -> Option<Vec<Parcel>> {
    let mut batch = vec![parcels.blocking_recv()?];
    let mut bytes = batch.iter().map(|parcel| parcel.text.len()).sum::<usize>();
    while bytes < BATCH {
        let Ok(parcel) = parcels.try_recv() else { break };
        bytes += parcel.text.len();
        batch.push(parcel);
    }
    Some(batch)
}

/// Writes to a file until nothing more comes.
pub(crate) fn write_file(output: &FileOutput, around: &Surroundings, mut parcels: UnboundedReceiver<Parcel>) {
    let mut target = Target { path: output.path.clone(), fsync: output.fsync, open: None };
    while let Some(batch) = batch(&mut parcels) {
        let mut backoff = Backoff::new();
        while let Err(error) = target.append(&batch, around) {
            around.trouble(&error.to_string());
            thread::sleep(backoff.wait());
        }
        acknowledge(batch, around);
    }
}

/// Writes to standard output until nothing more comes. Who reads it and goes away does not come back.
pub(crate) fn write_stdout(around: &Surroundings, mut parcels: UnboundedReceiver<Parcel>) {
    while let Some(batch) = batch(&mut parcels) {
        let mut to = Patient(io::stdout().lock());
        let written = batch.iter().try_for_each(|parcel| to.write_all(&parcel.text)).and_then(|()| to.flush());
        if let Err(error) = written {
            around.trouble(&error.to_string());
            around.stop.because_of_failure();
            return;
        }
        acknowledge(batch, around);
    }
}

fn acknowledge(batch: Vec<Parcel>, around: &Surroundings) {
    around.delivered(batch.iter().map(|parcel| parcel.text.len()).sum());
    batch.into_iter().for_each(|parcel| parcel.share.delivered());
}

struct Target {
    path: PathBuf,
    fsync: bool,
    open: Option<Open>,
}

/// The file, and how long it was behind our last line; none where we have written none.
struct Open {
    file: File,
    length: Option<u64>,
}

impl Target {
    fn append(&mut self, batch: &[Parcel], around: &Surroundings) -> io::Result<()> {
        let mut open = match self.open.take().filter(|open| is_at(&open.file, &self.path)) {
            Some(open) => open,
            None => self.open(around)?,
        };
        let write = |file: &mut File| batch.iter().try_for_each(|parcel| file.write_all(&parcel.text));
        if !open.file.metadata()?.is_file() {
            write(&mut open.file)?;
            self.open = Some(open);
            return Ok(());
        }
        // However this ends, the file is closed, and with it free for others, unless it is kept.
        lock(&open.file)?;
        if open.length != Some(open.file.metadata()?.len()) {
            // A line that a crash has torn is ended, so that the next one is whole; its records were not acknowledged
            // and come again.
            end_line(&mut open.file)?;
        }
        all_or_nothing(&mut open.file, |file| {
            write(file)?;
            if self.fsync { file.sync_data() } else { Ok(()) }
        })?;
        open.length = Some(open.file.metadata()?.len());
        open.file.unlock()?;
        self.open = Some(open);
        Ok(())
    }

    fn open(&self, around: &Surroundings) -> io::Result<Open> {
        if is_pipe(&self.path) {
            around.trouble("it is a pipe, and waits for somebody who reads it");
        }
        let file = opened(&self.path)?;
        if self.fsync && file.metadata()?.is_file() {
            folder::keep_name(&self.path)?;
        }
        Ok(Open { file, length: None })
    }
}

/// Keeps others of ours from the file, as what one of them cuts off behind its own last line must not be ours. Where the
/// system has no locks, nobody is kept.
fn lock(file: &File) -> io::Result<()> {
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => thread::sleep(LOOK),
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(ErrorKind::ResourceBusy, "another program has locked it to write it"));
            }
            Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => return Err(error),
            _ => return Ok(()),
        }
    }
}
