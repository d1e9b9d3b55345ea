//! What the service says of itself: one line an event on standard error.
//!
//! Takes an event's name and values; gives `time level=… event=… key="value"`. Values may be written by anybody, so
//! that they are escaped. One kind of event cannot drown the others: beyond some lines a second they are only
//! counted, and the next line says how many were left out.

mod plain;
mod time;

pub(crate) use plain::{escaped, is_obeyed, plain};
pub(crate) use time::{rfc3339, seconds_of};

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How many lines of one kind may come at once, and how long each takes to be allowed anew.
const BURST: u32 = 20;
const REFILL: Duration = Duration::from_millis(500);

/// The longest value that is shown: an address, a path, a reason; nothing that records hold belongs here.
const LONGEST: usize = 512;

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

/// Lines left of one kind of event.
struct Kind {
    left: u32,
    since: Instant,
    silent: u64,
}

static KINDS: Mutex<BTreeMap<&'static str, Kind>> = Mutex::new(BTreeMap::new());

/// Whether only what went wrong is told.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// From now on nothing is told that is merely of interest.
pub(crate) fn only_troubles() {
    IS_QUIET.store(true, Ordering::Relaxed);
}

/// Says that something happened.
pub(crate) fn event(level: Level, name: &'static str, values: &[(&str, &dyn Display)]) {
    if level == Level::Info && IS_QUIET.load(Ordering::Relaxed) {
        return;
    }
    let Some(silent) = allowed(name, Instant::now()) else { return };
    let line = line(SystemTime::now(), level, name, values, silent);
    // Where nobody listens there is nobody to tell.
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// How many events of this kind were left out before this one; nothing if this one is, too.
fn allowed(name: &'static str, now: Instant) -> Option<u64> {
    let mut kinds = KINDS.lock().unwrap_or_else(PoisonError::into_inner);
    let kind = kinds.entry(name).or_insert(Kind { left: BURST, since: now, silent: 0 });
    let refilled = now.saturating_duration_since(kind.since).as_millis() / REFILL.as_millis();
    if refilled > 0 {
        kind.left = u32::try_from(refilled).unwrap_or(BURST).saturating_add(kind.left).min(BURST);
        kind.since = now;
    }
    match kind.left.checked_sub(1) {
        Some(left) => {
            kind.left = left;
            Some(std::mem::take(&mut kind.silent))
        }
        None => {
            kind.silent += 1;
            None
        }
    }
}

fn line(now: SystemTime, level: Level, name: &str, values: &[(&str, &dyn Display)], silent: u64) -> String {
    let level = match level {
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    };
    let mut line = format!("{} level={level} event={name}", rfc3339(now));
    for (key, value) in values {
        let value = value.to_string();
        let shown: String = value.chars().take(LONGEST).collect();
        let quoted = serde_json::Value::from(plain(&shown)).to_string();
        let _infallible = write!(line, " {key}={quoted}");
    }
    if silent > 0 {
        let _infallible = write!(line, " left_out={silent}");
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_end_a_line_or_hide_one() {
        let told = line(SystemTime::UNIX_EPOCH, Level::Warn, "x", &[("a", &"b\n\u{1b}[2J\" \u{202e}c")], 3);
        let expected =
            "1970-01-01T00:00:00.000Z level=warn event=x a=\"b\\\\u000a\\\\u001b[2J\\\" \\\\u202ec\" left_out=3\n";
        assert_eq!(told, expected);
    }

    #[test]
    fn a_flood_of_one_kind_is_counted_and_another_kind_still_heard() {
        let start = Instant::now();
        let told = (0..100).filter(|_| allowed("flood of a test", start).is_some()).count();
        assert_eq!(told, BURST as usize);
        assert_eq!(allowed("another kind of a test", start), Some(0));
        assert_eq!(allowed("flood of a test", start + REFILL), Some(100 - u64::from(BURST)));
    }
}
