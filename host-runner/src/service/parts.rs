//! What a running service is made of: takes the plan piece by piece, gives inputs that nobody is heard by yet, outputs, and
//! the threads between them.

use super::breaker::Breaker;
use super::budget::Budget;
use super::collector::{Collector, Way};
use super::health::Health;
use super::intake::Intake;
use super::plan::{Destination, PlannedInput, PlannedOutput};
use super::queue::{Generation, Queue};
use super::state_dir::POSITIONS;
use super::stop::Stop;
use super::threads::spawn;
use super::worker::{self, Shared};
use crate::config::typed::{General, Overload};
use crate::framing::Forms;
use crate::input::file::Follower;
use crate::input::http::HttpSource;
use crate::log::{self, Level};
use crate::metrics::Metrics;
use crate::output::file::{write_file, write_stdout};
use crate::output::http::Deliverer;
use crate::output::surroundings::Surroundings;
use crate::splice::Field;
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::channel;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;

/// What all parts share.
pub(super) struct Parts {
    pub(super) queue: Arc<Queue>,
    pub(super) budget: Arc<Budget>,
    pub(super) breaker: Arc<Breaker>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) health: Arc<Health>,
    pub(super) stop: Arc<Stop>,
}

/// Where records come from.
pub(super) struct Inputs {
    /// What is listened on; connections are not taken yet.
    pub(super) listening: Vec<(Arc<HttpSource>, TcpListener)>,
    pub(super) followed: Vec<Follower>,
}

impl Parts {
    pub(super) fn new(general: &General, first: Generation) -> Self {
        let metrics = Arc::new(Metrics::new());
        metrics.generation.set(1);
        Self {
            queue: Arc::new(Queue::new(first)),
            budget: Arc::new(Budget::new(general.memory_limit.0)),
            breaker: Arc::new(Breaker::new(general.breaker_after)),
            metrics,
            health: Arc::default(),
            stop: Arc::new(Stop::new()),
        }
    }

    /// Takes all addresses.
    pub(super) async fn inputs(
        &self,
        inputs: Vec<(String, PlannedInput)>,
        outputs: &[PlannedOutput],
        max_record: usize,
        general: &General,
    ) -> Result<Inputs> {
        // One place: whoever has it gathers alone.
        let long = Arc::new(Budget::new(1));
        let (mut listening, mut followed) = (Vec::new(), Vec::new());
        for (name, input) in inputs {
            let mut intake = Intake {
                name: name.as_str().into(),
                outputs: outputs.iter().filter(|output| output.inputs.contains(&name)).count(),
                max_record,
                body_limit: 0,
                queue: Arc::clone(&self.queue),
                budget: Arc::clone(&self.budget),
                long: Arc::clone(&long),
                is_gone: Arc::default(),
            };
            let (metrics, stop) = (Arc::clone(&self.metrics), Arc::clone(&self.stop));
            match input {
                PlannedInput::Http(http) => {
                    let (config, gate) = *http;
                    let listener = bind(&name, config.listen).await?;
                    intake.body_limit = config.body_limit.0;
                    listening.push((Arc::new(HttpSource { config, gate, intake, metrics, stop }), listener));
                }
                PlannedInput::File(config) => followed.push(Follower {
                    path: config.path,
                    poll: config.poll.0,
                    intake,
                    positions: general.state_dir.clone().unwrap_or_default().join(POSITIONS),
                    health: Arc::clone(&self.health),
                    metrics,
                    stop,
                }),
            }
        }
        Ok(Inputs { listening, followed })
    }

    /// Starts them; each takes what is sent its way.
    pub(super) fn outputs(&self, outputs: Vec<PlannedOutput>) -> Result<Vec<Way>> {
        let mut ways = Vec::new();
        for PlannedOutput { name, inputs, emit, unwrap, to } in outputs {
            let (way, parcels) = unbounded_channel();
            let around = Surroundings {
                name,
                metrics: Arc::clone(&self.metrics),
                health: Arc::clone(&self.health),
                stop: Arc::clone(&self.stop),
            };
            match to {
                Destination::Http(target, dead_letters) => {
                    tokio::spawn(Deliverer::new(*target, dead_letters, Arc::new(around)).run(parcels));
                }
                Destination::File(file) => {
                    spawn(&self.stop, "output", move || write_file(&file, &around, parcels))?;
                }
                Destination::Stdout => {
                    spawn(&self.stop, "output", move || write_stdout(&around, parcels))?;
                }
            }
            ways.push(Way { inputs, emit, unwrap, to: way });
        }
        Ok(ways)
    }

    /// Starts workers, and who hands on what they have judged.
    pub(super) fn judging(
        &self,
        workers: usize,
        forms: Forms,
        ways: Vec<Way>,
        field: Field,
        general: &General,
    ) -> Result<()> {
        let (done, judged) = channel();
        let shared = Arc::new(Shared {
            queue: Arc::clone(&self.queue),
            breaker: Arc::clone(&self.breaker),
            metrics: Arc::clone(&self.metrics),
            forms,
            bypass_after: (general.overload == Overload::Bypass).then_some(general.overload_after.0),
        });
        for _ in 0..workers {
            let (shared, done) = (Arc::clone(&shared), done.clone());
            spawn(&self.stop, "worker", move || worker::work(&shared, &done))?;
        }
        let collector = Collector {
            ways,
            field,
            zone: general.time_zone.clone(),
            on_failure: general.on_failure,
            metrics: Arc::clone(&self.metrics),
            stop: Arc::clone(&self.stop),
        };
        spawn(&self.stop, "collector", move || collector.run(&judged))?;
        Ok(())
    }
}

/// Listens on an address, and tells on which.
pub(super) async fn bind(name: &str, address: SocketAddr) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("{name}: cannot listen on {address}"))?;
    let address = listener.local_addr()?;
    log::event(Level::Info, "listening", &[("name", &name), ("address", &address)]);
    Ok(listener)
}
