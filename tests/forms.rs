//! The forms in which records come: each record found and judged as if it came bare, everything else as it came.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::io::{self, Cursor, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::sample::select;
use trailsieve::batch::{Judge, Judged, Mark, Outcome, Records};
use trailsieve::input::decompressed;
use trailsieve::output::Emit;
use trailsieve_tests::forms::{BuiltIn, escaped, filtered, judged, outcomes};
use trailsieve_tests::generate::forms::{LAYERS, SEAM, Style, record};
use trailsieve_tests::judge::{ANNOTATION, ByWord};
use trailsieve_tests::{data, generate};

/// What the judge of the tests adds to this record; empty if nothing.
fn added(record: &str) -> &'static str {
    match () {
        () if record.contains("FLAG") => ANNOTATION,
        () if record.contains("UNJUDGED") => "{\"v\":1,\"unjudged\":\"fuel\"}",
        () if record.contains("NOTE") => ANNOTATION,
        () => "",
    }
}

/// A text with its marks: as it comes, and as it must go out with the field in each record's place.
fn with_and_without(text: &str, records: &[String], level: u8) -> (String, String) {
    let (mut without, mut with) = (String::new(), String::new());
    let mut parts = text.split(SEAM);
    let mut records = records.iter();
    let first = parts.next().unwrap();
    without.push_str(first);
    with.push_str(first);
    for part in parts {
        let annotation = added(records.next().unwrap());
        if !annotation.is_empty() {
            with.push_str(&escaped(&format!(",\"trailsieve\":{annotation}"), level));
        }
        without.push_str(part);
        with.push_str(part);
    }
    assert_eq!(records.next(), None, "a record without a mark");
    (without, with)
}

/// Records, the layers around them from the innermost on, and the text.
fn nested() -> impl Strategy<Value = (Vec<String>, u8, String)> {
    let layers = prop::collection::vec(select(LAYERS.to_vec()), 0..4);
    any::<bool>().prop_flat_map(move |is_indented| {
        let records = prop::collection::vec(record(is_indented), 1..4);
        (records, layers.clone(), any::<u64>()).prop_map(move |(records, layers, seed)| {
            let mut style = Style { is_indented, seed };
            let texts = layers.iter().fold(records.clone(), |texts, layer| layer.around(&texts, &mut style));
            let level = layers.iter().map(|layer| layer.level()).sum();
            let separator = if style.is_indented { "\r\n\n" } else { "\n" };
            (records, level, texts.join(separator))
        })
    })
}

/// A source that gives pieces of chosen lengths.
struct Pieces(Cursor<Vec<u8>>, Vec<usize>);

impl Read for Pieces {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.1.pop().unwrap_or(to.len()).clamp(1, to.len());
        self.0.read(to.get_mut(..length).unwrap())
    }
}

proptest! {
    #![proptest_config(generate::settings(4_000))]

    #[test]
    fn every_record_is_found_judged_bare_and_given_its_field_where_it_stands(
        (records, level, text) in nested(),
        lengths in prop::collection::vec(1_usize..90, 0..30),
        workers in 1_usize..3,
    ) {
        let (input, expected) = with_and_without(&text, &records, level);
        let bare: Vec<String> = records.iter().map(|record| record.replace(SEAM, "")).collect();

        let source = Pieces(Cursor::new(input.clone().into_bytes()), lengths);
        let (out, report) = filtered(source, Emit::All, false, ByWord::default().workers(workers));
        prop_assert_eq!(&out, &expected);
        prop_assert!(report.counters.balance());
        prop_assert_eq!(report.counters.records_in, records.len() as u64);

        let (lines, _, heard) = judged(&input, Emit::All, true);
        let handed: Vec<String> = bare.iter().map(|record| record.replace('\n', "\r")).collect();
        prop_assert_eq!(heard, handed);
        let mut unwrapped = String::new();
        let mut flagged = String::new();
        for record in &records {
            let (_, line) = with_and_without(record, std::slice::from_ref(record), 0);
            let line = line.replace(['\n', '\r'], " ") + "\n";
            unwrapped.push_str(&line);
            if record.contains("FLAG") || record.contains("UNJUDGED") {
                flagged.push_str(&line);
            }
        }
        prop_assert_eq!(lines, unwrapped);
        prop_assert_eq!(judged(&input, Emit::Flagged, false).0, flagged);
    }
}

/// S1.26: what `lookup-events` prints, what S3 keeps and what CloudWatch Logs delivers are read alike, and so is every
/// other form: the published records get the same verdicts in each.
#[test]
fn published_records_are_judged_alike_in_every_form() {
    let Some(published) = data::records() else { return };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let bare: Vec<String> = published.iter().map(|record| text(&record.bytes)).collect();
    let (expected, counted) = filtered(Cursor::new(bare.join("\n")), Emit::All, true, vec![Box::new(BuiltIn)]);
    assert!(counted.counters.flagged > 100);
    for layer in LAYERS {
        let forms = bare.chunks(200).flat_map(|records| layer.around(records, &mut Style::plain()));
        let form = forms.collect::<Vec<_>>().join("\n");
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(form.as_bytes()).unwrap();
        let unpacked = decompressed(Box::new(Cursor::new(packed.finish().unwrap())));
        let (found, report) = filtered(unpacked, Emit::All, true, vec![Box::new(BuiltIn)]);
        assert!(found == expected, "{layer:?}");
        assert_eq!(report.counters.findings, counted.counters.findings, "{layer:?}");
        assert_eq!(report.counters.records_in, bare.len() as u64, "{layer:?}");
    }
}

/// S1.20: a record of each category is one in every form. S2.16: also one of `AwsServiceEvent`, and a sign-in that does
/// not say where it led to.
#[test]
fn a_record_of_each_category_is_one_in_every_form() {
    let records = [
        r#"{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventCategory":"Management"}"#,
        r#"{"eventCategory":"Data","eventName":"GetObject","eventVersion":"1.11","eventSource":"s3.amazonaws.com"}"#,
        r#"{"eventVersion":"1.09","eventType":"AwsVpceEvent","eventSource":"kms.amazonaws.com","eventName":"Decrypt"}"#,
        r#"{"eventVersion":"1.08","eventType":"AwsCloudTrailInsight","insightDetails":{"eventSource":"a.amazonaws.com"}}"#,
        r#"{"eventVersion":"1.08","eventType":"AwsServiceEvent","eventSource":"kms.amazonaws.com","eventName":"RotateKey"}"#,
        r#"{"eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com","additionalEventData":{}}"#,
    ];
    for layer in LAYERS {
        let form = layer.around(&records.map(str::to_owned), &mut Style::plain()).join("\n");
        assert_eq!(outcomes(&form), (6, 0, 0), "{form}");
    }
}

/// S1.26, S1.28.
#[test]
fn published_envelopes_hold_what_is_said_of_them() {
    let folder = data::folder().join("envelopes");
    if !folder.is_dir() {
        let _ = writeln!(io::stderr(), "SKIPPED: no published envelopes in {}", folder.display());
        return;
    }
    let expected = [
        ("array-fragment-truncated.txt", (1, 0, 1)),
        ("array-pretty-console-login.json", (1, 0, 0)),
        ("array-pretty.json", (3, 0, 0)),
        ("cloudwatch-logs-subscription.json", (4, 0, 0)),
        ("digest-file-not-records.json", (0, 1, 0)),
        ("eventbridge-detail-large.json", (1, 0, 0)),
        ("eventbridge-detail.json", (1, 0, 0)),
        ("eventbridge-unknown-federate.json", (1, 0, 0)),
        ("insight-event.json", (2, 0, 0)),
        ("json-lines.txt", (4, 0, 0)),
        ("logstash-lines.json", (5, 0, 0)),
        ("lookup-events.jsonl", (6, 0, 0)),
        ("records-pretty.json", (4, 0, 0)),
        ("s3-notification-not-cloudtrail.json", (0, 1, 0)),
        ("s3-records-compact.json", (12, 0, 0)),
        ("s3-records-one.json", (1, 0, 0)),
        ("sns-notification-not-cloudtrail.json", (0, 1, 0)),
    ];
    for (name, expected) in expected {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(outcomes(&text), expected, "{name}");
        let (out, report) = filtered(Cursor::new(text.clone()), Emit::All, false, vec![Box::new(Noting)]);
        assert_ne!(out, text, "{name}");
        let field = |level| escaped(&format!(",\"trailsieve\":{ANNOTATION}"), level);
        let without = (0..3).fold(out, |out, level| out.replace(&field(level), ""));
        assert_eq!(without, text, "{name}");
        assert_eq!(report.counters.annotated, expected.0 + expected.1, "{name}");
    }
}

/// Adds a field to everything.
struct Noting;

impl Judge for Noting {
    fn judge(&mut self, records: &Records) -> Judged {
        let mut judged = Judged::default();
        for record in 0..records.len() as u32 {
            judged.counts.add(Outcome::Clean);
            let annotation = ANNOTATION.to_owned();
            judged.marks.push(Mark { record, outcome: Outcome::Clean, reason: "", annotation, event: String::new() });
        }
        judged
    }
}
