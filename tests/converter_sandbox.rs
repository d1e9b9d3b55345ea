//! Hostile converters meet the host: each fault is named, costs no neighbour its copy, and is over with its batch.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects by failing")]

use trailsieve::batch::{Judged, Outcome};
use trailsieve::engine::{Component, Conversion, Converter, Error, Format, Limits};
use trailsieve_tests::guest::{self, judge};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{code, command, err, feed, out};

/// Every converter that misbehaves on poison, and the word for what it does.
const GUESTS: [(&str, &str); 16] = [
    ("endless-loop", "fuel"),
    ("memory-growth", "memory"),
    ("deep-recursion", "trap"),
    ("unreachable", "trap"),
    ("one-answer-more", "contract"),
    ("one-answer-less", "contract"),
    ("unknown-kind", "contract"),
    ("no-line", "contract"),
    ("lines-out-of-bounds", "contract"),
    ("not-json", "contract"),
    ("not-an-object", "contract"),
    ("not-utf8", "contract"),
    ("two-lines", "contract"),
    ("two-objects", "contract"),
    ("declines", "contract"),
    ("much-output", "output"),
];

/// Those that only a table minds.
const OF_TABLES: [(&str, &str); 2] = [("unknown-column", "contract"), ("wrong-type", "contract")];

const ONE: &str = r#"{"eventName":"A"}"#;
const TWO: &str = r#"{"eventName":"B!"}"#;
const POISON: &str = r#"{"eventName":"C~"}"#;

/// What the honest part of a guest makes of a record.
const LINE: &str = "{\"eventname\":\"A\"}\n";

fn converter(guest: &str, to: Format) -> Result<Converter, Error> {
    Converter::compile(&guest::converter(guest), Limits::for_converting(), None, to, "{}".to_owned())
}

fn worker(guest: &str, to: Format) -> Conversion {
    converter(guest, to).unwrap_or_else(|error| panic!("{guest}: {error}")).workers(1).pop().unwrap()
}

/// What must come of these records: poison has no copy for this reason, all others as if it were not there.
fn expect(judged: &Judged, records: &[&str], reason: &str, context: &str) {
    let lines = |record: &str| if record == TWO { 2 } else { 1 };
    let copies: usize = records.iter().filter(|record| **record != POISON).map(|record| lines(record)).sum();
    assert_eq!(judged.copies.lines, LINE.repeat(copies), "{context}");
    let poisoned = (0_u32..).zip(records).filter(|(_, record)| **record == POISON);
    let expected: Vec<_> = poisoned.map(|(number, _)| (number, Outcome::Unjudged, reason)).collect();
    let marks: Vec<_> = judged.marks.iter().map(|mark| (mark.record, mark.outcome, mark.reason)).collect();
    assert_eq!(marks, expected, "{context}");
}

/// Converts batches with poison at these places, and a good batch after each.
fn neighbours_are_converted(guest: &str, reason: &str, to: Format, neighbours: &[&str], poisoned: &[usize]) {
    let mut worker = worker(guest, to);
    let mut records = neighbours.to_vec();
    poisoned.iter().for_each(|&number| *records.get_mut(number).unwrap() = POISON);
    for _ in 0..2 {
        expect(&judge(&mut worker, &records), &records, reason, guest);
        expect(&judge(&mut worker, neighbours), neighbours, reason, guest);
    }
}

#[test]
fn poison_is_named_and_its_neighbours_are_converted() {
    for (guest, reason) in GUESTS {
        for poisoned in [&[2][..], &[0, 5], &[1, 2, 3]] {
            neighbours_are_converted(guest, reason, Format::Ocsf, &[ONE, TWO, ONE, ONE, TWO, ONE], poisoned);
        }
        neighbours_are_converted(guest, reason, Format::Ecs, &[ONE], &[0]);
    }
}

#[test]
fn a_row_is_one_object_that_fits_its_columns() {
    for (guest, reason) in GUESTS.into_iter().chain(OF_TABLES) {
        neighbours_are_converted(guest, reason, Format::Row, &[ONE; 4], &[1]);
    }
    for (guest, _) in OF_TABLES {
        let judged = judge(&mut worker(guest, Format::Ecs), &[POISON]);
        assert_eq!(judged.counts.clean, 1, "{guest}: an object like any other where there is no table");
    }
    let judged = judge(&mut worker("honest", Format::Row), &[ONE, TWO]);
    assert_eq!(judged.copies.lines, LINE, "two rows for one record are one too many");
    assert_eq!(judged.marks.first().map(|mark| mark.reason), Some("contract"));
}

#[test]
fn an_honest_converter_is_believed() {
    let records = [ONE, r#"{"a":"?"}"#, TWO, r#"{"a":"<"}"#, POISON, r##"{"a":"#"}"##, r##"{"b":"#"}"##];
    let judged = judge(&mut worker("honest", Format::Ocsf), &records);
    let counts = judged.counts;
    assert_eq!((counts.clean, counts.not_cloudtrail, counts.malformed, counts.unjudged), (3, 1, 1, 2));
    assert_eq!(judged.copies.lines, LINE.repeat(4));
    assert_eq!(judged.copies.refusal.as_deref(), Some("odd\u{1b}[2J"), "the first reason is kept");
    let reasons: Vec<_> = judged.marks.iter().map(|mark| (mark.record, mark.reason)).collect();
    assert_eq!(reasons, [(3, ""), (5, "refused"), (6, "refused")]);
    assert_eq!(judge(&mut worker("honest", Format::Ocsf), &[]), Judged::default());
}

#[test]
fn a_component_that_converts_nothing_is_refused_before_anything_is_read() {
    let told = |component: &[u8]| {
        let converter = Converter::compile(component, Limits::for_converting(), None, Format::Ecs, "{}".to_owned());
        converter.err().unwrap().to_string()
    };
    let declines = told(&guest::converter("declines-from-the-start"));
    assert_eq!(declines, "the converter declines: odd\u{1b}[2J");
    let answers = told(&guest::converter("answers-nothing"));
    assert_eq!(answers, "the component failed in convert: its answer makes no sense");
    assert!(told(&guest::component("honest")).starts_with("not a converter: "));
    assert!(told(&guest::component("wants-the-environment.component")).contains("it may import nothing"));
    assert!(told(b"\0asm").starts_with("not a WebAssembly component"));
    let detector = Component::compile(&guest::converter("honest"), Limits::default(), None);
    assert!(detector.err().unwrap().to_string().starts_with("not a detector: "));
}

#[test]
fn the_program_tells_what_was_not_converted_and_hides_nothing_in_it() {
    let place = Place::new();
    let component = |guest: &str| place.write(&format!("{guest}.wasm"), guest::converter(guest));
    let convert = |guest: &str, input: &str| {
        let mut command = command(["convert", "--to", "ecs", "--stats", "-", "--component"]);
        command.arg(component(guest));
        feed(command, input.as_bytes())
    };
    let output = convert("unreachable", &[ONE, POISON, TWO, r##"{"a":"#"}"##, "no JSON", r#"{"a":"?"}"#].join("\n"));
    assert_eq!((code(&output), out(&output)), (4, LINE.repeat(3)));
    let told = err(&output);
    let (remark, stats) = told.split_once('\n').unwrap();
    assert_eq!(
        remark,
        "trailsieve: not converted: 2 not CloudTrail, 1 refused, 1 trap; the first refused: odd\\u001b[2J"
    );
    let expected = r#"{"records_in":6,"converted":2,"copies":3,"malformed":0,"oversized":0,"not_cloudtrail":2,"#;
    assert!(stats.starts_with(expected), "{stats}");
    assert!(stats.contains(r#""not_converted":2,"not_converted_by_reason":{"refused":1,"trap":1}"#), "{stats}");

    let output = convert("declines-from-the-start", ONE);
    assert_eq!((code(&output), out(&output)), (3, String::new()));
    assert!(err(&output).contains("declines-from-the-start.wasm: the converter declines: odd\\u001b[2J"));
}
