//! `trailsieve rules test`: runs the records that rule files carry, through the component, and tells of each.

use super::counted::counted;
use super::exit::{Exit, Failure};
use super::pack::Tuning;
use super::terminal::{self, plain};
use super::{junit, wrap};
use crate::engine::TestResult;
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Arguments {
    /// Rule files, or folders of them (*.yml, *.yaml) [default: the built-in rules]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// How to show what came of them
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    tuning: Tuning,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// The tests that failed, and how many there are
    #[default]
    Text,
    /// All tests, one JSON object
    Json,
    /// All tests in the XML of JUnit, as CI systems read it
    Junit,
}

/// What came of all tests.
#[derive(Serialize)]
struct Results<'r> {
    format: u32,
    tests: Vec<Test<'r>>,
    counts: Counts,
    /// The rules that carry none.
    without_tests: Vec<&'r str>,
}

/// What came of one test.
#[derive(Serialize)]
pub(super) struct Test<'r> {
    pub(super) rule: &'r str,
    pub(super) test: &'r str,
    expected: &'static str,
    pub(super) passed: bool,
    /// The end of a sentence that begins with the record; empty: it passed.
    pub(super) problem: &'r str,
    /// The file as the user knows it.
    pub(super) path: &'r str,
    pub(super) line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Counts {
    rules: u64,
    tests: u64,
    failed: u64,
}

pub(super) fn run(arguments: &Arguments, quiet: bool) -> Result<Exit, Failure> {
    let (mut explainer, shown) = arguments.tuning.explainer(&arguments.paths)?;
    let told = explainer.test_results().map_err(|error| Failure::Usage(error.into()))?;
    // With files of their own, people ask about those, not about the built-in rules that theirs would join.
    let rules = explainer.manifest().rules.iter().filter(|rule| arguments.paths.is_empty() || !rule.built_in);
    let rules: BTreeSet<&str> = rules.map(|rule| rule.name.as_str()).collect();
    let tests: Vec<_> =
        told.iter().filter(|told| rules.contains(told.rule.as_str())).map(|told| test(told, &shown)).collect();
    let with_tests: BTreeSet<&str> = tests.iter().map(|test| test.rule).collect();
    let counts = Counts {
        rules: rules.len() as u64,
        tests: tests.len() as u64,
        failed: tests.iter().filter(|test| !test.passed).count() as u64,
    };
    let exit = if counts.failed == 0 { Exit::Ran } else { Exit::WrongRule };
    let without_tests = rules.difference(&with_tests).copied().collect();
    let results = Results { format: 1, tests, counts, without_tests };
    match arguments.format {
        Format::Text => io::stdout().write_all(text(&results, quiet).as_bytes())?,
        Format::Json => terminal::print_json(&results)?,
        Format::Junit => terminal::guarded_output().write_all(junit::text(&results.tests).as_bytes())?,
    }
    io::stdout().flush()?;
    Ok(exit)
}

fn test<'r>(told: &'r TestResult, shown: &'r BTreeMap<String, String>) -> Test<'r> {
    Test {
        rule: &told.rule,
        test: &told.test,
        expected: if told.must_match { "match" } else { "no_match" },
        passed: told.passed,
        problem: &told.problem,
        path: shown.get(&told.path).unwrap_or(&told.path),
        line: told.line,
        column: told.column,
    }
}

fn text(results: &Results<'_>, quiet: bool) -> String {
    let mut out = String::new();
    for test in results.tests.iter().filter(|test| !test.passed) {
        wrap::push(&mut out, "FAILED  ", 2, &format!("{}: {}", plain(test.rule), plain(test.test)));
        wrap::push(&mut out, "        ", 2, &plain(test.problem));
        out.push_str(&format!("        {}:{}:{}\n", plain(test.path), test.line, test.column));
    }
    let Counts { rules, tests, failed } = results.counts;
    if quiet {
        return out;
    }
    if let [first, ..] = results.without_tests.as_slice() {
        let named = results.without_tests.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", ");
        let none = match results.without_tests.len() {
            1 => format!("{} carries no test", plain(first)),
            number => format!("{number} rules carry no test: {named}"),
        };
        wrap::push(&mut out, "", 2, &none);
    }
    let all = format!("{} of {}", counted(tests, "test"), counted(rules, "rule"));
    match failed {
        0 => out.push_str(&format!("{all}: no failure\n")),
        failed => out.push_str(&format!("{all}: {failed} failed; `rules explain` shows why\n")),
    }
    out
}
