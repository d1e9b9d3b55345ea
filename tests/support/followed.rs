//! A followed file, what comes out of it, and an output that stands still.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use crate::http::Server;
use crate::place::Place;
use crate::service::{Service, Setup, eventually};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A record of this number, on its line.
pub fn record(number: usize) -> String {
    format!("{{\"n\":{number}}}\n")
}

/// Those of these numbers.
pub fn records(numbers: Range<usize>) -> String {
    numbers.map(record).collect()
}

/// Writes to the end of a file, which may be made by it.
pub fn append(path: &Path, text: &str) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn out(place: &Place) -> String {
    fs::read_to_string(place.path().join("out")).unwrap_or_default()
}

/// Waits until as much has come out, and compares it.
pub fn comes_out(place: &Place, expected: &str) {
    eventually(&format!("{} bytes come out", expected.len()), || out(place).len() >= expected.len());
    assert_eq!(out(place), expected);
}

/// Packs a file as who rotates does: in its place, with the time of its last change.
pub fn pack(file: &Path, to: &Path) {
    let changed = fs::metadata(file).unwrap().modified().unwrap();
    let mut packed = GzEncoder::new(fs::File::create(to).unwrap(), Compression::fast());
    packed.write_all(&fs::read(file).unwrap()).unwrap();
    packed.finish().unwrap().set_modified(changed).unwrap();
    fs::remove_file(file).unwrap();
}

/// An output that takes nothing until it is opened, so that the input stands still in the midst of a file.
pub struct Shut {
    is_open: Arc<AtomicBool>,
    server: Server,
}

impl Shut {
    /// One that is shut.
    #[expect(clippy::new_without_default, reason = "it listens, which nobody expects of a default")]
    pub fn new() -> Self {
        let is_open = Arc::new(AtomicBool::new(false));
        let opened = Arc::clone(&is_open);
        let server = Server::deciding(move |_| Some(if opened.load(Ordering::SeqCst) { 200 } else { 503 }));
        Self { is_open, server }
    }

    /// A service that follows `log` in this place and has stopped in the midst of it.
    pub fn start(&self, place: &Place) -> Service {
        let setup = Setup::to(&self.server).following("PLACE/log").general("memory_limit = \"256KiB\"\ngrace = \"1s\"");
        let mut service = setup.rules("component = \"GUEST\"\nmax_record_size = \"64KiB\"").start_in(place);
        service.wait_for("event=output_failed");
        service
    }

    /// From now on it takes all.
    pub fn open(&self) {
        self.is_open.store(true, Ordering::SeqCst);
    }

    /// From now on it takes all, which is this.
    pub fn takes(&self, expected: &str) {
        self.open();
        let last = expected.lines().last().unwrap();
        eventually("the last record comes", || self.server.last_ends_with(format!("{last}\n").as_bytes()));
        let lines: String = self.server.lines().iter().map(|line| format!("{line}\n")).collect();
        assert!(lines == expected, "{} lines of {}", lines.lines().count(), expected.lines().count());
    }
}
