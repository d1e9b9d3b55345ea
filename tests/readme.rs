//! The README is true: its commands run and show what it says they show, and what it names exists.
//!
//! A block of commands is ```` ```sh ````, what it prints the ```` ```text ```` or ```` ```json ```` after it (JSON may
//! be laid out otherwise), ```` ```yaml ```` and ```` ```toml ```` a file with the name that the line above ends in.
//! No other blocks are allowed, so that no command goes unrun.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects by failing")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::metadata::metadata;
use trailsieve_tests::runner::{self, out, program};
use trailsieve_tests::service::free_address;

/// The one command that cannot run within itself; another test shows what it does.
const ALL_TESTS: &str = "cargo test";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Commands,
    Output,
    Json,
    File,
    /// A block that is none of these, which the README must not have.
    Unknown,
}

/// One fenced block.
struct Block {
    kind: Kind,
    text: String,
    /// The line its text begins in, for messages.
    line: usize,
    /// The last line above it that is not blank.
    above: String,
}

#[test]
fn every_command_runs_and_shows_what_stands_below_it() {
    let place = scratch();
    let mut printed = None;
    let mut commands_run = 0;
    for block in blocks(&with_free_ports(document("README.md"))) {
        let text = block.text.as_str();
        match block.kind {
            Kind::Commands if text.trim() == ALL_TESTS => printed = None,
            Kind::Commands => {
                printed = Some(run(text, place.path()));
                commands_run += 1;
            }
            Kind::Output => {
                if let Some(printed) = printed.take() {
                    assert_eq!(printed, text, "line {}: this is not what the commands above print", block.line);
                }
            }
            Kind::Json => {
                let printed = printed.take().unwrap_or_else(|| panic!("line {}: no command above", block.line));
                let shown: Value = serde_json::from_str(text).unwrap();
                let mut actual: Value = serde_json::from_str(&printed).unwrap();
                // Of a whole record only what it gained is shown.
                if let Some(gained) = actual.get("trailsieve") {
                    actual = serde_json::json!({ "trailsieve": gained });
                }
                assert_eq!(shown, actual, "line {}: this is not what the commands above print", block.line);
            }
            Kind::File => {
                let name = code_spans(&block.above).pop().unwrap_or_else(|| panic!("line {}: no name", block.line));
                let path = place.path().join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Kind::Unknown => panic!("line {}: blocks are sh, text, json, yaml or toml", block.line),
        }
    }
    assert!(commands_run >= 2, "only {commands_run} blocks of commands were found; is the README still written so?");
}

#[test]
fn nothing_that_looks_like_a_command_stands_outside_of_what_is_run() {
    let readme = document("README.md");
    let blocks = blocks(&readme);
    let unknown: Vec<usize> = blocks.iter().filter(|it| it.kind == Kind::Unknown).map(|it| it.line).collect();
    assert!(unknown.is_empty(), "blocks are sh, text, json, yaml or toml; others begin in lines {unknown:?}");

    let is_shown =
        |text: &str| ["$ ", "cargo ", "trailsieve "].iter().any(|start| text.trim_start().starts_with(start));
    for block in blocks.iter().filter(|block| block.kind != Kind::Commands) {
        let commands: Vec<&str> = block.text.lines().filter(|line| is_shown(line)).collect();
        assert!(commands.is_empty(), "line {}: commands go into a block of sh: {commands:?}", block.line);
    }
    for line in prose(&readme).lines() {
        assert!(!line.starts_with("    ") && !line.starts_with('\t'), "indented blocks are not run: {line}");
        assert!(!line.contains("<pre") && !line.contains("<code") && !line.starts_with("~~~"), "not run: {line}");
    }

    let before = std::iter::once(None).chain(blocks.iter().map(|block| Some(block.kind)));
    let unexplained =
        before.zip(&blocks).filter(|(before, it)| it.kind == Kind::Output && *before != Some(Kind::Commands));
    assert_eq!(unexplained.count(), 1, "only the picture at the top is text that no command prints");
}

/// `cargo test` tests the whole workspace, and that is what must pass before a change lands.
#[test]
fn the_command_for_all_tests_is_the_one_that_changes_must_pass() {
    let shown: Vec<String> = blocks(&document("README.md")).into_iter().map(|block| block.text).collect();
    assert!(shown.iter().any(|text| text.trim() == ALL_TESTS), "the README does not say how to run all tests");
    let steps = document(".ci/run");
    let step = steps.lines().find_map(|line| line.strip_prefix("step tests ")).unwrap();
    let (flags, words): (Vec<&str>, Vec<&str>) = step.split_whitespace().partition(|word| word.starts_with("--"));
    assert_eq!((words.join(" ").as_str(), flags), (ALL_TESTS, vec!["--locked", "--workspace"]));

    let metadata = metadata();
    assert_eq!(metadata.workspace_default_members.len(), metadata.workspace_members.len(), "a bare command tests less");
    let installed = metadata.packages.iter().find(|package| package.manifest_path.ends_with("host-runner/Cargo.toml"));
    let targets = &installed.unwrap().targets;
    assert!(
        targets.iter().any(|target| target.kind == ["bin"] && target.name == "trailsieve"),
        "what installing gives"
    );
}

#[test]
fn every_command_of_cargo_that_is_named_is_one_that_something_runs() {
    let readme = document("README.md");
    let named: BTreeSet<String> =
        code_spans(&prose(&readme)).into_iter().filter(|it| it.starts_with("cargo ")).collect();
    let known = [
        ("cargo bench", "tests/Cargo.toml", "[[bench]]"),
        ("cargo install --locked --path host-runner", ".ci/packages", "cargo install "),
        ("cargo run --release", ".ci/run", "--manifest-path tests/compare/Cargo.toml"),
    ];
    for name in &named {
        let (_, file, proof) = known.iter().find(|(command, ..)| command == name).unwrap_or_else(|| panic!("{name}"));
        assert!(document(file).contains(proof), "{name} is named but {file} has no {proof}");
    }
}

#[test]
fn every_option_and_command_that_is_named_exists() {
    let help =
        ["", "filter", "scan", "convert", "run", "module", "rules", "rules list", "rules coverage", "rules check"].map(
            |command| {
                let output = runner::command(command.split_whitespace().chain(["--help"])).output().unwrap();
                assert!(output.status.success(), "trailsieve {command} --help");
                (command, out(&output))
            },
        );
    let words = |text: &str| -> BTreeSet<String> {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        text.split(|letter: char| !is_part(letter)).filter(|word| word.starts_with('-')).map(str::to_owned).collect()
    };
    let known: BTreeSet<String> = help.iter().flat_map(|(_, text)| words(text)).collect();
    assert!(known.contains("--emit") && known.contains("-q"), "help is read as it is written");
    for name in ["README.md", "CHANGELOG.md"] {
        for span in code_spans(&prose(&document(name))).iter().filter(|span| !span.starts_with("cargo ")) {
            let named = words(span);
            let unknown: Vec<_> = named.difference(&known).filter(|word| !word.trim_matches('-').is_empty()).collect();
            assert!(unknown.is_empty(), "{name}: no help has {unknown:?} of `{span}`");
            if let Some(rest) = span.strip_prefix("trailsieve ") {
                assert!(
                    help.iter().any(|(command, _)| !command.is_empty() && rest.starts_with(command)),
                    "{name}: `{span}`"
                );
            }
        }
    }
}

#[test]
fn every_file_and_rule_that_is_named_exists() {
    let rules = out(&runner::command(["rules", "list"]).output().unwrap());
    let rules: BTreeSet<&str> = rules.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for name in ["README.md", "CHANGELOG.md", "SECURITY.md"] {
        let text = document(name);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let is_there = link.starts_with("https://") || workspace().join(link).exists();
            assert!(is_there, "{name}: the link to {link} leads nowhere");
        }
        for span in code_spans(&prose(&text)) {
            let path = span.split_whitespace().next().unwrap_or_default();
            let (folder, _) = path.split_once('/').unwrap_or_default();
            if !folder.is_empty() && workspace().join(folder).is_dir() {
                assert!(workspace().join(path).exists(), "{name}: there is no {path}");
            }
            if folder == "securityhub" && !path.contains('*') {
                assert!(rules.contains(path), "{name}: there is no rule {path}");
            }
        }
    }
}

#[test]
fn json_within_a_sentence_is_json() {
    let spans = code_spans(&prose(&document("README.md")));
    for span in spans.iter().filter(|span| span.starts_with("{\"")) {
        // An ellipsis leaves out elements.
        let whole = span.replace('…', "");
        assert!(serde_json::from_str::<Value>(&whole).is_ok(), "`{span}` is not valid");
    }
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let help = out(&runner::command(["--help"]).output().unwrap());
    let documented = help.split("Exit codes:").nth(1).unwrap().lines().filter_map(|line| line.trim().split_once("  "));
    let documented: Vec<(String, String)> = documented.map(|(code, text)| (code.to_owned(), text.to_owned())).collect();
    let readme = document("README.md").replace('`', "");
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    let shown = rows.filter(|(code, _)| code.parse::<u8>().is_ok());
    let shown: Vec<(String, String)> = shown.map(|(code, text)| (code.to_owned(), text.to_owned())).collect();
    assert_eq!(shown, documented);
}

/// Runs commands as they are written; gives all that a terminal would show.
fn run(commands: &str, scratch: &Path) -> String {
    let binaries = program().parent().unwrap();
    let cargo = Path::new(env!("CARGO")).parent().unwrap();
    let inherited = env::var_os("PATH").unwrap_or_default();
    let path = [binaries.to_owned(), cargo.to_owned()].into_iter().chain(env::split_paths(&inherited));
    // Cargo must see the checkout itself, and what it says of its own is not the program's output.
    let is_cargo = commands.starts_with("cargo ");
    let (mut shown, writer) = io::pipe().unwrap();
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", commands]).stdin(Stdio::null());
    command.current_dir(if is_cargo { workspace() } else { scratch });
    command.env("PATH", env::join_paths(path).unwrap()).env("CARGO_TARGET_DIR", binaries.parent().unwrap());
    runner::forget_package(&mut command);
    command.env("CARGO_NET_OFFLINE", "true").env("XDG_CACHE_HOME", binaries.join("test-cache"));
    command.stderr(if is_cargo { Stdio::inherit() } else { writer.try_clone().unwrap().into() }).stdout(writer);
    let mut child = command.spawn().unwrap();
    // It holds the writing end of the pipe, which would never end.
    drop(command);
    let mut text = String::new();
    shown.read_to_string(&mut text).unwrap();
    let status = child.wait().unwrap();
    assert!(status.success(), "{status}:\n{commands}\n{text}");
    text
}

/// A folder that looks like the checkout, in which commands may leave files.
fn scratch() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(workspace()).unwrap() {
        let entry = entry.unwrap();
        symlink(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    folder
}

/// What listens there is to listen where nobody else does.
fn with_free_ports(readme: String) -> String {
    ["127.0.0.1:8080", "127.0.0.1:9464"].into_iter().fold(readme, |readme, shown| {
        assert!(readme.contains(shown), "nothing listens on {shown} any more");
        readme.replace(shown, &free_address().to_string())
    })
}

fn document(name: &str) -> String {
    fs::read_to_string(workspace().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    let mut above = String::new();
    for (line, text) in (1..).zip(document.lines()) {
        match (text.trim_start().strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(kind), None) => {
                let kind = match kind {
                    "sh" => Kind::Commands,
                    "text" => Kind::Output,
                    "json" => Kind::Json,
                    "yaml" | "toml" => Kind::File,
                    _ => Kind::Unknown,
                };
                open = Some(Block { kind, text: String::new(), line: line + 1, above: above.clone() });
            }
            (None, Some(block)) => {
                block.text.push_str(text);
                block.text.push('\n');
            }
            (None, None) if text.trim().is_empty() => {}
            (None, None) => above = text.to_owned(),
        }
    }
    assert!(open.is_none(), "a block does not end");
    blocks
}

/// What stands outside of blocks.
fn prose(document: &str) -> String {
    document.split("```").step_by(2).collect()
}

/// What stands between backticks. A span may run over the end of a line.
fn code_spans(prose: &str) -> Vec<String> {
    prose.split('`').skip(1).step_by(2).map(|span| span.replace('\n', " ")).collect()
}
