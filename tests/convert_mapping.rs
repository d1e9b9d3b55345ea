//! Every record is converted into what OCSF, ECS and the table of columns ask for, by validators that know these alone:
//! published records where they are present, sign-ins, and the records that rules are tested with. What a record says
//! is found again in what it became.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at what it did not expect"
)]

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::OnceLock;
use trailsieve_core::convert::{COLUMNS, Column, Converted, Format, Shape};
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::converted::{converted, events, objects, with_findings};
use trailsieve_tests::ecs_rules::Mapping;
use trailsieve_tests::runner::{command, feed, out};
use trailsieve_tests::signins::{self, federated, r1, r2, r3a, r3b, r4, r5, r6, r7, r8};
use trailsieve_tests::{data, ecs_rules, ocsf_rules};

/// Published records, the project's samples and sign-ins, each with its place and with what all built-in rules say of it.
fn records() -> &'static [(String, Value)] {
    static RECORDS: OnceLock<Vec<(String, Value)>> = OnceLock::new();
    RECORDS.get_or_init(read)
}

fn read() -> Vec<(String, Value)> {
    let mut records: Vec<(String, Value)> = Vec::new();
    for record in data::records().unwrap_or_default() {
        records.push((record.place.clone(), serde_json::from_slice(&record.bytes).unwrap()));
    }
    let samples = workspace().join("host-runner/samples");
    for line in fs::read_to_string(samples.join("console-sign-ins.ndjson")).unwrap().lines() {
        records.push(("console-sign-ins.ndjson".to_owned(), serde_json::from_str(line).unwrap()));
    }
    let changes = fs::read_to_string(samples.join("account-changes.json")).unwrap();
    let mut changes: Value = serde_json::from_str(&changes).unwrap();
    for record in changes["Records"].as_array_mut().unwrap() {
        records.push(("account-changes.json".to_owned(), record.take()));
    }
    for (number, record) in
        [r1(), r2(), r3a(), r3b(), r4(), r5(), r6(), r7(), r8(), federated()].into_iter().enumerate()
    {
        records.push((format!("sign-in {number}"), record));
    }
    records.extend(odd_kinds().into_iter().map(|record| (format!("invented: {}", record["eventType"]), record)));
    assert!(records.len() > 20);
    records.into_iter().map(|(place, record)| (place, with_findings(record))).collect()
}

/// Kinds of events that lack what others have: an Insight, a call within a network, a service that acts by itself, a step of
/// Identity Center.
fn odd_kinds() -> Vec<Value> {
    let base = |kind: &str| {
        json!({"eventVersion": "1.09", "eventTime": "2026-03-02T08:12:05Z", "awsRegion": "eu-west-1", "eventType": kind,
            "eventID": "0b5f7c9e-5a51-4a3c-9f0c-7d9f7e1f2a33", "recipientAccountId": "111122223333"})
    };
    let mut insight = base("AwsCloudTrailInsight");
    insight["eventCategory"] = json!("Insight");
    insight["sharedEventID"] = json!("7d9f7e1f-5a51-4a3c-9f0c-0b5f7c9e2a33");
    insight["insightDetails"] = json!({"state": "Start", "eventSource": "ssm.amazonaws.com",
        "eventName": "UpdateInstanceInformation", "insightType": "ApiCallRateInsight",
        "insightContext": {"statistics": {"baseline": {"average": 85.1}, "insight": {"average": 664}}}});
    let mut network = base("AwsVpceEvents");
    network["eventCategory"] = json!("NetworkActivity");
    network["eventSource"] = json!("kms.amazonaws.com");
    network["eventName"] = json!("ListKeys");
    network["userIdentity"] = json!({"type": "AWSAccount", "principalId": "AIDAEXAMPLE", "accountId": "444455556666"});
    network["sourceIPAddress"] = json!("2001:db8::1");
    network["errorCode"] = json!("VpceAccessDenied");
    network["vpcEndpointId"] = json!("vpce-0123456789abcdef0");
    let mut service = base("AwsServiceEvent");
    service["eventSource"] = json!("kms.amazonaws.com");
    service["eventName"] = json!("RotateKey");
    service["userIdentity"] = json!({"accountId": "111122223333", "invokedBy": "AWS Internal"});
    service["sourceIPAddress"] = json!("AWS Internal");
    service["userAgent"] = json!("AWS Internal");
    service["serviceEventDetails"] = json!({"keyId": "1a2b3c4d"});
    let mut step = base("AwsServiceEvent");
    step["eventSource"] = json!("signin.amazonaws.com");
    step["eventName"] = json!("CredentialVerification");
    step["userIdentity"] = json!({"type": "IdentityCenterUser", "accountId": "111122223333", "credentialId": "c-1",
        "onBehalfOf": {"userId": "u-1", "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-1"}});
    step["additionalEventData"] =
        json!({"AuthWorkflowID": "w-1", "CredentialType": "PASSWORD,TOTP", "UserName": "jane"});
    step["serviceEventDetails"] = json!({"CredentialVerification": "Failure"});
    vec![insight, network, service, step]
}

/// What other kinds of events lack is found elsewhere.
#[test]
fn events_of_other_kinds_tell_what_they_know() {
    let [insight, network, service, step] =
        odd_kinds().try_into().unwrap_or_else(|kinds: Vec<Value>| panic!("{} kinds", kinds.len()));
    let ocsf = |record| events(Format::Ocsf, record).remove(0);
    let ecs = |record| events(Format::Ecs, record).remove(0);

    let event = ocsf(&insight);
    assert_eq!(event["type_uid"], 600_303);
    assert_eq!(event["api"]["operation"], "UpdateInstanceInformation");
    assert_eq!(event["api"]["service"]["name"], "ssm.amazonaws.com");
    assert_eq!(event["unmapped"]["insightDetails"]["state"], "Start");
    assert_eq!(ecs(&insight)["event"]["provider"], "ssm.amazonaws.com");

    let event = ocsf(&network);
    assert_eq!(event["class_uid"], 6003);
    assert_eq!(event["src_endpoint"], json!({"ip": "2001:db8::1", "uid": "vpce-0123456789abcdef0"}));
    assert_eq!(event["status_id"], 2);

    let event = ocsf(&service);
    assert_eq!(event["actor"]["app_name"], "AWS Internal");
    assert_eq!(event["src_endpoint"], json!({"svc_name": "AWS Internal"}));
    assert!(ecs(&service)["source"]["ip"].is_null());

    let event = ocsf(&step);
    assert_eq!(event["type_uid"], 300_206);
    assert_eq!(event["status_id"], 2);
    assert_eq!(event["metadata"]["correlation_uid"], "w-1");
    assert_eq!(event["user"]["uid_alt"], "u-1");
    assert_eq!(event["user"]["name"], "jane");
    let factors: Vec<&Value> = ocsf_rules::values_at(&event, "auth_factors[].factor_type_id");
    assert_eq!(factors, [&json!(11), &json!(7)]);
    assert_eq!(ecs(&step)["event"]["outcome"], "failure");
}

fn is_cloudtrail(record: &Value) -> bool {
    record["eventSource"].as_str().is_some_and(|source| source.ends_with(".amazonaws.com"))
        || record["eventType"] == "AwsCloudTrailInsight"
}

/// Whether it has a time of one of the forms that real records have.
fn tells_time(record: &Value) -> bool {
    ["eventTime", "@timestamp"].iter().filter_map(|key| record[key].as_str()).any(|time| {
        let form: String = time.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
        matches!(form.as_str(), "0000-00-00T00:00:00Z" | "0000-00-00T00:00:00.000Z" | "00000000T000000Z")
    })
}

/// The number of findings in a record.
fn findings(record: &Value) -> usize {
    record["trailsieve"]["findings"].as_array().map_or(0, Vec::len)
}

/// Asks of everything that became of every record.
fn each(to: Format, mut ask: impl FnMut(&str, &Value, &[Value])) {
    let records = records();
    let lines: Vec<String> = records.iter().map(|(_, record)| record.to_string()).collect();
    for ((place, record), became) in records.iter().zip(converted(to, &lines)) {
        match (objects(&became), became) {
            (Some(objects), _) => {
                assert!(is_cloudtrail(record), "{place}");
                ask(place, record, &objects);
            }
            (None, Converted::NotCloudtrail) => assert!(!is_cloudtrail(record), "{place}"),
            (None, Converted::Refused(why)) => {
                assert!(why.starts_with("`eventTime` tells no time") && !tells_time(record), "{place}: {why}");
            }
            (None, became) => panic!("{place}: {became:?}"),
        }
    }
}

/// What goes to OCSF is OCSF.
#[test]
fn every_event_and_finding_is_valid_ocsf() {
    let mut classes = BTreeMap::new();
    each(Format::Ocsf, |place, record, events| {
        assert_eq!(events.len(), 1 + findings(record), "{place}");
        for event in events {
            let mistakes = ocsf_rules::mistakes(event);
            assert!(mistakes.is_empty(), "{place}: {mistakes:#?}\n{record}\n{event}");
            *classes.entry(event["class_uid"].to_string()).or_insert(0) += 1;
        }
        let time = record["eventTime"].as_str().filter(|time| time.len() == 20);
        assert!(time.is_none_or(|time| events.iter().all(|event| event["time_dt"] == time)), "{place}");
        for finding in &events[1..] {
            assert_eq!(finding["class_uid"], 2004, "{place}");
        }
    });
    let classes: BTreeSet<&str> = classes.keys().map(String::as_str).collect();
    assert_eq!(classes, BTreeSet::from(["2004", "3001", "3002", "6003"]));
}

/// What goes to ECS is ECS, and one index takes all of it.
#[test]
fn every_event_and_alert_is_valid_ecs() {
    let mut mapping = Mapping::default();
    each(Format::Ecs, |place, record, documents| {
        assert_eq!(documents.len(), 1 + findings(record), "{place}");
        for document in documents {
            let mistakes = ecs_rules::mistakes(document);
            assert!(mistakes.is_empty(), "{place}: {mistakes:#?}\n{record}\n{document}");
            let conflicts = mapping.add(document);
            assert!(conflicts.is_empty(), "{place}: {conflicts:#?}\n{document}");
        }
        assert_eq!(documents[0]["event"]["kind"], "event", "{place}");
        assert!(documents[1..].iter().all(|alert| alert["event"]["kind"] == "alert"), "{place}");
    });
}

/// Whatever a record says is in its OCSF event: in its own place or under `unmapped`.
#[test]
fn nothing_that_a_record_says_is_lost_in_ocsf() {
    each(Format::Ocsf, |place, record, events| {
        let mut told = BTreeSet::new();
        leaves(&events[0], "", &mut |_, leaf| told.extend([leaf]));
        leaves(record, "", &mut |path, leaf| {
            let is_elsewhere = path.starts_with(".trailsieve.findings") || leaf.is_empty();
            // A date in another spelling is told as an instant.
            let is_date = path.ends_with(".creationDate");
            // A boolean in another spelling.
            let leaf = if path.ends_with(".mfaAuthenticated") { leaf.to_lowercase() } else { leaf };
            assert!(is_elsewhere || is_date || told.contains(&leaf), "{place}: {path} {leaf}\n{}", events[0]);
        });
    });
}

/// The same of a row, in its columns and in `unmapped`.
#[test]
fn nothing_that_a_record_says_is_lost_in_a_row() {
    each(Format::Row, |place, record, rows| {
        let [row] = rows else { panic!("{place}: {} rows", rows.len()) };
        has_only_columns(row, COLUMNS, place);
        let mut told = BTreeSet::new();
        leaves(row, "", &mut |_, leaf| match serde_json::from_str::<Value>(&leaf) {
            Ok(parsed) if !parsed.is_number() => leaves(&parsed, "", &mut |_, leaf| told.extend([leaf])),
            _ => told.extend([leaf]),
        });
        leaves(record, "", &mut |path, leaf| {
            // Some policies are JSON in a text.
            let is_json = serde_json::from_str::<Value>(&leaf).is_ok();
            assert!(is_json || told.contains(&leaf), "{place}: {path} {leaf}\n{row}");
        });
        assert_eq!(row["eventtime"], record["eventTime"], "{place}");
        assert_eq!(row["eventname"], record["eventName"], "{place}");
        assert_eq!(row["trailsieve_level"], record["trailsieve"]["level"], "{place}");
        assert_eq!(row["trailsieve_rules"], record["trailsieve"]["rules"], "{place}");
    });
}

/// A row has members that are columns, each of the type that its column says.
fn has_only_columns(row: &Value, columns: &[Column], place: &str) {
    for (name, value) in row.as_object().unwrap() {
        let column = columns.iter().find(|column| column.name == name);
        match column.map(|column| column.shape).unwrap_or_else(|| panic!("{place}: no column {name}")) {
            Shape::Text => assert!(value.is_string(), "{place}: {name} {value}"),
            Shape::Json => assert!(serde_json::from_str::<Value>(value.as_str().unwrap()).is_ok(), "{place}: {name}"),
            Shape::Millis => assert!(value.is_i64(), "{place}: {name} {value}"),
            Shape::Texts => assert!(value.as_array().unwrap().iter().all(Value::is_string), "{place}: {name}"),
            Shape::Struct(fields) => has_only_columns(value, fields, place),
            Shape::Structs(fields) => {
                value.as_array().unwrap().iter().for_each(|element| has_only_columns(element, fields, place));
            }
        }
    }
}

/// All texts, numbers and booleans in a value, with their paths. `null` is none.
fn leaves(value: &Value, path: &str, visit: &mut impl FnMut(&str, String)) {
    match value {
        Value::Null => {}
        Value::Bool(value) => visit(path, value.to_string()),
        Value::Number(number) => visit(path, number.to_string()),
        Value::String(text) => visit(path, text.clone()),
        Value::Array(elements) => elements.iter().for_each(|element| leaves(element, path, visit)),
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| leaves(value, &format!("{path}.{key}"), visit));
        }
    }
}

/// The order of the members of a record changes nothing but the order of what is copied.
#[test]
fn the_order_of_members_does_not_matter() {
    fn backwards(value: &Value) -> String {
        match value {
            Value::Object(members) => {
                let members: Vec<String> =
                    members.iter().rev().map(|(key, value)| format!("{}:{}", json!(key), backwards(value))).collect();
                format!("{{{}}}", members.join(","))
            }
            Value::Array(elements) => {
                format!("[{}]", elements.iter().map(backwards).collect::<Vec<_>>().join(","))
            }
            scalar => scalar.to_string(),
        }
    }
    /// In texts that stand for objects, keys of one bucket follow the record's order.
    fn sorted(mut value: Value) -> Value {
        match &mut value {
            Value::Object(members) => {
                members.values_mut().for_each(|value| *value = sorted(value.take()));
            }
            Value::Array(elements) => elements.iter_mut().for_each(|element| *element = sorted(element.take())),
            Value::String(text) if text.starts_with(['{', '[']) => {
                let mut letters: Vec<char> = text.chars().collect();
                letters.sort_unstable();
                *text = letters.into_iter().collect();
            }
            _ => {}
        }
        value
    }
    // Without an eventID, the record's own bytes name a finding.
    let records = records().iter().filter(|(_, record)| record["eventID"].is_string());
    let records: Vec<&Value> = records.map(|(_, record)| record).step_by(9).collect();
    let forwards: Vec<String> = records.iter().map(|record| record.to_string()).collect();
    let backwards: Vec<String> = records.iter().map(|record| backwards(record)).collect();
    for to in [Format::Ocsf, Format::Ecs, Format::Row] {
        for (one, other) in converted(to, &forwards).iter().zip(converted(to, &backwards)) {
            let read = |became| objects(became).map(|all| all.into_iter().map(sorted).collect::<Vec<_>>());
            assert_eq!(read(one), read(&other));
        }
    }
}

/// What a finding withholds does not come out among observables, and a name that was typed in the wrong place nowhere.
#[test]
fn observables_hold_no_secret() {
    let secret = "hunter2@example.com";
    let mut typed = signins::with(r5(), "/userIdentity/userName", json!(secret));
    typed["userAgent"] = json!(format!("https://idp.example.com/?token={secret}"));
    for event in events(Format::Ocsf, &typed) {
        assert!(!event["observables"].to_string().contains(secret), "{event}");
        assert!(!event["user"].to_string().contains(secret), "{event}");
        assert!(!event["actor"].to_string().contains(secret), "{event}");
        assert!(!event["unmapped"].to_string().contains(secret), "{event}");
    }
    for document in events(Format::Ecs, &typed) {
        assert!(!document["user"].to_string().contains(secret), "{document}");
        assert!(!document["related"].to_string().contains(secret), "{document}");
    }
    let hidden = events(Format::Ocsf, &r5());
    assert_eq!(hidden[0]["user"]["name"], signins::HIDDEN);
    assert!(!hidden[0]["observables"].to_string().contains(signins::HIDDEN));
    let hidden = events(Format::Ecs, &r5());
    assert!(!hidden[0]["related"].to_string().contains(signins::HIDDEN));
}

/// The id of a finding is the one that `filter --emit findings` gives it, so that both can be joined.
#[test]
fn a_finding_has_the_id_that_filter_gives_it() {
    let records = fs::read(workspace().join("host-runner/samples/console-sign-ins.ndjson")).unwrap();
    let annotated = feed(command(["filter"]), &records);
    let lines: Vec<&[u8]> = annotated.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).collect();
    let findings = out(&feed(command(["filter", "--emit", "findings"]), &records));
    let findings = findings.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let expected: Vec<String> = findings.map(|finding| finding["finding_id"].as_str().unwrap().to_owned()).collect();
    assert!(expected.len() > 3);
    let ids = |to, is_finding: &dyn Fn(&Value) -> bool, place: &str| -> Vec<String> {
        let objects = converted(to, &lines).iter().filter_map(objects).flatten().filter(is_finding).collect::<Vec<_>>();
        objects.iter().filter_map(|it| it.pointer(place)?.as_str()).map(str::to_owned).collect()
    };
    assert_eq!(ids(Format::Ocsf, &|event| event["class_uid"] == 2004, "/finding_info/uid"), expected);
    assert_eq!(ids(Format::Ecs, &|document| document["event"]["kind"] == "alert", "/event/id"), expected);
}
