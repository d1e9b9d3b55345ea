//! Builds the forms of the guest, the same bytes in every checkout, and records what they were made from.
//!
//! Takes a compiler's folder with the standard library's sources in it, and Binaryen's `wasm-opt`; gives
//! `trailsieve.wasm` (the detector as a component), `converter.wasm` (another one, of its own), `trailsieve-plain.wasm` (the
//! core module for Fluent Bit) and `trailsieve.lock` in `host-runner/detector`. With `--check` nothing is written: what was built is compared with what is committed.
//! `.ci/build-component` finds both and calls this.

mod encode;
mod guest;
mod inputs;
mod optimise;

use anyhow::{Context, Result, bail};
use guest::Face;
use inputs::files_below;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What cannot be compared here is no difference: `.ci/run` says so and goes on.
const EXIT_INCOMPARABLE: i32 = 3;

fn main() -> Result<()> {
    let mut check = false;
    let mut paths = Vec::new();
    for argument in env::args_os().skip(1) {
        match argument.to_str() {
            Some("--check") => check = true,
            _ => paths.push(PathBuf::from(argument)),
        }
    }
    let [sysroot, optimiser] = paths.as_slice() else {
        bail!("usage: component [--check] SYSROOT OPTIMISER (see .ci/guest-sysroot and .ci/guest-optimiser)");
    };
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("run this through cargo")?);
    let root = package.parent().context("the package has no folder above it")?;
    let detector = root.join("host-runner/detector");

    let rustc = guest::rustc_version()?;
    let library_digest = digest_of_folder(&sysroot.join("lib/rustlib/src/rust/library"))?;
    let optimiser_version = optimise::version(optimiser)?;
    let module = |face| optimise::module(optimiser, &guest::build(root, sysroot, face)?);
    let component = encode::component(&fs::read(module(Face::Component)?)?)?;
    let converter = encode::component(&fs::read(module(Face::Converter)?)?)?;
    let plain = encode::plain(&fs::read(module(Face::Plain)?)?)?;
    let outputs = [
        ("trailsieve.wasm", component.as_slice()),
        ("trailsieve-plain.wasm", plain.as_slice()),
        ("converter.wasm", converter.as_slice()),
    ];
    let made: String = outputs.iter().map(|(name, bytes)| format!("output {name} {}\n", hex(bytes))).collect();
    let lock = format!(
        "# What the guest in this folder was built from. Written by .ci/build-component; a test compares it.\n\
         rustc {rustc}\n\
         library {library_digest}\n\
         optimiser {optimiser_version}\n\
         {made}{}",
        inputs::listing(root)?,
    );
    if !check {
        fs::create_dir_all(&detector)?;
        for (name, bytes) in outputs.into_iter().chain([("trailsieve.lock", lock.as_bytes())]) {
            fs::write(detector.join(name), bytes).with_context(|| format!("writing {name}"))?;
            println!("{name}: {} bytes", bytes.len());
        }
        return Ok(());
    }

    let committed = fs::read_to_string(detector.join("trailsieve.lock")).context("reading trailsieve.lock")?;
    let mut differing = Vec::new();
    for (name, bytes) in outputs {
        if fs::read(detector.join(name)).with_context(|| format!("reading {name}"))? != bytes {
            differing.push(name);
        }
    }
    if differing.is_empty() {
        println!("the committed guest is what its sources give, byte for byte");
        return Ok(());
    }
    for (what, here) in [("rustc", &rustc), ("library", &library_digest), ("optimiser", &optimiser_version)] {
        let line = format!("{what} {here}");
        if !committed.lines().any(|recorded| recorded == line) {
            eprintln!("not compared: the committed guest was built with another {what} than `{here}`");
            std::process::exit(EXIT_INCOMPARABLE);
        }
    }
    bail!("{} differ from what the sources give; run .ci/build-component and commit the result", differing.join(", "))
}

/// One digest for all files below a folder, wherever the folder lies.
fn digest_of_folder(folder: &Path) -> Result<String> {
    let mut names_and_digests = Vec::new();
    for file in files_below(folder)? {
        names_and_digests.extend_from_slice(file.strip_prefix(folder)?.to_string_lossy().as_bytes());
        names_and_digests.push(0);
        names_and_digests.extend(Sha256::digest(fs::read(&file)?));
    }
    Ok(hex(&names_and_digests))
}

/// The SHA-256 of some bytes in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
