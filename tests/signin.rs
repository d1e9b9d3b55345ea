//! The `signin` member of an annotation, for the nine ways to sign in that S0 describes and for what differs from them.
//!
//! Records go through the whole detector, with the built-in rules. Snapshots show the member as a whole; the assertions
//! beside them say which facts of it are decisive.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use trailsieve_core::Detector;
use trailsieve_tests::signins::{HIDDEN, federated, r1, r2, r3a, r3b, r4, r5, r6, r7, r8, with, without};

/// S0.1: root signs in with a second factor.
#[test]
fn root_with_mfa() {
    let record = r1();
    let signin = signin(&record);
    assert_eq!(facts(&signin), ["root", "used", "success"]);
    assert_eq!(signin["who"]["name"], Value::Null);
    assert_eq!(controls(&record), ["securityhub/cloudwatch-1"]);
    assert_json_snapshot!("s0_1_root_with_mfa", signin);
}

/// S0.2: root's sign-in fails.
#[test]
fn root_that_fails() {
    let record = r2();
    let signin = signin(&record);
    assert_eq!(facts(&signin), ["root", "asked", "failure"]);
    assert_eq!(controls(&record), ["securityhub/cloudwatch-1", "securityhub/cloudwatch-6"]);
    assert_json_snapshot!("s0_2_root_that_fails", signin);
}

/// S0.3: the page asks an IAM user for a second factor. Neither a sign-in nor a success.
#[test]
fn an_mfa_check() {
    let record = r3a();
    let signin = signin(&record);
    assert_eq!(facts(&signin), ["mfa-check", "asked", "pending"]);
    assert_eq!(signin["how"]["mfa_type"], "virtual");
    assert!(controls(&record).is_empty());
    assert_json_snapshot!("s0_3_mfa_check", signin);
}

/// S0.4: an IAM user signs in with a second factor.
#[test]
fn a_user_with_mfa() {
    let record = r3b();
    let signin = signin(&record);
    assert_eq!(facts(&signin), ["iam-user", "used", "success"]);
    assert_eq!(signin["who"]["name"], "hibino");
    assert!(controls(&record).is_empty());
    assert_json_snapshot!("s0_4_user_with_mfa", signin);
}

/// S0.5: the sign-in of a user with MFA fails; which factor was wrong is not known, so none is blamed.
#[test]
fn a_user_with_mfa_that_fails() {
    let record = r4();
    let signin = signin(&record);
    assert_eq!(facts(&signin), ["iam-user", "asked", "failure"]);
    assert_eq!(signin["result"]["reason"], "failed-authentication");
    assert_eq!(controls(&record), ["securityhub/cloudwatch-6"]);
    assert_json_snapshot!("s0_5_user_with_mfa_that_fails", signin);
}

/// S0.6: a name that the account does not have.
#[test]
fn a_user_that_does_not_exist() {
    let record = r5();
    let signin = signin(&record);
    assert_eq!(facts(&signin), ["absent-user", "not-asked", "failure"]);
    assert_eq!(signin["who"]["masked"], true);
    assert_eq!(signin["who"]["name"], Value::Null);
    assert!(controls(&record).is_empty());
    assert_json_snapshot!("s0_6_absent_user", signin);
}

/// S0.7: a password alone is enough.
#[test]
fn a_user_without_mfa() {
    let record = r6();
    let signin = signin(&record);
    assert_eq!(facts(&signin), ["iam-user", "not-used", "success"]);
    assert_eq!(controls(&record), ["securityhub/cloudwatch-3"]);
    assert_json_snapshot!("s0_7_user_without_mfa", signin);
}

/// S0.8: a wrong password.
#[test]
fn a_user_without_mfa_that_fails() {
    let record = r7();
    let signin = signin(&record);
    assert_eq!(facts(&signin), ["iam-user", "not-asked", "failure"]);
    assert_eq!(controls(&record), ["securityhub/cloudwatch-6"]);
    assert_json_snapshot!("s0_8_user_without_mfa_that_fails", signin);
}

/// S0.9: a user of another account takes a role. Whether MFA was used is not known, which is not "no".
#[test]
fn a_role_switched_to_from_another_account() {
    let record = r8();
    let signin = signin(&record);
    assert_eq!(facts(&signin), ["switched-role", "unknown", "success"]);
    assert_eq!(signin["who"]["role"], "dev");
    assert_eq!(signin["who"]["session"], "h_hibino");
    let switch = &signin["how"]["switch"];
    assert_eq!([&switch["from_account"], &switch["to_account"]], ["123456789012", "111122223333"]);
    assert_eq!(switch["cross_account"], true);
    assert!(controls(&record).is_empty());
    assert_json_snapshot!("s0_9_role_switched_to", signin);
}

/// S0.11: either sign of an absent name is enough, in a failure; a mask alone also hides names that exist.
#[test]
fn one_of_two_signs_tells_an_absent_user() {
    let only_mask = with(r5(), "/errorMessage", json!("Failed authentication"));
    let only_message = with(r5(), "/userIdentity/userName", json!("hibino"));
    for record in [only_mask, without(r5(), "/errorMessage"), only_message] {
        let signin = signin(&record);
        assert_eq!(facts(&signin), ["absent-user", "not-asked", "failure"], "{record}");
        assert_eq!(signin["who"]["masked"], true);
        assert!(!signin.to_string().contains("hibino"), "what was typed may be a password: {signin}");
    }
    let signin = signin(&with(r3b(), "/userIdentity/userName", json!(HIDDEN)));
    assert_eq!(facts(&signin), ["iam-user", "used", "success"]);
    assert_eq!((&signin["who"]["masked"], &signin["who"]["name"]), (&json!(true), &Value::Null));
}

/// S0.12: the account of origin records a switch beside the user, and a switch may stay within one account.
#[test]
fn a_switch_recorded_where_it_began() {
    let role = "arn:aws:iam::111122223333:role/dev";
    let mut record = with(r3b(), "/eventName", json!("SwitchRole"));
    record["responseElements"] = json!({"SwitchRole": "Success"});
    record["additionalEventData"] = json!({"SwitchTo": role, "RedirectTo": "https://console.aws.amazon.com/s3/home"});
    let within = signin(&record);
    assert_eq!(facts(&within), ["switched-role", "unknown", "success"]);
    assert_eq!(within["how"]["switch"]["to"], role);
    assert_eq!(within["how"]["switch"]["from"], record["userIdentity"]["arn"]);
    assert_eq!(within["how"]["switch"]["cross_account"], false);
    assert_json_snapshot!("s0_12_switch_recorded_where_it_began", within);

    record["additionalEventData"]["SwitchTo"] = json!("arn:aws:iam::123456789012:role/dev");
    assert_eq!(signin(&record)["how"]["switch"]["cross_account"], true);
    // Of an end that names no account nothing is claimed.
    record["additionalEventData"]["SwitchTo"] = json!("dev");
    assert_eq!(signin(&record)["how"]["switch"]["cross_account"], Value::Null);
}

/// S0.13: leaving and renewing a role's session are kinds of their own, never a new sign-in.
#[test]
fn leaving_and_renewing_a_role() {
    for (event, kind) in [("ExitRole", "role-exit"), ("RenewRole", "role-renew")] {
        let mut record = with(r8(), "/eventName", json!(event));
        record["responseElements"] = json!({event: "Success"});
        record["additionalEventData"]["RenewedBy"] = json!("arn:aws:iam::123456789012:user/h_hibino");
        let signin = signin(&record);
        assert_eq!(facts(&signin), [kind, "unknown", "success"]);
        assert_json_snapshot!(format!("s0_13_{kind}"), signin);
    }
}

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

/// S0.20: of a federated sign-in only the identity provider knows about MFA, whatever `MFAUsed` says.
#[test]
fn a_federated_sign_in() {
    let record = federated();
    let role = signin(&record);
    assert_eq!(facts(&role), ["federated", "identity-provider", "success"]);
    assert!(controls(&record).is_empty());
    assert_json_snapshot!("s0_20_federated", role);

    let mut record = federated();
    record["userIdentity"] = json!({
        "type": "FederatedUser", "principalId": "111122223333:bob", "accountId": "111122223333",
        "arn": "arn:aws:sts::111122223333:federated-user/bob", "accessKeyId": "ASIAEXAMPLEEXAMPLE22",
        "sessionContext": {"sessionIssuer": {"type": "IAMUser", "userName": "broker"}},
    });
    let user = signin(&record);
    assert_eq!(facts(&user), ["federated", "identity-provider", "success"]);
    assert_eq!([&user["who"]["name"], &user["who"]["issuer"]], ["bob", "broker"]);
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

/// S0.21: an old record says YES; the control's pattern, kept verbatim, still reads it as not "Yes".
#[test]
fn mfa_used_in_capitals() {
    let record = with(r3b(), "/additionalEventData/MFAUsed", json!("YES"));
    assert_eq!(facts(&signin(&record)), ["iam-user", "used", "success"]);
    assert_eq!(controls(&record), ["securityhub/cloudwatch-3"]);
    let silent = without(r3b(), "/additionalEventData/MFAUsed");
    assert_eq!(facts(&signin(&silent)), ["iam-user", "unknown", "success"]);
}

/// S0.22: root without a second factor. (A rule of its own for it comes later.)
#[test]
fn root_without_mfa() {
    let record = with(r1(), "/additionalEventData/MFAUsed", json!("No"));
    assert_eq!(facts(&signin(&record)), ["root", "not-used", "success"]);
    assert_eq!(controls(&record), ["securityhub/cloudwatch-1"]);
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

/// S0.24, S1.22: any address, Region or `readOnly` leaves the kind of sign-in as it is, and the address is kept.
#[test]
fn where_it_came_from() {
    for (address, kind) in [
        (json!("198.51.100.7"), "ip"),
        (json!("2001:db8::7"), "ip"),
        (json!("xx.77.xx.22"), "label"),
        (json!("172.01.01.001"), "label"),
        (json!("cloudformation.amazonaws.com"), "service"),
        (json!("AWS Internal"), "aws-internal"),
        (json!("AWS Internal/3"), "aws-internal"),
        (json!(""), "unknown"),
        (Value::Null, "unknown"),
    ] {
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

/// S1.21: what counts as a sign-in event in records of any age.
#[test]
fn old_spellings_are_sign_ins() {
    for spelling in [json!("AwsConsoleSignin"), json!("AwsConsoleSignIn"), Value::Null, json!("")] {
        assert_eq!(facts(&signin(&with(r3b(), "/eventType", spelling))), ["iam-user", "used", "success"]);
    }
    assert_eq!(facts(&signin(&without(r3b(), "/eventType"))), ["iam-user", "used", "success"]);
}

/// S3.5, S3.6, S4.3: API calls and service events have no `signin`, not even those of the sign-in service.
#[test]
fn calls_and_service_events_are_no_sign_ins() {
    let elsewhere = with(r3b(), "/eventSource", json!("iam.amazonaws.com"));
    for record in [
        with(r3b(), "/eventType", json!("AwsApiCall")),
        with(r3b(), "/eventType", json!("AwsServiceEvent")),
        with(r3b(), "/eventType", json!("AwsConsoleAction")),
        without(elsewhere, "/eventType"),
    ] {
        assert_eq!(annotation(&record), Value::Null, "{record}");
    }
    for event in
        ["ConsoleLogin", "CheckMfa", "SwitchRole", "ExitRole", "RenewRole", "GetSigninToken", "PasswordUpdated"]
    {
        assert_eq!(signin(&with(r3b(), "/eventName", json!(event)))["event"], event);
    }
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

/// Kind, MFA and result: what most questions are about.
fn facts(signin: &Value) -> [&str; 3] {
    let text = |pointer: &str| signin.pointer(pointer).and_then(Value::as_str).unwrap_or("(missing)");
    [text("/kind"), text("/how/mfa"), text("/result/outcome")]
}

fn signin(record: &Value) -> Value {
    annotation(record)["signin"].take()
}

/// The names of the Security Hub controls that match.
fn controls(record: &Value) -> Vec<String> {
    let annotation = annotation(record);
    let names = annotation["rules"].as_array().into_iter().flatten().filter_map(Value::as_str);
    names.filter(|name| name.starts_with("securityhub/")).map(str::to_owned).collect()
}

/// What the record gains from the built-in rules; null when it gains nothing.
fn annotation(record: &Value) -> Value {
    thread_local! {
        static DETECTOR: std::cell::RefCell<Detector> = std::cell::RefCell::new(Detector::load(&[], "{}").unwrap().0);
    }
    let batch = record.to_string();
    let verdicts = DETECTOR.with_borrow_mut(|detector| detector.detect(batch.as_bytes()).unwrap());
    let mut annotations = verdicts.verdicts.iter().map(|verdict| serde_json::from_str(&verdict.annotation).unwrap());
    annotations.next().unwrap_or_default()
}
