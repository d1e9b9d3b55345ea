//! What a scan found, for a person: rules by level with how often each matched, and what became of all records.
//!
//! Takes counters and the manifest, gives text. Levels below medium are one line of counts, unless there is nothing
//! else to show.

use super::counted::counted;
use super::last_seen::LastSeen;
use super::level::Level;
use super::terminal::plain;
use super::{natural, table};
use crate::engine::manifest::Manifest;
use crate::metrics::Counters;
use std::cmp::Reverse;
use std::collections::BTreeMap;

struct Row<'a> {
    level: Level,
    level_name: &'a str,
    findings: u64,
    rule: &'a str,
    title: &'a str,
}

/// The whole answer; `seen` if it is to tell when each rule found something last.
pub(super) fn text(counters: &Counters, manifest: &Manifest, seen: Option<&LastSeen>, coloured: bool) -> String {
    let known: BTreeMap<&str, _> = manifest.rules.iter().map(|rule| (rule.name.as_str(), rule)).collect();
    let mut rows: Vec<Row<'_>> = counters
        .findings
        .levels_by_rule
        .iter()
        .flat_map(|(name, levels)| levels.iter().map(move |(level, findings)| (name, level, *findings)))
        .map(|(name, level_name, findings)| {
            let title = known.get(name.as_str()).map_or("", |rule| rule.title.as_str());
            Row { level: Level::named_or_gravest(level_name), level_name, findings, rule: name, title }
        })
        .collect();
    rows.sort_by_cached_key(|row| (Reverse(row.level), Reverse(row.findings), natural::order(row.rule)));
    let (grave, light): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.level >= Level::Medium);
    let sum = |rows: &[&Row<'_>]| rows.iter().map(|row| row.findings).sum::<u64>();
    let all = counted(sum(&grave) + sum(&light), "finding");
    let answer = match (grave.as_slice(), light.as_slice()) {
        ([], []) if counters.judged() == 0 => "no record was judged\n".to_owned(),
        ([], []) => "nothing found\n".to_owned(),
        ([], light) => {
            let which = if sum(light) == 1 { "" } else { "all " };
            format!("{all}, {which}below medium:\n\n{}", shown(light, seen, coloured))
        }
        (grave, []) => format!("{all}:\n\n{}", shown(grave, seen, coloured)),
        (grave, light) => {
            format!("{all}, {} medium or above:\n\n{}\n{}", sum(grave), shown(grave, seen, coloured), below(light))
        }
    };
    format!("{answer}\n{}", totals(counters))
}

fn shown(rows: &[&Row<'_>], seen: Option<&LastSeen>, coloured: bool) -> String {
    let cells = |row: &Row<'_>| [plain(row.level_name), row.findings.to_string(), plain(row.rule), plain(row.title)];
    let lines = match seen {
        None => table::lines(["LEVEL", "FINDINGS", "RULE", "TITLE"], rows.iter().map(|row| cells(row)), &[1]),
        Some(seen) => {
            let with_time = |row: &&Row<'_>| {
                let [level, findings, rule, title] = cells(row);
                [level, findings, seen.of(row.level_name, row.rule), rule, title]
            };
            table::lines(["LEVEL", "FINDINGS", "LAST SEEN", "RULE", "TITLE"], rows.iter().map(with_time), &[1])
        }
    };
    let levels = std::iter::once(None).chain(rows.iter().map(|row| Some(row.level)));
    lines.iter().zip(levels).map(|(line, level)| painted(line, level.filter(|_| coloured)) + "\n").collect()
}

/// The first word of a line is its level.
fn painted(line: &str, level: Option<Level>) -> String {
    let colour = match level {
        Some(Level::Critical) => "1;31",
        Some(Level::High) => "31",
        Some(Level::Medium) => "33",
        Some(Level::Low) => "36",
        Some(Level::Informational) | None => return line.to_owned(),
    };
    let start = line.len() - line.trim_start().len();
    let (margin, rest) = line.split_at(start);
    let (word, rest) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
    format!("{margin}\x1b[{colour}m{word}\x1b[0m{rest}")
}

fn below(rows: &[&Row<'_>]) -> String {
    let sum = |level| rows.iter().filter(|row| row.level == level).map(|row| row.findings).sum::<u64>();
    let sums = [Level::Low, Level::Informational].map(|level| (sum(level), level.name()));
    let told: Vec<String> =
        sums.iter().filter(|(sum, _)| *sum > 0).map(|(sum, name)| format!("{sum} {name}")).collect();
    format!("below medium: {} (--format ndjson has each)\n", told.join(", "))
}

/// One sum that anybody can check. What usually does not happen is left out when it did not.
fn totals(counters: &Counters) -> String {
    let others = [
        (counters.unjudged, "unjudged"),
        (counters.malformed, "malformed"),
        (counters.oversized, "oversized"),
        (counters.not_cloudtrail, "not CloudTrail"),
    ];
    let others: String =
        others.iter().filter(|(number, _)| *number > 0).map(|(number, name)| format!(" + {number} {name}")).collect();
    let records = counted(counters.records_in, "record");
    let mut text = format!("{records} = {} clean + {} flagged\n", counters.clean, counters.flagged);
    if !others.is_empty() {
        text.push_str(&format!("   {others}\n"));
    }
    text
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]
mod tests {
    use super::*;

    fn shown(found: &[(&str, &str, u64)], coloured: bool) -> String {
        let rule = |(name, level, _): &(&str, &str, u64)| {
            format!(
                r#"{{"name":"{name}","id":"{name}","title":"about {name}","level":"{level}","language":"sigma",
                "enabled":true,"built_in":true,"tags":[]}}"#
            )
        };
        let rules = found.iter().map(rule).collect::<Vec<_>>().join(",");
        let manifest = format!(r#"{{"format":1,"detector":"d","version":"1","rules":[{rules}],"refused":[]}}"#);
        let mut counters = Counters { records_in: 10, clean: 10, ..Counters::default() };
        for (name, level, number) in found {
            let levels = counters.findings.levels_by_rule.entry((*name).to_owned()).or_default();
            levels.insert((*level).to_owned(), *number);
        }
        text(&counters, &serde_json::from_str(&manifest).unwrap(), None, coloured)
    }

    #[test]
    fn graver_findings_come_first_and_light_ones_are_counted() {
        let text = shown(&[("a/low", "low", 3), ("b/medium", "medium", 9), ("c/high", "high", 1)], false);
        let (high, medium) = (text.find("c/high").unwrap(), text.find("b/medium").unwrap());
        assert!(high < medium, "{text}");
        assert!(text.starts_with("13 findings, 10 medium or above:\n"), "{text}");
        assert!(!text.contains("a/low") && text.contains("below medium: 3 low (--format"), "{text}");
    }

    #[test]
    fn light_findings_are_shown_where_there_is_nothing_else() {
        let text = shown(&[("a/low", "low", 3)], false);
        assert!(text.contains("a/low") && text.contains("about a/low"), "{text}");
    }

    #[test]
    fn findings_that_an_override_makes_graver_are_not_hidden_behind_their_rule() {
        let text = shown(&[("a/rule", "low", 3), ("a/rule", "critical", 1)], false);
        assert!(text.starts_with("4 findings, 1 medium or above:\n"), "{text}");
        assert!(text.lines().any(|line| line.split_whitespace().take(3).eq(["critical", "1", "a/rule"])), "{text}");
    }

    #[test]
    fn text_of_rules_gives_a_terminal_no_commands() {
        let text = shown(&[("a/\\u001b[2J", "high", 1)], true);
        assert!(text.contains("a/\\u001b[2J"), "{text}");
        assert_eq!(text.matches('\x1b').count(), 2, "the colour of the level and its end: {text}");
        assert!(!shown(&[("a/b", "high", 1)], false).contains('\x1b'));
    }

    #[test]
    fn a_level_that_nobody_knows_is_not_hidden() {
        assert!(shown(&[("a/odd", "catastrophic", 1), ("a/high", "high", 1)], false).contains("a/odd"));
    }
}
