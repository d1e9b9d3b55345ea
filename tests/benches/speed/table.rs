//! Prints what was measured, and how it stands to the goals.

use crate::rounds::{Time, Times};

/// What one of the ways should reach.
pub(crate) struct Goal {
    pub(crate) what: &'static str,
    pub(crate) wanted: Wanted,
    pub(crate) measured: f64,
    /// What the numbers are: `×`, ` ms`.
    pub(crate) unit: &'static str,
}

/// On which side of a number the goal lies.
pub(crate) enum Wanted {
    AtLeast(f64),
    AtMost(f64),
}

/// How fast this many bytes and records went in each way, also as a multiple of one of them.
pub(crate) fn print_throughput(title: &str, times: &Times, (bytes, records): (usize, usize), unit: (&str, Time)) {
    println!("\n{title} ({})", times.described());
    println!("{:<52}{:>9}{:>12}{:>12}  × {}", "", "MB/s", "records/s", "µs/record", unit.0);
    for (name, time) in times.iter() {
        let seconds = time.best.as_secs_f64();
        let multiple = time.speed_against(unit.1);
        let decimals = if multiple < 0.1 { 4 } else { 2 };
        println!(
            "{name:<52}{:>9.1}{:>12.0}{:>12.2}{multiple:>8.decimals$}",
            bytes as f64 / 1e6 / seconds,
            records as f64 / seconds,
            seconds * 1e6 / records as f64,
        );
    }
}

/// How long each way took.
pub(crate) fn print_durations(title: &str, times: &Times) {
    println!("\n{title} ({})", times.described());
    for (name, time) in times.iter() {
        println!("{name:<52}{:>9.1} ms", time.best.as_secs_f64() * 1e3);
    }
}

/// All goals, and whether they were reached.
pub(crate) fn print_goals(goals: &[Goal]) {
    println!("\nGoals");
    for Goal { what, wanted, measured, unit } in goals {
        let (sign, number, reached) = match *wanted {
            Wanted::AtLeast(number) => ("≥", number, *measured >= number),
            Wanted::AtMost(number) => ("≤", number, *measured <= number),
        };
        let verdict = if reached { "reached" } else { "MISSED" };
        println!(
            "{what:<52} {sign} {:<10}{:>10}   {verdict}",
            format!("{number}{unit}"),
            format!("{measured:.2}{unit}")
        );
    }
}
