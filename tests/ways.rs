//! What the README says of each way: every cell of its table is one of `ways.tsv`, and has a test.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::proofs::{rows, tests_exist};

/// The cells of a line of a table in Markdown.
fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()
}

#[test]
fn every_cell_of_the_table_of_ways_has_a_test() {
    let readme = fs::read_to_string(workspace().join("README.md")).unwrap();
    let mut lines = readme.lines().skip_while(|line| !line.starts_with("| Way | Configuration |"));
    let columns = cells(lines.next().unwrap());
    let mut shown = BTreeMap::new();
    for line in lines.skip(1).take_while(|line| line.starts_with('|')) {
        let cells = cells(line);
        assert_eq!(cells.len(), columns.len(), "{line}");
        let way = cells.first().unwrap();
        for (column, cell) in columns.iter().zip(&cells).skip(2) {
            shown.insert((way.clone(), column.clone()), cell.clone());
        }
    }
    let mut told = BTreeMap::new();
    for [way, column, cell, tests] in rows("ways.tsv") {
        tests_exist(&format!("{way}, {column}"), &tests);
        assert!(told.insert((way.clone(), column.clone()), cell).is_none(), "{way}, {column} stands there twice");
    }
    assert_eq!(shown, told);
    let ways: BTreeSet<&String> = told.keys().map(|(way, _)| way).collect();
    assert_eq!((ways.len(), told.len()), (8, 56), "the table is cut off");
}

/// Each fault has an expectation and at least one test, and each test exists.
#[test]
fn the_table_of_faults_names_tests_that_exist() {
    let mut faults = BTreeSet::new();
    for [fault, expected, tests] in rows("service_faults.tsv") {
        assert!(!expected.is_empty(), "{fault}");
        tests_exist(&fault, &tests);
        assert!(faults.insert(fault.clone()), "{fault} stands there twice");
    }
    assert!(faults.len() >= 15, "the table is cut off");
}
