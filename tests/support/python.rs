//! Packages from PyPI, for tests that ask somebody else's program.
//!
//! Gives a Python with one package, in a folder below `target` that the first run makes. Where that is not possible the
//! test says so and passes.

use crate::checkout::workspace;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A Python that has the package (`name==version`), which is there if `module` can be imported; `None`, said once for
/// `test`, where it cannot be had.
pub fn with(test: &str, package: &str, module: &str) -> Option<PathBuf> {
    let folder = workspace().join("target/foreign-host").join(package);
    let python = folder.join("bin/python");
    let has_package = |python: &Path| succeeds(Command::new(python).args(["-c", &format!("import {module}")]));
    if has_package(&python) {
        return Some(python);
    }
    if !succeeds(Command::new("python3").args(["-m", "venv"]).arg(&folder)) {
        return skipped(test, "there is no Python 3 that can make a virtual environment");
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", package];
    if !succeeds(Command::new(&python).args(pip)) || !has_package(&python) {
        return skipped(test, &format!("{package} could not be installed from PyPI"));
    }
    Some(python)
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn skipped(test: &str, reason: &str) -> Option<PathBuf> {
    // Not `println!`: the test runner would hide it, and a test that did not run must not look like one that passed.
    let _ = writeln!(io::stderr(), "SKIPPED: {test}: {reason}");
    None
}
