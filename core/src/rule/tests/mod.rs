//! Tests of rules from file to pack.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod broken;
mod loading;
mod overrides;
mod reading;

use super::pack::{Pack, SourceFile, build};
use crate::rule::diagnostic::Diagnostic;
use crate::rule::{Rule, RuleTest, Tests};

/// Settings that leave the built-in rules out.
const OWN_RULES: &str = r#"{"default_rules":false}"#;

fn load(files: &[(&str, &str)], settings: &str) -> Result<Pack, Vec<Diagnostic>> {
    let files: Vec<_> = files.iter().map(|&(path, text)| SourceFile { path, content: text.as_bytes() }).collect();
    build(&files, settings)
}

/// A rule as short as can be.
fn rule(title: &str, rest: &str) -> String {
    format!("title: {title}\nfilter_pattern: '{{ $.eventName = \"X\" }}'\n{rest}")
}

/// The tests of a rule whose file was given.
fn tests_of(rule: &Rule) -> &[RuleTest] {
    match &rule.tests {
        Tests::Given(tests) => tests,
        Tests::BuiltIn(_) => panic!("{}: its tests are packed", rule.name),
    }
}

/// Place and code of each mistake; `tests/errors` shows what is said.
fn places(result: Result<Pack, Vec<Diagnostic>>) -> String {
    let Err(mistakes) = result else { return "loads".to_owned() };
    let places = mistakes.iter().map(|it| format!("{}:{}:{} {}", it.path, it.line, it.column, it.code));
    places.collect::<Vec<_>>().join("\n")
}

/// One mistake a line and its help below, as a person would read them.
fn told(result: Result<Pack, Vec<Diagnostic>>) -> String {
    let Err(mistakes) = result else { return "loads".to_owned() };
    let told = mistakes.iter().map(|mistake| {
        let Diagnostic { path, line, column, code, message, help } = mistake;
        let help = if help.is_empty() { String::new() } else { format!("\n    {help}") };
        format!("{path}:{line}:{column} {code}: {message}{help}")
    });
    told.collect::<Vec<_>>().join("\n")
}
