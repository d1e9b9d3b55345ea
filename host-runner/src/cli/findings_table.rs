//! What a scan found, for a person: rules by level with how often each matched, and what became of all records.
//!
//! Takes counters and the manifest, gives text. Levels below medium are one line of counts, unless there is nothing
//! else to show.

use super::level::Level;
use super::terminal::plain;
use crate::engine::manifest::Manifest;
use crate::metrics::Counters;
use comfy_table::{CellAlignment, Table, presets};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Longer titles are cut: a table that wraps is hard to read.
const TITLE_WIDTH: usize = 72;

struct Row<'a> {
    level: Level,
    level_name: &'a str,
    findings: u64,
    rule: &'a str,
    title: &'a str,
}

/// The whole answer.
pub(super) fn text(counters: &Counters, manifest: &Manifest, coloured: bool) -> String {
    let known: BTreeMap<&str, _> = manifest.rules.iter().map(|rule| (rule.name.as_str(), rule)).collect();
    let mut rows: Vec<Row<'_>> = counters
        .findings
        .by_rule
        .iter()
        .map(|(name, &findings)| {
            let rule = known.get(name.as_str());
            let level_name = rule.map_or("unknown", |rule| rule.level.as_str());
            let title = rule.map_or("", |rule| rule.title.as_str());
            Row { level: Level::named(level_name), level_name, findings, rule: name, title }
        })
        .collect();
    rows.sort_by_key(|row| (Reverse(row.level), Reverse(row.findings), row.rule));
    let (grave, light): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.level >= Level::Medium);
    let mut text = String::new();
    if rows.is_empty() {
        text.push_str("nothing found\n");
    } else if grave.is_empty() {
        text.push_str("nothing found of level medium or above; below it:\n\n");
        text.push_str(&table(&light, coloured));
    } else {
        text.push_str(&table(&grave, coloured));
        if !light.is_empty() {
            text.push_str(&below(&light));
        }
    }
    text.push('\n');
    text.push_str(&totals(counters));
    text
}

fn table(rows: &[&Row<'_>], coloured: bool) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["LEVEL", "FINDINGS", "RULE", "TITLE"]);
    for row in rows {
        table.add_row([plain(row.level_name), row.findings.to_string(), plain(row.rule), short(row.title)]);
    }
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let levels = std::iter::once(None).chain(rows.iter().map(|row| Some(row.level)));
    let lines = table.to_string();
    lines.lines().zip(levels).map(|(line, level)| painted(line.trim_end(), level.filter(|_| coloured)) + "\n").collect()
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

fn short(title: &str) -> String {
    let title = plain(title);
    if title.chars().count() <= TITLE_WIDTH {
        return title;
    }
    title.chars().take(TITLE_WIDTH - 1).chain(['…']).collect()
}

fn below(rows: &[&Row<'_>]) -> String {
    let sum = |level| rows.iter().filter(|row| row.level == level).map(|row| row.findings).sum::<u64>();
    format!(
        "\nbelow medium: {} low, {} informational (--format ndjson has each)\n",
        sum(Level::Low),
        sum(Level::Informational)
    )
}

/// One sum that anybody can check.
fn totals(counters: &Counters) -> String {
    format!(
        "{} records = {} clean + {} flagged + {} unjudged + {} malformed + {} oversized + {} not CloudTrail\n",
        counters.records_in,
        counters.clean,
        counters.flagged,
        counters.unjudged,
        counters.malformed,
        counters.oversized,
        counters.not_cloudtrail
    )
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
            counters.findings.by_rule.insert((*name).to_owned(), *number);
            *counters.findings.by_level.entry((*level).to_owned()).or_default() += number;
        }
        text(&counters, &serde_json::from_str(&manifest).unwrap(), coloured)
    }

    #[test]
    fn graver_findings_come_first_and_light_ones_are_counted() {
        let text = shown(&[("a/low", "low", 3), ("b/medium", "medium", 9), ("c/high", "high", 1)], false);
        let (high, medium) = (text.find("c/high").unwrap(), text.find("b/medium").unwrap());
        assert!(high < medium, "{text}");
        assert!(!text.contains("a/low") && text.contains("below medium: 3 low, 0 informational"), "{text}");
    }

    #[test]
    fn light_findings_are_shown_where_there_is_nothing_else() {
        let text = shown(&[("a/low", "low", 3)], false);
        assert!(text.contains("a/low") && text.contains("about a/low"), "{text}");
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
