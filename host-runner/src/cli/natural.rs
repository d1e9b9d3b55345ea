//! The order in which a person looks for names: `cloudwatch-2` before `cloudwatch-10`.

/// What to sort a name by: its runs of digits as the numbers they are, what stands between them as text. The name
/// itself decides between numbers that differ only in leading zeros.
pub(super) fn order(name: &str) -> (Vec<(usize, &str)>, &str) {
    let mut runs = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let is_number = first.is_ascii_digit();
        let end = rest.find(|next: char| next.is_ascii_digit() != is_number).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        // Of two numbers the longer one is greater, so that none is too large to compare.
        let digits = run.trim_start_matches('0');
        runs.push(if is_number { (digits.len(), digits) } else { (0, run) });
        rest = after;
    }
    (runs, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_wherever_they_stand() {
        let sorted =
            ["a", "a1/b", "a10", "a-0", "a-01", "a-1", "a-2", "a-2b", "a-10", "a-99999999999999999999999", "a-b"];
        for (at, one) in sorted.iter().enumerate() {
            for other in sorted.iter().skip(at + 1) {
                assert!(order(one) < order(other), "{one} before {other}");
            }
        }
    }
}
