//! The tests that rules carry: takes a detector with its pack, gives what became of each test.

use super::Detector;
use crate::record::{Reject, one_line};
use crate::rule::diagnostic::{Code, Diagnostic};
use crate::rule::{Rule, RuleTest, tests_of};

/// What became of one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestResult {
    /// The rule's name.
    pub rule: String,
    /// What the test's record shows.
    pub test: String,
    /// Whether the rule must match it.
    pub must_match: bool,
    /// Why it failed: the end of a sentence that begins with the record.
    pub problem: Option<&'static str>,
    /// The file in which it stands, and where: line and column from 1.
    pub path: String,
    /// See `path`.
    pub line: u32,
    /// See `path`.
    pub column: u32,
}

impl Detector {
    /// Runs the tests that the rules carry, those switched off included; an empty answer means that all passed.
    pub fn self_test(&mut self) -> Vec<Diagnostic> {
        let mut failed: Vec<_> = self.test_results().into_iter().filter_map(TestResult::diagnostic).collect();
        failed.sort();
        failed
    }

    /// Runs the same tests and tells of each, by rule and in the order of the file.
    pub fn test_results(&mut self) -> Vec<TestResult> {
        let (rules, off) = (self.rules.clone(), self.off.clone());
        let mut tests = match tests_of(rules.iter().chain(&off)) {
            Ok(tests) => tests.into_iter(),
            Err(mistake) => return vec![unreadable(mistake)],
        };
        let mut results = results_of(&rules, &mut tests, |number, test| self.problem(number, test));
        if !off.is_empty() {
            match Self::compile(off.clone(), false) {
                Ok(mut detector) => {
                    results.extend(results_of(&off, &mut tests, |number, test| detector.problem(number, test)));
                }
                Err(_) => {
                    let problem = "was not judged: the rules that are off are too many";
                    results.extend(results_of(&off, &mut tests, |_, _| Some(problem)));
                }
            }
            results.sort_by(|one, other| one.rule.cmp(&other.rule));
        }
        results
    }

    fn problem(&mut self, rule: usize, test: &RuleTest) -> Option<&'static str> {
        let record = one_line(test.record.as_bytes());
        let view = match self.scanner.scan(&record) {
            Ok(view) if self.cloudtrail.wrote(view) => view,
            rejected => return Some(why_not(rejected.err())),
        };
        // What somebody suppresses is still what the rule says.
        let matches = self.evaluation.matches(view).iter().any(|matched| matched.rule == rule)
            || self.evaluation.suppressed().iter().any(|suppressed| suppressed.rule == rule);
        match (test.matches, matches) {
            (true, false) => Some("must match, but the rule does not match it"),
            (false, true) => Some("must not match, but the rule matches it"),
            _ => None,
        }
    }
}

/// What there is to tell of the tests of these rules, which come next; `problem` is asked with a rule's number.
fn results_of(
    rules: &[Rule],
    tests: &mut impl Iterator<Item = Vec<RuleTest>>,
    mut problem: impl FnMut(usize, &RuleTest) -> Option<&'static str>,
) -> Vec<TestResult> {
    let tests = rules.iter().enumerate().zip(tests);
    let tests = tests.flat_map(|((number, rule), tests)| tests.into_iter().map(move |test| (number, rule, test)));
    let results = tests.map(|(number, rule, test)| TestResult {
        rule: rule.name.clone(),
        must_match: test.matches,
        problem: problem(number, &test),
        path: rule.path.clone(),
        line: test.position.0,
        column: test.position.1,
        test: test.name,
    });
    results.collect()
}

/// Tests that cannot be read have failed.
fn unreadable(mistake: Diagnostic) -> TestResult {
    let Diagnostic { path, line, column, message, .. } = mistake;
    let rule = path.strip_suffix(".yml").unwrap_or(&path).to_owned();
    TestResult { rule, test: message, must_match: true, problem: Some("cannot be read"), path, line, column }
}

impl TestResult {
    /// The mistake to tell, if the test failed.
    fn diagnostic(self) -> Option<Diagnostic> {
        let problem = self.problem?;
        Some(Diagnostic {
            path: self.path,
            line: self.line,
            column: self.column,
            code: Code::TestFailed,
            message: format!("test record `{}` {problem}", self.test),
            help: "mend the rule or its test; a pack whose tests fail does not load".to_owned(),
        })
    }
}

/// Why no rule is asked of a record that the scanner rejects, or, without a rejection, that is none of CloudTrail's.
pub(crate) fn why_not(rejected: Option<Reject>) -> &'static str {
    match rejected {
        Some(Reject::Malformed) => "is not valid JSON",
        Some(Reject::TooDeep) => "is nested too deep to be judged",
        None => "is not a CloudTrail record: it has no `eventSource` that ends in `.amazonaws.com`",
    }
}
