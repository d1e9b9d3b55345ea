//! The rules for callers, for what records and for what detects: they see what the CIS controls leave out and threats of
//! the kind that GuardDuty finds in the same records, and fall into none of CloudTrail's traps.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where it fails")]

use serde_json::{Value, json};
use trailsieve_core::rule::Level;
use trailsieve_tests::annotated;
use trailsieve_tests::calls::{call, denied};
use trailsieve_tests::signins::{self, with};

/// The same call by root, as a program with a session makes it.
fn by_root(record: Value) -> Value {
    let root = json!({"type": "Root", "principalId": "111122223333", "accountId": "111122223333",
        "arn": "arn:aws:iam::111122223333:root", "accessKeyId": "ASIAEXAMPLEEXAMPLE22"});
    with(record, "/userIdentity", root)
}

fn rules(record: &Value) -> Vec<String> {
    serde_json::from_value(annotated::annotation(record)["rules"].take()).unwrap_or_default()
}

/// The finding of this rule, if the record has one.
fn finding(record: &Value, rule: &str) -> Option<Value> {
    let (folder, name) = rule.split_once('/').unwrap();
    annotated::findings(record, folder).remove(name)
}

fn selectors(management: bool) -> Value {
    json!({"trailName": "all", "eventSelectors": [
        {"readWriteType": "All", "includeManagementEvents": management, "dataResources": [],
         "excludeManagementEventSources": []}]})
}

/// S1.5: a trail told to leave events out, S1.9: a deleted recorder. Both are in none of the controls' lists.
#[test]
fn what_the_controls_leave_out_has_a_rule() {
    let silenced = call("cloudtrail", "PutEventSelectors", selectors(false));
    assert_eq!(rules(&silenced), ["cloudtrail/events-left-out"]);
    assert_eq!(rules(&call("cloudtrail", "PutEventSelectors", selectors(true))), [""; 0]);
    let deleted = call("config", "DeleteConfigurationRecorder", json!({"configurationRecorderName": "default"}));
    assert_eq!(rules(&deleted), ["config/recorder-stopped"]);
}

/// S1.30: what GuardDuty finds in management events by fixed logic, IAM's part of it.
#[test]
fn threats_to_identities_that_guardduty_names_have_rules() {
    let agent = |agent: &str| with(call("sts", "GetCallerIdentity", Value::Null), "/userAgent", json!(agent));
    let member = json!({"targetPrincipal": "444455556666",
        "taskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials"}});
    let trail = json!({"name": "all"});
    let threats = [
        ("RootCredentialUsage", by_root(call("ec2", "CreateVpc", json!({}))), "root/change"),
        ("ShortTermRootCredentialUsage", call("sts", "AssumeRoot", member), "sts/root-session"),
        ("CloudTrailLoggingDisabled", call("cloudtrail", "StopLogging", trail.clone()), "cloudtrail/trail-stopped"),
        ("CloudTrailLoggingDisabled", call("cloudtrail", "DeleteTrail", trail), "cloudtrail/trail-deleted"),
        (
            "PasswordPolicyChange",
            call("iam", "DeleteAccountPasswordPolicy", Value::Null),
            "iam/password-policy-changed",
        ),
        ("KaliLinux", agent("aws-cli/2.24.10 md/distrib#kali.2025.1"), "caller/pentest-system"),
        ("ParrotLinux", agent("Boto3/1.37.4 os/linux#6.9.7-1parrot1-amd64"), "caller/pentest-system"),
        ("PentooLinux", agent("Boto3/1.37.4 os/linux#6.12.6-pentoo"), "caller/pentest-system"),
    ];
    for (threat, record, rule) in threats {
        let finding = finding(&record, rule).unwrap_or_else(|| panic!("{threat}: {rule} is silent"));
        assert!(Level::named(finding["level"].as_str().unwrap()).unwrap() >= Level::Medium, "{threat}");
    }
}

/// A denied call has no parameters: it matches where the event alone says enough, and says that it failed.
#[test]
fn denied_attempts_are_seen_where_the_event_says_enough() {
    let by_event = [
        ("cloudtrail", "StopLogging", "cloudtrail/trail-stopped"),
        ("config", "StopConfigurationRecorder", "config/recorder-stopped"),
        ("organizations", "LeaveOrganization", "organizations/left"),
        ("account", "EnableRegion", "account/region-enabled"),
        ("servicequotas", "RequestServiceQuotaIncrease", "account/quota-raise-requested"),
        ("iam", "CreateLoginProfile", "iam/console-password-created"),
        ("iam", "DeactivateMFADevice", "iam/mfa-removed"),
        ("rolesanywhere", "CreateTrustAnchor", "rolesanywhere/trust-anchor"),
        ("sts", "GetFederationToken", "sts/federation-token"),
    ];
    for (source, event, rule) in by_event {
        let finding = finding(&denied(call(source, event, Value::Null)), rule);
        let finding = finding.unwrap_or_else(|| panic!("{event}: {rule} is silent"));
        assert_eq!(finding["outcome"], "failure", "{event}");
    }
    let by_parameters = [
        ("iam", "UpdateLoginProfile", "iam/password-reset"),
        ("iam", "CreateAccessKey", "iam/access-key-for-another"),
        ("cloudtrail", "UpdateTrail", "cloudtrail/trail-weakened"),
        ("cloudtrail", "PutEventSelectors", "cloudtrail/events-left-out"),
    ];
    for (source, event, rule) in by_parameters {
        assert_eq!(finding(&denied(call(source, event, Value::Null)), rule), None, "{event}");
    }
}

/// What a service does with root's authority is not root; old records say `invokedBy` of a person at the console.
#[test]
fn a_service_with_the_authority_of_root_is_not_root() {
    let change = by_root(call("ec2", "CreateTags", json!({})));
    let invoked_by = |who: &str| with(change.clone(), "/userIdentity/invokedBy", json!(who));
    assert!(finding(&change, "root/change").is_some());
    assert!(finding(&invoked_by("signin.amazonaws.com"), "root/change").is_some());
    assert_eq!(finding(&invoked_by("autoscaling.amazonaws.com"), "root/change"), None);
    assert_eq!(finding(&with(change.clone(), "/eventType", json!("AwsServiceEvent")), "root/change"), None);
    assert_eq!(finding(&signins::r1(), "root/change"), None, "signin/root tells of sign-ins");
}

/// Events with the name of another service's are none of these.
#[test]
fn the_same_name_of_another_service_is_not_meant() {
    for (event, rule) in [
        ("DeleteMembers", "guardduty/membership-broken"),
        ("CreateProfile", "rolesanywhere/profile"),
        ("DeletePolicy", "organizations/policy-weakened"),
        ("CreateAccessKey", "iam/access-key-for-another"),
    ] {
        let record = call("example", event, json!({"userName": "backup", "accountIds": ["444455556666"]}));
        assert_eq!(finding(&record, rule), None, "{event}");
    }
}
