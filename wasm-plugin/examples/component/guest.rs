//! Compiles the guest to a core module. Takes the checkout and the library's sources, says where the module is.
//!
//! Everything that could make two builds differ is fixed here: the profile, the target features, one code generation
//! unit, the paths that end up in panic messages. It must not read settings of the machine it runs on.

use anyhow::{Context, Result, ensure};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const TARGET: &str = "wasm32-unknown-unknown";

/// Crates that only work while a pack is loaded. They are compiled for size, the rest for speed.
const FOR_SIZE: [&str; 4] = ["miniz_oxide", "regex-syntax", "saphyr-parser", "serde_json"];

/// The release profile of the guest, apart from the workspace's own so that nobody's `--config` changes the bytes. A
/// panic ends the instance at once: the sandbox has nowhere to write a message, and the texts would be 60 kB of it.
const PROFILE: [(&str, &str); 7] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "immediate-abort"),
    ("CARGO_PROFILE_RELEASE_STRIP", "true"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "false"),
];

/// How large a function may be, in the optimiser's own measure, to be copied into its callers; four to five times as
/// much is usual. It takes a tenth off the guest and costs 1.4 % more instructions a record: what must be quick says
/// `#[inline]`, to which another limit applies.
const INLINING: &str = "-Cllvm-args=-inline-threshold=50";

/// Which of the guest's outward faces is built.
#[derive(Clone, Copy)]
pub(crate) enum Face {
    /// The WIT interface of the detector, for hosts of components.
    Component,
    /// The one of the converter.
    Converter,
    /// The functions that Fluent Bit's filter_wasm calls.
    Plain,
}

impl Face {
    fn feature(self) -> &'static str {
        match self {
            Face::Component => "component",
            Face::Converter => "converter",
            Face::Plain => "plain",
        }
    }

    /// Without simd128 the scanner costs three times as much; Fluent Bit's runtime is built without it, though.
    ///
    /// That runtime leaves the stack where a trap found it, so that the runner must reach its pointer to put it back. The
    /// stack's size is the usual one, said here because a plain module is what it is wherever it runs: nothing in it
    /// recurses over a record, and rules take a tenth of it to load.
    fn flags(self) -> &'static [&'static str] {
        match self {
            Face::Component | Face::Converter => &["-Ctarget-feature=+simd128"],
            Face::Plain => &["-Clink-arg=--export=__stack_pointer", "-Clink-arg=-zstack-size=1048576"],
        }
    }
}

/// Compiles the guest with the standard library from `sysroot`, so that no target needs to be installed.
pub(crate) fn build(root: &Path, sysroot: &Path, face: Face) -> Result<PathBuf> {
    let target_dir = root.join("target/guest").join(face.feature());
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root);
    for (name, _) in env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("CARGO_PROFILE_") || name_text.starts_with("CARGO_BUILD_") || name_text == "RUSTFLAGS"
        {
            cargo.env_remove(&name);
        }
    }
    cargo
        .args(["build", "--locked", "--release", "--package", "trailsieve-plugin", "--lib", "--no-default-features"])
        .args(["--features", face.feature(), "--target", TARGET, "--target-dir"])
        .arg(&target_dir)
        // The library's own sorting and formatting for size: nothing that judges a record waits for them.
        .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size", "-Zpanic-immediate-abort"])
        .args(FOR_SIZE.iter().flat_map(|crate_name| {
            ["--config".to_owned(), format!("profile.release.package.{crate_name}.opt-level=\"s\"")]
        }))
        .envs(PROFILE)
        .env("CARGO_INCREMENTAL", "0")
        // Building the library is not stable yet; this is how a stable cargo is asked for it.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", sysroot.join("bin/rustc"))
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags(root, sysroot, face)?);
    ensure!(cargo.status().context("starting cargo")?.success(), "the guest does not compile");
    Ok(target_dir.join(TARGET).join("release/trailsieve_plugin.wasm"))
}

/// Version and commit of the compiler, as `rustc --version` says them.
pub(crate) fn rustc_version() -> Result<String> {
    let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("--version").output()?;
    let version = String::from_utf8(output.stdout)?;
    Ok(version.trim().trim_start_matches("rustc ").to_owned())
}

/// The compiler's flags, separated as cargo wants them. Panic messages name source files: the folders of this machine
/// are replaced by names. The library lies within the checkout, so cargo may name it either way.
fn rustflags(root: &Path, sysroot: &Path, face: Face) -> Result<OsString> {
    let library = sysroot.join("lib/rustlib/src/rust/library");
    let mut remapped = vec![(root.to_path_buf(), "/trailsieve")];
    if let Ok(relative) = library.strip_prefix(root) {
        remapped.push((relative.to_path_buf(), "/library"));
    }
    remapped.push((library, "/library"));
    let registries = cargo_home()?.join("registry/src");
    if registries.is_dir() {
        for registry in fs::read_dir(&registries)? {
            remapped.push((registry?.path(), "/crates"));
        }
    }
    let mut flags: Vec<OsString> = face.flags().iter().chain([&INLINING]).map(OsString::from).collect();
    for (path, name) in remapped {
        let mut flag = OsString::from("--remap-path-prefix=");
        flag.push(path);
        flag.push("=");
        flag.push(name);
        flags.push(flag);
    }
    Ok(flags.join(&OsString::from("\u{1f}")))
}

/// Where cargo keeps what it downloaded: `CARGO_HOME`, or `.cargo` in the user's home folder.
fn cargo_home() -> Result<PathBuf> {
    match env::var_os("CARGO_HOME") {
        Some(folder) => Ok(folder.into()),
        None => Ok(env::home_dir().context("no home folder; set CARGO_HOME")?.join(".cargo")),
    }
}
