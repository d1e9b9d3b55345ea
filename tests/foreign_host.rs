//! The committed component in a host that is not ours: wasmtime for Python, from PyPI. It answers what core answers
//! natively, so nothing about the boundary is a private agreement of this workspace.
//!
//! Where there is no Python, or PyPI cannot be reached, the test says so and passes.
#![expect(clippy::unwrap_used, reason = "a host that cannot be started is a test that cannot run")]

use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use trailsieve_core::{Detector, Outcome};
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::python;

/// The release that the test was written against.
const WASMTIME: &str = "wasmtime==50.0.1";

#[test]
fn a_host_in_python_gets_the_native_answers() {
    let Some(python) = python::with("the component in a foreign host", WASMTIME, "wasmtime.component") else { return };
    let settings = r#"{"event":true}"#;
    let batch = [
        r#"{"eventSource":"s3.amazonaws.com","eventName":"CreateBucket","eventID":"e-1","eventType":"AwsApiCall","userIdentity":{"type":"Root","accountId":"111122223333"},"sourceIPAddress":"203.0.113.7"}"#,
        r#"{"eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances"}"#,
        r#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"type":"IAMUser","userName":"zoë"},"responseElements":{"ConsoleLogin":"Failure"},"errorMessage":"Failed authentication"}"#,
        r#"{"eventSource":"s3.amazonaws.com""#,
        "plain text",
    ]
    .join("\n");

    let (mut detector, manifest) = Detector::load(&[], settings).unwrap();
    let answer = detector.detect(batch.as_bytes()).unwrap();
    let counts = answer.counts;
    let native = json!({
        "manifest": manifest,
        "failed": detector.self_test().len(),
        "counts": [counts.clean, counts.flagged, counts.unjudged, counts.malformed, counts.not_cloudtrail],
        "verdicts": answer.verdicts.iter().map(|verdict| {
            json!([verdict.record, name(verdict.outcome), verdict.annotation, verdict.event])
        }).collect::<Vec<_>>(),
    });
    assert!(counts.flagged > 0 && counts.malformed == 1 && counts.not_cloudtrail == 1, "{counts:?}");

    let component = workspace().join("host-runner/detector/trailsieve.wasm");
    let asked = json!({"component": component, "settings": settings, "batch": batch});
    assert_eq!(answer_of(&python, &asked), native);
}

fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Clean => "clean",
        Outcome::Flagged => "flagged",
        Outcome::Unjudged => "unjudged",
        Outcome::Malformed => "malformed",
        Outcome::NotCloudtrail => "not-cloudtrail",
    }
}

fn answer_of(python: &Path, asked: &Value) -> Value {
    let script = workspace().join("tests/foreign_host.py");
    let mut host = Command::new(python);
    let mut host = host.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    host.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = host.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}
