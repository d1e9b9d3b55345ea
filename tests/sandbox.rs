//! Hostile detectors meet the host: each fault is named, costs no neighbour its verdict, and is over with its batch.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects by failing")]

use trailsieve::batch::{Judge, Judged, Outcome, Records, Suppression};
use trailsieve::engine::{self, Component, Fault, Limits, Pack, Worker};
use trailsieve_tests::guest::{self, judge};

/// Every guest that misbehaves on poison, and the word for what it does.
const GUESTS: [(&str, &str); 39] = [
    ("endless-loop", "fuel"),
    ("memory-fill", "fuel"),
    ("memory-growth", "memory"),
    ("table-growth", "memory"),
    ("deep-recursion", "trap"),
    ("unreachable", "trap"),
    ("out-of-bounds", "trap"),
    ("wrong-count", "contract"),
    ("wrong-outcome", "contract"),
    ("missing-mark", "contract"),
    ("number-out-of-range", "contract"),
    ("descending-numbers", "contract"),
    ("too-much-output", "output"),
    ("long-annotation", "output"),
    ("many-verdicts", "contract"),
    ("verdicts-out-of-bounds", "contract"),
    ("unknown-outcome", "contract"),
    ("annotation-not-json", "contract"),
    ("annotation-not-an-object", "contract"),
    ("annotation-on-two-lines", "contract"),
    ("annotation-of-two-values", "contract"),
    ("annotation-missing", "contract"),
    ("flagged-without-level", "contract"),
    ("flagged-with-another-level", "contract"),
    ("flagged-without-finding", "contract"),
    ("flagged-without-rule", "contract"),
    ("finding-without-rule", "contract"),
    ("finding-with-another-level", "contract"),
    ("rule-with-a-long-name", "output"),
    ("many-findings", "output"),
    ("not-utf8", "contract"),
    ("event-not-json", "contract"),
    ("suppressed-in-more-records", "contract"),
    ("suppressed-in-no-record", "contract"),
    ("suppressed-by-nobody", "contract"),
    ("suppressed-twice", "contract"),
    ("suppressed-by-a-long-name", "output"),
    ("many-suppressions", "output"),
    ("declines", "contract"),
];

const CLEAN: &str = r#"{"eventName":"DescribeInstances","eventSource":"ec2.amazonaws.com"}"#;
const FLAGGED: &str = r#"{"eventName":"StopLogging!","eventSource":"cloudtrail.amazonaws.com"}"#;
const POISON: &str = r#"{"eventName":"GetObject~","eventSource":"s3.amazonaws.com"}"#;

/// What the honest part of a guest says of a flagged record.
const ANNOTATION: &str = concat!(
    r#"{"v":1,"level":"low","rules":["guest/low"],"findings":[{"rule":"guest/low","id":"id-low","title":"Low","#,
    r#""level":"low","outcome":"success","tags":["t1"],"fields":{"eventName":"A"}}]}"#
);

fn worker(guest: &str) -> Worker {
    worker_within(guest, Limits::default())
}

fn worker_within(guest: &str, limits: Limits) -> Worker {
    let component = Component::compile(&guest::component(guest), limits, None).unwrap();
    component.load(Pack::default()).unwrap().workers(1).pop().unwrap()
}

/// What must come of these records: poison is unjudged for this reason, all others as if it were not there.
fn expect(judged: &Judged, records: &[&str], reason: &str, context: &str) {
    let mut expected = Vec::new();
    for (number, record) in records.iter().enumerate() {
        let unjudged = format!(r#"{{"v":1,"unjudged":"{reason}"}}"#);
        match *record {
            FLAGGED => expected.push((number, Outcome::Flagged, "", ANNOTATION.to_owned())),
            POISON => expected.push((number, Outcome::Unjudged, reason, unjudged)),
            _ => {}
        }
    }
    let marks: Vec<_> =
        judged.marks.iter().map(|m| (m.record as usize, m.outcome, m.reason, m.annotation.clone())).collect();
    assert_eq!(marks, expected, "{context}");
    let count = |wanted: &str| records.iter().filter(|record| **record == wanted).count() as u64;
    assert_eq!((judged.counts.clean, judged.counts.flagged), (count(CLEAN), count(FLAGGED)), "{context}");
    assert_eq!(judged.counts.unjudged, count(POISON), "{context}");
}

/// Judges a batch with poison at these places, and a good batch after it.
fn neighbours_are_judged(poisoned: &[usize], length: usize) {
    for (guest, reason) in GUESTS {
        let mut worker = worker(guest);
        let neighbours = (0..length).map(|number| if number % 3 == 1 { FLAGGED } else { CLEAN });
        let mut records: Vec<&str> = neighbours.collect();
        let good = records.clone();
        for &number in poisoned {
            *records.get_mut(number).unwrap() = POISON;
        }
        for _ in 0..2 {
            expect(&judge(&mut worker, &records), &records, reason, guest);
            expect(&judge(&mut worker, &good), &good, reason, guest);
        }
    }
}

#[test]
fn poison_amid_a_batch_is_named_and_its_neighbours_are_judged() {
    neighbours_are_judged(&[2], 7);
}

#[test]
fn poison_at_both_ends_of_a_batch_is_found() {
    neighbours_are_judged(&[0, 6], 7);
}

#[test]
fn poison_that_comes_in_groups_is_found() {
    neighbours_are_judged(&[1, 2, 4], 7);
}

#[test]
fn a_batch_of_one_poisonous_record_is_unjudged() {
    neighbours_are_judged(&[0], 1);
}

#[test]
fn a_batch_of_nothing_but_poison_is_unjudged() {
    neighbours_are_judged(&[0, 1, 2, 3], 4);
}

#[test]
fn an_honest_guest_is_believed() {
    let mut worker = worker("honest");
    let judged = judge(&mut worker, &[CLEAN, POISON, FLAGGED]);
    assert_eq!((judged.counts.clean, judged.counts.flagged), (1, 2));
}

#[test]
fn what_a_detector_did_not_judge_never_looks_clean() {
    for (guest, annotation) in [
        ("unjudged-without-mark", r#"{"v":1,"unjudged":"detector"}"#),
        ("unjudged-with-odd-mark", r#"{"v":1,"unjudged":"detector"}"#),
        ("unjudged-for-its-own-reason", r#"{"v":1,"unjudged":"mood"}"#),
    ] {
        let judged = judge(&mut worker(guest), &[POISON, CLEAN, FLAGGED]);
        let marks: Vec<_> = judged.marks.iter().map(|mark| (mark.outcome, mark.reason, &*mark.annotation)).collect();
        let expected = [(Outcome::Unjudged, "detector", annotation), (Outcome::Flagged, "", ANNOTATION)];
        assert_eq!(marks, expected, "{guest}");
    }
}

#[test]
fn what_a_detector_suppresses_is_told() {
    let judged = judge(&mut worker("suppresses"), &[CLEAN, POISON, FLAGGED]);
    let expected = Suppression { rule: "[1]".to_owned(), source: "no".to_owned(), count: 1 };
    assert_eq!(judged.suppressed, [expected]);
    assert_eq!(judge(&mut worker("honest"), &[CLEAN, POISON, FLAGGED]).suppressed, []);
}

#[test]
fn an_empty_batch_needs_no_call() {
    assert_eq!(worker("unreachable").judge(&Records::new()), Judged::default());
}

#[test]
fn a_spare_serves_every_worker_that_needs_one() {
    let component = Component::compile(&guest::component("unreachable"), Limits::default(), None).unwrap();
    let mut workers = component.load(Pack::default()).unwrap().workers(3);
    std::thread::scope(|scope| {
        for worker in &mut workers {
            scope.spawn(move || {
                let records = [CLEAN, POISON, FLAGGED];
                (0..10).for_each(|_| expect(&judge(worker, &records), &records, "trap", "side by side"));
            });
        }
    });
}

#[test]
fn what_isolation_may_not_pay_for_is_unjudged_and_said_so() {
    // Every call costs far more than a byte, so calls of one record each soon use up three times one call of all.
    let limits = Limits { fuel_base: 1_000_000, fuel_per_byte: 100, ..Limits::default() };
    let mut worker = worker_within("endless-loop", limits);
    let records = [POISON, CLEAN].repeat(50);
    let judged = judge(&mut worker, &records);
    let judged_poison = judged.marks.iter().filter(|mark| mark.record % 2 == 0).count();
    assert_eq!(judged_poison, 50, "no poison looks clean");
    assert!(judged.marks.iter().all(|mark| mark.reason == "fuel" && mark.outcome == Outcome::Unjudged));
    // Each poisonous record costs all of a call's fuel and an instance, of which there are sixteen; between two of them one
    // clean record is judged.
    assert!((1..=16).contains(&judged.counts.clean), "{:?}", judged.counts);
    let good = [CLEAN; 100];
    expect(&judge(&mut worker, &good), &good, "fuel", "the next batch has its own allowance");
}

#[test]
fn fresh_instances_for_one_batch_are_bounded() {
    let mut worker = worker("unreachable");
    let records = [POISON, FLAGGED].repeat(100);
    let judged = judge(&mut worker, &records);
    assert_eq!(judged.counts.unjudged + judged.counts.flagged, 200);
    // Of sixteen instances the first ends with the first poison, the second with the attempt at the rest, and each
    // other judges one neighbour before it meets the next.
    assert_eq!(judged.counts.flagged, 14);
    let good = [FLAGGED; 20];
    expect(&judge(&mut worker, &good), &good, "trap", "the next batch");
}

#[test]
fn small_limits_name_what_ran_out() {
    let memory = Limits { memory_bytes: 3 << 16, ..Limits::default() };
    let large = format!(r#"{{"eventName":"{}"}}"#, "x".repeat(1 << 18));
    let judged = judge(&mut worker_within("honest", memory), &[&large, CLEAN]);
    assert_eq!(judged.marks.iter().map(|mark| (mark.record, mark.reason)).collect::<Vec<_>>(), [(0, "memory")]);
    let fuel = Limits { fuel_base: 100, fuel_per_byte: 1, ..Limits::default() };
    assert_eq!(judge(&mut worker_within("honest", fuel), &[CLEAN]).marks.first().unwrap().reason, "fuel");
    // Annotation and event of one verdict have 386 bytes.
    let output = Limits { output_base: 300, output_per_byte: 0, ..Limits::default() };
    let judged = judge(&mut worker_within("honest", output), &[FLAGGED, FLAGGED, CLEAN]);
    assert_eq!((judged.counts.clean, judged.counts.unjudged), (1, 2));
    assert_eq!(judged.marks.first().unwrap().reason, "output");
}

#[test]
fn an_answer_that_is_too_large_only_together_is_had_piece_by_piece() {
    let output = Limits { output_base: 600, output_per_byte: 0, ..Limits::default() };
    let records = [FLAGGED, FLAGGED, CLEAN, FLAGGED];
    expect(&judge(&mut worker_within("honest", output), &records), &records, "", "no record is to blame");
}

/// Each record alone may be said much of; a batch of them would come to gigabytes.
#[test]
fn what_isolation_may_not_say_is_unjudged() {
    let mut worker = worker("says-much");
    let judged = judge(&mut worker, &[POISON; 100]);
    let said: usize = judged.marks.iter().map(|mark| mark.annotation.len()).sum();
    let limits = Limits::default();
    let batch = 100 * (POISON.len() + 1);
    let most = 3 * (limits.output_base + limits.output_per_byte * batch);
    assert!(judged.counts.flagged >= 10 && said <= most + 100 * 64, "{said} bytes of {:?}", judged.counts);
    assert!(judged.marks.iter().all(|mark| mark.outcome == Outcome::Flagged || mark.reason == "output"));
    let good = [FLAGGED; 20];
    expect(&judge(&mut worker, &good), &good, "output", "the next batch");
}

fn refusal(bytes: &[u8]) -> String {
    let refused = Component::compile(bytes, Limits::default(), None);
    let Err(error) = refused.and_then(|component| component.load(Pack::default())) else { panic!("it was accepted") };
    let text = error.to_string();
    assert!(!text.contains('\n'), "one line: {text}");
    text
}

#[test]
fn a_component_that_imports_anything_is_refused_by_the_name_of_the_import() {
    let text = refusal(&guest::component("wants-the-environment.component"));
    assert!(text.contains("wasi:cli/environment@0.2.0"), "{text}");
}

#[test]
fn a_component_without_the_interface_is_refused() {
    for name in ["offers-nothing.component", "other-interface.component"] {
        let text = refusal(&guest::component(name));
        assert!(text.contains("trailsieve:plugin/detector@0.1.0"), "{name}: {text}");
    }
}

#[test]
fn bytes_that_are_no_component_are_refused() {
    let module = wat::parse_str("(module)").unwrap();
    let cut = guest::component("honest");
    for bytes in [&b""[..], b"\x7fELF", b"\0asm\x0d\0\x01\0\xff", &module, cut.get(..cut.len() / 2).unwrap()] {
        assert!(refusal(bytes).starts_with("not a"), "{}", refusal(bytes));
    }
    let switched_off = wat::parse_str("(component (core module (memory i64 1)))").unwrap();
    assert!(refusal(&switched_off).contains("memory64"), "{}", refusal(&switched_off));
}

#[test]
fn a_component_that_is_too_large_is_refused_before_it_is_compiled() {
    let bytes = vec![0; engine::limits::COMPONENT_BYTES + 1];
    assert!(refusal(&bytes).contains("limit 33554432"), "{}", refusal(&bytes));
}

#[test]
fn a_detector_that_fails_before_the_first_record_is_refused() {
    let load = |guest| {
        let limits = Limits { fuel_setup: 1_000_000, ..Limits::default() };
        let component = Component::compile(&guest::component(guest), limits, None).unwrap();
        component.load(Pack::default()).err().unwrap()
    };
    let fault = |error| match error {
        engine::Error::Fault { during, fault } => (during, fault),
        other => panic!("{other}"),
    };
    assert_eq!(fault(load("loops-in-load")), ("load", Fault::Fuel));
    assert_eq!(fault(load("traps-in-self-test")), ("self-test", Fault::Trap));
    assert!(matches!(load("manifest-not-json"), engine::Error::Manifest(_)));
    match load("fails-self-test") {
        engine::Error::Refused(mistakes) => {
            let mistake = mistakes.first().unwrap();
            assert_eq!((mistake.path.as_str(), mistake.line, mistake.column), ("[1]", 2, 7));
        }
        other => panic!("{other}"),
    }
}
