//! The real program, built once and run as users run it.
//!
//! Gives commands that have no standard input, a cache of their own and no colours; what a test wants otherwise it
//! sets.
#![expect(clippy::unwrap_used, clippy::panic, reason = "without the program its tests cannot run")]

use crate::checkout::workspace;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::{env, fs, thread};

/// The program, up to date with the sources and built as the tests are.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        // This test is target/<profile>/deps/<name>.
        let test = env::current_exe().unwrap();
        let built = test.ancestors().nth(2).unwrap();
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.current_dir(workspace()).args(["build", "--quiet", "--offline", "--workspace", "--bin", "trailsieve"]);
        build.arg("--target-dir").arg(built.parent().unwrap());
        forget_package(&mut build);
        if built.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success(), "the program cannot be built");
        built.join(format!("trailsieve{}", env::consts::EXE_SUFFIX))
    })
}

/// Takes out of a command's environment what cargo says there of the package whose test this is. To a cargo within, it
/// would look as if what crates were built from had changed: ring, and all that stands on it, would be built anew.
pub fn forget_package(command: &mut Command) {
    let is_of_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_of_package)) {
        command.env_remove(name);
    }
}

/// The program with these arguments.
pub fn command<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(program());
    command.args(arguments).current_dir(workspace()).stdin(Stdio::null());
    command.env("XDG_CACHE_HOME", program().with_file_name("test-cache"));
    command
}

/// What a process takes of memory, in KiB: `VmRSS` now, `VmHWM` at most so far.
#[cfg(target_os = "linux")]
pub fn memory(process: u32, what: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let value = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':')).unwrap();
    value.split_whitespace().next().unwrap().parse().unwrap()
}

/// With less, in KiB, wasmtime cannot lay out a guest's memory, which it keeps in a file that has no name.
pub const LEAST_ROOM: usize = 40;

/// The same command as if the disk were full: no file may grow beyond so many KiB. What it writes then fails, as there.
pub fn in_little_room(command: &Command, kib: usize) -> Command {
    let mut limited = Command::new("bash");
    limited.args(["-c", &format!("ulimit -S -f {kib}; trap '' XFSZ; exec \"$@\""), "bash"]);
    limited.arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        limited.current_dir(folder);
    }
    limited
}

/// From now on this process may write as much as it wants.
pub fn give_room(process: u32) {
    let room = ["--pid", &process.to_string(), "--fsize=unlimited:"];
    assert!(Command::new("prlimit").args(room).status().unwrap().success());
}

/// Gives the command this input and waits for its end.
pub fn feed(mut command: Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut to = child.stdin.take().unwrap();
    thread::scope(|scope| {
        // A program that ends early does not take its input to the end.
        scope.spawn(move || to.write_all(input).is_ok());
        child.wait_with_output().unwrap()
    })
}

/// Standard output as text.
pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Standard error as text.
pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The exit code.
pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("ended by a signal: {}", err(output)))
}

/// A guest of `guests/` as a file for `--component`.
pub fn component_file(folder: &Path, guest: &str) -> PathBuf {
    let path = folder.join(format!("{guest}.wasm"));
    fs::write(&path, crate::guest::component(guest)).unwrap();
    path
}
