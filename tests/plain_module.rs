//! The guest as a plain module, called as Fluent Bit's filter_wasm calls it: copies of tag and record in the module's
//! memory, each with a NUL behind it, and text up to a NUL as the answer. Verdicts equal those of the native detector.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that finds something missing has failed")]

use trailsieve::splice::Field;
use trailsieve_core::Detector;
use trailsieve_tests::component::committed;
use wasmi::{Engine, Linker, Memory, Module, Store, TypedFunc};

const PAGE: usize = 65_536;

/// Tag, its length, seconds, nanoseconds, record, its length.
type Arguments = (u32, u32, u32, u32, u32, u32);

struct Filter {
    store: Store<()>,
    memory: Memory,
    function: TypedFunc<Arguments, u32>,
}

impl Filter {
    fn new() -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, committed("trailsieve-plain.wasm").unwrap()).unwrap();
        assert_eq!(module.imports().count(), 0, "the module must not need anything of its host");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        let function = instance.get_typed_func::<Arguments, u32>(&store, "trailsieve_filter").unwrap();
        Self { store, memory, function }
    }

    /// Puts tag and record into memory of their own, as Fluent Bit's runtime does, and calls. Gives where the record
    /// lay and where the answer lies.
    fn call(&mut self, record: &str) -> (usize, usize) {
        let copies = format!("cloudtrail\0{record}\0");
        let pages = copies.len().div_ceil(PAGE) as u64;
        let start = self.memory.grow(&mut self.store, pages).unwrap() as usize * PAGE;
        self.memory.write(&mut self.store, start, copies.as_bytes()).unwrap();
        let at = start + "cloudtrail\0".len();
        let arguments = (start as u32, 10, 1_700_000_000, 0, at as u32, record.len() as u32);
        (at, self.function.call(&mut self.store, arguments).unwrap() as usize)
    }

    fn text_at(&self, at: usize) -> String {
        let text = &self.memory.data(&self.store)[at..];
        let end = text.iter().position(|&byte| byte == 0).unwrap();
        String::from_utf8(text[..end].to_vec()).unwrap()
    }

    fn answer(&mut self, record: &str) -> String {
        let (_, at) = self.call(record);
        self.text_at(at)
    }
}

/// What the host runner would make of this record with the native detector.
fn native(record: &str) -> String {
    let (mut detector, _) = Detector::load(&[], "{}").unwrap();
    let verdicts = detector.detect(record.as_bytes()).unwrap().verdicts;
    let mut text = Vec::new();
    Field::default().add(record.as_bytes(), &verdicts[0].annotation, &mut text);
    String::from_utf8(text).unwrap()
}

const ROOT: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333"},"eventTime":"2026-01-02T03:04:05Z","eventSource":"s3.amazonaws.com","eventName":"CreateBucket","awsRegion":"eu-central-1","sourceIPAddress":"203.0.113.7","eventType":"AwsApiCall","eventID":"11111111-2222-4333-8444-555555555555"}"#;
const SIGN_IN: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/zoë","userName":"zoë"},"eventTime":"2026-01-02T03:04:05Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.4","responseElements":{"ConsoleLogin":"Success"},"additionalEventData":{"MFAUsed":"Yes"},"eventType":"AwsConsoleSignIn"}"#;
const QUIET: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","accountId":"111122223333"},"eventTime":"2026-01-02T03:04:05Z","eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","awsRegion":"eu-central-1","sourceIPAddress":"203.0.113.7","eventType":"AwsApiCall"}"#;

#[test]
fn a_record_with_findings_and_a_sign_in_gain_what_they_gain_natively() {
    let mut filter = Filter::new();
    let flagged = filter.answer(ROOT);
    assert!(flagged.contains("securityhub/cloudwatch-1"), "{flagged}");
    assert_eq!(flagged, native(ROOT));
    let sign_in = filter.answer(SIGN_IN);
    assert!(sign_in.contains(r#""signin":{"#), "{sign_in}");
    assert_eq!(sign_in, native(SIGN_IN));
}

#[test]
fn a_record_with_nothing_to_say_is_answered_by_itself() {
    let mut filter = Filter::new();
    for record in [QUIET, r#"{"log":"no event of CloudTrail"}"#, r#"{"cut":"#, "plain text", ""] {
        let (given, answered) = filter.call(record);
        assert_eq!(answered, given, "{record}");
        assert_eq!(filter.text_at(answered), record);
    }
}

#[test]
fn a_record_that_the_runtime_could_not_copy_does_not_end_the_filter() {
    let mut filter = Filter::new();
    let answered = filter.function.call(&mut filter.store, (0, 0, 0, 0, 0, 4096)).unwrap();
    assert_eq!(answered, 0);
    assert_eq!(filter.answer(ROOT), native(ROOT));
}

#[test]
fn a_field_that_is_there_already_stays() {
    let mut filter = Filter::new();
    let record = ROOT.replacen('{', r#"{"trailsieve":"mine","#, 1);
    let answer = filter.answer(&record);
    assert!(answer.contains(r#""trailsieve":"mine""#) && answer.contains(r#","trailsieve_2":{"v":1"#), "{answer}");
    assert_eq!(answer, native(&record));
}

#[test]
fn many_and_large_records_leave_the_filter_as_it_was() {
    let mut filter = Filter::new();
    let large = ROOT.replacen('{', &format!(r#"{{"padding":"{}","#, "x".repeat(300_000)), 1);
    assert_eq!(filter.answer(&large), native(&large));
    let expected = native(ROOT);
    for _ in 0..200 {
        assert_eq!(filter.answer(ROOT), expected);
    }
}
