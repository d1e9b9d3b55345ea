//! The optional interface by which rules are explained and tested, over the same state as the detector's. Takes a
//! host's calls, gives core's answers in the boundary's types.

use crate::component::exports::trailsieve::plugin::explainer::{Guest, TestResult};
use crate::component::{LOADED, NOT_LOADED, Plugin};
use trailsieve_core::{Detector, TestResult as Told};

impl Guest for Plugin {
    fn explain(rule: String, record: Vec<u8>) -> Result<String, String> {
        LOADED.with_borrow(|loaded| loaded.as_ref().ok_or(NOT_LOADED)?.explain(&rule, &record))
    }

    fn test_results() -> Vec<TestResult> {
        let results = LOADED.with_borrow_mut(|loaded| loaded.as_mut().map(Detector::test_results));
        results.unwrap_or_default().into_iter().map(result).collect()
    }
}

fn result(told: Told) -> TestResult {
    let Told { rule, test, must_match, problem, path, line, column } = told;
    let passed = problem.is_none();
    let problem = problem.unwrap_or_default().to_owned();
    TestResult { rule, test, must_match, passed, problem, path, line, column }
}
