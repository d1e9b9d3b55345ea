//! Lines to the end of a file, or to standard output, in a thread of its own.
//!
//! Takes parcels in order; acknowledges what is written. What a full disk has taken in part is cut off again, so that
//! no torn line stays, and written anew until it fits.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::thread;

use tokio::sync::mpsc::UnboundedReceiver;

use super::appended::{all_or_nothing, behind_last_line, is_at};
use super::surroundings::Surroundings;
use crate::config::typed::FileOutput;
use crate::patient::Patient;
use crate::service::backoff::Backoff;
use crate::service::collector::Parcel;

/// How much is written, and made sure of, at once.
const BATCH: usize = 1 << 20;

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
        while let Err(error) = target.append(&batch) {
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
    open: Option<File>,
}

impl Target {
    fn append(&mut self, batch: &[Parcel]) -> io::Result<()> {
        let mut file = match self.open.take().filter(|file| is_at(file, &self.path)) {
            Some(file) => file,
            None => behind_last_line(&self.path)?,
        };
        all_or_nothing(&mut file, |file| {
            batch.iter().try_for_each(|parcel| file.write_all(&parcel.text))?;
            if self.fsync && file.metadata()?.is_file() { file.sync_data() } else { Ok(()) }
        })?;
        self.open = Some(file);
        Ok(())
    }
}
