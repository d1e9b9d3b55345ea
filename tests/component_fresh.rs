//! The committed component is what the sources beside it give. Rebuilding it takes a compiler's sources and a minute,
//! which `.ci/run` spends; this compares digests, so that a stale component is noticed by everybody.
#![expect(clippy::unwrap_used, reason = "a test without its files cannot go on")]

use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::component::committed;

#[path = "../wasm-plugin/examples/component/inputs.rs"]
mod inputs;

#[test]
fn the_committed_component_was_built_from_these_sources() {
    let lock = String::from_utf8(committed("trailsieve.lock").unwrap()).unwrap();
    let built_from: BTreeSet<&str> =
        lock.lines().filter(|line| line.starts_with("file ") || line.starts_with("crate ")).collect();
    let now = inputs::listing(workspace()).unwrap();
    let now: BTreeSet<&str> = now.lines().collect();
    let changed: BTreeSet<&str> = now
        .symmetric_difference(&built_from)
        .map(|line| line.rsplit_once(' ').map_or(*line, |(what, _)| what))
        .collect();
    assert!(changed.is_empty(), "run .ci/build-component and commit host-runner/detector; changed since: {changed:#?}");
}

#[test]
fn the_committed_bytes_are_those_the_lock_names() {
    let lock = String::from_utf8(committed("trailsieve.lock").unwrap()).unwrap();
    for name in ["trailsieve.wasm", "trailsieve-plain.wasm", "converter.wasm"] {
        let digest = Sha256::digest(committed(name).unwrap());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let line = format!("output {name} {digest}");
        assert!(lock.lines().any(|recorded| recorded == line), "{name} and trailsieve.lock are of different builds");
    }
}
