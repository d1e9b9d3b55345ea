//! What the system asks of the service.

use std::io;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To end (SIGTERM, SIGINT).
    End,
    /// To read rules again (SIGHUP).
    Reload,
}

/// What was asked before anybody could fulfil it, and all that is asked from now on, in the order in which it comes.
pub(super) struct Kept {
    report: UnboundedSender<Asked>,
    asked: UnboundedReceiver<Asked>,
}

impl Kept {
    /// Whether the end was asked for by now. Other wishes are kept.
    pub(super) fn is_to_end(&mut self) -> bool {
        let asked: Vec<Asked> = std::iter::from_fn(|| self.asked.try_recv().ok()).collect();
        for wish in &asked {
            // Who receives it is here.
            let _ = self.report.send(*wish);
        }
        asked.contains(&Asked::End)
    }

    /// All of it.
    pub(super) fn asked(self) -> UnboundedReceiver<Asked> {
        self.asked
    }
}

/// From now on none of these signals ends the process by itself.
#[cfg(unix)]
pub(super) fn keep() -> io::Result<Kept> {
    use tokio::signal::unix::{SignalKind, signal};
    let (report, asked) = unbounded_channel();
    for (kind, what) in [
        (SignalKind::terminate(), Asked::End),
        (SignalKind::interrupt(), Asked::End),
        (SignalKind::hangup(), Asked::Reload),
    ] {
        let (mut signals, report) = (signal(kind)?, report.clone());
        tokio::spawn(async move { while signals.recv().await.is_some() && report.send(what).is_ok() {} });
    }
    Ok(Kept { report, asked })
}

#[cfg(not(unix))]
pub(super) fn keep() -> io::Result<Kept> {
    let (report, asked) = unbounded_channel();
    let to = report.clone();
    tokio::spawn(async move { while tokio::signal::ctrl_c().await.is_ok() && to.send(Asked::End).is_ok() {} });
    Ok(Kept { report, asked })
}
