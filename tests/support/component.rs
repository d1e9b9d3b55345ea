//! The committed guest in `host-runner/detector`: where it is, and its bytes.

use crate::checkout::workspace;
use std::fs;

/// A file beside the committed component.
pub fn committed(name: &str) -> anyhow::Result<Vec<u8>> {
    let path = workspace().join("host-runner/detector").join(name);
    fs::read(&path).map_err(|error| anyhow::anyhow!("{}: {error}; build it with .ci/build-component", path.display()))
}
