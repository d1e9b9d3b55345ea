//! The running service: what it is made of, and how it ends.

use super::admin::Admin;
use super::budget::Budget;
use super::parts::{Inputs, Parts, bind};
use super::plan::Plan;
use super::queue::{Generation, Queue};
use super::reloading::{Reloader, judges};
use super::signals::{Asked, Kept};
use super::stop::Stop;
use super::threads::spawn;
use super::{Ended, Reload};
use crate::engine::Loaded;
use crate::log::{self, Level};
use anyhow::Result;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, Sender, UnboundedReceiver};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How often is looked whether all is delivered, once the service is to end.
const LOOK: Duration = Duration::from_millis(10);

pub(super) struct Running {
    grace: Duration,
    queue: Arc<Queue>,
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
        let Plan { general, admin, field, forms, max_record, inputs, outputs, .. } = plan;
        let asked = kept.asked();
        let workers = general.workers.map_or_else(processors, usize::from);
        let refused = loaded.manifest().refused.len();
        let parts = Parts::new(&general, Generation::new(1, judges(loaded, workers)));
        parts.metrics.refused_rules.set(i64::try_from(refused).unwrap_or(i64::MAX));

        // All addresses are taken before anything moves.
        let admin_listener = match &admin {
            Some(admin) => Some(bind("admin", admin.listen).await?),
            None => None,
        };
        let Inputs { listening, followed } = parts.inputs(inputs, &outputs, max_record, &general).await?;
        let ways = parts.outputs(outputs)?;
        parts.judging(workers, forms, ways, field, &general)?;

        let Parts { queue, budget, breaker, metrics, health, stop } = parts;
        if let Some(listener) = admin_listener {
            let (metrics, stop) = (Arc::clone(&metrics), Arc::clone(&stop));
            let (queue, budget) = (Arc::clone(&queue), Arc::clone(&budget));
            tokio::spawn(Admin { metrics, health, breaker, queue, budget, stop }.serve(listener));
        }
        let listeners = listening.into_iter().map(|(source, listener)| {
            let connections = u32::from(source.config.connections);
            let open = Arc::new(Semaphore::new(usize::from(source.config.connections)));
            (tokio::spawn(source.serve(listener, Arc::clone(&open))), open, connections)
        });
        let listeners = listeners.collect();
        let followers = followed.into_iter().map(|follower| spawn(&stop, "follower", move || follower.run()));
        let followers = followers.collect::<Result<_>>()?;
        log::event(Level::Info, "started", &[("workers", &workers), ("memory_limit", &general.memory_limit)]);
        let (wish, wishes) = mpsc::channel(1);
        tokio::spawn(Reloader { reload, workers, queue: Arc::clone(&queue), metrics }.run(wishes));
        let grace = general.grace.0;
        Ok(Self { grace, queue, budget, stop, asked, reload: wish, listeners, followers })
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
        self.queue.close();
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
