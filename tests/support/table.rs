//! Tables beside the tests: what a run gave, and what a person says of it. And pages that are generated.
//!
//! Columns are divided by tabs; lines that begin with `#` say what they are. The first column is a row's key, the next ones
//! are what the run gives, and whatever follows was written by hand.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a table that cannot be read or is not true ends the test")]

use crate::checkout::workspace;
use std::collections::BTreeMap;
use std::{env, fs};

/// The environment variable that has tables written anew instead of compared. What was written by hand stays.
const UPDATE: &str = "TRAILSIEVE_UPDATE_TABLES";

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What the row is about.
    pub key: String,
    /// What the run gives.
    pub given: Vec<String>,
    /// What a person says of it; may be empty.
    pub said: String,
}

/// Ends the test unless the table in `tests/` with this name has exactly these rows; gives them with what is said of each.
pub fn hold(name: &str, given: &BTreeMap<String, Vec<String>>) -> Vec<Row> {
    let path = workspace().join("tests").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (heading, lines): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
    let columns = given.values().map(Vec::len).max().unwrap_or_default();
    let written: Vec<Row> = lines.into_iter().map(|line| row(line, columns)).collect();
    if env::var_os(UPDATE).is_none() {
        let of_run: Vec<(&String, &Vec<String>)> = given.iter().collect();
        let of_table: Vec<(&String, &Vec<String>)> = written.iter().map(|row| (&row.key, &row.given)).collect();
        let missing: Vec<_> = of_run.iter().filter(|it| !of_table.contains(it)).collect();
        let gone: Vec<_> = of_table.iter().filter(|it| !of_run.contains(it)).collect();
        assert!(
            missing.is_empty() && gone.is_empty(),
            "{name}: not in the table: {missing:#?}\nonly in the table: {gone:#?}\n{UPDATE}=1 writes it anew"
        );
        assert_eq!(of_table, of_run, "{name}: rows stand in the order of their keys, each once");
        return written;
    }
    let said = |key: &str| written.iter().find(|row| row.key == key).map(|row| row.said.clone()).unwrap_or_default();
    let rows: Vec<Row> =
        given.iter().map(|(key, given)| Row { key: key.clone(), given: given.clone(), said: said(key) }).collect();
    let heading: String = heading.iter().map(|line| format!("{line}\n")).collect();
    fs::write(&path, heading + &rows.iter().map(line).collect::<String>()).unwrap();
    rows
}

/// Ends the test unless the file at this path of the checkout has exactly this text, which something generates.
pub fn fresh(path: &str, text: &str) {
    let file = workspace().join(path);
    if env::var_os(UPDATE).is_some() {
        fs::write(&file, text).unwrap();
    }
    let stored = fs::read_to_string(&file).unwrap_or_default();
    assert!(stored == text, "{path} is not what is generated now: {UPDATE}=1 writes it anew");
}

fn row(line: &str, columns: usize) -> Row {
    let mut parts = line.splitn(columns + 2, '\t').map(str::to_owned);
    let key = parts.next().unwrap_or_default();
    let given = parts.by_ref().take(columns).collect();
    Row { key, given, said: parts.next().unwrap_or_default() }
}

fn line(row: &Row) -> String {
    let mut line = row.key.clone();
    for column in row.given.iter().chain((!row.said.is_empty()).then_some(&row.said)) {
        line.push('\t');
        line.push_str(column);
    }
    line + "\n"
}
