//! Who sends records to a service of a trial, as shippers do: again and again until they are told that it was enough.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use super::{Chance, Fault, Record};
use crate::http::Client;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

/// The most records in one request.
const BATCH: usize = 40;

/// How often a sender that is restarted ends in the midst of a record.
const RESTARTS: usize = 3;

/// Senders at work. Each answers how often it was restarted.
pub(super) struct Source(Vec<JoinHandle<usize>>);

impl Source {
    /// One sender over HTTP for each of these rows of records.
    pub(super) fn http(rows: Vec<Vec<Record>>, to: SocketAddr, fault: Fault, chance: &mut Chance) -> Self {
        let sender = |records: Vec<Record>| {
            let mut chance = chance.another();
            thread::spawn(move || over_http(&records, to, fault == Fault::Restarted, &mut chance))
        };
        Self(rows.into_iter().map(sender).collect())
    }

    /// A program that writes this log.
    pub(super) fn file(records: Vec<Record>, log: PathBuf, fault: Fault, chance: &mut Chance) -> Self {
        let mut chance = chance.another();
        let restarts = if fault == Fault::Restarted { RESTARTS } else { 0 };
        Self(vec![thread::spawn(move || into_file(&records, &log, restarts, &mut chance))])
    }

    /// Whether all is sent, and acknowledged where that is so.
    pub(super) fn is_done(&self) -> bool {
        self.0.iter().all(JoinHandle::is_finished)
    }

    /// Waits for that. How often something went wrong with them.
    pub(super) fn end(self) -> usize {
        self.0.into_iter().map(|sender| sender.join().unwrap()).sum()
    }
}

fn over_http(records: &[Record], to: SocketAddr, is_restarted: bool, chance: &mut Chance) -> usize {
    let (mut rest, mut restarts) = (records, 0);
    let mut client = None;
    while !rest.is_empty() {
        let (batch, behind) = rest.split_at(chance.between(1, BATCH).min(rest.len()));
        let body: String = batch.iter().map(|record| format!("{}\n", record.text)).collect();
        if is_restarted && chance.between(0, 10) == 0 {
            restarts += break_off(&body, to, chance);
        }
        loop {
            let connected = client.take().or_else(|| Client::try_to(to));
            let answer = connected.and_then(|mut connected: Client| {
                let answer = connected.post("/", &[], body.as_bytes());
                client = Some(connected);
                answer
            });
            match answer {
                Some(answer) if answer.status == 200 => break,
                Some(answer) => assert_eq!(answer.status, 503, "anything else makes shippers throw records away"),
                None => client = None,
            }
            sleep(Duration::from_millis(2));
        }
        rest = behind;
    }
    restarts
}

/// Says the beginning of a request, or all of it, and goes.
fn break_off(body: &str, to: SocketAddr, chance: &mut Chance) -> usize {
    let Some(mut client) = Client::try_to(to) else { return 0 };
    let part = body.as_bytes().get(..chance.between(0, body.len() + body.len() / 2).min(body.len())).unwrap();
    client.say(format!("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes());
    client.say(part);
    1
}

/// Writes in pieces that end anywhere. When it starts again, it does so with a new file and a whole record.
fn into_file(records: &[Record], log: &Path, restarts: usize, chance: &mut Chance) -> usize {
    let open = || OpenOptions::new().append(true).create(true).open(log).unwrap();
    let ends: Vec<usize> = (1..=restarts).map(|turn| turn * records.len() / (restarts + 1)).collect();
    let mut file = open();
    let mut waiting = Vec::new();
    for (number, record) in records.iter().enumerate() {
        if ends.contains(&number) {
            waiting.extend_from_slice(record.text.as_bytes().get(..chance.between(1, record.text.len())).unwrap());
            write(&mut file, &waiting);
            waiting.clear();
            fs::rename(log, log.with_extension(format!("{number:06}"))).unwrap();
            file = open();
        }
        waiting.extend_from_slice(format!("{}\n", record.text).as_bytes());
        let size = chance.between(1, 8_000);
        if waiting.len() > size {
            let rest = waiting.split_off(size);
            write(&mut file, &waiting);
            waiting = rest;
            chance.pause(500);
        }
    }
    write(&mut file, &waiting);
    restarts
}

fn write(file: &mut File, bytes: &[u8]) {
    file.write_all(bytes).unwrap();
}
