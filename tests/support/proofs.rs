//! Tables beside the tests that say what is promised and which tests stand behind it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a table that cannot be read is a test that fails")]

use crate::checkout::workspace;
use std::fs;
use std::path::Path;

/// The rows of this table of the tests, without its head.
pub fn rows<const N: usize>(name: &str) -> Vec<[String; N]> {
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let row = |line: &str| -> [String; N] {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        cells.try_into().unwrap_or_else(|_| panic!("{name}: not {N} columns: {line}"))
    };
    table.lines().skip(1).map(row).collect()
}

/// These tests, `file::name` with commas between them, stand where they are said to stand.
pub fn tests_exist(what: &str, tests: &str) {
    for test in tests.split(", ") {
        let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("{what}: `{test}` names no test"));
        let source = fs::read_to_string(workspace().join(file)).unwrap_or_default();
        assert!(source.contains(&format!("fn {name}(")), "{what}: there is no test {test}");
    }
}
