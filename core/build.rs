//! Puts the built-in rules into the library: every `rules/**/*.yml`, sorted by path, in two packed pieces. One has the
//! files without their `tests:`, which every load reads; the other has the tests, most of the bytes, which only a
//! self-test reads. A third piece has names that CloudTrail gives, by which those in other rules are looked at. Here all that can be done once is done: the library reads neither YAML nor JSON to get at either (see
//! `src/rule/stored.rs`). That the rules load and keep their promises is tested.

#![expect(clippy::disallowed_methods, reason = "it runs while core is built and is no part of it")]

// The library's own readers of YAML and of tests, and what these stand on.
#[path = "src/record"]
mod record {
    pub(crate) mod number;
}
#[path = "src/rule"]
#[allow(
    dead_code,
    unfulfilled_lint_expectations,
    unreachable_pub,
    unused_imports,
    reason = "the library needs more of it, and gives some of it to others"
)]
mod rule {
    pub(crate) mod cases;
    pub(crate) mod code;
    pub(crate) mod diagnostic;
    pub(crate) mod json;
    pub(crate) mod stored;
    pub(crate) mod suggest;
    pub(crate) mod yaml;
}

use miniz_oxide::deflate::compress_to_vec;
use rule::cases::{self, RuleTest};
use rule::stored::{END, KINDS, LIST, MAP, MATCH, NO_MATCH};
use rule::yaml::{Body, Entry, Node, documents};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The hardest that the library tries. It is done once, and costs those who unpack nothing.
const COMPRESSION: u8 = 10;

/// Names that CloudTrail gives, beside those of the events that built-in rules look for: words of which the names of
/// events are made, and services that write events, as `eventSource` has them before `.amazonaws.com`. Plurals and
/// participles of the words are known by themselves.
const NAMES: [&str; 2] = ["src/rule/names/words.txt", "src/rule/names/sources.txt"];

fn main() -> io::Result<()> {
    let variable = |name: &str| std::env::var(name).map(PathBuf::from).map_err(io::Error::other);
    let root = variable("CARGO_MANIFEST_DIR")?.join("rules");
    let out = variable("OUT_DIR")?;
    println!("cargo::rerun-if-changed=rules");
    NAMES.iter().for_each(|list| println!("cargo::rerun-if-changed={list}"));
    let mut paths = Vec::new();
    collect(&root, "", &mut paths)?;
    paths.sort();

    let (mut heads, mut tests, mut files) = (Vec::new(), Vec::new(), String::new());
    let mut events = BTreeSet::new();
    let mut mistakes = Vec::new();
    for path in paths {
        match read(&fs::read_to_string(root.join(&path))?) {
            Ok((head, own_tests)) => {
                files.push_str(&format!("    Stored {{ path: {path:?}, tests: {} }},\n", own_tests.len()));
                append(&head, &mut heads);
                collect_events(&head, &mut events);
                own_tests.iter().for_each(|test| append_test(test, &mut tests));
            }
            Err(mistake) => mistakes.push(format!("rules/{path}{mistake}")),
        }
    }
    if !mistakes.is_empty() {
        return Err(io::Error::other(mistakes.join("\n")));
    }
    fs::write(out.join("heads"), compress_to_vec(&heads, COMPRESSION))?;
    fs::write(out.join("tests"), compress_to_vec(&tests, COMPRESSION))?;
    let mut names = Vec::new();
    append_text(&Vec::from_iter(events).join(" "), &mut names);
    for list in NAMES {
        append_text(&fs::read_to_string(list)?, &mut names);
    }
    fs::write(out.join("names"), compress_to_vec(&names, COMPRESSION))?;
    let table = format!(
        "/// Each built-in file, in the order of the packed pieces.\nconst FILES: &[Stored] = &[\n{files}];\n\
         static HEADS: Packed = Packed {{ bytes: include_bytes!({:?}), length: {} }};\n\
         static TESTS: Packed = Packed {{ bytes: include_bytes!({:?}), length: {} }};\n\
         static NAMES: Packed = Packed {{ bytes: include_bytes!({:?}), length: {} }};\n",
        out.join("heads"),
        heads.len(),
        out.join("tests"),
        tests.len(),
        out.join("names"),
        names.len(),
    );
    fs::write(out.join("built_in.rs"), table)
}

/// The one document of a file, without its tests, and these.
fn read(text: &str) -> Result<(Node, Vec<RuleTest>), String> {
    let (documents, broken) = documents(text);
    let mut mistakes: Vec<_> = broken.into_iter().collect();
    let mut documents = documents.into_iter();
    let first = documents.next();
    if documents.next().is_some() {
        return Err(": a built-in file holds one rule; divide it into several files".to_owned());
    }
    let found = first.map(|document| {
        mistakes.extend(document.mistakes);
        let Body::Map(entries) = document.root.body else { return Err(": a rule is a map of keys".to_owned()) };
        let (tests, others): (Vec<Entry>, _) = entries.into_iter().partition(|entry| entry.key == "tests");
        let tests = tests.iter().flat_map(|entry| cases::read(&entry.value, text, &mut mistakes)).collect();
        Ok((Node { at: document.root.at, body: Body::Map(others) }, tests))
    });
    match mistakes.first() {
        Some(mistake) => Err(format!(":{}:{}: {}", mistake.line, mistake.column, mistake.message)),
        None => found.unwrap_or_else(|| Err(": holds no rule".to_owned())),
    }
}

/// The whole names of events that a Sigma rule looks for.
fn collect_events(node: &Node, events: &mut BTreeSet<String>) {
    match &node.body {
        Body::Scalar(_) => {}
        Body::List(items) => items.iter().for_each(|item| collect_events(item, events)),
        Body::Map(entries) => {
            for Entry { key, value, .. } in entries {
                match &value.body {
                    Body::List(items) if key == "eventName" => events.extend(items.iter().filter_map(whole_name)),
                    Body::Scalar(_) if key == "eventName" => events.extend(whole_name(value)),
                    _ => collect_events(value, events),
                }
            }
        }
    }
}

/// One without wildcards.
fn whole_name(node: &Node) -> Option<String> {
    let Body::Scalar(scalar) = &node.body else { return None };
    let is_whole = scalar.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_whole.then(|| scalar.text.clone())
}

fn append_text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(text.as_bytes());
    out.push(0);
}

fn append_test(test: &RuleTest, out: &mut Vec<u8>) {
    out.push(if test.matches { MATCH } else { NO_MATCH });
    let (line, column) = test.position;
    for text in [&line.to_string(), &column.to_string(), &test.name, &test.record] {
        append_text(text, out);
    }
}

fn append(node: &Node, out: &mut Vec<u8>) {
    match &node.body {
        Body::Scalar(scalar) => {
            out.extend(KINDS.iter().filter(|(_, kind)| *kind == scalar.kind).map(|(byte, _)| byte));
            append_text(&scalar.text, out);
        }
        Body::List(items) => {
            out.push(LIST);
            items.iter().for_each(|item| append(item, out));
            out.push(END);
        }
        Body::Map(entries) => {
            out.push(MAP);
            for entry in entries {
                append_text(&entry.key, out);
                append(&entry.value, out);
            }
            out.push(END);
        }
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
