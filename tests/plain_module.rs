//! The detector as a plain module, called as Fluent Bit's filter_wasm calls it. Its verdicts are those of the component.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that finds something missing has failed")]

use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::OnceLock;
use std::time::Duration;
use trailsieve::engine::plain::{PLAIN, module};
use trailsieve::engine::{Pack, SourceFile};
use trailsieve::output::Emit;
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::data;
use trailsieve_tests::forms::{BuiltIn, filtered};
use trailsieve_tests::plain::{Answer, Filter};
use wasmparser::{Validator, WasmFeatures};

const ROOT: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333"},"eventTime":"2026-01-02T03:04:05Z","eventSource":"s3.amazonaws.com","eventName":"CreateBucket","awsRegion":"eu-central-1","sourceIPAddress":"203.0.113.7","readOnly":true,"eventType":"AwsApiCall","eventID":"11111111-2222-4333-8444-555555555555"}"#;
const SIGN_IN: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/zoë","userName":"zoë"},"eventTime":"2026-01-02T03:04:05Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.4","responseElements":{"ConsoleLogin":"Success"},"additionalEventData":{"MFAUsed":"Yes"},"eventType":"AwsConsoleSignIn"}"#;
const QUIET: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","accountId":"111122223333"},"eventTime":"2026-01-02T03:04:05Z","eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","awsRegion":"eu-central-1","sourceIPAddress":"203.0.113.7","eventType":"AwsApiCall"}"#;

/// The built-in rules.
fn pack() -> Pack {
    Pack { files: Vec::new(), settings: "{}".to_owned() }
}

/// The module with the built-in rules, which says nothing but verdicts.
fn silent() -> &'static [u8] {
    static MODULE: OnceLock<Vec<u8>> = OnceLock::new();
    MODULE.get_or_init(|| module(&pack(), 0).unwrap())
}

/// One instance a runtime.
fn both() -> [Filter; 2] {
    [Filter::compiled(silent()), Filter::interpreted(silent())]
}

/// What the runner makes of this line with the component.
fn by_the_component(line: &str) -> String {
    filtered(Cursor::new(line.to_owned()), Emit::All, false, vec![Box::new(BuiltIn)]).0
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(1_700_000_000 + seconds)
}

/// The annotation in an answer.
fn annotation(answer: &Answer) -> Value {
    match answer {
        Answer::Text(text) => serde_json::from_str::<Value>(text).unwrap()["trailsieve"].take(),
        _ => Value::Null,
    }
}

#[test]
fn it_needs_nothing_that_fluent_bit_lacks() {
    // What Fluent Bit builds WAMR with. No SIMD, no exceptions, no tail calls, no second memory.
    let has = WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::FLOATS;
    Validator::new_with_features(has).validate_all(silent()).unwrap();
    let engine = wasmi::Engine::default();
    let module = wasmi::Module::new(&engine, silent()).unwrap();
    assert_eq!(module.imports().count(), 0);
    let mut exports: Vec<&str> = module.exports().map(|export| export.name()).collect();
    exports.sort_unstable();
    // The last two tell WAMR where the module's own stack is.
    assert_eq!(exports, ["__data_end", "__heap_base", "free", "malloc", "memory", "trailsieve_filter"]);
}

#[test]
fn verdicts_are_those_of_the_component() {
    for mut filter in both() {
        for record in [ROOT, SIGN_IN, QUIET] {
            assert_eq!(filter.answer(record).unwrap(), by_the_component(record));
        }
        assert_ne!(filter.answer(ROOT).unwrap(), ROOT);
    }
    let mut filter = Filter::compiled(silent());
    for published in data::records().unwrap_or_default() {
        let record = String::from_utf8(published.bytes.clone()).unwrap();
        assert_eq!(filter.answer(&record).unwrap(), by_the_component(&record), "{}", published.place);
    }
}

#[test]
fn a_record_is_found_in_the_line_that_tail_hands_over() {
    let ends = ["", " ", "\n", "\r\n", "\t \r\n"];
    for mut filter in both() {
        for (key, end) in ["log", "message"].iter().flat_map(|key| ends.map(|end| (key, end))) {
            for record in [ROOT, SIGN_IN, QUIET, r#"{"eventSource":"s3.amazonaws.com","p":"\"\\\u00e9\n"}"#] {
                for line in [
                    json!({*key: format!("{record}{end}")}),
                    json!({"a": 1.5, *key: format!("{end}{record}"), "z": {}}),
                ] {
                    let line = line.to_string();
                    assert_eq!(filter.answer(&line).unwrap(), by_the_component(&line), "{line}");
                }
            }
        }
        let flagged = filter.answer(&json!({"log": ROOT}).to_string()).unwrap();
        assert!(flagged.contains(r#"\"rules\":[\"securityhub/cloudwatch-1\"#), "{flagged}");
        // A record that says something in such a member is judged itself.
        let itself = ROOT.replacen('{', &format!("{{\"log\":{},", Value::from(SIGN_IN)), 1);
        assert_eq!(filter.answer(&itself).unwrap(), by_the_component(&itself));
    }
}

#[test]
fn what_is_no_record_is_answered_by_itself() {
    let deep = format!("{{\"log\":\"{}\"}}", "{".repeat(5000));
    for mut filter in both() {
        for record in [
            QUIET,
            r#"{"log":"no event of CloudTrail"}"#,
            r#"{"cut":"#,
            "plain text",
            "",
            "{}",
            "[]",
            r#"{"log":""}"#,
            r#"{"log":"}"}"#,
            r#"{"log":"{}"}"#,
            r#"{"log":"\\n}"}"#,
            r#"{"log":"{\"a\":1\\n"}"#,
            r#"{"log":null}"#,
            r#"{"log":"{\"eventSource\":\"s3.amazonaws.com\"}x"}"#,
            "\"",
            "{\"",
            "{\"log\":\"",
            "{\"log",
            "}",
            &deep,
        ] {
            assert_eq!(filter.judge(record, at(0)), Answer::Itself, "{record}");
        }
    }
}

#[test]
fn a_field_that_is_there_already_stays() {
    for mut filter in both() {
        for member in [r#""trailsieve":"mine""#, r#""\u0074railsieve":1"#, r#""trailsieve_2":{"trailsieve":1}"#] {
            let record = ROOT.replacen('{', &format!("{{{member},"), 1);
            assert_eq!(filter.answer(&record).unwrap(), by_the_component(&record));
        }
    }
}

#[test]
fn a_record_that_did_not_arrive_leaves_a_trace() {
    for mut filter in both() {
        let told = r#"{"trailsieve":{"v":1,"unjudged":"memory"},"record_length":4096}"#.to_owned();
        assert_eq!(filter.call((0, 10, 0, 0, 0, 4096)), Answer::Text(told));
        let beyond = u32::try_from(filter.memory_bytes()).unwrap() - 100;
        for (start, length) in [(beyond, 200), (u32::MAX - 3, 1), (8, u32::MAX)] {
            assert!(matches!(filter.call((0, 10, 0, 0, start, length)), Answer::Text(_)), "{start} {length}");
        }
        assert_eq!(filter.answer(ROOT).unwrap(), by_the_component(ROOT));
    }
}

#[test]
fn a_record_of_another_length_than_told_is_left_alone() {
    for mut filter in both() {
        let record = filter.copied(format!("{ROOT}\0").as_bytes());
        let length = u32::try_from(ROOT.len()).unwrap();
        for length in [0, 1, length - 1, length + 1, length + 1000] {
            assert_eq!(filter.call((record, 1, 0, 0, record, length)), Answer::Itself, "{length}");
        }
        assert!(matches!(filter.call((record, 1, 0, 0, record, length)), Answer::Text(_)));
    }
}

#[test]
fn the_filter_says_now_and_then_that_it_lives() {
    let mut filter = Filter::compiled(&module(&pack(), 60).unwrap());
    let mut heartbeat = |record: &str, seconds| annotation(&filter.judge(record, at(seconds)))["heartbeat"].take();
    assert_eq!(heartbeat("{}", 0), Value::Null, "what is no record is not touched");
    let first = heartbeat(QUIET, 0);
    assert_eq!((&first["records"], &first["not_cloudtrail"]), (&json!(2), &json!(1)));
    assert_eq!(heartbeat(ROOT, 59), Value::Null);
    assert_eq!(heartbeat(&json!({"log": ROOT}).to_string(), 30), Value::Null);
    let second = heartbeat(ROOT, 60);
    assert_eq!((&second["records"], &second["flagged"], &second["restarts"]), (&json!(5), &json!(3), &json!(0)));
    let schema = std::fs::read(workspace().join("core/schema/annotation.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let described = schema.pointer("/properties/heartbeat/properties").and_then(Value::as_object).unwrap();
    assert!(described.keys().eq(second.as_object().unwrap().keys()), "{second}");
    assert_eq!(heartbeat(QUIET, 61), Value::Null);
    // A clock that goes astray does not silence it for good.
    assert_ne!(heartbeat(QUIET, 1_000_000), Value::Null);
    let later = (0..100_000).filter(|_| heartbeat(QUIET, 200) != Value::Null).count();
    assert_eq!(later, 1);
    let told = filter.judge(json!({"log": QUIET}).to_string(), at(2_000_000));
    let Answer::Text(told) = told else { unreachable!("{told:?}") };
    assert!(told.contains(r#",\"trailsieve\":{\"v\":1,\"heartbeat\":{\"records\":"#), "{told}");
}

#[test]
fn a_finding_and_a_sign_of_life_stand_side_by_side() {
    let mut filter = Filter::compiled(&module(&pack(), 60).unwrap());
    let mut told = annotation(&filter.judge(ROOT, at(0)));
    let mut heartbeat = told["heartbeat"].take();
    assert_eq!(heartbeat["flagged"].take(), json!(1));
    let plain: Value = serde_json::from_str(&by_the_component(ROOT)).unwrap();
    told.as_object_mut().unwrap().remove("heartbeat");
    assert_eq!(told, plain["trailsieve"]);
}

/// A trap, which nothing in a record causes that we know of: the fuel ends in the midst of a call.
fn trap(filter: &mut Filter, fuel: u64) -> Answer {
    let record = filter.copied(format!("{ROOT}\0").as_bytes());
    filter.set_fuel(fuel);
    let answer = filter.call((record, 1, 0, 0, record, u32::try_from(ROOT.len()).unwrap()));
    filter.set_fuel(u64::MAX / 2);
    filter.free(record);
    answer
}

#[test]
fn after_a_trap_the_next_record_is_judged_as_ever() {
    let mut filter = Filter::compiled(&module(&pack(), 1).unwrap());
    let mut told = filter.judge(ROOT, at(0));
    // Two detectors stand by, and then it loads others.
    for traps in 1..=8 {
        assert_eq!(trap(&mut filter, 5_000 + traps * 731), Answer::Trap);
        told = filter.judge(ROOT, at(traps * 10));
        let mut told = annotation(&told);
        assert_eq!(told["heartbeat"]["restarts"], json!(traps), "{told}");
        assert_eq!(told["rules"][0].take(), "securityhub/cloudwatch-1");
    }
    drop(told);
}

#[test]
fn a_filter_that_traps_again_and_again_goes_on_answering() {
    let mut filter = Filter::compiled(silent());
    let traps = (0..3_000).filter(|traps| trap(&mut filter, 3_000 + traps) == Answer::Trap).count();
    assert!(traps > 8, "{traps}");
    // As many would have used up a stack that nobody puts back.
    for record in [ROOT, QUIET, r#"{"any":"object"}"#] {
        let expected =
            format!("{},\"trailsieve\":{{\"v\":1,\"unjudged\":\"trap\"}}}}", record.strip_suffix('}').unwrap());
        assert_eq!(filter.answer(record).unwrap(), expected);
    }
    for other in ["text", "{}", "[1]"] {
        assert_eq!(filter.judge(other, at(0)), Answer::Itself);
    }
}

/// What attackers may send, or a shipper that went wrong.
fn hostile() -> Vec<String> {
    let with = |member: &str| QUIET.replacen('{', &format!("{{{member},"), 1);
    let many = |number: usize, member: &dyn Fn(usize) -> String| (0..number).map(member).collect::<Vec<_>>().join(",");
    let statement = json!({"Statement": vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"}); 5_000]});
    let policy = with(&format!("\"requestParameters\":{{\"policyDocument\":{}}}", Value::from(statement.to_string())));
    let mut records = vec![
        with(&format!("\"x\":{}{}", "[".repeat(100_000), "]".repeat(100_000))),
        with(&format!("\"x\":{}1{}", r#"{"a":"#.repeat(1_000), "}".repeat(1_000))),
        with(&many(40_000, &|number| format!("\"trailsieve_{number}\":1"))).replacen('{', r#"{"trailsieve":1,"#, 1),
        with(&many(60_000, &|number| format!("\"k{number}\":{{}}"))),
        with(&many(60_000, &|_| r#""userIdentity":{"type":"Root"}"#.to_owned())),
        policy.replace("ec2.amazonaws.com", "iam.amazonaws.com").replace("DescribeInstances", "PutUserPolicy"),
        with(&format!("\"u\":\"{}\"", "\\ud800".repeat(80_000))),
        with(&format!("\"u\":\"{}\"", "\\\\\\\"".repeat(200_000))),
        with(&format!("\"userAgent\":\"{}\"", "aaaaaaaaab".repeat(90_000))),
        with(&format!("\"u\":\"{}\"", "x".repeat((1 << 20) - QUIET.len() - 8))),
        ROOT.replacen('{', &format!("{{\"u\":\"{}\",", "x".repeat((1 << 20) - ROOT.len() - 7)), 1),
        format!("{{{}}}", many(20_000, &|_| format!("\"log\":{}", Value::from("{\"a\":1}")))),
    ];
    let wrapped: Vec<String> = records.iter().map(|record| json!({"log": record}).to_string()).collect();
    records.extend(wrapped.into_iter().filter(|record| record.len() <= 1 << 20));
    records
}

#[test]
fn hostile_records_are_judged_as_by_the_component_at_a_bounded_cost() {
    let mut filter = Filter::compiled(silent());
    let mut memory = 0;
    for round in 0..3 {
        for record in hostile() {
            let before = filter.fuel();
            let answer = filter.answer(&record).unwrap();
            let per_byte = (before - filter.fuel()) / record.len() as u64;
            // The runner gives a thousand a byte. Three times that takes WAMR's interpreter some seconds a megabyte.
            assert!(per_byte < 3_000, "{per_byte} a byte for {:.80}", record);
            let expected = if round == 0 { by_the_component(&record) } else { answer.clone() };
            // The runner's fuel is less than what some of these take; here, where nobody counts, they are judged.
            let is_out_of_fuel = expected.replace('\\', "").contains(r#""unjudged":"fuel""#);
            assert!(answer == expected || is_out_of_fuel, "{:.80}", record);
        }
        assert!(round < 2 || filter.memory_bytes() == memory, "its memory grows");
        memory = filter.memory_bytes();
    }
    assert_eq!(filter.answer(ROOT).unwrap(), by_the_component(ROOT));
}

#[test]
fn what_is_larger_than_a_record_passes_as_it_came() {
    for mut filter in both() {
        let large = ROOT.replacen('{', &format!("{{\"u\":\"{}\",", "x".repeat(1 << 20)), 1);
        assert_eq!(filter.judge(&large, at(0)), Answer::Itself);
        let larger = ROOT.replacen('{', &format!("{{\"u\":\"{}\",", "x".repeat(20 << 20)), 1);
        assert_eq!(filter.judge(&larger, at(0)), Answer::Itself);
        assert_eq!(filter.answer(ROOT).unwrap(), by_the_component(ROOT));
    }
}

/// So many records, of which every third is flagged; each is answered as it was the first time, and memory stays.
fn many(mut filter: Filter, records: usize) {
    let kinds: Vec<String> = (0..48)
        .map(|number| {
            let record = [ROOT, QUIET, SIGN_IN][number % 3];
            let record = record.replacen('{', &format!("{{\"n\":\"{}\",", "x".repeat(number * number)), 1);
            if number.is_multiple_of(2) { record } else { json!({"log": record}).to_string() }
        })
        .collect();
    let expected: Vec<Answer> = kinds.iter().map(|record| filter.judge(record, at(0))).collect();
    assert_eq!(expected.iter().filter(|answer| matches!(answer, Answer::Text(_))).count(), 32);
    let memory = filter.memory_bytes();
    for number in 0..records {
        let kind = number * 7 % kinds.len();
        assert!(filter.judge(&kinds[kind], at(number as u64)) == expected[kind], "record {number}");
    }
    assert_eq!(filter.memory_bytes(), memory, "its memory grows");
}

#[test]
fn a_million_records_leave_a_compiled_filter_as_it_was() {
    many(Filter::compiled(silent()), 1_000_000);
}

/// The second engine is there to find what one of them alone would forgive, which shows in every record anew; that
/// memory stays as it is shows after a few hundred. An interpreter takes a hundred times as long, so it gets fewer.
#[test]
fn ten_thousand_records_leave_an_interpreted_filter_as_it_was() {
    many(Filter::interpreted(silent()), 10_000);
}

#[test]
fn rules_and_settings_are_in_the_module() {
    let rule = "title: Own\nlevel: high\nfilter_pattern: '{ $.eventName = \"DescribeInstances\" }'\n";
    let file = SourceFile { path: "own/rule.yml".to_owned(), content: rule.into() };
    let own = Pack { files: vec![file], settings: r#"{"default_rules":false}"#.to_owned() };
    let made = module(&own, 0).unwrap();
    assert!(made == module(&own, 0).unwrap(), "the same pack gives the same bytes");
    assert!(made != silent());
    for mut filter in [Filter::compiled(&made), Filter::interpreted(&made)] {
        assert_eq!(annotation(&filter.judge(QUIET, at(0)))["rules"], json!(["own/rule"]));
        assert_eq!(filter.judge(ROOT, at(0)), Answer::Itself, "the built-in rules were left out");
    }
    let wrong = module(&Pack { files: Vec::new(), settings: "no JSON".to_owned() }, 0).unwrap_err().to_string();
    assert!(wrong.contains("it refuses (code 2)"), "{wrong}");
}

/// Whoever gives the shipped module itself to Fluent Bit gets the built-in rules, loaded with the first record.
#[test]
fn without_a_pack_the_built_in_rules_are_loaded() {
    let mut filter = Filter::compiled(PLAIN);
    let first = filter.judge(ROOT, at(0));
    assert_eq!(annotation(&first)["heartbeat"]["records"], 1);
    assert_eq!(filter.answer(ROOT).unwrap(), by_the_component(ROOT));
}
