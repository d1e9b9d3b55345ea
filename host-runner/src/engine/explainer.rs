//! Asks a detector why it says what it says: the optional interface `explainer`, looked up by name.
//!
//! Takes a compiled component and a pack, gives explanations and what became of the rules' tests. Unlike
//! [`Component::load`] it goes on with a pack whose tests fail: why they do is what somebody wants to know. It must not
//! believe what a detector says any more than others do: every call has the limits of loading a pack.

use super::explainer_bindings::{self, Explaining};
use super::instance::Instance;
use super::manifest::Manifest;
use super::{Component, Error, Fault, Limits, Pack};
use serde_json::Value;

/// A detector with its pack in force, to be asked about its rules.
pub struct Explainer {
    instance: Instance,
    explaining: Explaining,
    manifest: Manifest,
    limits: Limits,
    pack_bytes: usize,
}

/// What became of one test that a rule carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestResult {
    /// The rule's name.
    pub rule: String,
    /// What the test's record shows.
    pub test: String,
    /// Whether the rule must match the record.
    pub must_match: bool,
    /// Whether it does what it must.
    pub passed: bool,
    /// Why it failed, the end of a sentence that begins with the record.
    pub problem: String,
    /// The file in which it stands, as the pack names it.
    pub path: String,
    /// First line is 1; 0 means the whole file.
    pub line: u32,
    /// First column is 1; 0 means the whole line.
    pub column: u32,
}

impl Component {
    /// Loads a pack to ask about it.
    pub fn explainer(&self, pack: &Pack) -> Result<Explainer, Error> {
        let failed = |during| move |fault| Error::Fault { during, fault };
        let (mut instance, manifest) = Instance::start(self, pack).map_err(failed("load"))?.map_err(Error::Refused)?;
        let manifest = Manifest::read(&manifest)?;
        let explaining = instance.explaining().ok_or(Error::NoExplainer)?;
        Ok(Explainer { instance, explaining, manifest, limits: self.limits.clone(), pack_bytes: pack.bytes() })
    }
}

impl Explainer {
    /// What the pack holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Why a rule matches this record or does not, JSON text. The inner error is the detector's: why there is nothing
    /// to explain.
    pub fn explain(&mut self, rule: &str, record: &[u8]) -> Result<Result<String, String>, Error> {
        let failed = |fault| Error::Fault { during: "explain", fault };
        let bytes = self.pack_bytes.saturating_add(record.len());
        let store = self.instance.for_explaining(&self.limits, bytes).map_err(failed)?;
        let explainer = self.explaining.trailsieve_plugin_explainer();
        match explainer.call_explain(store, rule, record).map_err(|error| failed(Fault::of(&error)))? {
            Ok(text) if serde_json::from_str::<serde_json::Map<String, Value>>(&text).is_err() => {
                Err(failed(Fault::Contract))
            }
            told => Ok(told),
        }
    }

    /// Runs the tests that the pack's rules carry.
    pub fn test_results(&mut self) -> Result<Vec<TestResult>, Error> {
        let failed = |fault| Error::Fault { during: "test-results", fault };
        let store = self.instance.for_explaining(&self.limits, self.pack_bytes).map_err(failed)?;
        let results = self.explaining.trailsieve_plugin_explainer().call_test_results(store);
        Ok(results.map_err(|error| failed(Fault::of(&error)))?.into_iter().map(TestResult::from).collect())
    }
}

impl From<explainer_bindings::TestResult> for TestResult {
    fn from(told: explainer_bindings::TestResult) -> Self {
        let explainer_bindings::TestResult { rule, test, must_match, passed, problem, path, line, column } = told;
        Self { rule, test, must_match, passed, problem, path, line, column }
    }
}
