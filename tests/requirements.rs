//! The articles behind the project were digested as requirements S0.1 to S4.21. `requirements.tsv` says of each what
//! it asks, which tests show it and, where that is not all of it, what is still to come; this keeps the list complete and
//! true. S0 is about records of console sign-ins, S1 about what CloudTrail is good for, S2 about an alarm on failed
//! sign-ins, S3 about a history of sign-ins, S4 about what to watch in IAM.
//!
//! A test shows a requirement by naming it in its doc comment or body.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// How many requirements each article has.
const COUNTS: [usize; 5] = [29, 32, 17, 20, 21];

/// The packages whose tests may show something.
const PACKAGES: [&str; 4] = ["core", "wasm-plugin", "host-runner", "tests"];

/// A line of the list: `id`, what it asks, `proved` or `to come`, tests as `path::name` with a comma between, what is missing.
struct Line<'t> {
    id: &'t str,
    asks: &'t str,
    is_proved: bool,
    tests: BTreeSet<&'t str>,
    missing: &'t str,
}

#[test]
fn each_requirement_stands_in_the_list_once_and_in_order() {
    let wanted: Vec<String> =
        COUNTS.iter().enumerate().flat_map(|(n, count)| (1..=*count).map(move |m| format!("S{n}.{m}"))).collect();
    let text = list();
    let listed: Vec<&str> = lines(&text).iter().map(|line| line.id).collect();
    assert_eq!(listed, wanted);
    for line in lines(&text) {
        assert!(!line.asks.is_empty(), "{}: what does it ask?", line.id);
    }
}

#[test]
fn what_is_proved_has_a_test_and_what_is_to_come_says_what_is_missing() {
    for line in lines(&list()) {
        assert_eq!(line.is_proved, line.missing.is_empty(), "{}: what is missing?", line.id);
        assert!(!line.is_proved || !line.tests.is_empty(), "{}: proved by which test?", line.id);
    }
}

#[test]
fn the_list_and_the_tests_name_each_other() {
    let text = list();
    let listed: BTreeMap<&str, BTreeSet<&str>> = lines(&text).into_iter().map(|line| (line.id, line.tests)).collect();
    let written = requirements_of_tests();
    let mut mistakes = Vec::new();
    for (id, tests) in &listed {
        for test in tests {
            match written.get(*test) {
                None => mistakes.push(format!("{id}: there is no test {test}")),
                Some(ids) if !ids.contains(*id) => mistakes.push(format!("{id}: {test} does not name it")),
                Some(_) => {}
            }
        }
    }
    for (test, ids) in &written {
        for id in ids {
            match listed.get(id.as_str()) {
                None => mistakes.push(format!("{test} names {id}, which does not exist")),
                Some(tests) if !tests.contains(test.as_str()) => {
                    mistakes.push(format!("{test} names {id}, whose line does not name the test"));
                }
                Some(_) => {}
            }
        }
    }
    assert!(mistakes.is_empty(), "tests/requirements.tsv:\n{}", mistakes.join("\n"));
}

#[test]
fn requirements_are_found_in_doc_comments_and_bodies_of_tests_only() {
    let source = "//! S0.1\n/// S0.2 and S1.10: text.\n#[test]\nfn first() {\n    // XS0.3 S0.4.\n}\n\n\
        /// S0.5\nfn no_test() {\n}\nmod tests {\n    #[test]\n    fn second() {\n        call(\"S2.1-like\");\n    }\n}\n";
    let set = |ids: &[&str]| ids.iter().map(|id| id.to_string()).collect::<BTreeSet<_>>();
    let expected = [("first".to_owned(), set(&["S0.2", "S1.10", "S0.4"])), ("second".to_owned(), set(&["S2.1"]))];
    assert_eq!(tests_of(source), expected);
}

fn list() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements.tsv")).unwrap()
}

/// All lines but the heading.
fn lines(text: &str) -> Vec<Line<'_>> {
    let line = |text| match <[&str; 5]>::try_from(Vec::from_iter(str::split(text, '\t'))) {
        Ok([id, asks, state @ ("proved" | "to come"), tests, missing]) => {
            let tests = tests.split(", ").filter(|test| !test.is_empty()).collect();
            Line { id, asks, is_proved: state == "proved", tests, missing }
        }
        _ => panic!("not a line of five columns: {text:?}"),
    };
    text.lines().skip(1).map(line).collect()
}

/// For each test of the workspace, as `path::name`, the requirements that it names.
fn requirements_of_tests() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let mut files = Vec::new();
    PACKAGES.iter().for_each(|package| collect(&root.join(package), &mut files));
    let mut tests = BTreeMap::new();
    for file in files {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        // The example texts in this file are about no requirement.
        if path != "tests/requirements.rs" {
            let of_file = tests_of(&fs::read_to_string(&file).unwrap());
            tests.extend(of_file.into_iter().map(|(name, ids)| (format!("{path}::{name}"), ids)));
        }
    }
    tests
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

/// The names of a file's tests and the requirements in their doc comments and bodies. Formatted code is assumed: a
/// function ends with the first brace that stands as far left as it began.
fn tests_of(source: &str) -> Vec<(String, BTreeSet<String>)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut tests = Vec::new();
    for (number, line) in lines.iter().enumerate().filter(|(_, line)| line.trim() == "#[test]") {
        let is_above = |line: &&&str| line.trim_start().starts_with("///") || line.trim_start().starts_with("#[");
        let begin = number - lines[..number].iter().rev().take_while(is_above).count();
        let margin = &line[..line.len() - line.trim_start().len()];
        let end = lines.iter().skip(number).position(|line| line.strip_prefix(margin) == Some("}"));
        let whole = &lines[begin..end.map_or(lines.len(), |length| number + length)];
        let name = whole.iter().find_map(|line| line.trim_start().strip_prefix("fn ")?.split('(').next());
        tests.push((name.unwrap().to_owned(), whole.iter().flat_map(|line| requirements(line)).collect()));
    }
    tests
}

/// `S1.10` and the like, as words.
fn requirements(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.');
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = words.filter_map(|word| word.trim_matches('.').strip_prefix('S')?.split_once('.'));
    parts.filter(|(article, item)| is_number(article) && is_number(item)).map(|(a, b)| format!("S{a}.{b}")).collect()
}
