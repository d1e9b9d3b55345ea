//! Puts the built-in rules into the library: every `rules/**/*.yml`, sorted by path, as `(path, text)`. Knows nothing
//! of what is in them; that they load is tested.

#![expect(clippy::disallowed_methods, reason = "it runs while core is built and is no part of it")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let variable = |name: &str| std::env::var(name).map(PathBuf::from).map_err(io::Error::other);
    let root = variable("CARGO_MANIFEST_DIR")?.join("rules");
    println!("cargo::rerun-if-changed=rules");
    let mut paths = Vec::new();
    collect(&root, "", &mut paths)?;
    paths.sort();
    let mut list =
        String::from("/// Path and text of each built-in rule file.\nconst BUILT_IN: &[(&str, &str)] = &[\n");
    for path in paths {
        let file = root.join(&path);
        list.push_str(&format!("    ({path:?}, include_str!({:?})),\n", file.to_string_lossy()));
    }
    list.push_str("];\n");
    fs::write(variable("OUT_DIR")?.join("built_in.rs"), list)
}

/// Paths below the rules folder, `/` between their parts on every platform.
fn collect(folder: &Path, prefix: &str, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            return Err(io::Error::other(format!("{}: not UTF-8", entry.path().display())));
        };
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), paths)?;
        } else if name.ends_with(".yml") {
            paths.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}
