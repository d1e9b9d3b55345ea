//! Times by the clock of a place, beside UTC: in findings, in the table of a scan, from the service.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use serde_json::{Value, json};
use std::fs;
use trailsieve::config;
use trailsieve_tests::http::Server;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{code, command, err, feed, out};
use trailsieve_tests::service::Setup;

/// A sign-in of root without a second factor at this time, JSON text.
fn sign_in(time: &str) -> String {
    json!({
        "eventVersion": "1.09", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
        "eventType": "AwsConsoleSignIn", "eventTime": time, "awsRegion": "us-east-1", "recipientAccountId": "111122223333",
        "userIdentity": {"type": "Root", "accountId": "111122223333"},
        "responseElements": {"ConsoleLogin": "Success"}, "additionalEventData": {"MFAUsed": "No"},
    })
    .to_string()
}

fn findings(arguments: &[&str], records: &str) -> Vec<Value> {
    let output = feed(command(arguments), records.as_bytes());
    assert_eq!((code(&output), err(&output)), (0, String::new()), "{arguments:?}");
    let lines: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!lines.is_empty(), "{arguments:?}");
    lines
}

/// S1.23: the time of a place stands beside UTC.
#[test]
fn findings_tell_the_time_of_a_place_beside_utc() {
    let record = sign_in("2024-03-11T07:19:25Z");
    for arguments in [&["filter", "--emit", "findings"][..], &["scan", "--format", "ndjson", "-"]] {
        for line in findings(&[arguments, &["--time-zone", "Asia/Tokyo"]].concat(), &record) {
            assert_eq!(line.get("eventTime").unwrap(), "2024-03-11T07:19:25Z");
            assert_eq!(line.get("eventTimeLocal").unwrap(), "2024-03-11 16:19:25 +09:00");
        }
        assert!(findings(arguments, &record).iter().all(|line| line.get("eventTimeLocal").is_none()));
    }
    let document = ["scan", "--format", "json", "--time-zone", "America/New_York", "-"];
    let document: Value = serde_json::from_str(&out(&feed(command(document), record.as_bytes()))).unwrap();
    assert_eq!(document.pointer("/findings/0/eventTimeLocal").unwrap(), "2024-03-11 03:19:25 -04:00");
}

#[test]
fn what_is_no_time_stays_as_it_is() {
    for time in ["20131102T010628Z", "yesterday"] {
        for line in findings(&["filter", "--emit", "findings", "--time-zone", "Asia/Tokyo"], &sign_in(time)) {
            assert_eq!((line.get("eventTime").unwrap().as_str(), line.get("eventTimeLocal")), (Some(time), None));
        }
    }
}

#[test]
fn the_table_of_a_scan_tells_when_a_rule_found_something_last() {
    let times = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-24T22:30:00Z", "no time"];
    let records = times.map(sign_in).join("\n");
    let table = out(&feed(command(["scan", "--time-zone", "Europe/Berlin", "-"]), records.as_bytes()));
    assert!(table.lines().any(|line| line.contains("LAST SEEN")), "{table}");
    let row = table.lines().find(|line| line.contains("signin/root-without-mfa")).unwrap();
    let told: Vec<&str> = row.split_whitespace().take(6).collect();
    assert_eq!(told, ["high", "4", "2026-10-25", "02:30:00", "+01:00", "signin/root-without-mfa"]);
    let table = out(&feed(command(["scan", "--time-zone", "Europe/Berlin", "-"]), sign_in("").as_bytes()));
    assert!(table.lines().any(|line| line.starts_with(" high           1             signin/root")), "{table}");
}

#[test]
fn a_name_that_no_zone_has_is_refused_with_the_one_that_is_meant() {
    for (zone, told) in [
        ("Asia/Tokio", "did you mean Asia/Tokyo?"),
        ("berlin", "did you mean Europe/Berlin?"),
        ("+09:00", "expected a name of the IANA database, such as Asia/Tokyo"),
    ] {
        for arguments in [&["scan", "-"][..], &["filter", "--emit", "findings"]] {
            let output = feed(command([arguments, &["--time-zone", zone]].concat()), b"");
            assert_eq!((code(&output), out(&output)), (3, String::new()), "{zone}");
            assert!(err(&output).contains(told), "{}", err(&output));
        }
    }
    let output = feed(command(["filter", "--time-zone", "Asia/Tokyo"]), b"{}\n");
    assert_eq!((code(&output), out(&output)), (3, String::new()));
    assert!(err(&output).contains("--emit findings"), "{}", err(&output));

    let of_service = |zone: &str| {
        let tables = "[inputs.i]\ntype = \"http\"\nlisten = \"127.0.0.1:0\"\n[outputs.o]\ntype = \"stdout\"\n";
        let mistakes = config::read("x.toml", &format!("time_zone = {zone}\n{tables}")).unwrap_err();
        mistakes
            .into_iter()
            .map(|it| format!("{}:{} {} | {}", it.line, it.column, it.message, it.help))
            .collect::<String>()
    };
    let unknown = "1:13 unknown time zone `Asia/Tokio`, expected a name of the IANA database, such as `Asia/Tokyo` | \
                   did you mean `Asia/Tokyo`?";
    assert_eq!(of_service("\"Asia/Tokio\""), unknown);
    assert!(of_service("\"x\"").contains("1:13 unknown time zone `x`, expected a name"), "{}", of_service("\"x\""));
    assert!(of_service("9").contains("1:13 invalid type: integer `9`, expected a string"), "{}", of_service("9"));
}

#[test]
fn findings_of_the_service_tell_it_too() {
    let server = Server::taking();
    let further = "[outputs.findings]\ntype = \"file\"\npath = \"PLACE/findings\"\nemit = \"findings\"\n";
    let (place, mut service) = Setup::to(&server).general("time_zone = \"Asia/Tokyo\"").output(further).start();
    // The guest's event happens at 2026-11-21T08:00:00Z, whatever it judges.
    assert_eq!(service.post(r#"{"eventSource":"iam.amazonaws.com","eventName":"B!"}"#).status, 200);
    let line: Value = serde_json::from_str(&fs::read_to_string(place.path().join("findings")).unwrap()).unwrap();
    assert_eq!(line.get("eventTimeLocal").unwrap(), "2026-11-21 17:00:00 +09:00");
    assert!(!server.lines().concat().contains("Local"), "records pass as they are");
    drop::<Place>(place);
}
