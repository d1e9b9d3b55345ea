//! The eight worked examples of signing in, as OCSF and as ECS, and a call with its findings in all forms: what a person
//! who knows these formats would look at.

#![expect(clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use trailsieve_core::convert::Format;
use trailsieve_tests::annotated::annotation;
use trailsieve_tests::calls::call;
use trailsieve_tests::converted::events;
use trailsieve_tests::signins::{federated, r1, r3a, r3b, r4, r5, r6, r8, with, without};

/// One record in both forms, the first object of each.
fn both(record: &Value) -> (Value, Value) {
    let first = |to| events(to, record).remove(0);
    (first(Format::Ocsf), first(Format::Ecs))
}

#[test]
fn root_with_mfa() {
    let (ocsf, ecs) = both(&r1());
    assert_eq!(ocsf["type_uid"], 300_201);
    assert_eq!(ocsf["is_mfa"], true);
    assert_eq!(ecs["user"]["id"], "111122223333");
    assert!(ecs["user"]["name"].is_null());
    assert_json_snapshot!("convert_1_root_with_mfa", [ocsf, ecs]);
}

#[test]
fn root_without_mfa_and_its_findings() {
    let mut record = with(r1(), "/additionalEventData/MFAUsed", json!("No"));
    record["trailsieve"] = annotation(&record);
    let (ocsf, ecs) = (events(Format::Ocsf, &record), events(Format::Ecs, &record));
    assert_eq!(ocsf[0]["is_mfa"], false);
    assert!(ocsf.len() > 1 && ocsf.len() == ecs.len());
    assert_eq!(ocsf[1]["type_uid"], 200_401);
    assert_eq!(ecs[1]["event"]["kind"], "alert");
    let of_root = |all: &[Value], rule: &str| {
        all.iter().any(|event| event.pointer(rule) == Some(&json!("signin/root-without-mfa")))
    };
    assert!(of_root(&ocsf, "/finding_info/analytic/name") && of_root(&ecs, "/rule/name"));
    assert_json_snapshot!("convert_2_root_without_mfa", [ocsf, ecs]);
}

#[test]
fn a_user_with_mfa() {
    let (ocsf, ecs) = both(&r3a());
    assert_eq!(ocsf["type_uid"], 300_206);
    assert!(ocsf["is_mfa"].is_null());
    assert_json_snapshot!("convert_3_mfa_check", [ocsf, ecs]);
    let (ocsf, ecs) = both(&r3b());
    assert_eq!(ocsf["is_mfa"], true);
    assert_json_snapshot!("convert_3_user_with_mfa", [ocsf, ecs]);
}

#[test]
fn a_user_without_mfa() {
    let (ocsf, ecs) = both(&r6());
    assert_eq!(ocsf["is_mfa"], false);
    assert_eq!(ecs["aws"]["cloudtrail"]["console_login"]["additional_eventdata"]["mfa_used"], false);
    assert_json_snapshot!("convert_4_user_without_mfa", [ocsf, ecs]);
}

#[test]
fn a_wrong_password() {
    let (ocsf, ecs) = both(&r4());
    assert_eq!(ocsf["status_id"], 2);
    assert_eq!(ocsf["status_detail"], "Failed authentication");
    assert_eq!(ecs["event"]["outcome"], "failure");
    assert_json_snapshot!("convert_5_wrong_password", [ocsf, ecs]);
}

#[test]
fn an_absent_user() {
    let (ocsf, ecs) = both(&r5());
    assert_eq!(ocsf["status_id"], 2);
    assert!(ecs["user"]["id"].is_null());
    assert_json_snapshot!("convert_6_absent_user", [ocsf, ecs]);
}

#[test]
fn a_change_of_role() {
    let (ocsf, ecs) = both(&r8());
    assert_eq!(ocsf["type_uid"], 300_207);
    assert!(ocsf["is_mfa"].is_null());
    assert_ne!(ocsf["user"]["uid"], ocsf["actor"]["user"]["uid"]);
    assert_ne!(ecs["cloud"]["origin"]["account"]["id"], ecs["cloud"]["account"]["id"]);
    assert_json_snapshot!("convert_7_change_of_role", [ocsf, ecs]);
}

#[test]
fn a_federated_user() {
    let (ocsf, ecs) = both(&without(federated(), "/additionalEventData/LoginTo"));
    assert_eq!(ocsf["is_mfa"], false);
    assert_eq!(ecs["user"]["name"], "AWSReservedSSO_ReadOnly_0123456789abcdef");
    assert_json_snapshot!("convert_8_federated_user", [ocsf, ecs]);
}

/// A call of IAM that rules find something in.
#[test]
fn a_call_in_all_forms() {
    let mut record = call(
        "iam",
        "AttachUserPolicy",
        json!({"userName": "jane", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    );
    record["tlsDetails"] = json!({"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": "iam.amazonaws.com", "keyExchange": "x25519"});
    record["resources"] =
        json!([{"ARN": "arn:aws:iam::111122223333:user/jane", "accountId": "111122223333", "type": "AWS::IAM::User"}]);
    record["trailsieve"] = annotation(&record);
    let all = [Format::Ocsf, Format::Ecs, Format::Row].map(|to| events(to, &record));
    assert!(all[0].len() > 1);
    assert_json_snapshot!("convert_9_call", all);
}

/// Credentials of a role, asked for by a user of another account and refused, and a data event.
#[test]
fn calls_of_other_classes() {
    let mut assumed = call(
        "sts",
        "AssumeRole",
        json!({"roleArn": "arn:aws:iam::444455556666:role/audit", "roleSessionName": "jane", "durationSeconds": 900}),
    );
    assumed["responseElements"] = json!({
        "credentials": {"accessKeyId": "ASIAEXAMPLEEXAMPLE22", "expiration": "Mar 2, 2026, 8:27:05\u{202f}AM"},
        "assumedRoleUser": {"arn": "arn:aws:sts::444455556666:assumed-role/audit/jane", "assumedRoleId": "AROAEXAMPLEAUDIT22222:jane"}});
    let mut read = call("s3", "GetObject", json!({"bucketName": "logs", "key": "a b"}));
    read["eventCategory"] = json!("Data");
    read["readOnly"] = json!(true);
    read["sourceIPAddress"] = json!("AWS Internal");
    let (ocsf, ecs) = both(&assumed);
    assert_eq!(ocsf["session"]["expiration_time"], 1_772_440_025_000_i64);
    assert_eq!(ocsf["user"]["account"]["uid"], "444455556666");
    let data = both(&read);
    assert_eq!(data.0["type_uid"], 600_302);
    assert_json_snapshot!("convert_10_other_classes", [ocsf, ecs, data.0, data.1]);
}
