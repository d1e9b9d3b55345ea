//! `rules coverage`: the ATT&CK Navigator's layer and the tables, of a small pack as they are printed and of the built-in
//! rules as a whole.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use tempfile::TempDir;
use trailsieve_tests::runner::{self, code, command, err, out};

/// What is known of ATT&CK: the techniques that a built-in rule may name.
const KNOWN: &str = include_str!("../host-runner/src/cli/attack.tsv");

#[test]
fn a_small_pack_is_shown_in_each_format() {
    let folder = small_pack();
    let shown = |format: &str| {
        let folder = folder.path().to_str().unwrap();
        coverage(["--format", format, "--no-default-rules", "--rules", folder, "--disable", "own/b-off"])
    };
    insta::assert_snapshot!("coverage_table", shown("table"));
    insta::assert_snapshot!("coverage_markdown", shown("markdown"));
    let layer: Value = serde_json::from_str(&shown("navigator")).unwrap();
    insta::assert_snapshot!("coverage_navigator", serde_json::to_string_pretty(&layer).unwrap());
}

/// Each technique that a built-in rule names, with as many points as rules that are on; asked for, all are on.
#[test]
fn the_layer_of_the_built_in_rules_holds_each_of_their_techniques() {
    let list: Value = serde_json::from_str(&printed(["rules", "list", "--format", "json"])).unwrap();
    let mut wanted: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for rule in list["rules"].as_array().unwrap() {
        let tags = rule["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap());
        let techniques: BTreeSet<&str> = tags.filter_map(|tag| tag.strip_prefix("attack.t")).collect();
        for number in techniques {
            let counts = wanted.entry(format!("T{number}")).or_default();
            counts[0] += u64::from(rule["enabled"].as_bool().unwrap());
            counts[1] += 1;
        }
    }
    assert!(wanted.len() > 70, "{wanted:?}");
    for (at, options) in [(0, vec![]), (1, vec!["--enable", "*"])] {
        let layer: Value = serde_json::from_str(&coverage([vec!["--format", "navigator"], options].concat())).unwrap();
        let scores = layer["techniques"].as_array().unwrap().iter().map(|technique| {
            (technique["techniqueID"].as_str().unwrap().to_owned(), technique["score"].as_u64().unwrap())
        });
        let expected: BTreeMap<String, u64> =
            wanted.iter().map(|(number, counts)| (number.clone(), counts[at])).collect();
        assert_eq!(scores.collect::<BTreeMap<_, _>>(), expected);
        assert_eq!(layer["versions"]["attack"], "19");
    }
}

/// Built-in rules are tagged by one version of ATT&CK, which has no T1562 any more.
#[test]
fn the_built_in_rules_name_techniques_of_one_version() {
    let list: Value = serde_json::from_str(&printed(["rules", "list", "--format", "json"])).unwrap();
    let tags = list["rules"].as_array().unwrap().iter().flat_map(|rule| rule["tags"].as_array().unwrap());
    let named: BTreeSet<String> =
        tags.filter_map(|tag| Some(format!("T{}", tag.as_str()?.strip_prefix("attack.t")?))).collect();
    let lines = KNOWN.lines().filter(|line| !line.starts_with('#'));
    let known: BTreeSet<String> = lines.map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?}: revoked, or missing from host-runner/src/cli/attack.tsv");
}

/// Every technique stands under some tactic, so that the page names every rule that names a technique.
#[test]
fn the_page_names_each_built_in_rule() {
    let page = coverage(["--format", "markdown"]);
    for line in printed(["rules", "list"]).lines().skip(1) {
        let name = line.split_whitespace().next().unwrap();
        assert!(page.contains(name), "{name} is not on the page");
    }
    let unknown: Vec<&str> = page.lines().filter(|line| line.contains("(not known here)")).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
}

fn small_pack() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rule = |name: &str, tags: &str| {
        let text = format!("title: {name}\ntags: [{tags}]\nfilter_pattern: '{{ $.eventName = X }}'\n");
        let path = folder.path().join("own").join(format!("{name}.yml"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    rule("a-on", "attack.t1078.004, attack.t1110, attack.initial-access, cis.1.2-1.1");
    rule("b-off", "attack.t1110, attack.t1530");
    rule("c-on", "attack.t1078.004, attack.t1078.004, attack.t1562.008");
    rule("d-without", "attack.persistence");
    folder
}

fn coverage<S: AsRef<OsStr>>(options: impl IntoIterator<Item = S>) -> String {
    let options: Vec<S> = options.into_iter().collect();
    printed(["rules", "coverage"].map(OsStr::new).into_iter().chain(options.iter().map(AsRef::as_ref)))
}

fn printed<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> String {
    let output = runner::feed(command(arguments), b"");
    assert_eq!(code(&output), 0, "{}", err(&output));
    out(&output)
}
