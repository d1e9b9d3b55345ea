//! A folder for a test of the program, with what it needs there.
#![expect(clippy::unwrap_used, reason = "without the folder its test cannot run")]

use crate::runner;
use std::fs::{self, create_dir_all};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder that goes away with the test.
pub struct Place {
    folder: TempDir,
}

impl Place {
    /// An empty one.
    #[expect(clippy::new_without_default, reason = "it makes a folder, which nobody expects of a default")]
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into it, and the folders on the way.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// The program with these arguments in this folder, with a guest that finds something in records with `!` (low)
    /// and `^` (high); the title of the latter holds commands for a terminal.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = runner::command(arguments);
        command.current_dir(&self.folder).arg("--component");
        command.arg(runner::component_file(self.folder.path(), "unreachable"));
        command
    }

    /// What `scan` with these arguments says.
    pub fn scan(&self, arguments: &[&str]) -> Output {
        self.command(&[&["scan"], arguments].concat()).output().unwrap()
    }

    /// `filter` with this guest and these arguments.
    pub fn filter(&self, guest: &str, arguments: &[&str]) -> Command {
        let mut command = runner::command(["filter", "--component"]);
        command.arg(runner::component_file(self.folder.path(), guest)).args(arguments);
        command
    }
}
