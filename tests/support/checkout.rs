//! The checkout: where it is, and which files lie in it.
#![expect(clippy::unwrap_used, reason = "a checkout that cannot be read is a test that cannot run")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The root of the checkout.
pub fn workspace() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| Path::new(env!("CARGO_MANIFEST_DIR")).canonicalize().unwrap().parent().unwrap().to_owned())
}

/// All files below a folder, by path.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// The files of built-in rules.
pub fn built_in_rules() -> Vec<PathBuf> {
    let is_rule = |path: &PathBuf| path.extension().is_some_and(|end| end == "yml");
    files_below(&workspace().join("core/rules")).into_iter().filter(is_rule).collect()
}
