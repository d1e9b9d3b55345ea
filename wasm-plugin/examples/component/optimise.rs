//! Makes the module smaller and quicker with Binaryen, which knows WebAssembly better than the compiler does: a tenth of
//! its bytes and of its time. Takes a module's path, gives that of the better one.

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the compiler may have used, none of it beyond what wasmtime and Fluent Bit's runtime take: the optimiser adds
/// nothing that is not there.
const FLAGS: [&str; 10] = [
    "-O3",
    // What is quick already can be made a little smaller, and functions that are named often have short numbers then.
    "-Os",
    "--reorder-functions",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
    "--enable-reference-types",
];

/// Optimises it.
pub(crate) fn module(optimiser: &Path, module: &Path) -> Result<PathBuf> {
    let optimised = module.with_extension("optimised.wasm");
    let status = Command::new(optimiser).args(FLAGS).arg(module).arg("-o").arg(&optimised).status();
    ensure!(status.context("starting wasm-opt")?.success(), "wasm-opt does not take {}", module.display());
    Ok(optimised)
}

/// Which one it is.
pub(crate) fn version(optimiser: &Path) -> Result<String> {
    let output = Command::new(optimiser).arg("--version").output().context("starting wasm-opt")?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
