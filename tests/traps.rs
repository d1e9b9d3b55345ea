//! The traps that CloudTrail sets for whoever writes rules: one test each, through the component, with the rules that are
//! on by themselves.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use trailsieve_tests::calls::{call, denied};
use trailsieve_tests::signins::{self, with, without};
use trailsieve_tests::through::Through;

const OWN: &str = "111122223333";
const FOREIGN: &str = "444455556666";

/// What the rules find in a record: each finding by its rule.
fn findings(record: &Value) -> BTreeMap<String, Value> {
    findings_in(&record.to_string())
}

fn findings_in(record: &str) -> BTreeMap<String, Value> {
    thread_local! {
        static THROUGH: RefCell<Through> = RefCell::new(Through::load([], "{}"));
    }
    let annotation = THROUGH.with_borrow_mut(|through| through.annotations(&[record])).remove(0);
    let findings = annotation["findings"].as_array().cloned().unwrap_or_default();
    findings.into_iter().map(|it| (it["rule"].as_str().unwrap().to_owned(), it)).collect()
}

fn rules(record: &Value) -> BTreeSet<String> {
    findings(record).into_keys().collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A statement that allows everything on everything to somebody.
fn statement(principal: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}]})
}

/// A call succeeded if it has no error. What has none and failed all the same says so under the event's own name.
#[test]
fn success_is_that_nothing_says_otherwise() {
    let created = call("iam", "CreateUser", json!({"userName": "mallory"}));
    let successes = [
        created.clone(),
        with(created.clone(), "/errorCode", json!("")),
        with(created.clone(), "/errorCode", Value::Null),
    ];
    for success in successes {
        let findings = findings(&success);
        assert_eq!(findings["iam/user-created"]["outcome"], "success", "{success}");
        assert!(!findings.contains_key("iam/change-failed"), "{success}");
    }
    for error in ["AccessDenied", "EntityAlreadyExistsException", "ThrottlingException"] {
        let found = rules(&with(created.clone(), "/errorCode", json!(error)));
        assert!(found.contains("iam/change-failed") && !found.contains("iam/user-created"), "{error}: {found:?}");
    }
    for failed in [signins::r7(), without(signins::r7(), "/errorMessage")] {
        assert_eq!(failed.get("errorCode"), None);
        let findings = findings(&failed);
        assert_eq!(findings["signin/failed"]["outcome"], "failure");
        assert!(!findings.contains_key("signin/console"));
    }
    let verification = |result: &str| {
        let record = call("signin", "CredentialVerification", Value::Null);
        let record = with(record, "/eventType", json!("AwsServiceEvent"));
        with(record, "/serviceEventDetails", json!({"CredentialVerification": result}))
    };
    assert_eq!(rules(&verification("Failure")), set(&["signin/identity-center-failed"]));
    assert_eq!(rules(&verification("Success")), set(&[]));
}

/// A service that acts for somebody: routine is told apart, and nothing grave is excused, as attackers can have services
/// act for them too.
#[test]
fn a_service_that_acts_for_a_caller_is_no_person_and_no_excuse() {
    let by = |record: &Value, service: &str| {
        let record = with(record.clone(), "/userIdentity/invokedBy", json!(service));
        with(with(record, "/sourceIPAddress", json!(service)), "/userAgent", json!(service))
    };
    let trust =
        |principal: &Value| json!({"roleName": "backup", "assumeRolePolicyDocument": statement(principal).to_string()});
    let role = call("iam", "CreateRole", trust(&json!({"Service": "ec2.amazonaws.com"})));
    assert!(rules(&role).contains("iam/role-created"));
    let found = rules(&by(&role, "cloudformation.amazonaws.com"));
    assert!(found.contains("iam/role-created-by-service") && !found.contains("iam/role-created"), "{found:?}");
    // Records of 2017 say of a person at the console that the console invoked the call.
    assert!(rules(&by(&role, "signin.amazonaws.com")).contains("iam/role-created"));

    let backdoor = call("iam", "CreateRole", trust(&json!({"AWS": FOREIGN})));
    for record in [&backdoor, &by(&backdoor, "cloudformation.amazonaws.com")] {
        assert!(rules(record).contains("iam/role-trusts-other-account"));
    }

    let assumed = call("sts", "AssumeRole", json!({"roleArn": format!("arn:aws:iam::{OWN}:role/backup")}));
    let by_service = with(
        by(&assumed, "ec2.amazonaws.com"),
        "/userIdentity",
        json!({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}),
    );
    assert_eq!(rules(&assumed), set(&["iam/role-assumed"]));
    assert_eq!(rules(&by_service), set(&[]));

    let root = json!({"type": "Root", "principalId": OWN, "accountId": OWN, "arn": format!("arn:aws:iam::{OWN}:root"),
        "accessKeyId": "ASIAEXAMPLEEXAMPLE22"});
    let change = with(call("ec2", "CreateTags", json!({})), "/userIdentity", root);
    assert!(rules(&change).contains("root/change"));
    for record in [by(&change, "autoscaling.amazonaws.com"), with(change, "/eventType", json!("AwsServiceEvent"))] {
        assert_eq!(rules(&record), set(&[]), "{record}");
    }
}

/// People of an identity provider give their second factor there, so that AWS sees none.
#[test]
fn a_federated_sign_in_says_no_mfa_and_means_nothing_by_it() {
    let federated = signins::federated();
    assert_eq!(federated["additionalEventData"]["MFAUsed"], "No");
    assert_eq!(rules(&federated), set(&["signin/console"]));
    let user = with(signins::r3b(), "/additionalEventData/MFAUsed", json!("No"));
    assert!(rules(&user).contains("signin/without-mfa"));
}

/// A denied call has no parameters, so that what looks for attempts must know them by their names.
#[test]
fn a_denied_call_is_found_without_its_parameters() {
    for (service, event, rule) in [
        ("cloudtrail", "StopLogging", "cloudtrail/trail-stopped"),
        ("config", "StopConfigurationRecorder", "config/recorder-stopped"),
        ("iam", "DeactivateMFADevice", "iam/mfa-removed"),
        ("kms", "ScheduleKeyDeletion", "kms/key-made-unusable"),
        ("organizations", "LeaveOrganization", "organizations/left"),
        ("sts", "GetFederationToken", "sts/federation-token"),
    ] {
        let record = denied(call(service, event, json!({"name": "all"})));
        assert_eq!(record["requestParameters"], Value::Null);
        let findings = findings(&record);
        assert_eq!(findings.get(rule).map(|finding| &finding["outcome"]), Some(&json!("failure")), "{event}");
    }
}

/// Parameters above 100 kB are left out. What a rule would have read in them is hidden, which is a finding of its own.
#[test]
fn parameters_that_are_left_out_for_their_size_are_told() {
    let omitted = json!({"omitted": true, "originalSize": 131_072, "reason": "requestParameters too large"});
    let of = |service: &str, event: &str| rules(&call(service, event, omitted.clone()));
    assert_eq!(of("s3", "PutBucketPolicy"), set(&["caller/parameters-left-out", "securityhub/cloudwatch-8"]));
    let written = of("iam", "PutRolePolicy");
    assert!(written.contains("iam/hidden-document") && !written.contains("caller/parameters-left-out"), "{written:?}");
}

/// Lambda writes the version of its interface behind names, GuardDuty has an old and a new name for one call, and an account
/// is closed in one of two services.
#[test]
fn one_call_is_found_by_each_of_its_names() {
    let open =
        json!({"functionName": "resize", "statementId": "all", "action": "lambda:InvokeFunction", "principal": "*"});
    let layer = json!({"functionName": "resize", "layers": [format!("arn:aws:lambda:us-east-1:{OWN}:layer:extra:1")]});
    let names = [
        ("lambda", "UpdateFunctionCode", json!({"functionName": "resize"}), "lambda/code-replaced"),
        ("lambda", "UpdateFunctionCode20150331", json!({"functionName": "resize"}), "lambda/code-replaced"),
        ("lambda", "UpdateFunctionCode20150331v2", json!({"functionName": "resize"}), "lambda/code-replaced"),
        ("lambda", "AddPermission", open.clone(), "lambda/invoked-by-everyone"),
        ("lambda", "AddPermission20150331", open.clone(), "lambda/invoked-by-everyone"),
        ("lambda", "AddPermission20150331v2", open, "lambda/invoked-by-everyone"),
        ("lambda", "UpdateFunctionConfiguration20150331", layer.clone(), "lambda/layer-attached"),
        ("lambda", "UpdateFunctionConfiguration20150331v2", layer, "lambda/layer-attached"),
        ("guardduty", "DisassociateFromMasterAccount", json!({}), "guardduty/membership-broken"),
        ("guardduty", "DisassociateFromAdministratorAccount", json!({}), "guardduty/membership-broken"),
        ("organizations", "CloseAccount", json!({"accountId": FOREIGN}), "organizations/account-removed"),
        ("account", "CloseAccount", json!({}), "organizations/account-removed"),
    ];
    for (service, event, parameters, rule) in names {
        let found = rules(&call(service, event, parameters));
        assert!(found.contains(rule), "{service} {event}: {found:?}");
    }
}

/// A dry run changes nothing. EC2 says so in place of an error, Lambda in a parameter alone. What looks for something done
/// is silent; what looks for attempts shows the error code, and a failure.
#[test]
fn a_dry_run_has_done_nothing() {
    let world = json!({"groupId": "sg-1", "ipPermissions": {}, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
        "cidrIp": "0.0.0.0/0"});
    let shared = json!({"snapshotId": "snap-1", "attributeType": "CREATE_VOLUME_PERMISSION",
        "createVolumePermission": {"add": {"items": [{"userId": FOREIGN}]}}});
    let replaced = json!({"instanceId": "i-0123456789abcdef0", "userData": "<sensitiveDataRemoved>"});
    for (event, parameters, rule, is_attempt) in [
        ("AuthorizeSecurityGroupIngress", world, "vpc/admin-port-open-to-world", false),
        ("ModifySnapshotAttribute", shared, "ebs/snapshot-shared", false),
        ("ModifyInstanceAttribute", replaced, "ec2/user-data-replaced", true),
    ] {
        let done = call("ec2", event, parameters);
        assert!(rules(&done).contains(rule), "{event}");
        let rehearsed = with(done, "/errorCode", json!("Client.DryRunOperation"));
        let rehearsed =
            with(rehearsed, "/errorMessage", json!("Request would have succeeded, but DryRun flag is set."));
        let findings = findings(&rehearsed);
        assert_eq!(findings.contains_key(rule), is_attempt, "{event}");
        let shows = |finding: &Value| {
            finding["fields"]["errorCode"] == "Client.DryRunOperation" && finding["outcome"] == "failure"
        };
        assert!(findings.values().all(shows), "{findings:?}");
    }
    let code = call("lambda", "UpdateFunctionCode20150331v2", json!({"functionName": "resize", "dryRun": false}));
    assert!(rules(&code).contains("lambda/code-replaced"));
    assert_eq!(rules(&with(code, "/requestParameters/dryRun", json!(true))), set(&[]));
}

/// A policy within a string means the same however it is laid out, and in whatever order its members stand.
#[test]
fn a_policy_in_a_string_is_read_in_any_spacing() {
    let members = |principal: &str| {
        [
            r#""Effect":"Allow""#.to_owned(),
            format!(r#""Principal":{principal}"#),
            r#""Action":["*"]"#.to_owned(),
            r#""Resource":"*""#.to_owned(),
        ]
    };
    let layouts: [fn(&str) -> String; 5] = [
        |text| text.to_owned(),
        |text| text.replace(':', ": ").replace(',', ", "),
        |text| text.replace(['{'], "{\n  ").replace(',', ",\n  ").replace(':', " : ").replace('}', "\n}"),
        |text| text.replace(',', ",\r\n\t").replace('[', "[ ").replace(']', " ]"),
        |text| format!("  {text}\n"),
    ];
    for (service, event, parameter, principal, rule) in [
        ("iam", "PutRolePolicy", "policyDocument", r#""*""#, "iam/full-access"),
        ("kms", "PutKeyPolicy", "policy", r#"{"AWS":"*"}"#, "kms/key-policy-opened"),
        ("iam", "CreateRole", "assumeRolePolicyDocument", r#"{"AWS":"444455556666"}"#, "iam/role-trusts-other-account"),
        (
            "iam",
            "UpdateAssumeRolePolicy",
            "policyDocument",
            r#"{"AWS":["444455556666"]}"#,
            "iam/role-trusts-other-account",
        ),
    ] {
        let members = members(principal);
        for turn in 0..members.len() {
            let mut turned = members.clone();
            turned.rotate_left(turn);
            let document = format!(r#"{{"Version":"2012-10-17","Statement":[{{{}}}]}}"#, turned.join(","));
            for layout in layouts {
                let document = layout(&document);
                assert!(serde_json::from_str::<Value>(&document).is_ok(), "{document}");
                let record = call(service, event, json!({parameter: document, "name": "backup"}));
                assert!(rules(&record).contains(rule), "{rule}: {document}");
                let denies = document.replace("Allow", "Deny");
                let record = call(service, event, json!({parameter: denies, "name": "backup"}));
                assert!(!rules(&record).contains(rule), "{rule}: {document}, denied");
            }
        }
    }
}

/// Global services are recorded in us-east-1 alone, in other partitions of AWS elsewhere: no rule asks where.
#[test]
fn events_of_global_services_are_found_in_whatever_region_they_are_recorded() {
    let events = [
        ("iam", "CreateUser", "iam/user-created"),
        ("iam", "DeactivateMFADevice", "iam/mfa-removed"),
        ("sts", "GetFederationToken", "sts/federation-token"),
        ("organizations", "LeaveOrganization", "organizations/left"),
        ("account", "EnableRegion", "account/region-enabled"),
        ("route53domains", "DisableDomainTransferLock", "route53/domain-unlocked-or-moved"),
    ];
    for (service, event, rule) in events {
        let record = call(service, event, json!({"name": "example"}));
        for region in ["us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"] {
            assert!(rules(&with(record.clone(), "/awsRegion", json!(region))).contains(rule), "{event} in {region}");
        }
    }
    for region in ["us-east-1", "us-east-2", "eu-central-1"] {
        assert!(rules(&with(signins::r1(), "/awsRegion", json!(region))).contains("signin/root"), "{region}");
    }
}
