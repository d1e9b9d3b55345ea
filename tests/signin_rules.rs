//! The rules of `signin/`: which sign-ins they see, and which they must leave alone.
#![expect(clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use trailsieve_tests::annotated;
use trailsieve_tests::signins::{self, HIDDEN, with, without};

/// The names of the rules that match.
fn fired(record: &Value) -> BTreeSet<String> {
    annotated::findings(record, "signin").into_keys().collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// S0.6: a name that the account does not have is a failure of its own kind, by either of its two signs.
#[test]
fn a_user_who_does_not_exist() {
    assert_eq!(fired(&signins::r5()), set(&["failed", "unknown-user"]));
    let by_name = with(signins::r5(), "/errorMessage", json!("Failed authentication"));
    let by_message = with(signins::r5(), "/userIdentity/userName", json!("hibino"));
    let by_neither = with(by_name.clone(), "/userIdentity/userName", json!("hibino"));
    assert!(fired(&by_name).contains("unknown-user"));
    assert!(fired(&by_message).contains("unknown-user"));
    assert!(!fired(&by_neither).contains("unknown-user"));
    let success = with(signins::r3b(), "/userIdentity/userName", json!(HIDDEN));
    assert!(!fired(&success).contains("unknown-user"), "a success is of somebody who exists");
}

/// S0.7: a password alone opened the console; S0.21: `YES` is a second factor as well; a failure opened nothing, and a
/// record that does not say is no proof.
#[test]
fn a_user_without_a_second_factor() {
    let findings = annotated::findings(&signins::r6(), "signin");
    assert_eq!(findings.keys().collect::<Vec<_>>(), ["console", "without-mfa"]);
    assert_eq!(findings["without-mfa"]["level"], "medium");
    for (record, what) in [
        (signins::r3b(), "a second factor"),
        (signins::r7(), "a failure"),
        (with(signins::r6(), "/additionalEventData/MFAUsed", json!("YES")), "a second factor in capitals"),
        (without(signins::r6(), "/additionalEventData/MFAUsed"), "not said"),
    ] {
        assert!(!fired(&record).contains("without-mfa"), "{what}");
    }
}

/// S0.20: people from an identity provider are asked for their second factor there.
#[test]
fn federated_sign_ins_are_not_without_mfa() {
    let by_role = signins::federated();
    let by_token = with(
        by_role.clone(),
        "/userIdentity",
        json!({"type": "FederatedUser", "principalId": "111122223333:jane", "accountId": "111122223333",
            "arn": "arn:aws:sts::111122223333:federated-user/jane", "accessKeyId": "ASIAEXAMPLEEXAMPLE22"}),
    );
    assert_eq!(fired(&by_role), set(&["console"]));
    assert_eq!(fired(&by_token), set(&["console", "federation-token"]));
    for record in [&by_role, &by_token] {
        assert!(annotated::controls(record).is_empty());
    }
}

/// S0.22: root with a password alone is grave, whatever verbatim patterns see.
#[test]
fn root_without_a_second_factor() {
    let record = with(signins::r1(), "/additionalEventData/MFAUsed", json!("No"));
    let findings = annotated::findings(&record, "signin");
    assert_eq!(findings.keys().collect::<Vec<_>>(), ["console", "root", "root-without-mfa"]);
    assert_eq!(findings["root-without-mfa"]["level"], "high");
    assert_eq!(annotated::controls(&record), ["securityhub/cloudwatch-1"]);
    assert_eq!(fired(&signins::r1()), set(&["console", "root"]));
    assert_eq!(fired(&signins::r2()), set(&["failed", "root-failed"]));
    assert!(!fired(&with(record, "/additionalEventData/MFAUsed", json!("YES"))).contains("root-without-mfa"), "S0.21");
}

/// S2.15: a failure is told by its result, so the user who does not exist counts, and wording that nobody has seen yet;
/// the verbatim pattern stays as it is.
#[test]
fn a_failure_is_told_by_its_result() {
    for record in [signins::r2(), signins::r4(), signins::r5(), signins::r7()] {
        assert!(fired(&record).contains("failed"));
        assert!(fired(&with(record.clone(), "/errorMessage", json!("Wording of another year"))).contains("failed"));
        assert!(fired(&without(record, "/errorMessage")).contains("failed"));
    }
    let with_message = with(signins::r6(), "/errorMessage", json!("Failed authentication"));
    assert!(!fired(&with_message).contains("failed"), "the result says success");
    assert_eq!(annotated::controls(&signins::r5()), [""; 0]);
    assert_eq!(annotated::controls(&signins::r7()), ["securityhub/cloudwatch-6"]);
}

/// A role switched to, left or renewed is no sign-in, and neither is a check for a second factor.
#[test]
fn other_events_of_the_sign_in_page_are_no_sign_ins() {
    assert_eq!(fired(&signins::r3a()), set(&[]));
    assert_eq!(fired(&signins::r8()), set(&[]));
    let exit = with(signins::r8(), "/eventName", json!("ExitRole"));
    assert_eq!(fired(&with(exit, "/responseElements", json!({"ExitRole": "Success"}))), set(&[]));
}

/// S0.24: neither a masked address nor another Region nor `readOnly` changes what a sign-in is.
#[test]
fn where_from_does_not_matter() {
    for record in [signins::r1(), signins::r5(), signins::r6()] {
        let elsewhere = with(record.clone(), "/sourceIPAddress", json!("xx.77.xx.22"));
        let elsewhere = with(elsewhere, "/awsRegion", json!("eu-north-1"));
        assert_eq!(fired(&with(elsewhere, "/readOnly", json!(true))), fired(&record));
    }
}
