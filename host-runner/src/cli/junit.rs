//! Results of tests in the XML of JUnit: a suite for each rule, a case for each record.
//!
//! Takes results in the order of their rules, gives the document. There is no standard for it; this is the part that all
//! CI systems read, with `file` and `line` as pytest writes them.

use super::rules_test::Test;

/// The whole document.
pub(super) fn text(tests: &[Test<'_>]) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    out.push_str(&format!("<testsuites name=\"trailsieve rules test\"{}>\n", counts(tests)));
    for suite in tests.chunk_by(|one, other| one.rule == other.rule) {
        let rule = suite.first().map_or("", |test| test.rule);
        out.push_str(&format!("  <testsuite name=\"{}\"{}>\n", escaped(rule), counts(suite)));
        suite.iter().for_each(|test| push(&mut out, test));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts(tests: &[Test<'_>]) -> String {
    let failures = tests.iter().filter(|test| !test.passed).count();
    format!(" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\"", tests.len())
}

fn push(out: &mut String, test: &Test<'_>) {
    let Test { rule, test: name, problem, path, line, .. } = test;
    let (rule, name, problem, path) = (escaped(rule), escaped(name), escaped(problem), escaped(path));
    let head = format!("    <testcase classname=\"{rule}\" name=\"{name}\" file=\"{path}\" line=\"{line}\"");
    if test.passed {
        out.push_str(&format!("{head}/>\n"));
    } else {
        out.push_str(&format!(
            "{head}>\n      <failure message=\"{problem}\">{path}:{line}</failure>\n    </testcase>\n"
        ));
    }
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
