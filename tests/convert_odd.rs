//! Records that nobody writes: members of other types than AWS gives them, numbers that no machine holds, halves of
//! characters, keys that come twice, damage of every kind. None of them stops the converter or makes it write what others
//! cannot read.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use serde_json::{Value, json};
use trailsieve_core::Detector;
use trailsieve_core::convert::{Converted, Format, convert};
use trailsieve_tests::calls::call;
use trailsieve_tests::converted::{converted, events, objects};
use trailsieve_tests::population::population;
use trailsieve_tests::{ecs_rules, ocsf_rules};

const FORMS: [Format; 3] = [Format::Ocsf, Format::Ecs, Format::Row];

/// Thousands of records, whole and damaged: what the detector takes for a record is converted or refused with a reason,
/// what it does not is called the same, and what comes out is valid.
#[test]
fn odd_records_are_converted_refused_or_called_what_they_are() {
    let records = population(4_000);
    let mut detector = Detector::load(&[], r#"{"default_rules":false}"#).unwrap().0;
    for to in FORMS {
        let mut lines = 0;
        for (record, became) in records.iter().zip(converted(to, &records)) {
            let counts = detector.detect(record).unwrap().counts;
            let text = String::from_utf8_lossy(record);
            match &became {
                Converted::Lines(_) => assert_eq!(counts.clean, 1, "{text}"),
                Converted::Refused(why) => {
                    assert_eq!(counts.clean + counts.unjudged, 1, "{text}");
                    let is_known = ["`eventTime` tells no time", "there is no `eventName`", "nested "]
                        .iter()
                        .any(|reason| why.starts_with(reason));
                    assert!(is_known, "{why}: {text}");
                }
                Converted::Malformed => assert_eq!(counts.malformed, 1, "{text}"),
                Converted::NotCloudtrail => assert_eq!(counts.not_cloudtrail, 1, "{text}"),
            }
            for object in objects(&became).unwrap_or_default() {
                lines += 1;
                let mistakes = match to {
                    Format::Ocsf => ocsf_rules::mistakes(&object),
                    Format::Ecs => ecs_rules::mistakes(&object),
                    Format::Row => Vec::new(),
                };
                assert!(mistakes.is_empty(), "{mistakes:#?}\n{text}\n{object}");
            }
        }
        assert!(lines > 1_000, "{lines}");
    }
}

#[test]
fn every_member_may_be_of_any_type() {
    let odd = [
        json!(null),
        json!(""),
        json!(7),
        json!(-0.5),
        json!(true),
        json!([]),
        json!({}),
        json!(["x", null, {"a": 1}]),
        json!({"ARN": ["x"], "type": {}, "arn": 7}),
    ];
    let mut whole = call("iam", "CreateUser", json!({"userName": "jane"}));
    whole["trailsieve"] = json!({"v": 1, "level": "high", "rules": ["a/b"], "findings": [
        {"rule": "a/b", "id": "x", "title": "t", "level": "high", "tags": ["attack.t1078"], "fields": {"eventName": "x"}}]});
    whole["resources"] = json!([{"ARN": "arn:aws:iam::111122223333:user/jane", "type": "AWS::IAM::User"}]);
    whole["tlsDetails"] = json!({"tlsVersion": "TLSv1.3", "cipherSuite": "c", "clientProvidedHostHeader": "h"});
    whole["userIdentity"]["sessionContext"] = json!({"attributes": {"mfaAuthenticated": "true", "creationDate": "20131102T010628Z"}, "sessionIssuer": {"arn": "a"}});
    let mut places = Vec::new();
    pointers(&whole, "", &mut places);
    assert!(places.len() > 50);
    for place in places.iter().filter(|place| *place != "/eventSource") {
        for value in &odd {
            let mut record = whole.clone();
            *record.pointer_mut(place).unwrap() = value.clone();
            for to in FORMS {
                for object in objects(&converted(to, &[record.to_string()])[0]).unwrap_or_default() {
                    let mistakes = match to {
                        Format::Ocsf => ocsf_rules::mistakes(&object),
                        Format::Ecs => ecs_rules::mistakes(&object),
                        Format::Row => Vec::new(),
                    };
                    assert!(mistakes.is_empty(), "{place} {value}: {mistakes:#?}\n{object}");
                }
            }
        }
    }
}

fn pointers(value: &Value, place: &str, places: &mut Vec<String>) {
    let mut visit = |key: &str, value: &Value| {
        let place = format!("{place}/{key}");
        places.push(place.clone());
        pointers(value, &place, places);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| visit(key, value)),
        Value::Array(elements) => elements.iter().enumerate().for_each(|(at, value)| visit(&at.to_string(), value)),
        _ => {}
    }
}

/// A copy is written as it was, unless a reader would stumble over it.
#[test]
fn numbers_halves_of_characters_and_repeated_keys_come_through() {
    let record = br#"{"eventSource":"iam.amazonaws.com","eventName":"X","eventName":"CreateUser","eventTime":"2026-03-02T08:12:05Z",
        "requestParameters":{"a":0.0,"b":1e400,"c":12345678901234567890123,"d":"\ud800","d":"\ud83d\ude00","e":{"f":1,"f":2}}}"#;
    let record: Vec<u8> = record.iter().map(|&byte| if byte == b'\n' { b' ' } else { byte }).collect();
    let Converted::Lines(lines) = &convert(Format::Ocsf, &record, "").unwrap()[0] else { unreachable!() };
    let copy = r#""data":{"a":0.0,"b":"1e400","c":12345678901234567890123,"d":"😀","e":{"f":2}}"#;
    assert!(lines[0].contains(copy), "{}", lines[0]);
    assert!(lines[0].contains(r#""operation":"CreateUser""#), "{}", lines[0]);
}

#[test]
fn what_nests_too_deep_is_refused_and_costs_nobody_else_anything() {
    let nested = |depth: usize| {
        let record = call("iam", "CreateUser", json!("HERE")).to_string();
        record.replace("\"HERE\"", &format!("{}{}", "[".repeat(depth), "]".repeat(depth)))
    };
    for to in FORMS {
        let became = converted(to, &[nested(99), nested(100), nested(5_000), nested(1)]);
        assert!(objects(&became[0]).is_some());
        assert_eq!(became[1], Converted::Refused("nested 101 levels deep (limit 100)".to_owned()));
        assert_eq!(became[2], Converted::Refused("nested 5001 levels deep (limit 100)".to_owned()));
        assert!(objects(&became[3]).is_some());
    }
}

#[test]
fn more_findings_than_there_can_be_are_refused() {
    let with = |number: usize| {
        let mut record = call("iam", "CreateUser", json!({}));
        record["trailsieve"] = json!({"v": 1, "findings": vec![json!({"rule": "a", "id": "b"}); number]});
        record.to_string()
    };
    let became = converted(Format::Ecs, &[with(1_000), with(1_001)]);
    assert_eq!(objects(&became[0]).unwrap().len(), 1_001);
    assert_eq!(became[1], Converted::Refused("1001 findings in one record (limit 1000)".to_owned()));
}

#[test]
fn settings_name_the_field_and_mistakes_in_them_are_told() {
    let mut record = call("iam", "CreateUser", json!({"b": 1, "a": "x"}));
    record["found"] = json!("taken");
    record["found_2"] = json!({"v": 1, "level": "low", "rules": ["a/b"], "findings": [{"rule": "a/b"}]});
    let batch = record.to_string();
    let read = |settings: &str| -> Vec<Value> {
        objects(&convert(Format::Ecs, batch.as_bytes(), settings).unwrap()[0]).unwrap()
    };
    assert_eq!(events(Format::Ecs, &record).len(), 1);
    let documents = read(r#"{"field":"found","parameters":"json"}"#);
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0]["trailsieve"]["level"], "low");
    assert_eq!(documents[0]["aws"]["cloudtrail"]["request_parameters"], r#"{"a":"x","b":1}"#);
    for settings in ["[", "{\"colour\":\"red\"}", "{\"field\":7}", "{\"parameters\":\"yaml\"}"] {
        assert!(
            convert(Format::Row, batch.as_bytes(), settings).unwrap_err().starts_with("the settings of a conversion:")
        );
    }
}
