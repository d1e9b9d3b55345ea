//! `trailsieve rules test`: runs the records that rule files carry, through the component, and tells of each, and of the
//! mistakes in files that do not load.

use super::counted::counted;
use super::diagnostics::Mistake;
use super::exit::{Exit, Failure};
use super::pack::{Rest, Tuning};
use super::terminal::{self, plain};
use super::{junit, wrap};
use crate::engine::{Diagnostic, Explainer, TestResult};
use crate::pipeline::DEFAULT_MAX_RECORD;
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
    /// Why the tests of some rules were not run.
    mistakes: Vec<Wrong<'r>>,
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

/// One mistake that keeps rules from being loaded.
#[derive(Serialize)]
pub(super) struct Wrong<'r> {
    /// The file as the user knows it, or the option.
    pub(super) path: &'r str,
    pub(super) line: u32,
    column: u32,
    pub(super) code: &'r str,
    pub(super) message: &'r str,
    pub(super) help: &'r str,
}

impl<'r> Wrong<'r> {
    fn of(Mistake { place, told }: &'r Mistake) -> Self {
        let Diagnostic { line, column, ref code, ref message, ref help, .. } = *told;
        Self { path: place.name(), line, column, code, message, help }
    }
}

#[derive(Serialize)]
struct Counts {
    rules: u64,
    tests: u64,
    failed: u64,
}

pub(super) fn run(arguments: &Arguments, quiet: bool) -> Result<Exit, Failure> {
    let Rest { mut explainer, shown, mistakes } =
        arguments.tuning.explainer_of_rest(&arguments.paths, DEFAULT_MAX_RECORD)?;
    let told = explainer.as_mut().map(Explainer::test_results).transpose();
    let told = told.map_err(|error| Failure::Usage(error.into()))?.unwrap_or_default();
    // With files of their own, people ask about those, not about the built-in rules that theirs would join.
    let rules = explainer.iter().flat_map(|explainer| &explainer.manifest().rules);
    let rules = rules.filter(|rule| arguments.paths.is_empty() || !rule.built_in);
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
    let told = mistakes.iter().map(Wrong::of).collect();
    write(&Results { format: 1, tests, counts, without_tests, mistakes: told }, arguments.format, quiet)?;
    // People are told of mistakes on standard error.
    if mistakes.is_empty() { Ok(exit) } else { Err(Failure::Refused(mistakes)) }
}

fn write(results: &Results<'_>, format: Format, quiet: bool) -> Result<(), Failure> {
    match format {
        Format::Text => io::stdout().write_all(text(results, quiet).as_bytes())?,
        Format::Json => terminal::print_json(results)?,
        Format::Junit => terminal::print_text(&junit::text(&results.tests, &results.mistakes))?,
    }
    Ok(io::stdout().flush()?)
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
