//! What the editions of the CIS AWS Foundations Benchmark call the Security Hub controls for CloudWatch.

use std::collections::BTreeSet;

/// The benchmark's editions, each with the section on monitoring and the number of "eliminate use of root".
const EDITIONS: [(&str, u8, &str); 10] = [
    ("1.2", 3, "1.1"),
    ("1.3", 4, "1.7"),
    ("1.4", 4, "1.7"),
    ("1.5", 4, "1.7"),
    ("2.0", 4, "1.7"),
    ("3.0", 4, "1.7"),
    ("4.0", 4, "1.7"),
    ("5.0", 4, "1.6"),
    ("6.0", 5, "2.6"),
    ("7.0", 5, "2.7"),
];

/// What the benchmark's editions call the control, as `edition-number`.
pub fn benchmark_items(control: u8) -> BTreeSet<String> {
    // Unauthorised calls, sign-ins without MFA and use of root come in this order in the benchmark.
    let item = match control {
        1 => 3,
        2 | 3 => control - 1,
        other => other,
    };
    let mut items: BTreeSet<String> =
        EDITIONS.iter().map(|(edition, section, _)| format!("{edition}-{section}.{item}")).collect();
    if control == 1 {
        items.extend(EDITIONS.iter().map(|(edition, _, root)| format!("{edition}-{root}")));
    }
    items
}
