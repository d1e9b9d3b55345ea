//! The verdict rows of the digest of Sigma, as rules and records that a detector takes.
//!
//! Reads `sigma/rows.tsv` and `sigma/filter_rows.tsv`, and gives for each row files to load, a record and the verdict.
//! The record gains what makes it one of CloudTrail's without standing in the way of any row: no `eventSource`, which
//! rows use, but the type of an Insights event.
#![expect(clippy::expect_used, reason = "a table that cannot be read proves nothing")]

use Expected::{Match, NoMatch, Refused};

/// What must become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The rule matches the record.
    Match,
    /// It does not.
    NoMatch,
    /// It is no rule.
    Refused,
}

/// One row of either table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its number in the digest, or `F` and a number.
    pub id: &'static str,
    /// The text of the rule file.
    pub rule: String,
    /// The text of the filter file, in rows about filters.
    pub filter: Option<String>,
    /// The record.
    pub record: String,
    /// What must become of it.
    pub expected: Expected,
}

/// The lines of the table on detections and conditions.
pub fn lines() -> Vec<&'static str> {
    table(include_str!("../sigma/rows.tsv"))
}

/// The lines of the table on filters.
pub fn filter_lines() -> Vec<&'static str> {
    table(include_str!("../sigma/filter_rows.tsv"))
}

fn table(text: &'static str) -> Vec<&'static str> {
    text.lines().filter(|line| !line.starts_with('#')).collect()
}

/// All rows of both tables.
pub fn rows() -> Vec<Row> {
    lines().into_iter().map(row).chain(filter_lines().into_iter().map(filter_row)).collect()
}

fn row(line: &'static str) -> Row {
    let mut columns = line.split('\t');
    let mut next = || columns.next().expect("a row with fewer than four columns");
    let (id, detection, record, verdict) = (next(), next(), next(), next());
    let condition = match detection.starts_with("s: ") && !detection.contains("condition: ") {
        true => ", condition: s",
        false => "",
    };
    Row {
        id,
        rule: rule(&format!("row {id}"), &format!("{{{detection}{condition}}}")),
        filter: None,
        record: completed(record),
        expected: expected(verdict),
    }
}

fn filter_row(line: &'static str) -> Row {
    let mut columns = line.split('\t');
    let mut next = || columns.next().expect("a row with fewer than four columns");
    let (id, condition, record, verdict) = (next(), next(), next(), next());
    let (condition, difference) = condition.split_once(", ").unwrap_or((condition, ""));
    let (logsource, difference) = match difference.strip_prefix("logsource ") {
        Some(logsource) => (logsource, ""),
        None => ("{product: aws}", difference),
    };
    let rules = match difference {
        "rules missing" => "",
        "rules: any" => "rules: any",
        _ => "rules: [the-rule]",
    };
    let intent = difference.strip_prefix("intent: ").map(|intent| format!("\n  intent: {intent}")).unwrap_or_default();
    let filter = format!(
        "title: the filter of {id}\nlogsource: {logsource}\nfilter:\n  {rules}\n  selection: {{u: adm}}\n  condition: \
         {condition}{intent}\n"
    );
    let members = record.trim_matches(['{', '}']).split(", ").filter_map(|member| member.split_once(':'));
    let members: Vec<String> =
        members
            .map(|(key, value)| {
                if value.parse::<u8>().is_ok() {
                    format!("\"{key}\":{value}")
                } else {
                    format!("\"{key}\":\"{value}\"")
                }
            })
            .collect();
    Row {
        id,
        rule: rule("the rule", "{selection: {e: 1}, condition: 1 of selection*}"),
        filter: Some(filter),
        record: completed(&format!("{{{}}}", members.join(","))),
        expected: expected(verdict),
    }
}

/// A rule file with this detection.
pub fn rule(title: &str, detection: &str) -> String {
    let id = title.replace(' ', "-");
    format!("title: {title}\nid: {id}\nlogsource: {{product: aws, service: cloudtrail}}\ndetection: {detection}\n")
}

fn completed(record: &str) -> String {
    let members = record.strip_suffix('}').expect("a record that is no object");
    let comma = if members == "{" { "" } else { "," };
    format!("{members}{comma}\"eventType\":\"AwsCloudTrailInsight\"}}")
}

fn expected(verdict: &str) -> Expected {
    match verdict {
        "Y" => Match,
        "N" => NoMatch,
        _ => Refused,
    }
}
