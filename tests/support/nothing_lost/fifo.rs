//! A place to write to whose reader stops, or takes little at a time.
#![expect(clippy::unwrap_used, reason = "without it its test cannot run")]

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

/// What the reader writes into it itself, to know where it ends.
const END: &[u8] = b"\n<the end>\n";

/// For how long nobody reads.
const WHILE: Duration = Duration::from_millis(100);

/// A named pipe and the thread that reads it.
pub(super) struct Fifo {
    path: PathBuf,
    shared: Arc<Shared>,
    reader: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    is_stopped: AtomicBool,
    is_slow: bool,
    taken: Mutex<Vec<u8>>,
    bytes: AtomicUsize,
}

impl Fifo {
    /// Makes one there. A slow reader takes at most 16 KiB a millisecond.
    pub(super) fn new(path: &Path, is_slow: bool) -> Self {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        // Open in both directions, so that it outlives whoever writes into it.
        let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
        let shared = Arc::new(Shared { is_slow, ..Shared::default() });
        let of_reader = Arc::clone(&shared);
        let reader = thread::spawn(move || of_reader.read(file));
        Self { path: path.to_owned(), shared, reader }
    }

    /// Nobody reads for a while.
    pub(super) fn stop_for_a_while(&self) {
        self.shared.is_stopped.store(true, Ordering::SeqCst);
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || {
            sleep(WHILE);
            shared.is_stopped.store(false, Ordering::SeqCst);
        });
    }

    /// How many bytes were taken.
    pub(super) fn length(&self) -> usize {
        self.shared.bytes.load(Ordering::SeqCst)
    }

    /// Whether this was taken.
    pub(super) fn has(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.shared.taken.lock().unwrap()).contains(text)
    }

    /// All that was taken. Nobody may write any more.
    pub(super) fn end(self) -> Vec<u8> {
        OpenOptions::new().write(true).open(&self.path).unwrap().write_all(END).unwrap();
        self.reader.join().unwrap();
        let mut taken = std::mem::take(&mut *self.shared.taken.lock().unwrap());
        taken.truncate(taken.len() - END.len());
        taken
    }
}

impl Shared {
    fn read(&self, mut file: File) {
        let mut piece = [0; 16 << 10];
        loop {
            let length = file.read(&mut piece).unwrap();
            let mut taken = self.taken.lock().unwrap();
            taken.extend_from_slice(piece.get(..length).unwrap());
            self.bytes.store(taken.len(), Ordering::SeqCst);
            if taken.ends_with(END) {
                return;
            }
            drop(taken);
            if self.is_slow {
                sleep(Duration::from_millis(1));
            }
            while self.is_stopped.load(Ordering::SeqCst) {
                sleep(Duration::from_millis(1));
            }
        }
    }
}
