//! Prints what was measured, as the Markdown that the README's table is copied from.

use crate::latency::Latency;

/// One way: the seconds of the processor that one record takes.
pub(crate) struct Row {
    pub(crate) way: &'static str,
    pub(crate) forwarder: &'static str,
    pub(crate) with: f64,
    pub(crate) without: f64,
}

/// Records a second of one processor, and whether the detector adds less than the hop costs anyway.
pub(crate) fn print_costs(rows: &[Row]) {
    print!("\n| Way | records/s a core | µs/record | forwarder that does nothing, µs ");
    println!("| what it does | detector adds less than the hop |");
    println!("|---|---|---|---|---|---|");
    for Row { way, forwarder, with, without } in rows {
        let added = with - without;
        let verdict = if added < *without { "reached" } else { "MISSED" };
        println!(
            "| {way} | {:.0} | {:.2} | {:.2} | {forwarder} | {verdict} ({:.1} times the hop) |",
            1.0 / with,
            with * 1e6,
            without * 1e6,
            added / without
        );
    }
}

/// The time of one record over HTTP.
pub(crate) fn print_latencies(rows: &[Latency]) {
    println!("\n| One record over HTTP | p50 | p99 | p99.9 |");
    println!("|---|---|---|---|");
    for Latency { who, times } in rows {
        let at = |part: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place in a row of thousands"
            )]
            let place = (times.len() as f64 * part) as usize;
            times.get(place).or(times.last()).map_or(0.0, |time| time.as_secs_f64() * 1e6)
        };
        println!("| {who} | {:.0} µs | {:.0} µs | {:.0} µs |", at(0.5), at(0.99), at(0.999));
    }
}
