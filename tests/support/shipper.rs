//! Programs of others that tests run where they are.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Child, Command};

/// Where this program is: where the variable says, or on PATH. `None`, said aloud, if it is nowhere.
pub fn shipper(name: &str, variable: &str) -> Option<PathBuf> {
    let named = env::var_os(variable).map(PathBuf::from);
    let on_path =
        || env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file());
    let found = named.or_else(on_path);
    if found.is_none() {
        // Not `println!`: the test runner would hide it, and a test that did not run must not look like a pass.
        let told = format!("SKIPPED: no {name} on PATH, and {variable} names none; its test did not run\n");
        let _ = io::stderr().write_all(told.as_bytes());
    }
    found
}

/// A process that is killed when this is dropped, with the test if not before.
pub struct Running(Child);

impl Running {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// Ends it with SIGTERM and waits until it has done what it still does.
    pub fn end(&mut self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success(), "it has ended already");
        self.0.wait().unwrap();
    }

    /// Kills it with SIGKILL and waits for its end.
    pub fn kill(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
