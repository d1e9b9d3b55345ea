//! What the manifests of the workspace say, as cargo reads them.
#![expect(clippy::expect_used, reason = "without cargo these tests cannot run")]

use crate::checkout::workspace;
use serde::Deserialize;
use std::path::PathBuf;
use std::process::Command;

/// The part of the output of `cargo metadata` that tests look at.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// Those of the workspace, and no others.
    pub packages: Vec<Package>,
    /// Their ids.
    pub workspace_members: Vec<String>,
    /// The ids of those that a bare command is about.
    pub workspace_default_members: Vec<String>,
}

/// One package.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Where its manifest lies.
    pub manifest_path: PathBuf,
    /// What it names itself.
    pub dependencies: Vec<Dependency>,
    /// Its libraries, programs, tests.
    pub targets: Vec<Target>,
    /// Where it may be published; nothing: anywhere.
    pub publish: Option<Vec<String>>,
}

/// One line of a manifest.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    /// The other package's name.
    pub name: String,
    /// Nothing, `dev` or `build`.
    pub kind: Option<String>,
    /// Beside the default ones.
    pub features: Vec<String>,
    /// Whether there are those, too.
    pub uses_default_features: bool,
}

/// Something to build.
#[derive(Debug, Deserialize)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// `bin`, `lib` and so on.
    pub kind: Vec<String>,
}

/// Asks cargo. Without dependencies, because those of other platforms would have to be downloaded.
pub fn metadata() -> Metadata {
    serde_json::from_str(&cargo(&["metadata", "--format-version=1", "--no-deps"])).expect("what cargo documents")
}

/// What cargo, asked about the workspace, says.
pub fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(workspace()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
