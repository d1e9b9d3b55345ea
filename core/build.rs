//! Puts the built-in rules into the library: every `rules/**/*.yml`, sorted by path, packed into two texts. One has what
//! stands before `tests:` in each file, which every load reads; the other has the tests, most of the bytes, which only
//! a self-test reads. A table says where in the texts each file is. What the keys mean is none of its business: that
//! the rules load and keep their promises is tested.

#![expect(clippy::disallowed_methods, reason = "it runs while core is built and is no part of it")]

use miniz_oxide::deflate::compress_to_vec;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The hardest that the library tries. It is done once, and costs those who unpack nothing.
const COMPRESSION: u8 = 10;

fn main() -> io::Result<()> {
    let variable = |name: &str| std::env::var(name).map(PathBuf::from).map_err(io::Error::other);
    let root = variable("CARGO_MANIFEST_DIR")?.join("rules");
    let out = variable("OUT_DIR")?;
    println!("cargo::rerun-if-changed=rules");
    let mut paths = Vec::new();
    collect(&root, "", &mut paths)?;
    paths.sort();

    let (mut heads, mut tests, mut mistakes) = (String::new(), String::new(), Vec::new());
    let mut files = String::new();
    for path in paths {
        let text = fs::read_to_string(root.join(&path))?;
        match divided(&text) {
            Ok((head, rest)) => {
                files.push_str(&format!(
                    "    Stored {{ path: {path:?}, head: {}, tests: {}, first_line: {}, count: {} }},\n",
                    head.len(),
                    rest.len(),
                    head.lines().count() + 1,
                    rest.lines().filter(|line| line.starts_with("    - name:")).count(),
                ));
                heads.push_str(head);
                tests.push_str(rest);
            }
            Err(mistake) => mistakes.push(format!("rules/{path}{mistake}")),
        }
    }
    if !mistakes.is_empty() {
        return Err(io::Error::other(mistakes.join("\n")));
    }
    fs::write(out.join("heads"), compress_to_vec(heads.as_bytes(), COMPRESSION))?;
    fs::write(out.join("tests"), compress_to_vec(tests.as_bytes(), COMPRESSION))?;
    let table = format!(
        "/// Each built-in file, in the order of the packed texts.\nconst FILES: &[Stored] = &[\n{files}];\n\
         static HEADS: Packed = Packed {{ bytes: include_bytes!({:?}), length: {} }};\n\
         static TESTS: Packed = Packed {{ bytes: include_bytes!({:?}), length: {} }};\n",
        out.join("heads"),
        heads.len(),
        out.join("tests"),
        tests.len(),
    );
    fs::write(out.join("built_in.rs"), table)
}

/// What stands before `tests:`, and the rest, which must be nothing but tests: then a head without them is a whole rule,
/// and every place in it is the place in the file.
fn divided(text: &str) -> Result<(&str, &str), String> {
    if text.contains('\r') {
        return Err(": holds a carriage return; end lines with a line feed alone".to_owned());
    }
    let Some(at) = text.find("\ntests:\n") else {
        return Err(": a built-in rule ends with `tests:`, on a line of its own".to_owned());
    };
    let (head, tests) = text.split_at(at + 1);
    let first_line = head.lines().count() + 1;
    let is_of_tests = |line: &str| line.is_empty() || line.starts_with(' ');
    if let Some((number, line)) = (first_line..).zip(tests.lines()).skip(1).find(|(_, line)| !is_of_tests(line)) {
        return Err(format!(":{number}: nothing may follow `tests:` in a built-in rule, found `{line}`"));
    }
    match (1..).zip(head.lines()).find(|(_, line)| line.starts_with("---")) {
        Some((number, _)) => Err(format!(":{number}: a built-in file holds one rule; divide it into several files")),
        None => Ok((head, tests)),
    }
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
