//! The running service: what it is made of, and how it ends.

use super::admin::Admin;
use super::bench::{Bench, Generation};
use super::breaker::Breaker;
use super::budget::Budget;
use super::collector::{Collector, Way};
use super::health::Health;
use super::intake::Intake;
use super::plan::{Destination, Plan, PlannedInput, PlannedOutput};
use super::reloading::{Reloader, judges};
use super::signals::{self, Asked, Kept};
use super::stop::Stop;
use super::worker::{self, Shared};
use super::{Ended, Reload};
use crate::config::typed::Overload;
use crate::engine::Loaded;
use crate::input::file::Follower;
use crate::input::http::HttpSource;
use crate::log::{self, Level};
use crate::metrics::Metrics;
use crate::output::file::{write_file, write_stdout};
use crate::output::http::Deliverer;
use crate::output::surroundings::Surroundings;
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, Sender, UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How often is looked whether all is delivered, once the service is to end.
const LOOK: Duration = Duration::from_millis(10);

pub(super) struct Running {
    grace: Duration,
    bench: Arc<Bench>,
    budget: Arc<Budget>,
    stop: Arc<Stop>,
    asked: UnboundedReceiver<Asked>,
    /// Wakes who reads rules again. One wish waits at most: it means the rules as they are then.
    reload: Sender<()>,
    /// Tasks that take connections, and for each the permits that come back when connections end.
    listeners: Vec<(JoinHandle<()>, Arc<Semaphore>, u32)>,
    followers: Vec<thread::JoinHandle<()>>,
}

impl Running {
    /// Opens sockets and starts threads.
    pub(super) async fn start(plan: Plan, kept: Kept, loaded: Loaded, reload: Arc<Reload>) -> Result<Self> {
        let general = plan.general;
        let asked = signals::listen(kept).context("cannot listen for signals")?;
        let workers = general.workers.map_or_else(processors, usize::from);
        let metrics = Arc::new(Metrics::new());
        metrics.generation.set(1);
        metrics.refused_rules.set(i64::try_from(loaded.manifest().refused.len()).unwrap_or(i64::MAX));
        let (health, stop) = (Arc::new(Health::default()), Arc::new(Stop::new()));
        let budget = Arc::new(Budget::new(general.memory_limit.0));
        let long = Arc::new(Budget::new(1));
        let breaker = Arc::new(Breaker::new(general.breaker_after));
        let bench = Arc::new(Bench::new(Generation::new(1, judges(loaded, workers))));

        // All addresses are taken before anything moves.
        let admin_listener = match &plan.admin {
            Some(admin) => Some(bind("admin", admin.listen).await?),
            None => None,
        };
        let (mut sources, mut followed) = (Vec::new(), Vec::new());
        for (name, input) in plan.inputs {
            let outputs = plan.outputs.iter().filter(|output| output.inputs.contains(&name)).count();
            let mut intake = Intake {
                name: name.as_str().into(),
                outputs,
                max_record: plan.max_record,
                body_limit: 0,
                bench: Arc::clone(&bench),
                budget: Arc::clone(&budget),
                long: Arc::clone(&long),
                is_gone: Arc::default(),
            };
            match input {
                PlannedInput::Http(http) => {
                    let (config, gate) = *http;
                    let listener = bind(&name, config.listen).await?;
                    intake.body_limit = config.body_limit.0;
                    let (metrics, stop) = (Arc::clone(&metrics), Arc::clone(&stop));
                    sources.push((Arc::new(HttpSource { config, gate, intake, metrics, stop }), listener));
                }
                PlannedInput::File(config) => followed.push(Follower {
                    path: config.path,
                    poll: config.poll.0,
                    intake,
                    positions: general.state_dir.clone().unwrap_or_default().join("positions"),
                    health: Arc::clone(&health),
                    metrics: Arc::clone(&metrics),
                    stop: Arc::clone(&stop),
                }),
            }
        }

        let around = |name: String| Surroundings {
            name,
            metrics: Arc::clone(&metrics),
            health: Arc::clone(&health),
            stop: Arc::clone(&stop),
        };
        let mut ways = Vec::new();
        for PlannedOutput { name, inputs, emit, unwrap, to } in plan.outputs {
            let (way, parcels) = unbounded_channel();
            let around = around(name);
            match to {
                Destination::Http(target, dead_letters) => {
                    tokio::spawn(Deliverer::new(*target, dead_letters, Arc::new(around)).run(parcels));
                }
                Destination::File(file) => drop(spawn(&stop, "output", move || write_file(&file, &around, parcels))?),
                Destination::Stdout => drop(spawn(&stop, "output", move || write_stdout(&around, parcels))?),
            }
            ways.push(Way { inputs, emit, unwrap, to: way });
        }

        let (done, judged) = channel();
        let shared = Arc::new(Shared {
            bench: Arc::clone(&bench),
            breaker: Arc::clone(&breaker),
            metrics: Arc::clone(&metrics),
            forms: plan.forms,
            bypass_after: (general.overload == Overload::Bypass).then_some(general.overload_after.0),
        });
        for _ in 0..workers {
            let (shared, done) = (Arc::clone(&shared), done.clone());
            spawn(&stop, "worker", move || worker::work(&shared, &done))?;
        }
        let collector = Collector {
            ways,
            field: plan.field,
            on_failure: general.on_failure,
            metrics: Arc::clone(&metrics),
            stop: Arc::clone(&stop),
        };
        spawn(&stop, "collector", move || collector.run(&judged))?;

        if let Some(listener) = admin_listener {
            let (metrics, stop) = (Arc::clone(&metrics), Arc::clone(&stop));
            let (bench, budget) = (Arc::clone(&bench), Arc::clone(&budget));
            tokio::spawn(Admin { metrics, health, breaker, bench, budget, stop }.serve(listener));
        }
        let listeners = sources.into_iter().map(|(source, listener)| {
            let connections = u32::from(source.config.connections);
            let open = Arc::new(Semaphore::new(usize::from(source.config.connections)));
            (tokio::spawn(source.serve(listener, Arc::clone(&open))), open, connections)
        });
        let listeners = listeners.collect();
        let followers = followed.into_iter().map(|follower| spawn(&stop, "follower", move || follower.run()));
        let followers = followers.collect::<Result<_>>()?;
        log::event(Level::Info, "started", &[("workers", &workers), ("memory_limit", &general.memory_limit)]);
        let (wish, wishes) = mpsc::channel(1);
        tokio::spawn(Reloader { reload, workers, bench: Arc::clone(&bench), metrics }.run(wishes));
        let grace = general.grace.0;
        Ok(Self { grace, bench, budget, stop, asked, reload: wish, listeners, followers })
    }

    /// Until somebody asks for the end, or it cannot go on.
    pub(super) async fn until_the_end(mut self) -> Ended {
        while let Some(asked) = self.asked_or_stopped().await {
            match asked {
                Asked::End => break,
                // Where one waits already, this is the same.
                Asked::Reload => drop(self.reload.try_send(())),
            }
        }
        self.drain().await
    }

    /// What is asked next; `None` if the service cannot go on.
    async fn asked_or_stopped(&mut self) -> Option<Asked> {
        let stop = Arc::clone(&self.stop);
        let mut stopped = std::pin::pin!(stop.drained());
        std::future::poll_fn(|cx| match stopped.as_mut().poll(cx) {
            std::task::Poll::Ready(()) => std::task::Poll::Ready(None),
            std::task::Poll::Pending => self.asked.poll_recv(cx),
        })
        .await
    }

    /// Takes nothing new in and waits until all that was is delivered, for as long as is allowed.
    async fn drain(mut self) -> Ended {
        log::event(Level::Info, "draining", &[("grace_ms", &self.grace.as_millis())]);
        self.stop.drain();
        self.listeners.iter().for_each(|(task, _, _)| task.abort());
        let started = Instant::now();
        let mut is_delivered = self.is_delivered();
        while !is_delivered && started.elapsed() < self.grace && !self.stop.is_failed() {
            if let Ok(Some(Asked::End)) = timeout(LOOK, self.asked.recv()).await {
                log::event(Level::Warn, "ended_at_once", &[("undelivered_bytes", &self.budget.used())]);
                return Ended::Undelivered;
            }
            is_delivered = self.is_delivered();
        }
        let undelivered = self.budget.used();
        self.budget.close();
        self.bench.close();
        log::event(Level::Info, "ended", &[("undelivered_bytes", &undelivered)]);
        if self.stop.is_failed() {
            // Who waits is told that nothing was delivered, before the process is gone.
            sleep(LOOK).await;
            return Ended::Failed;
        }
        if is_delivered { Ended::Drained } else { Ended::Undelivered }
    }

    /// Whether nobody is connected any more and nothing waits.
    fn is_delivered(&self) -> bool {
        let are_closed = self.listeners.iter().all(|(task, open, connections)| {
            // The task that takes connections holds a permit while it waits for one.
            task.is_finished() && open.available_permits() == *connections as usize
        });
        // A thread that follows a file ends when its last position is saved.
        let are_saved = self.followers.iter().all(thread::JoinHandle::is_finished);
        are_closed && are_saved && self.budget.used() == 0
    }
}

/// As many as the control group grants.
fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

async fn bind(name: &str, address: SocketAddr) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("{name}: cannot listen on {address}"))?;
    let address = listener.local_addr()?;
    log::event(Level::Info, "listening", &[("name", &name), ("address", &address)]);
    Ok(listener)
}

/// Starts a thread without which the service cannot go on.
fn spawn(stop: &Arc<Stop>, name: &'static str, work: impl FnOnce() + Send + 'static) -> Result<thread::JoinHandle<()>> {
    let watch = Watch { name, stop: Arc::clone(stop) };
    let watched = move || {
        let _watch = watch;
        work();
    };
    thread::Builder::new().name(name.to_owned()).spawn(watched).context("the system gives no thread")
}

/// Ends the service if its thread does not end by itself. What that thread held is not acknowledged, and others would
/// wait for it without end.
struct Watch {
    name: &'static str,
    stop: Arc<Stop>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if thread::panicking() {
            log::event(Level::Error, "thread_failed", &[("thread", &self.name)]);
            self.stop.because_of_failure();
        }
    }
}

#[cfg(test)]
mod tests;
