//! `trailsieve run`: records from shippers to shippers, for as long as it is wanted.
//!
//! Takes a configuration and a detector with its pack; gives how it ended. Inputs cut what comes into pages and put
//! them into the queue; workers judge them side by side; one thread puts them back into order and hands lines to the
//! outputs, of which each acknowledges by itself. Only sockets are served asynchronously. All that waits is held by
//! one budget.

mod admin;
pub(crate) mod backoff;
mod breaker;
pub(crate) mod budget;
pub(crate) mod collector;
pub(crate) mod health;
pub(crate) mod intake;
mod parts;
mod plan;
mod queue;
mod reloading;
mod running;
pub(crate) mod secret;
pub(crate) mod share;
mod signals;
pub(crate) mod state_dir;
pub(crate) mod stop;
mod threads;
pub(crate) mod tls;
mod worker;

pub use plan::Plan;

use crate::engine::Loaded;
use crate::log::{self, Level};
use anyhow::{Context, Result};
use running::Running;
use signals::Kept;
use std::sync::Arc;
use std::thread;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// Reads the rules again. `Ok(None)`: they are as they were. Mistakes have been told when it errs.
pub type Reload = dyn Fn() -> Result<Option<Loaded>> + Send + Sync;

/// How the service ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was asked to, and all that it had taken in was delivered.
    Drained,
    /// It was asked to, and the outputs did not take all in time. Nothing of the rest was acknowledged.
    Undelivered,
    /// It could not go on, and has said why.
    Failed,
}

/// A service that waits for its rules. A wish to read them again (SIGHUP) is kept until it runs, and so is one to end
/// (SIGTERM): then it does not even start.
pub struct Service {
    plan: Plan,
    runtime: Runtime,
    kept: Kept,
}

impl Service {
    /// Starts the threads for sockets, and opens nothing yet.
    pub fn prepare(plan: Plan) -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(SOCKET_THREADS)
            .max_blocking_threads(plan.connections() + LEAVING_THREADS)
            .thread_name("sockets")
            .enable_all()
            .build()
            .context("cannot start the threads for sockets")?;
        let kept = {
            let _within = runtime.enter();
            signals::keep().context("cannot listen for signals")?
        };
        Ok(Self { plan, runtime, kept })
    }

    /// Runs it until it is asked to end.
    pub fn run(self, loaded: Loaded, reload: Arc<Reload>) -> Result<Ended> {
        let Self { plan, runtime, mut kept } = self;
        if kept.is_to_end() {
            log::event(Level::Info, "ended", &[("undelivered_bytes", &0)]);
            return Ok(Ended::Drained);
        }
        // To the very end, as a thread that is left behind may still save a position.
        let _held = plan.general.state_dir.as_deref().map(state_dir::hold).transpose()?;
        let ended = runtime.block_on(async {
            let running = Running::start(plan, kept, loaded, reload).await?;
            Ok(running.until_the_end().await)
        });
        // What still waits for a client or an output is not worth waiting for.
        runtime.shutdown_background();
        ended
    }
}

/// Sockets need little: bodies are read and records judged elsewhere.
const SOCKET_THREADS: usize = 2;

/// Threads that read the bodies of requests that are gone, and are about to end.
const LEAVING_THREADS: usize = 8;

/// Does in a thread of its own what may block, so that nothing that blocks elsewhere can keep it from being done.
/// `None`: the system gives no thread, or it has failed.
pub(crate) async fn aside<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (tell, told) = oneshot::channel();
    // Who asked may have gone; then there is nobody to tell.
    let started = thread::Builder::new().name(name.to_owned()).spawn(move || drop(tell.send(work())));
    started.ok()?;
    told.await.ok()
}
