//! Lists what the guest is made from: its files and crates, each with its digest. Takes the checkout, gives text.
//!
//! The test that the committed component is fresh includes this file, so that builder and test cannot disagree. It
//! must list whatever can change the guest's bytes, and nothing that needs a network or a compiler to be known.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Files and folders that the guest is compiled from. `examples/component` holds the flags and the encoder.
const SOURCES: [&str; 9] = [
    "Cargo.toml",
    "core/Cargo.toml",
    "core/build.rs",
    "core/rules",
    "core/src",
    "wasm-plugin/Cargo.toml",
    "wasm-plugin/examples/component",
    "wasm-plugin/src",
    "wasm-plugin/wit",
];

/// What lies among the sources and is never part of the guest: snapshots, catalogues, unit tests.
const NOT_COMPILED: [&str; 3] = [".snap", ".md", "/tests.rs"];

/// One line for each file and each crate, sorted.
pub(crate) fn listing(root: &Path) -> Result<String> {
    let mut lines = Vec::new();
    for source in SOURCES {
        let path = root.join(source);
        if path.exists() {
            for file in files_below(&path)? {
                let name = file.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
                if !NOT_COMPILED.iter().any(|ending| name.ends_with(ending)) && !name.contains("/tests/") {
                    lines.push(format!("file {name} {}", hex(Sha256::digest(fs::read(&file)?))));
                }
            }
        }
    }
    lines.sort();
    lines.extend(crates(&fs::read_to_string(root.join("Cargo.lock")).context("reading Cargo.lock")?));
    Ok(lines.join("\n") + "\n")
}

/// The crates below `trailsieve-plugin` in the lock file. Its build tools are among them: the encoder makes bytes too.
fn crates(lock: &str) -> Vec<String> {
    let mut packages: BTreeMap<String, Vec<Package>> = BTreeMap::new();
    for block in lock.split("[[package]]").skip(1) {
        let package = Package::parse(block);
        packages.entry(package.name.clone()).or_default().push(package);
    }
    let mut found = BTreeSet::new();
    let mut wanted = vec!["trailsieve-plugin".to_owned()];
    while let Some(reference) = wanted.pop() {
        // The lock file names a crate alone where it is there once, and with its version where it is not.
        let (name, version) = reference.split_once(' ').unwrap_or((reference.as_str(), ""));
        for package in packages.get(name).into_iter().flatten() {
            if (version.is_empty() || version == package.version)
                && found.insert(format!("crate {name} {} {}", package.version, package.checksum))
            {
                wanted.extend(package.dependencies.iter().cloned());
            }
        }
    }
    found.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// What one entry of the lock file says.
#[derive(Default)]
struct Package {
    name: String,
    version: String,
    checksum: String,
    dependencies: Vec<String>,
}

impl Package {
    fn parse(block: &str) -> Package {
        let mut package = Package::default();
        for line in block.lines() {
            match line.split_once(" = ") {
                Some(("name", value)) => package.name = unquoted(value),
                Some(("version", value)) => package.version = unquoted(value),
                Some(("checksum", value)) => package.checksum = unquoted(value),
                None if line.starts_with(" \"") => package.dependencies.push(unquoted(line)),
                _ => {}
            }
        }
        package
    }
}

fn unquoted(value: &str) -> String {
    value.trim().trim_end_matches(',').trim_matches('"').to_owned()
}

/// All files below a path in a fixed order; the path itself if it is a file.
pub(crate) fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).with_context(|| format!("reading {}", path.display()))? {
        files.extend(files_below(&entry?.path())?);
    }
    files.sort();
    Ok(files)
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
