//! How long one record takes over HTTP, from its request to the acknowledgement, the other side's own answer included.

use crate::hop::{self, From, Middle, To};
use crate::load::Load;
use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};
use trailsieve_tests::http::{Client, Server};
use trailsieve_tests::place::Place;
use trailsieve_tests::service::free_address;

/// Records that are timed, after so many that are not.
const TIMED: usize = 5_000;
const WARMING: usize = 500;

/// One row of the table.
pub(crate) struct Latency {
    pub(crate) who: &'static str,
    /// Ascending.
    pub(crate) times: Vec<Duration>,
}

/// Trailsieve, and the forwarder that does nothing, in turn.
pub(crate) fn measure(load: &Load) -> Result<Vec<Latency>> {
    let mut rows = Vec::new();
    for (who, middle) in [("a forwarder that does nothing", Middle::Nothing), ("`run`", Middle::Trailsieve)] {
        let (place, server, address) = (Place::new(), Server::taking(), free_address());
        let _hop = hop::between(middle, From::Http(address), &To::Http(&server), &place)?;
        let mut client = Client::to(address);
        let mut times = Vec::new();
        for record in load.one_by_one().take(WARMING + TIMED) {
            let start = Instant::now();
            let answer = client.post("/", &[], record).context("no answer")?;
            times.push(start.elapsed());
            ensure!(answer.status == 200, "answered {}", answer.status);
        }
        let mut times = times.split_off(WARMING);
        times.sort();
        rows.push(Latency { who, times });
        server.forget();
    }
    Ok(rows)
}
