//! Every way once, from the first record to the last: the processor time of the process in the middle.

use crate::forwarder;
use crate::hop::{self, From, Hop, Middle, To};
use crate::load::{LAST, Load};
use crate::process;
use anyhow::{Context, Result, anyhow, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::thread;
use std::time::Duration;
use trailsieve_tests::http::{Client, Server};
use trailsieve_tests::place::Place;
use trailsieve_tests::service::free_address;

/// How many senders there are over HTTP.
const SENDERS: usize = 4;

/// One way.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    /// What stands there for comparison.
    pub(crate) forwarder: &'static str,
    /// Seconds of the processor for one record.
    run: fn(&Load, Middle) -> Result<f64>,
}

/// All of them.
pub(crate) const WAYS: &[Way] = &[
    Way { name: "a pipe", forwarder: "`cat`", run: |load, middle| pipe(load, middle) },
    Way {
        name: "rsyslog `mmexternal`",
        forwarder: "`{}` for each line",
        run: |load, middle| lines(load, middle, "mmexternal"),
    },
    Way {
        name: "rsyslog `omprog`",
        forwarder: "each line into a file, `OK`",
        run: |load, middle| lines(load, middle, "omprog"),
    },
    Way { name: "HTTP to HTTP", forwarder: "each body as it came", run: |load, middle| from_http(load, middle, true) },
    Way {
        name: "HTTP to a file",
        forwarder: "each body into a file",
        run: |load, middle| from_http(load, middle, false),
    },
    Way { name: "a file to HTTP", forwarder: "1 MiB a request", run: |load, middle| from_file(load, middle, true) },
    Way { name: "a file to a file", forwarder: "1 MiB a write", run: |load, middle| from_file(load, middle, false) },
];

impl Way {
    /// Seconds of the processor for one record.
    pub(crate) fn seconds(&self, load: &Load, middle: Middle) -> Result<f64> {
        (self.run)(load, middle).with_context(|| self.name.to_owned())
    }
}

/// What the process spends while this happens, for one of so many records.
fn spent(hop: &Hop, records: usize, happen: impl FnOnce() -> Result<()>) -> Result<f64> {
    let before = process::seconds(hop.0.id())?;
    happen()?;
    Ok((process::seconds(hop.0.id())? - before) / records as f64)
}

fn pipe(load: &Load, middle: Middle) -> Result<f64> {
    let place = Place::new();
    let mut hop = hop::piped(middle, &["pipe"], &place)?;
    let mut to = hop.0.stdin.take().context("standard input")?;
    let mut from = hop.0.stdout.take().context("standard output")?;
    let pieces = load.pieces();
    spent(&hop, load.many(), || {
        thread::scope(|scope| {
            let feeder = scope.spawn(|| pieces.iter().try_for_each(|piece| to.write_all(piece)));
            let (mut buffer, mut lines) = (vec![0; 256 << 10], 0);
            while lines < load.many() {
                let length = from.read(&mut buffer)?;
                ensure!(length > 0, "it ended after {lines} records");
                lines += buffer.iter().take(length).filter(|&&byte| byte == b'\n').count();
            }
            feeder.join().map_err(|_| anyhow!("the feeder panicked"))??;
            Ok(())
        })
    })
}

fn lines(load: &Load, middle: Middle, dialect: &str) -> Result<f64> {
    let place = Place::new();
    let mut hop = hop::piped(middle, &[dialect], &place)?;
    let mut to = hop.0.stdin.take().context("standard input")?;
    let mut from = BufReader::new(hop.0.stdout.take().context("standard output")?);
    let mut reply = Vec::new();
    let mut hear = || -> Result<()> {
        reply.clear();
        from.read_until(b'\n', &mut reply)?;
        ensure!(reply.ends_with(b"\n"), "it ended");
        Ok(())
    };
    if dialect == "omprog" {
        hear()?;
    }
    let mut lines = load.one_by_one();
    spent(&hop, lines.len(), || {
        lines.try_for_each(|line| {
            to.write_all(line)?;
            hear()
        })
    })
}

fn from_http(load: &Load, middle: Middle, to_http: bool) -> Result<f64> {
    let (place, server, address) = (Place::new(), Server::taking(), free_address());
    let to = if to_http { To::Http(&server) } else { To::Out };
    let hop = hop::between(middle, From::Http(address), &to, &place)?;
    let pieces = load.pieces();
    let send = |own: &[Vec<u8>]| -> Result<()> {
        let mut client = Client::to(address);
        for piece in own {
            let answer = client.post("/", &[], piece).context("no answer")?;
            ensure!(answer.status == 200, "answered {}", answer.status);
        }
        Ok(())
    };
    let spent = spent(&hop, load.many(), || {
        thread::scope(|scope| {
            let senders: Vec<_> =
                pieces.chunks(pieces.len().div_ceil(SENDERS)).map(|own| scope.spawn(move || send(own))).collect();
            senders.into_iter().try_for_each(|sender| sender.join().map_err(|_| anyhow!("a sender panicked"))?)
        })
    });
    server.forget();
    spent
}

fn from_file(load: &Load, middle: Middle, to_http: bool) -> Result<f64> {
    let (place, server) = (Place::new(), Server::taking());
    let out = place.path().join("out");
    let mut log = std::fs::File::create(place.path().join("log"))?;
    forwarder::clear(&out)?;
    let to = if to_http { To::Http(&server) } else { To::Out };
    let pieces = load.pieces();
    let hop = hop::between(middle, From::Log, &to, &place)?;
    // Until it follows the file, so that its start does not count.
    log.write_all(LAST)?;
    arrived(&server, &out, to_http)?;
    server.forget();
    let spent = spent(&hop, load.many(), || {
        pieces.iter().try_for_each(|piece| log.write_all(piece))?;
        log.write_all(LAST)?;
        arrived(&server, &out, to_http)
    });
    server.forget();
    spent
}

/// Waits for the last record.
fn arrived(server: &Server, out: &std::path::Path, to_http: bool) -> Result<()> {
    if !to_http {
        return hop::ends_with(out, LAST);
    }
    while !server.last_ends_with(LAST) {
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
