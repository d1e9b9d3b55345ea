//! The way from input to output: every byte, every record, in order, in bounded memory, without waiting.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::io::{self, Cursor, ErrorKind, Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use std::{fs, thread};

use proptest::prelude::*;
use trailsieve::framing::Mode;
use trailsieve::input::Input;
use trailsieve::metrics::Counters;
use trailsieve::output::{self, Delivery, Form, Output, Whole};
use trailsieve::pipeline::{Options, Report, run, run_in_turn};
use trailsieve::splice::Field;
use trailsieve_tests::judge::{ANNOTATION, ByWord};

/// Longer than any of these tests may block.
const PATIENCE: Duration = Duration::from_secs(20);

fn filtered(input: impl Read + Send + 'static, workers: usize, options: &Options) -> (Vec<u8>, Report) {
    let mut out = Vec::new();
    let mut output = output::to(&mut out, Form::default());
    let judges = ByWord::default().workers(workers);
    let report = run([Input::only(input)].into_iter(), output.as_mut(), judges, options).unwrap();
    drop(output);
    (out, report)
}

fn filtered_in_turn(input: impl Read + Send + 'static, options: &Options) -> (Vec<u8>, Report) {
    let mut out = Vec::new();
    let mut output = output::to(&mut out, Form::default());
    let judge = ByWord::default().workers(1).pop().unwrap();
    let report = run_in_turn([Input::only(input)].into_iter(), output.as_mut(), judge, options).unwrap();
    drop(output);
    (out, report)
}

fn without_field(out: &[u8]) -> String {
    String::from_utf8_lossy(out)
        .replace(&format!(",\"trailsieve\":{ANNOTATION}"), "")
        .replace(",\"trailsieve\":{\"v\":1,\"unjudged\":\"fuel\"}", "")
}

/// A source that gives pieces of chosen lengths.
struct Pieces {
    bytes: Cursor<Vec<u8>>,
    lengths: Vec<usize>,
}

impl Read for Pieces {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.lengths.pop().unwrap_or(to.len()).clamp(1, to.len());
        self.bytes.read(to.get_mut(..length).unwrap())
    }
}

fn record() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec!["", "", "", "FLAG", "NOTE", "UNJUDGED", "MALFORMED", "SLOW"]);
    (word, 0_usize..300).prop_map(|(word, length)| format!("{{\"a\": {{\"{word}\": \"{}\"}}}}", "é".repeat(length / 2)))
}

fn document() -> impl Strategy<Value = String> {
    (prop::collection::vec(record(), 0..20), 0_usize..6, prop_oneof![8 => Just(1.0), 1 => 0.0..1.0]).prop_map(
        |(records, form, kept)| {
            let text = match form {
                0 => records.join("\n") + "\n",
                1 => records.concat(),
                2 => format!("{{\"Records\":[{}]}}", records.join(",")),
                3 => format!("\u{feff}[\r\n  {}\r\n]\r\n", records.join(",\r\n  ").replace(": ", ":\r\n   ")),
                4 => {
                    format!(
                        "{{\"Records\" : [\n{}\n], \"x\":[], \"y\":0}}",
                        records.join("\n ,\n").replace(": ", ":\n")
                    )
                }
                _ => format!("some text\n{}\n\nmore\n12", records.join("\n\n")),
            };
            let length = (text.len() as f64 * kept) as usize;
            text.chars()
                .scan(0, |at, next| {
                    *at += next.len_utf8();
                    (*at <= length).then_some(next)
                })
                .collect()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_comes_out_is_what_came_in_but_for_the_field_and_every_record_is_counted(
        text in document(),
        lengths in prop::collection::vec(1_usize..400, 0..40),
        workers in 1_usize..4,
        max_record in prop_oneof![4 => Just(1 << 20), 1 => 20_usize..200],
    ) {
        let source = || Pieces { bytes: Cursor::new(text.clone().into_bytes()), lengths: lengths.clone() };
        let options = Options { mode: Mode::Guess, max_record, ..Options::default() };
        let (out, report) = filtered(source(), workers, &options);
        let (out_in_turn, in_turn) = filtered_in_turn(source(), &options);
        prop_assert_eq!((&out_in_turn, &in_turn.counters), (&out, &report.counters));
        prop_assert_eq!(&without_field(&out), &text);
        let counters = &report.counters;
        prop_assert!(counters.balance());
        prop_assert_eq!((counters.bytes_in, counters.bytes_out), (text.len() as u64, out.len() as u64));
        let fields = String::from_utf8_lossy(&out).matches("\"trailsieve\":").count() as u64;
        prop_assert_eq!(counters.flagged + counters.annotated + counters.unjudged, fields);
        if max_record > text.len() && !text.is_empty() {
            let words = |word: &str| text.matches(word).count() as u64;
            prop_assert!(counters.flagged <= words("FLAG") && counters.flagged + 1 >= words("FLAG"));
            prop_assert_eq!(counters.oversized, 0);
        }
    }
}

#[test]
fn published_envelopes_pass_byte_for_byte() {
    let folder = trailsieve_tests::data::folder().join("envelopes");
    let Ok(files) = fs::read_dir(&folder) else {
        let _ = writeln!(io::stderr(), "SKIPPED: no published envelopes in {}", folder.display());
        return;
    };
    let expected: &[(&str, u64)] = &[
        ("array-fragment-truncated.txt", 2),
        ("array-pretty-console-login.json", 1),
        ("array-pretty.json", 3),
        ("json-lines.txt", 4),
        ("logstash-lines.json", 5),
        ("records-pretty.json", 4),
        ("s3-records-compact.json", 12),
        ("s3-records-one.json", 1),
    ];
    for path in files.map(|file| file.unwrap().path()) {
        let bytes = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (out, report) = filtered(Cursor::new(bytes.clone()), 2, &Options::default());
        assert!(out == bytes && report.counters.balance(), "{name}");
        if let Some((_, records)) = expected.iter().find(|(known, _)| *known == name) {
            assert_eq!(report.counters.records_in, *records, "{name}");
        }
        if name.ends_with(".gz") {
            let mut nothing = output::Nothing;
            let judges = ByWord::default().workers(1);
            let report = run([Input::file(&path)].into_iter(), &mut nothing, judges, &Options::default()).unwrap();
            assert_eq!(report.counters.malformed + report.counters.not_cloudtrail, 0, "{name}");
            assert!(report.counters.clean > 1, "{name}");
        }
    }
}

#[test]
fn many_workers_keep_the_order() {
    let text: String = (0..20_000)
        .map(|number| format!("{{\"n\":{number},\"w\":\"{}\"}}\n", if number % 97 == 0 { "SLOW" } else { "" }))
        .collect();
    let source =
        Pieces { bytes: Cursor::new(text.clone().into_bytes()), lengths: (0..2_000).map(|n| n % 977 + 1).collect() };
    let (out, report) = filtered(source, 5, &Options::default());
    assert_eq!(without_field(&out), text);
    assert_eq!(report.counters.clean, 20_000);
}

/// A pipe whose other end is in the test.
struct Pipe(Receiver<Vec<u8>>);

impl Read for Pipe {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let Ok(bytes) = self.0.recv() else { return Ok(0) };
        to.get_mut(..bytes.len()).unwrap().copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

struct Sent(Sender<Vec<u8>>);

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.to_vec()).map_err(|_| io::Error::from(ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn start_between_pipes() -> (Sender<Vec<u8>>, Receiver<Vec<u8>>, Receiver<Report>) {
    let (input, source) = channel();
    let (sink, out) = channel();
    let (done, report) = channel();
    thread::spawn(move || {
        let mut output = Whole::new(Sent(sink), Field::default());
        let judges = ByWord::default().workers(2);
        let report = run([Input::only(Pipe(source))].into_iter(), &mut output, judges, &Options::default()).unwrap();
        let _ = done.send(report);
    });
    (input, out, report)
}

#[test]
fn a_record_in_an_open_pipe_comes_out_at_once_with_or_without_a_line_feed() {
    let (input, out, report) = start_between_pipes();
    for text in ["{\"a\":1}\n", "{\"a\":2}", "\n{\"Records\":[{\"a\":3}", ",{\"FLAG\":4}", "]}", "text"] {
        input.send(text.as_bytes().to_vec()).unwrap();
        let came = out.recv_timeout(PATIENCE).unwrap();
        assert_eq!(without_field(&came), text);
    }
    // What is incomplete waits, what stands before it does not.
    input.send(b"\n{\"a\":5} {\"b\":".to_vec()).unwrap();
    assert_eq!(out.recv_timeout(PATIENCE).unwrap(), b"\n{\"a\":5} ");
    drop(input);
    assert_eq!(out.recv_timeout(PATIENCE).unwrap(), b"{\"b\":");
    let counters = report.recv_timeout(PATIENCE).unwrap().counters;
    assert_eq!((counters.clean, counters.flagged, counters.malformed, counters.not_cloudtrail), (4, 1, 1, 1));
}

#[test]
fn a_closed_output_ends_the_run_though_the_input_stays_open() {
    let (input, out, report) = start_between_pipes();
    drop(out);
    input.send(b"{}\n".to_vec()).unwrap();
    let report = report.recv_timeout(PATIENCE).unwrap();
    assert_eq!(report.output_failure.unwrap().kind(), ErrorKind::BrokenPipe);
    assert_eq!(report.counters, Counters::default(), "nothing was delivered");
}

/// Takes so many pages, and no more.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(1).ok_or(ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_was_delivered_before_the_output_failed_is_counted_and_nothing_else() {
    let page = "{\"FLAG\":1,\"trailsieve\":0}\n".to_owned();
    let pages = || {
        (0..5).fold(Box::new(io::empty()) as Box<dyn Read + Send>, |all, _| {
            Box::new(all.chain(Cursor::new(page.clone())))
        })
    };
    let input = || [Input::only(pages())].into_iter();
    for alone in [false, true] {
        let mut output = Whole::new(Full(2), Field::default());
        let mut judges = ByWord::default().workers(1);
        let options = Options::default();
        let mut report = match alone {
            false => run(input(), &mut output, judges, &options).unwrap(),
            true => run_in_turn(input(), &mut output, judges.pop().unwrap(), &options).unwrap(),
        };
        assert_eq!(report.write_failure().unwrap().kind(), ErrorKind::StorageFull);
        let Counters { records_in, flagged, field_existed, bytes_in, .. } = report.counters;
        assert_eq!((records_in, flagged, field_existed), (2, 2, 2));
        assert_eq!(bytes_in, 2 * page.len() as u64);
    }
}

#[test]
fn a_stalled_output_stalls_the_reader() {
    let (input, source) = std::sync::mpsc::sync_channel(0);
    let (sink, out) = std::sync::mpsc::sync_channel(0);
    struct Rendezvous(std::sync::mpsc::SyncSender<Vec<u8>>);
    impl Write for Rendezvous {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(|_| io::Error::from(ErrorKind::BrokenPipe))?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    thread::spawn(move || {
        let mut output = Whole::new(Rendezvous(sink), Field::default());
        run([Input::only(Pipe(source))].into_iter(), &mut output, ByWord::default().workers(2), &Options::default())
            .unwrap();
    });
    let mut taken = 0;
    while taken < 1_000 && offer(&input) {
        taken += 1;
    }
    assert!(taken < 12, "{taken} pages were read and none was written");
    for _ in 0..taken {
        assert_eq!(out.recv_timeout(PATIENCE).unwrap(), b"{}\n");
    }
}

/// Whether somebody takes one more record within a while.
fn offer(input: &std::sync::mpsc::SyncSender<Vec<u8>>) -> bool {
    for _ in 0..100 {
        if input.try_send(b"{}\n".to_vec()).is_ok() {
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    false
}

#[test]
fn what_came_before_a_read_error_is_written_and_the_next_input_is_read() {
    struct Unplugged;
    impl Read for Unplugged {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    let mut out = Vec::new();
    let inputs = [
        Input::stream("first", Cursor::new(b"{\"a\":1}\n{\"b\":").chain(Unplugged)),
        Input::file("no/such/file".as_ref()),
        Input::stream("third", Cursor::new(b"{\"c\":1}")),
    ];
    let mut output = output::to(&mut out, Form::default());
    let report = run(inputs.into_iter(), output.as_mut(), ByWord::default().workers(3), &Options::default()).unwrap();
    drop(output);
    assert_eq!(String::from_utf8(out).unwrap(), "{\"a\":1}\n{\"b\":{\"c\":1}");
    let failed: Vec<&str> = report.failures.iter().map(|failure| failure.input.as_str()).collect();
    assert_eq!(failed, ["first", "no/such/file"]);
    assert_eq!((report.counters.clean, report.counters.malformed), (2, 1));
}

#[test]
fn one_line_of_50_megabytes_passes_in_bounded_memory() {
    /// Notes the largest page.
    #[derive(Default)]
    struct Largest {
        page: usize,
        records: usize,
    }
    impl Output for Largest {
        fn write(&mut self, delivery: &Delivery<'_>, _: &mut Counters) -> io::Result<()> {
            self.page = self.page.max(delivery.bytes().len());
            self.records += delivery.stretches().count();
            Ok(())
        }
    }
    let record = format!("{{\"a\":\"{}\"}}", "x".repeat(1_500));
    let records = 50_000_000 / record.len();
    let middle = format!(",{record}").repeat(records).into_bytes();
    let huge = format!(",{{\"a\":\"{}\"}}", "y".repeat(20_000_000)).into_bytes();
    let source = Cursor::new(format!("{{\"Records\":[{record}").into_bytes())
        .chain(Cursor::new(middle))
        .chain(Cursor::new(huge))
        .chain(Cursor::new(b"]}".to_vec()));
    let mut largest = Largest::default();
    let report =
        run([Input::only(source)].into_iter(), &mut largest, ByWord::default().workers(2), &Options::default())
            .unwrap();
    assert_eq!((report.counters.clean, report.counters.oversized), (records as u64 + 1, 1));
    assert!(largest.page <= (1 << 20) + (256 << 10), "a page of {} bytes", largest.page);
}
