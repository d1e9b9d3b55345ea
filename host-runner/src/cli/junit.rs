//! Results of tests in the XML of JUnit: a suite for each rule, a case for each record; and for files that do not load a
//! suite for each, a case for each mistake in it.
//!
//! Takes results in the order of their rules, gives the document. There is no standard for it; this is the part that all
//! CI systems read, with `file` and `line` as pytest writes them.

use super::rules_test::{Test, Wrong};

/// The whole document.
pub(super) fn text(tests: &[Test<'_>], mistakes: &[Wrong<'_>]) -> String {
    let cases: Vec<Case<'_>> = tests.iter().map(Case::from).chain(mistakes.iter().map(Case::from)).collect();
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    out.push_str(&format!("<testsuites name=\"trailsieve rules test\"{}>\n", counts(&cases)));
    for suite in cases.chunk_by(|one, other| one.suite == other.suite) {
        let name = suite.first().map_or("", |case| case.suite);
        out.push_str(&format!("  <testsuite name=\"{}\"{}>\n", escaped(name), counts(suite)));
        suite.iter().for_each(|case| push(&mut out, case));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

struct Case<'r> {
    suite: &'r str,
    name: &'r str,
    path: &'r str,
    line: u32,
    outcome: Outcome<'r>,
}

enum Outcome<'r> {
    Passed,
    /// What was seen instead.
    Failure(&'r str),
    /// What is wrong, and the way out.
    Error(&'r str, &'r str),
}

impl<'r> From<&Test<'r>> for Case<'r> {
    fn from(test: &Test<'r>) -> Self {
        let outcome = if test.passed { Outcome::Passed } else { Outcome::Failure(test.problem) };
        Self { suite: test.rule, name: test.test, path: test.path, line: test.line, outcome }
    }
}

impl<'r> From<&Wrong<'r>> for Case<'r> {
    fn from(wrong: &Wrong<'r>) -> Self {
        let outcome = Outcome::Error(wrong.message, wrong.help);
        Self { suite: wrong.path, name: wrong.code, path: wrong.path, line: wrong.line, outcome }
    }
}

fn counts(cases: &[Case<'_>]) -> String {
    let number = |is: fn(&Outcome<'_>) -> bool| cases.iter().filter(|case| is(&case.outcome)).count();
    let failures = number(|outcome| matches!(outcome, Outcome::Failure(_)));
    let errors = number(|outcome| matches!(outcome, Outcome::Error(..)));
    format!(" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\"", cases.len())
}

fn push(out: &mut String, case: &Case<'_>) {
    let [suite, name, path] = [case.suite, case.name, case.path].map(escaped);
    // What is wrong with the whole of a file has no line.
    let (place, line) = match case.line {
        0 => (path.clone(), String::new()),
        line => (format!("{path}:{line}"), format!(" line=\"{line}\"")),
    };
    let (element, message, help) = match case.outcome {
        Outcome::Passed => ("", "", ""),
        Outcome::Failure(problem) => ("failure", problem, ""),
        Outcome::Error(message, help) => ("error", message, help),
    };
    let head = format!("    <testcase classname=\"{suite}\" name=\"{name}\" file=\"{path}\"{line}");
    if element.is_empty() {
        return out.push_str(&format!("{head}/>\n"));
    }
    let help = if help.is_empty() { String::new() } else { format!(": {}", escaped(help)) };
    out.push_str(&format!(
        "{head}>\n      <{element} message=\"{}\">{place}{help}</{element}>\n    </testcase>\n",
        escaped(message)
    ));
}

/// The text within an attribute or an element. What XML cannot hold becomes U+FFFD; white space that an attribute would
/// not keep is written as a reference.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", letter as u32)),
            '\0'..=' ' if letter != ' ' => out.push(char::REPLACEMENT_CHARACTER),
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(letter),
        }
    }
    out
}
