//! Policy documents are the longest texts that rules read with expressions, and their writers are those who are watched:
//! however long and however odd one is, the detector that ships must not run out of fuel over it.
#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig as Config, Strategy, any, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use std::cell::RefCell;
use trailsieve::batch::{Judge, Judged, Mark, Records};
use trailsieve::engine::{BUILT_IN, Component, Limits, Pack, Worker};
use trailsieve_tests::calls::call;

/// CloudTrail leaves out parameters that take more.
const LONGEST: usize = 100_000;

const EVERYTHING: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

fn component() -> Component {
    Component::compile(BUILT_IN, Limits::default(), None).unwrap()
}

fn worker(component: &Component) -> Worker {
    component.load(Pack::default()).unwrap().workers(1).pop().unwrap()
}

/// One that has met no record yet, not even those of the rules' tests: what expressions remember costs most at first.
fn fresh_worker(component: &Component) -> Worker {
    component.load(Pack::default()).unwrap().workers(2).pop().unwrap()
}

fn written(document: &str) -> Value {
    call("iam", "PutRolePolicy", json!({"roleName": "backup", "policyName": "own", "policyDocument": document}))
}

fn trusted(document: &str) -> Value {
    call("iam", "UpdateAssumeRolePolicy", json!({"roleName": "backup", "policyDocument": document}))
}

/// In a batch of its own, where no neighbour leaves it fuel.
fn judge(worker: &mut Worker, record: &Value) -> Judged {
    let mut batch = Records::new();
    batch.push(record.to_string().as_bytes());
    worker.judge(&batch)
}

#[test]
fn a_statement_that_allows_everything_is_found_among_any_number_of_others() {
    let other = |number: usize| {
        format!(
            r#"{{"Sid": "S{number}", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": ["arn:aws:s3:::bucket-{number}/*"],
                "Condition": {{"StringEquals": {{"aws:RequestedRegion": "eu-central-1"}}}}}}"#
        )
    };
    let mut worker = worker(&component());
    for others in [0, 10, 50, 100, 200, 400] {
        for place in [0, others / 2, others] {
            let mut statements: Vec<String> = (0..others).map(other).collect();
            statements.insert(place, EVERYTHING.to_owned());
            let document = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "));
            assert!(document.len() < LONGEST, "{}", document.len());
            let judged = judge(&mut worker, &written(&document));
            let is_found = |mark: &Mark| mark.annotation.contains(r#""rule":"iam/full-access""#);
            assert!(judged.marks.iter().any(is_found), "{others} others, at {place}: {:?}", judged.marks);
        }
    }
}

/// What expressions look for: each piece may begin something that they must then follow to its end.
const PIECES: [&str; 18] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    " ",
    "\n",
    "*",
    "\"*\"",
    "\"Effect\": \"Allow\"",
    "\"Action\"",
    "\"Action\": [",
    "\"Resource\": \"*\"",
    "\"AWS\": \"",
    "\"Principal\": {",
    "arn:aws:iam::444455556666:root",
];

/// Pieces in any order; few of them, so that one is repeated often, or all.
fn odd_document(pieces: usize) -> impl Strategy<Value = String> {
    let some = prop_oneof![vec(select(&PIECES[..]), 1..8), Just(PIECES.to_vec())];
    (some, vec(any::<Index>(), 1..pieces)).prop_map(|(pieces, order)| {
        let mut document = r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*""#.to_owned();
        order.iter().for_each(|index| document.push_str(index.get::<&str>(&pieces)));
        document
    })
}

/// Judges documents of up to so many pieces.
fn no_document_exhausts(cases: u32, pieces: usize, judge: impl Fn(&Value) -> Judged) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    proptest!(config, |(document in odd_document(pieces))| {
        for record in [written(&document), trusted(&document)] {
            let judged = judge(&record);
            prop_assert_eq!(judged.counts.unjudged, 0, "{:?}", judged.marks);
        }
    });
}

#[test]
fn no_long_document_exhausts_the_detector() {
    let worker = RefCell::new(worker(&component()));
    no_document_exhausts(300, 6_000, |record| judge(&mut worker.borrow_mut(), record));
}

#[test]
fn no_document_exhausts_a_detector_that_is_new() {
    let component = component();
    for pieces in [20, 100, 500, 6_000] {
        no_document_exhausts(8, pieces, |record| judge(&mut fresh_worker(&component), record));
    }
}
