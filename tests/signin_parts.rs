//! What the parts of the `signin` member say, each over all that records may hold for it: who, where, how and with which
//! result. Which sign-ins there are is shown in `signin.rs`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use trailsieve_core::{Detector, SourceFile};
use trailsieve_tests::annotated::{annotation, facts, signin};
use trailsieve_tests::calls::call;
use trailsieve_tests::signins::{federated, r1, r3a, r3b, r4, r5, r8, with, without};

/// S0.14: whatever the event, the result stands under its name; what is missing or odd is unknown, never a success.
#[test]
fn the_result_of_any_event_stands_under_its_name() {
    let expected = [
        ("GetSigninToken", "signin-token"),
        ("PasswordUpdated", "account-change"),
        ("SomethingNew", "other"),
        ("ConsoleLogin", "iam-user"),
        ("CheckMfa", "mfa-check"),
    ];
    for (event, kind) in expected {
        let mut record = with(r3b(), "/eventName", json!(event));
        for (elements, outcome) in [
            (json!({event: "Success"}), if event == "CheckMfa" { "pending" } else { "success" }),
            (json!({event: "Failure"}), "failure"),
            (json!({event: "Successful"}), "unknown"),
            (json!({event: true}), "unknown"),
            (json!({event: {"ConsoleLogin": "Success"}}), "unknown"),
            (json!({event: ""}), "unknown"),
            (json!({"Other": "Success"}), "unknown"),
            (json!(["Success"]), "unknown"),
            (Value::Null, "unknown"),
        ] {
            record["responseElements"] = elements;
            let signin = signin(&record);
            assert_eq!([&signin["kind"], &signin["result"]["outcome"]], [kind, outcome], "{record}");
            assert!(outcome == "success" || signin["how"]["mfa"] != "used", "{record}");
        }
    }
    assert_eq!(signin(&without(r3b(), "/responseElements"))["result"]["outcome"], "unknown");
    assert_eq!(signin(&without(r3b(), "/eventName"))["result"]["outcome"], "unknown");
}

/// S0.15: of a failure for a reason not known here the text is kept.
#[test]
fn an_unknown_reason_keeps_its_text() {
    let result = |record: Value| signin(&record)["result"].take();
    let text = "The account is suspended";
    assert_eq!(
        result(with(r4(), "/errorMessage", json!(text))),
        json!({"outcome": "failure", "reason": "other", "message": text})
    );
    assert_eq!(result(without(r4(), "/errorMessage")), json!({"outcome": "failure", "reason": "other"}));
    let mut denied = with(r4(), "/errorMessage", json!("Authorization denied because of a resource control policy"));
    denied["errorCode"] = json!("AccessDenied");
    let denied = result(denied);
    assert_eq!([&denied["reason"], &denied["error_code"]], ["denied-by-policy", "AccessDenied"]);
}

/// S0.16: the types that CheckMfa names.
#[test]
fn an_mfa_type_is_named() {
    for (written, named) in [
        ("U2F MFA", "u2f"),
        ("Hardware MFA", "hardware"),
        ("Virtual MFA", "virtual"),
        ("Multiple MFA Devices", "multiple"),
        ("Telepathy", "Telepathy"),
    ] {
        let signin = signin(&with(r3a(), "/additionalEventData/MfaType", json!(written)));
        assert_eq!(signin["how"]["mfa_type"], named);
    }
}

/// S0.19: the device's identifier tells its type, root's too.
#[test]
fn a_device_tells_the_mfa_type() {
    for record in [r1(), r3b()] {
        for (identifier, named) in [
            (json!("arn:aws:iam::111122223333:u2f/user/hibino/default-EXAMPLE"), "u2f"),
            (json!("arn:aws:iam::111122223333:mfa/root-account-mfa-device"), "virtual"),
            (json!("GAHT12345678"), "hardware"),
            (json!(""), "unknown"),
            (Value::Null, "unknown"),
        ] {
            let record = with(record.clone(), "/additionalEventData/MFAIdentifier", identifier);
            assert_eq!(signin(&record)["how"]["mfa_type"], named, "{record}");
        }
        assert_eq!(signin(&record)["how"]["mfa_type"], "unknown");
    }
}

/// S1.19: what the session says of MFA and of its beginning is read in either spelling.
#[test]
fn the_session_of_a_sign_in() {
    for (authenticated, mfa) in [
        (json!("true"), "used"),
        (json!("True"), "used"),
        (json!(true), "used"),
        (json!("false"), "identity-provider"),
        (json!("False"), "identity-provider"),
        (Value::Null, "identity-provider"),
    ] {
        let pointer = "/userIdentity/sessionContext/attributes/mfaAuthenticated";
        assert_eq!(signin(&with(federated(), pointer, authenticated))["how"]["mfa"], mfa);
    }
    for (written, read) in [
        ("2023-01-31T08:32:51Z", "2023-01-31T08:32:51Z"),
        ("20131102T010628Z", "2013-11-02T01:06:28Z"),
        ("yesterday", "yesterday"),
    ] {
        let pointer = "/userIdentity/sessionContext/attributes/creationDate";
        assert_eq!(signin(&with(federated(), pointer, json!(written)))["how"]["session_created"], read);
    }
}

/// S0.23: what a record does not tell stays away, and key ids are never copied.
#[test]
fn nothing_is_invented_and_no_key_id_copied() {
    let bare = signin(&json!({"eventSource": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn"}));
    assert_json_snapshot!("s0_23_bare", bare);

    for missing in ["", "/arn", "/principalId", "/userName", "/accountId", "/type", "/sessionContext"] {
        for record in [r1(), r3a(), r3b(), r5(), r8(), federated()] {
            let mut record = without(record, &format!("/userIdentity{missing}"));
            if let Some(identity) = record["userIdentity"].as_object_mut() {
                identity.insert("accessKeyId".to_owned(), json!("ASIAEXAMPLEEXAMPLE22"));
            }
            let annotation = annotation(&record);
            assert!(annotation["signin"]["who"].is_object(), "{record}");
            assert!(!annotation.to_string().contains("ASIA"), "{annotation}");
            let written = record.to_string();
            for (key, value) in annotation["signin"]["who"].as_object().unwrap() {
                // A name may be put together of two parts that are both there.
                let is_there = |part: &str| written.contains(part);
                assert!(value.as_str().is_none_or(|text| text.split('/').all(is_there)), "{key}: {value} in {record}");
            }
        }
    }
}

/// What may stand in `sourceIPAddress`, and what it is.
fn addresses() -> [(Value, &'static str); 9] {
    [
        (json!("198.51.100.7"), "ip"),
        (json!("2001:db8::7"), "ip"),
        (json!("xx.77.xx.22"), "label"),
        (json!("172.01.01.001"), "label"),
        (json!("cloudformation.amazonaws.com"), "service"),
        (json!("AWS Internal"), "aws-internal"),
        (json!("AWS Internal/3"), "aws-internal"),
        (json!(""), "unknown"),
        (Value::Null, "unknown"),
    ]
}

/// S0.24, S1.22: any address, Region or `readOnly` leaves the kind of sign-in as it is, and the address is kept.
#[test]
fn where_it_came_from() {
    for (address, kind) in addresses() {
        let kept = if kind == "unknown" { Value::Null } else { address.clone() };
        let record = with(r3b(), "/sourceIPAddress", address);
        for region in ["us-east-1", "eu-north-1", "cn-north-1"] {
            let record = with(with(record.clone(), "/awsRegion", json!(region)), "/readOnly", json!(true));
            let signin = signin(&record);
            assert_eq!(facts(&signin), ["iam-user", "used", "success"]);
            assert_eq!([&signin["where"]["address"], &signin["where"]["kind"]], [&kept, &json!(kind)]);
            assert_eq!(signin["where"]["region"], region);
        }
    }
    let absent = signin(&without(r3b(), "/sourceIPAddress"));
    assert_eq!(absent["where"], json!({"kind": "unknown", "region": "us-east-1"}));
}

/// S1.22: of a call that is no sign-in, what a finding says of its event tells the same.
#[test]
fn where_any_call_came_from() {
    let rule =
        SourceFile { path: "any.yml", content: b"title: Any\nfilter_pattern: '{ $.eventName = DeleteTrail }'\n" };
    let (mut detector, _) = Detector::load(&[rule], r#"{"default_rules":false,"event":true}"#).unwrap();
    let record = call("cloudtrail", "DeleteTrail", json!({"name": "all"}));
    let mut kind_of = |record: &Value| {
        let verdicts = detector.detect(record.to_string().as_bytes()).unwrap();
        let event: Value = serde_json::from_str(&verdicts.verdicts[0].event).unwrap();
        event["sourceKind"].clone()
    };
    for (address, kind) in addresses() {
        assert_eq!(kind_of(&with(record.clone(), "/sourceIPAddress", address)), kind);
    }
    assert_eq!(kind_of(&without(record, "/sourceIPAddress")), "unknown");
}

/// S2.16: where it led to is told without the query, and its absence changes nothing.
#[test]
fn where_it_led_to() {
    for (written, kept) in [
        (
            json!("https://console.aws.amazon.com/sns?state=hashArgs&code=secret"),
            json!("https://console.aws.amazon.com/sns"),
        ),
        (json!("https://idp.example.com/secret?code=secret"), json!("https://idp.example.com")),
        (json!("secret"), Value::Null),
        (Value::Null, Value::Null),
    ] {
        let record = with(r3b(), "/additionalEventData/LoginTo", written);
        let signin = signin(&record);
        assert_eq!(facts(&signin), ["iam-user", "used", "success"]);
        assert_eq!(signin["how"]["login_url"], kept);
        assert!(!signin.to_string().contains("secret"), "{signin}");
    }
}

/// S3.10: who signed in is never empty: root and its account, a role and its session, a masked user.
#[test]
fn who_is_never_empty() {
    let root = signin(&r1());
    assert_eq!([&root["kind"], &root["who"]["account"]], ["root", "111122223333"]);
    assert_eq!(signin(&r8())["who"]["name"], "dev/h_hibino");
    assert_eq!(signin(&r5())["who"], json!({"type": "IAMUser", "masked": true, "account": "111122223333"}));
    // The account's alias, which AWS writes as root's name, stands beside and never becomes a user's name.
    let with_alias = signin(&with(r1(), "/userIdentity/userName", json!("acme-production")));
    assert_eq!([&with_alias["who"]["alias"], &with_alias["who"]["name"]], [&json!("acme-production"), &Value::Null]);
}
