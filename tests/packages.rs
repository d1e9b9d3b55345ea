//! What the packages hold. That they build and install from nothing else is shown by `.ci/packages`, which takes
//! minutes; a missing file is found here in a second.
#![expect(clippy::unwrap_used, reason = "a package that cannot be listed is a test that cannot run")]

use std::collections::BTreeSet;
use std::process::Command;
use trailsieve_tests::checkout::{built_in_rules, workspace};

fn files_of(package: &str) -> BTreeSet<String> {
    let arguments = ["package", "--list", "--allow-dirty", "--offline", "--package", package];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(workspace()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| line.replace('\\', "/")).collect()
}

#[test]
fn the_runner_carries_the_component_the_interface_and_the_samples() {
    let files = files_of("trailsieve");
    for file in [
        "detector/trailsieve.wasm",
        "detector/trailsieve-plain.wasm",
        "detector/converter.wasm",
        "wit/detector.wit",
        "wit/converter.wit",
        "Cargo.lock",
    ] {
        assert!(files.contains(file), "no {file} in {files:#?}");
    }
    assert!(files.iter().any(|file| file.starts_with("samples/")), "no samples in {files:#?}");
}

#[test]
fn the_guest_carries_the_interface() {
    let files = files_of("trailsieve-plugin");
    assert!(files.contains("wit/detector.wit") && files.contains("wit/converter.wit"), "{files:#?}");
}

#[test]
fn core_carries_every_built_in_rule() {
    let files = files_of("trailsieve-core");
    let folder = workspace().join("core");
    let rules = built_in_rules();
    assert!(!rules.is_empty());
    for rule in rules {
        let name = rule.strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/");
        assert!(files.contains(&name), "no {name} in {files:#?}");
    }
}
