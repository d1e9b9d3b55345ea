//! What the system asks of the service.

use std::io;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To end (SIGTERM, SIGINT).
    End,
    /// To read rules again (SIGHUP).
    Reload,
}

/// Wishes to read rules again, before anybody can fulfil them.
#[cfg(unix)]
pub(super) struct Kept(Signal);

/// Where there are no such signals.
#[cfg(not(unix))]
pub(super) struct Kept;

/// From now on such a wish does not end the process. It waits until somebody listens.
#[cfg(unix)]
pub(super) fn keep() -> io::Result<Kept> {
    Ok(Kept(signal(SignalKind::hangup())?))
}

#[cfg(not(unix))]
pub(super) fn keep() -> io::Result<Kept> {
    Ok(Kept)
}

/// Signals in the order in which they come, behind a wish that was kept. From now on none of them ends the process by
/// itself.
#[cfg(unix)]
pub(super) fn listen(Kept(hangups): Kept) -> io::Result<UnboundedReceiver<Asked>> {
    let (report, asked) = unbounded_channel();
    let (terminations, interrupts) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    for (mut signals, what) in [(terminations, Asked::End), (interrupts, Asked::End), (hangups, Asked::Reload)] {
        let report = report.clone();
        tokio::spawn(async move { while signals.recv().await.is_some() && report.send(what).is_ok() {} });
    }
    Ok(asked)
}

#[cfg(not(unix))]
pub(super) fn listen(_: Kept) -> io::Result<UnboundedReceiver<Asked>> {
    let (report, asked) = unbounded_channel();
    tokio::spawn(async move { while tokio::signal::ctrl_c().await.is_ok() && report.send(Asked::End).is_ok() {} });
    Ok(asked)
}
