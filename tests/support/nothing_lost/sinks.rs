//! Where a service of a trial delivers to, and what goes wrong there.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use super::fifo::Fifo;
use super::records::UNWANTED;
use super::{End, Fault};
use crate::http::{Asked, Server};
use crate::place::Place;
use crate::service::Setup;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::Duration;

/// How long each part of a stop takes, and a slow answer.
const WHILE: Duration = Duration::from_millis(60);
const SLOWLY: Duration = Duration::from_millis(4);

/// What a server does with requests: takes them, leaves them waiting, ends their connection.
const OPEN: u8 = 0;
const HOLDS: u8 = 1;
const GONE: u8 = 2;

/// Where records arrive.
pub(super) enum Sink {
    Http(Server, Arc<Mood>),
    File(PathBuf),
    /// In a file's place.
    Fifo(PathBuf, Fifo),
}

/// How a server feels.
#[derive(Default)]
pub(super) struct Mood {
    state: AtomicU8,
    is_slow: bool,
    /// It declines some records.
    is_picky: bool,
    /// It breaks off or declines some requests.
    is_unsteady: bool,
    requests: AtomicUsize,
    bytes: AtomicUsize,
    has_last: AtomicBool,
}

impl Sink {
    /// Where the last record to come is this one.
    pub(super) fn new(end: End, place: &Place, fault: Fault, last: &str) -> Self {
        let is_slow = fault == Fault::Slow;
        let path = place.path().join("out");
        match end {
            End::File if is_slow || fault == Fault::Stopped => Self::Fifo(path.clone(), Fifo::new(&path, is_slow)),
            End::File => Self::File(path),
            End::Http => {
                let mood = Mood {
                    is_slow,
                    is_picky: fault == Fault::DiskFull,
                    is_unsteady: fault == Fault::Kill,
                    ..Mood::default()
                };
                let mood = Arc::new(mood);
                let (of_server, last) = (Arc::clone(&mood), last.to_owned());
                Self::Http(Server::deciding(move |asked| of_server.decide(asked, &last)), mood)
            }
        }
    }

    /// A service whose output leads here.
    pub(super) fn setup(&self) -> Setup {
        match self {
            Self::Http(server, _) => Setup::to(server).output("batch_size = \"16KiB\""),
            Self::File(path) | Self::Fifo(path, _) => Setup::to_file(path.to_str().unwrap()),
        }
    }

    /// How many bytes came.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Http(_, mood) => mood.bytes.load(Ordering::SeqCst),
            Self::File(path) => fs::metadata(path).map_or(0, |found| usize::try_from(found.len()).unwrap()),
            Self::Fifo(_, fifo) => fifo.length(),
        }
    }

    /// Whether the last record has come.
    pub(super) fn has_last(&self, last: &str) -> bool {
        match self {
            Self::Http(_, mood) => mood.has_last.load(Ordering::SeqCst),
            Self::File(path) => fs::read(path).is_ok_and(|text| String::from_utf8_lossy(&text).contains(last)),
            Self::Fifo(_, fifo) => fifo.has(last),
        }
    }

    /// It stops for a while.
    pub(super) fn stop_for_a_while(&self) {
        match self {
            Self::Http(_, mood) => {
                let mood = Arc::clone(mood);
                thread::spawn(move || {
                    for state in [HOLDS, GONE, OPEN] {
                        mood.state.store(state, Ordering::SeqCst);
                        sleep(WHILE);
                    }
                });
            }
            Self::File(_) => {}
            Self::Fifo(_, fifo) => fifo.stop_for_a_while(),
        }
    }

    /// All that came. The service has ended.
    pub(super) fn end(self) -> Vec<u8> {
        match self {
            Self::Http(server, _) => server.taken().into_iter().flat_map(|asked| asked.body).collect(),
            Self::File(path) => fs::read(path).unwrap(),
            Self::Fifo(_, fifo) => fifo.end(),
        }
    }
}

impl Mood {
    fn decide(&self, asked: &Asked, last: &str) -> Option<u16> {
        while self.state.load(Ordering::SeqCst) == HOLDS {
            sleep(Duration::from_millis(1));
        }
        if self.state.load(Ordering::SeqCst) == GONE {
            return None;
        }
        if self.is_slow {
            sleep(SLOWLY);
        }
        let text = String::from_utf8_lossy(&asked.body);
        if self.is_picky && text.contains(UNWANTED) {
            return Some(400);
        }
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        // It has read the request, and nobody knows what became of it.
        if self.is_unsteady && number % 7 == 6 {
            return None;
        }
        if self.is_unsteady && number % 11 == 10 {
            return Some(503);
        }
        self.bytes.fetch_add(asked.body.len(), Ordering::SeqCst);
        self.has_last.fetch_or(text.contains(last), Ordering::SeqCst);
        Some(200)
    }
}
