//! One form at a time: what counts as a record in it, what does not, and what no form may do to a record.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use trailsieve::output::Emit;
use trailsieve_tests::forms::{escaped, filtered, judged, outcomes};
use trailsieve_tests::generate::forms::{Layer, Style};
use trailsieve_tests::judge::{ANNOTATION, ByWord};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{code, err, feed, out};

/// S1.28: what is no record passes and is counted as that, in whatever it comes.
#[test]
fn what_is_no_record_passes_in_every_form() {
    let others = [
        "2 123456789012 eni-0a1b2c3d 203.0.113.12 10.0.0.220 39812 22 6 20 4249 1772442867 1772442927 ACCEPT OK",
        r#"{"version":"1.100000","query_name":"example.com.","rcode":"NOERROR"}"#,
        r#"{"digestS3Bucket":"b","logFiles":[{"s3Object":"AWSLogs/1/CloudTrail/x.json.gz"}]}"#,
        "[INFO] {braces} and \"quotes\"",
        "CWL CONTROL MESSAGE: Checking health of destination Firehose.",
        "{not json",
    ];
    for other in others {
        for layer in [Layer::LogEvents, Layer::MessageText, Layer::LogText, Layer::LambdaMessages, Layer::Notification]
        {
            let form = layer.around(&[other.to_owned()], &mut Style::plain()).join("\n");
            assert_eq!(outcomes(&form), (0, 1, 0), "{form}");
        }
    }
    let notification =
        r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","s3":{}},{"eventSource":"aws:s3"}]}"#;
    assert_eq!(outcomes(notification), (0, 2, 0));
    let control = r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: x"}]}"#;
    assert_eq!(outcomes(control), (0, 1, 0));
}

#[test]
fn a_record_is_judged_itself_whatever_is_in_it() {
    let bait = r#"{\"eventSource\":\"iam.amazonaws.com\",\"FLAG\":1}"#;
    for record in [
        format!(r#"{{"message":"{bait}","eventSource":"iam.amazonaws.com"}}"#),
        format!(
            r#"{{"eventVersion":"1.08","userIdentity":{{}},"message":"{bait}","eventSource":"iam.amazonaws.com"}}"#
        ),
        r#"{"detail":{"eventSource":"iam.amazonaws.com"},"a":1,"eventSource":"iam.amazonaws.com"}"#.to_owned(),
        format!(r#"{{"log":"{bait}","event\u0053ource":"iam.amazonaws.com"}}"#),
        format!(r#"{{"log":"{bait}","eventSource":"iam.amazonaws\u002ecom"}}"#),
        format!(r#"{{"log":"{bait}","eventSource":"a.amazonaws.com","eventSource":0}}"#),
        format!(r#"{{"event":{{"original":"{bait}"}},"eventType":"AwsCloudTrailInsight"}}"#),
        // Nobody can say what stands behind the mistake, so the detector is to say that there is one.
        format!(r#"{{"eventVersion":"1.08","message":"{bait}" "eventSource":"iam.amazonaws.com"}}"#),
    ] {
        assert_eq!(judged(&record, Emit::All, false).2, [record]);
    }
}

#[test]
fn every_part_of_a_form_that_holds_a_record_is_judged() {
    let one = r#"{"eventSource":"a.amazonaws.com"}"#;
    let two = r#"{"eventSource":"b.amazonaws.com"}"#;
    let quoted = escaped(two, 1);
    for form in [
        format!(r#"{{"detail":{one},"message":"{quoted}"}}"#),
        format!(r#"{{"Records":[{one}],"x":{{}},"message":"{quoted}"}}"#),
        format!(r#"{{"log":{one},"log":"{quoted}"}}"#),
        format!(r#"{{"message":"{} \n{quoted}"}}"#, escaped(one, 1)),
        format!(r#"{{"payload":{{"record":{one},"x":[]}},"a":{{}},"body":["{quoted}"]}}"#),
        format!(r#"{{"payload":[{{"record":{one}}},{{"record":"{quoted}"}}]}}"#),
        format!("{{\"message\":\"{}\"}}", escaped(&format!("{{\"Events\":[{one},{two}]}}"), 1)),
        format!("{{\"message\":{}}}", Value::from(Value::from(format!("[{one},{two}]")).to_string())),
    ] {
        let (out, report, heard) = judged(&form, Emit::All, false);
        assert_eq!((out, heard), (form, vec![one.to_owned(), two.to_owned()]));
        assert_eq!(report.counters.records_in, 2);
    }
    // What is beside a record in a list counts as well.
    let form = format!(r#"{{"message":{{"Records":[{one},{{"a":1}},12,"text",[]]}}}}"#);
    let (_, report, heard) = judged(&form, Emit::All, false);
    assert_eq!(heard, [one, r#"{"a":1}"#]);
    assert_eq!((report.counters.records_in, report.counters.not_cloudtrail), (5, 3));
}

#[test]
fn a_copy_that_a_shipper_keeps_is_no_second_record() {
    let text = escaped(r#"{"eventSource":"a.amazonaws.com","x":"FLAG"}"#, 1);
    let form = format!(r#"{{"event":{{"original":"{text}"}},"message":"{text}"}}"#);
    let (out, report, heard) = judged(&form, Emit::All, false);
    assert_eq!((heard.len(), report.counters.records_in, report.counters.flagged), (1, 1, 1));
    assert!(out.ends_with(&format!("\"message\":\"{text}\"}}")), "{out}");
    // Two of a kind that were delivered are two.
    let twice =
        Layer::LogEvents.around(&[text.clone(), text].map(|text| text.replace("\\\"", "\"")), &mut Style::plain());
    assert_eq!(judged(&twice.concat(), Emit::All, false).1.counters.flagged, 2);
}

#[test]
fn an_envelope_that_shows_too_late_that_it_was_a_record_is_counted() {
    assert_eq!(outcomes(r#"{"Records":[],"eventSource":"iam.amazonaws.com"}"#), (0, 0, 1));
    assert_eq!(outcomes(r#"{"Records":[],"source":"iam.amazonaws.com"}"#), (0, 0, 0));
    assert_eq!(outcomes(r#"{"Records":[],"eventSource":"iam.amazonaws.com","Events":[]}"#), (0, 0, 1));
}

#[test]
fn what_stands_between_two_lists_of_an_envelope_is_looked_at() {
    let one = r#"{"eventSource":"a.amazonaws.com"}"#;
    for form in [
        format!(r#"{{"Records":[],"detail":{one},"Records":[]}}"#),
        format!(r#"{{"logEvents":[],"message":"{}" , "Events":[]}}"#, escaped(one, 1)),
        format!(r#"{{"Records":[],"Messages":[],"x":0,"log":{one},"Records":[],"y":0}}"#),
    ] {
        let (out, report, heard) = judged(&form, Emit::All, true);
        assert_eq!((heard.as_slice(), report.counters.records_in), ([one.to_owned()].as_slice(), 1), "{form}");
        assert_eq!(out, format!("{one}\n"));
    }
}

/// Whether the envelope streams by or is held, whether it comes as text or not.
#[test]
fn where_an_envelope_breaks_what_came_before_is_judged_and_the_rest_is_malformed() {
    let one = r#"{"eventSource":"a.amazonaws.com"}"#;
    let forms = [
        (format!(r#"{{"Records":[{one}] {one}}}"#), 1),
        (format!(r#"{{"Records":[{one}] garbage}}"#), 1),
        (format!(r#"{{"Records":[{one}],"x":1,,"y":2}}"#), 1),
        (format!(r#"{{"Records":[{one},,{one} {one}]}}"#), 1),
        (format!(r#"{{"Records":[{one},{one} {one}]}}"#), 2),
        (format!(r#"{{"Records":[{one},{one}]"#), 2),
        (format!(r#"{{"Records":[{one},{one}"#), 2),
        (format!(r#"{{"a":1,"Records":[{one},,{one} {one}]}}"#), 1),
        (format!(r#"{{"a":1,"Records":[{one} {one}]}}"#), 1),
        (format!(r#"{{"a":1,"Records":[{one},{one},]x}}"#), 2),
        (format!(r#"{{"Body":{one},"log":true,,:[],"Records":[[{one}]]}}"#), 1),
        (format!(r#"{{"Body":{one},"detail":{{"a" x :"b"}}}}"#), 1),
        (format!(r#"{{"Body":{one},"detail":{{"detail":{one} 1}}}}"#), 2),
    ];
    for (form, judged) in forms {
        let is_cut = !form.ends_with('}');
        let held_and_cut = is_cut || form.contains("]x}");
        assert_eq!(outcomes(&form), (judged, 0, 1), "{form}");
        if !held_and_cut && !form.contains("detail\":{\"a\"") {
            let text = format!(r#"{{"message":"{}"}}"#, escaped(&form, 1));
            assert_eq!(outcomes(&text), (judged, 0, 1), "{text}");
        }
    }
}

/// What comes as the text of a member is framed as if it came by itself.
#[test]
fn a_text_within_a_string_is_framed_as_an_input_is() {
    let one = r#"{"eventSource":"a.amazonaws.com","x":"FLAG"}"#;
    let cut = one.get(..40).unwrap();
    for (text, expected) in [
        (format!("\u{feff}{one}"), (1, 0, 0)),
        (format!("{one},{one}"), (2, 0, 0)),
        (format!("{one},"), (1, 0, 0)),
        (format!("\u{1e}{one}\n\u{1e}{one}\n"), (2, 0, 0)),
        (format!("{{\"a\":1\n{one}\n"), (1, 0, 1)),
        (format!("{cut}\n{one}\n"), (1, 0, 1)),
        (format!("{one}\n{cut}\n{one}"), (2, 0, 1)),
        (format!("{one}\nsome text\n\n12\r\n{one}"), (2, 2, 0)),
        (format!("[{one},\n{one},\n1]"), (2, 1, 0)),
        (one.replace(',', "\n,"), (1, 0, 0)),
        (r#"{"awsRegion":"x","eventID":"y"#.to_owned(), (0, 0, 1)),
        (serde_json::to_string(one).unwrap(), (1, 0, 0)),
        (serde_json::to_string(one).unwrap().repeat(2), (2, 0, 0)),
        (format!("{} , \"x\"", serde_json::to_string(one).unwrap()), (1, 1, 0)),
    ] {
        let quoted = serde_json::to_string(&text).unwrap();
        assert_eq!(outcomes(&format!("{{\"message\":{quoted}}}")), expected, "{text}");
        // With a line feed before the comma it is two lines, unless something says where it ends.
        if !text.contains("\n,") {
            assert_eq!(outcomes(&text), expected, "{text}");
        }
    }
}

#[test]
fn a_line_that_is_a_string_may_hold_a_record() {
    let one = r#"{"eventSource":"a.amazonaws.com","x":"FLAG"}"#;
    let line = format!("{}\r\n", Value::from(one));
    let (out, report, heard) = judged(&line.repeat(2), Emit::All, false);
    assert_eq!((heard, report.counters.flagged), (vec![one.to_owned(), one.to_owned()], 2));
    let field = escaped(&format!(",\"trailsieve\":{ANNOTATION}"), 1);
    assert_eq!(out, line.replace("}\"", &format!("{field}}}\"")).repeat(2));
    for other in ["\"plain\"\n", "\"a\",\"b\"\n", "\"open\n", "\"\"\n"] {
        assert_eq!(outcomes(other), (0, 1, 0), "{other}");
    }
    let listed = line.replace("\r\n", ",\r\n").repeat(3);
    assert_eq!(judged(&listed, Emit::All, false).2, [one; 3]);
    assert_eq!(judged(listed.trim_end(), Emit::All, false).2, [one; 3]);
    // What breaks off is told where it may have been a record.
    assert_eq!(outcomes(line.trim_end().trim_end_matches('"')), (0, 0, 1));
    let longest = format!("\"{}\"\n", "x".repeat(2 << 20));
    assert_eq!(outcomes(&longest), (0, 1, 0));
}

#[test]
fn a_record_that_breaks_off_within_a_text_is_malformed_at_its_place() {
    let broken = r#"{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"Ro"#;
    let form = format!("{{\"log\":\"{broken}\",\"stream\":\"stdout\"}}\n");
    let (out, report) = filtered(Cursor::new(form.clone()), Emit::Findings, false, ByWord::default().workers(1));
    let line: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(line["outcome"], "malformed");
    assert_eq!((line["offset"].as_u64(), line["length"].as_u64()), (Some(8), Some(broken.len() as u64)));
    assert_eq!(report.counters.malformed, 1);
    let listed = format!(r#"{{"Message":"{{\"Records\":[{{\"eventSource\":\"a.amazonaws.com\"}},{broken}"}}"#);
    assert_eq!(outcomes(&listed), (1, 0, 1));
}

#[test]
fn text_that_is_no_valid_string_is_no_record() {
    for spelling in [r#"{\"eventSource\":\"a.amazonaws.com\"}\x"#, "{\\\"eventSource\\\":\\\"a.amazonaws.com\\\"}\t"] {
        let form = format!("{{\"message\":\"{spelling}\"}}");
        assert_eq!(judged(&form, Emit::All, false).2, std::slice::from_ref(&form));
        assert_eq!(outcomes(&form), (0, 0, 1));
    }
}

#[test]
fn half_of_a_surrogate_pair_keeps_nobody_from_judging() {
    let form = r#"{"message":"{\"eventSource\":\"a.amazonaws.com\",\"userAgent\":\"\ud800\",\"FLAG\":1}"}"#;
    let (out, _, heard) = judged(form, Emit::All, false);
    assert_eq!(heard, ["{\"eventSource\":\"a.amazonaws.com\",\"userAgent\":\"\u{fffd}\",\"FLAG\":1}"]);
    assert_eq!(out, form.replace("}\"}", &format!(",{}}}\"}}", escaped(&format!("\"trailsieve\":{ANNOTATION}"), 1))));
    assert_eq!(outcomes(form), (1, 0, 0));
}

#[test]
fn documents_larger_than_a_record_may_be_are_gone_through_and_other_forms_are_oversized() {
    let record = format!(r#"{{"eventSource":"a.amazonaws.com","a":"{}"}}"#, "x".repeat(20_000));
    let records = vec![record; 150];
    for (layer, is_list) in [
        (Layer::LogEvents, true),
        (Layer::LookupEvents, true),
        (Layer::Messages, true),
        (Layer::Texts, true),
        (Layer::LambdaMessages, true),
        (Layer::EventBridge, false),
        (Layer::Notification, false),
    ] {
        let many = layer.around(&records, &mut Style::plain()).join("\n");
        assert_eq!(outcomes(&many), (150, 0, 0), "{layer:?}");
        let whole =
            Layer::MessageObject.around(&Layer::Records.around(&records, &mut Style::plain()), &mut Style::plain());
        let one = if is_list { whole } else { layer.around(&whole, &mut Style::plain()) };
        let (out, report, _) = judged(&one.concat(), Emit::All, false);
        assert_eq!((report.counters.oversized, report.counters.records_in), (1, 1), "{layer:?}");
        assert_eq!(out, one.concat());
    }
}

/// Were each place looked for from the start of the text, this would take hours.
#[test]
fn a_text_of_many_values_is_gone_through_once() {
    let record = r#"{"eventSource":"a.amazonaws.com","FLAG":1}"#;
    let text = format!("[{}{record}]", "0,".repeat(500_000));
    let form = format!("{{\"message\":\"{}\"}}", escaped(&text, 1));
    let (out, report, heard) = judged(&form, Emit::All, false);
    assert_eq!((heard, report.counters.records_in), (vec![record.to_owned()], 500_001));
    let field = escaped(&format!(",\"trailsieve\":{ANNOTATION}"), 1);
    assert_eq!(out, form.replace("}]\"}", &format!("{field}}}]\"}}")));
}

#[test]
fn forms_within_forms_are_opened_to_a_bound() {
    for depth in [1, 12, 30, 40_000] {
        let form =
            format!("{}{{\"eventSource\":\"a.amazonaws.com\"}}{}", "{\"detail\":".repeat(depth), "}".repeat(depth));
        let (out, report, heard) = judged(&form, Emit::All, false);
        assert_eq!((out == form, report.counters.records_in), (true, 1));
        assert_eq!(heard == [form], depth > 24, "{depth}");
    }
}

/// With escapes that say the backslash of the next one, a record grows by a few bytes with each string around it. The
/// field that it gains is spelled as usual, so that it would double.
#[test]
fn strings_within_strings_are_opened_to_a_bound() {
    let record = r#"{"eventSource":"a.amazonaws.com","x":"FLAG"}"#;
    let within = |text: &str| format!("\"{}\"", text.replace('\\', r"\u005c").replace('"', r"\u0022"));
    for strings in [1, 2, 6, 7, 23] {
        let form = (0..strings).fold(record.to_owned(), |text, _| within(&text));
        let form = format!("{{\"message\":{form}}}");
        let (out, report, heard) = judged(&form, Emit::All, false);
        let is_opened = strings <= 6;
        assert_eq!(heard == [record], is_opened, "{strings}");
        assert_eq!(report.counters.records_in, 1);
        assert!(out.len() < form.len() + 100 * (ANNOTATION.len() + 20), "{strings}: {} bytes", out.len());
    }
}

/// S1.26: what `lookup-events` printed, S3's files of any account and Region, and what CloudWatch Logs delivered.
#[test]
fn deliveries_of_every_way_are_scanned_together() {
    let place = Place::new();
    let record = [r#"{"eventSource":"iam.amazonaws.com","eventName":"C^"}"#.to_owned()];
    let form = |layer: Layer| layer.around(&record, &mut Style::plain()).concat();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(form(Layer::Records).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    for folder in
        ["AWSLogs/111122223333/CloudTrail/eu-central-1", "x/AWSLogs/o-a1/444455556666/CloudTrail-Insight/us-east-1"]
    {
        place.write(&format!("logs/{folder}/2026/11/21/1_CloudTrail.json.gz"), &packed);
    }
    place.write("logs/looked-up.json", form(Layer::LookupEvents));
    place.write("logs/delivered.json", form(Layer::LogEvents));
    let found: Value = serde_json::from_slice(&place.scan(&["logs", "--format", "json"]).stdout).unwrap();
    assert_eq!(found["findings"].as_array().unwrap().len(), 4);
}

#[test]
fn an_operator_says_where_records_stand() {
    let place = Place::new();
    let added = |text: &str, level| text.find(&escaped(",\"trailsieve\":{\"v\":1", level));
    let form = r#"{"kafka":{"value":"{\"eventName\":\"C^\"}"}}"#;
    let paths = ["--record-path", "a.b", "--record-path", "kafka.value"];
    let output = feed(place.filter("unreachable", &paths), form.as_bytes());
    assert_eq!(added(&out(&output), 0), Some(form.len() - 1), "nothing there is a record");
    let form = form.replace("C^", "C^\\\",\\\"eventSource\\\":\\\"a.amazonaws.com");
    let output = feed(place.filter("unreachable", &["--record-path=kafka.value"]), form.as_bytes());
    assert_eq!(added(&out(&output), 1), Some(form.len() - 4));
    let output = feed(place.filter("unreachable", &["--record-path", "kafka..value"]), form.as_bytes());
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("expected names of members with a dot between them"), "{}", err(&output));
}
