//! What the system asks of the service.

use std::io;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To end (SIGTERM, SIGINT).
    End,
    /// To read rules again (SIGHUP).
    Reload,
}

/// Signals in the order in which they come. From now on none of them ends the process by itself.
#[cfg(unix)]
pub(super) fn listen() -> io::Result<UnboundedReceiver<Asked>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (report, asked) = unbounded_channel();
    for (kind, what) in [
        (SignalKind::terminate(), Asked::End),
        (SignalKind::interrupt(), Asked::End),
        (SignalKind::hangup(), Asked::Reload),
    ] {
        let mut signals = signal(kind)?;
        let report = report.clone();
        tokio::spawn(async move { while signals.recv().await.is_some() && report.send(what).is_ok() {} });
    }
    Ok(asked)
}

/// Where there are no other signals.
#[cfg(not(unix))]
pub(super) fn listen() -> io::Result<UnboundedReceiver<Asked>> {
    let (report, asked) = unbounded_channel();
    tokio::spawn(async move { while tokio::signal::ctrl_c().await.is_ok() && report.send(Asked::End).is_ok() {} });
    Ok(asked)
}
