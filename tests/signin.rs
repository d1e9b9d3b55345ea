//! What the `signin` member of an annotation calls a sign-in event: the nine ways to sign in that S0 describes, what
//! differs from them, and what is none. What its parts say is shown in `signin_parts.rs`.
//!
//! Records go through the whole detector, with the built-in rules. Snapshots show the member as a whole; the assertions
//! beside them say which facts of it are decisive.

#![expect(clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use trailsieve_tests::annotated::{annotation, controls, facts, signin};
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

/// S0.21: an old record says YES; the control's pattern, kept verbatim, still reads it as not "Yes".
#[test]
fn mfa_used_in_capitals() {
    let record = with(r3b(), "/additionalEventData/MFAUsed", json!("YES"));
    assert_eq!(facts(&signin(&record)), ["iam-user", "used", "success"]);
    assert_eq!(controls(&record), ["securityhub/cloudwatch-3"]);
    let silent = without(r3b(), "/additionalEventData/MFAUsed");
    assert_eq!(facts(&signin(&silent)), ["iam-user", "unknown", "success"]);
}

/// S0.22: root without a second factor. (Its rule: `signin_rules.rs`.)
#[test]
fn root_without_mfa() {
    let record = with(r1(), "/additionalEventData/MFAUsed", json!("No"));
    assert_eq!(facts(&signin(&record)), ["root", "not-used", "success"]);
    assert_eq!(controls(&record), ["securityhub/cloudwatch-1"]);
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
        assert_eq!(annotation(&record)["signin"], Value::Null, "{record}");
    }
    for event in
        ["ConsoleLogin", "CheckMfa", "SwitchRole", "ExitRole", "RenewRole", "GetSigninToken", "PasswordUpdated"]
    {
        assert_eq!(signin(&with(r3b(), "/eventName", json!(event)))["event"], event);
    }
}
