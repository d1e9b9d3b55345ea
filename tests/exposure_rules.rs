//! The rules for what lies open: buckets, networks, keys and secrets. That they see each call they are for, and policies
//! and permissions whatever their form.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use trailsieve_tests::annotated::{self, Rules};
use trailsieve_tests::calls;
use trailsieve_tests::signins::{with, without};

const OWN: &str = "111122223333";
const FOREIGN: &str = "444455556666";

/// A call in Frankfurt, by the name of the service.
fn call(service: &str, event: &str, parameters: &Value) -> Value {
    with(calls::call(service, event, parameters.clone()), "/awsRegion", json!("eu-central-1"))
}

fn s3(event: &str, parameters: &Value) -> Value {
    with(call("s3", event, parameters), "/requestParameters/bucketName", json!("reports-example"))
}

/// The rules that the record meets, of those that are on by themselves or of all.
fn rules(record: &Value, all: bool) -> BTreeSet<String> {
    rules_on(&record.to_string(), all)
}

fn rules_on(record: &str, all: bool) -> BTreeSet<String> {
    annotated::found(record.as_bytes(), if all { Rules::All } else { Rules::On }).into_keys().collect()
}

fn policy(statement: &Value) -> Value {
    json!({"bucketPolicy": {"Version": "2012-10-17", "Statement": statement}, "policy": ""})
}

fn block(on: bool) -> Value {
    json!({"publicAccessBlock": "", "PublicAccessBlockConfiguration": {
        "RestrictPublicBuckets": on, "BlockPublicPolicy": true, "BlockPublicAcls": true, "IgnorePublicAcls": true}})
}

/// S1.29: what opens a bucket is found by rules of our own; the benchmarks' pattern knows three of these calls. What is
/// everyday work, and what needs data events, is found on request.
#[test]
fn what_opens_a_bucket_is_found() {
    let everyone = json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]);
    let calls = [
        (s3("PutBucketPublicAccessBlock", &block(false)), "s3/bucket-public-access-block-weakened", false),
        (s3("DeleteBucketPublicAccessBlock", &json!({})), "s3/bucket-public-access-block-weakened", false),
        (s3("PutAccountPublicAccessBlock", &block(false)), "s3/account-public-access-block-weakened", false),
        (s3("DeleteAccountPublicAccessBlock", &json!({})), "s3/account-public-access-block-weakened", false),
        (s3("PutBucketPolicy", &policy(&everyone)), "s3/bucket-policy-public", true),
        (s3("PutBucketAcl", &json!({"x-amz-acl": "public-read", "acl": ""})), "s3/acl-public", true),
        (s3("CreateBucket", &json!({"x-amz-acl": "public-read"})), "s3/acl-public", false),
    ];
    for (record, rule, listed) in calls {
        let found = rules(&record, false);
        assert!(found.contains(rule), "{rule}: {found:?}");
        assert_eq!(found.contains("securityhub/cloudwatch-8"), listed, "{rule}");
    }
    let anonymous = json!({"type": "AWSAccount", "principalId": "", "accountId": "anonymous"});
    let on_request = [
        (s3("CreateBucket", &json!({})), "s3/bucket-created"),
        (s3("DeleteBucket", &json!({})), "s3/bucket-deleted"),
        (s3("DeleteBucketPolicy", &json!({})), "s3/bucket-protection-deleted"),
        (with(s3("GetObject", &json!({"key": "q1.csv"})), "/userIdentity", anonymous), "s3/anonymous-access"),
        (s3("GetObject", &json!({"key": "home/.aws/credentials"})), "s3/secret-like-object-read"),
    ];
    for (record, rule) in on_request {
        assert!(!rules(&record, false).contains(rule), "{rule} is on");
        assert!(rules(&record, true).contains(rule), "{rule}");
    }
    for harmless in [s3("PutBucketPublicAccessBlock", &block(true)), s3("GetBucketPolicy", &json!({"policy": ""}))] {
        assert!(!rules(&harmless, true).iter().any(|rule| rule.starts_with("s3/")), "{harmless}");
    }
}

/// S1.30, its half of S3: what GuardDuty finds in management events by a fixed rule.
#[test]
fn threats_to_buckets_of_guarddutys_kind() {
    let group = |name| {
        json!({"AccessControlPolicy": {"AccessControlList": {"Grant":
        {"Grantee": {"URI": format!("http://acs.amazonaws.com/groups/global/{name}")}, "Permission": "READ"}}}})
    };
    let other = json!({"Effect": "Allow", "Principal": {"AWS": FOREIGN}, "Action": "s3:*", "Resource": "*"});
    let types = [
        ("Policy:S3/AccountBlockPublicAccessDisabled", s3("DeleteAccountPublicAccessBlock", &json!({}))),
        ("Policy:S3/BucketBlockPublicAccessDisabled", s3("DeleteBucketPublicAccessBlock", &json!({}))),
        ("Policy:S3/BucketAnonymousAccessGranted", s3("PutBucketAcl", &group("AllUsers"))),
        ("Policy:S3/BucketPublicAccessGranted", s3("PutBucketAcl", &group("AuthenticatedUsers"))),
        ("Stealth:S3/ServerAccessLoggingDisabled", s3("PutBucketLogging", &json!({"BucketLoggingStatus": {}}))),
        ("Custom: S3BucketPolicyExternalAccess", s3("PutBucketPolicy", &policy(&other))),
    ];
    for (kind, record) in types {
        assert!(rules(&record, false).iter().any(|rule| rule.starts_with("s3/")), "{kind}");
    }
}

/// S1.10, S1.12, S1.13: three calls that matter as much as those on the benchmarks' lists, and are on none.
#[test]
fn what_the_benchmarks_do_not_list() {
    let rule = json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-1", "SecurityGroupRule":
        {"SecurityGroupRuleId": "sgr-1", "SecurityGroupRule": {"CidrIpv4": "0.0.0.0/0", "IpProtocol": "tcp"}}}});
    let modified = call("ec2", "ModifySecurityGroupRules", &rule);
    let calls = [
        (modified, "vpc/rule-edited-to-world", true),
        (call("ec2", "CreateNatGateway", &json!({})), "vpc/nat-gateway-created", false),
        (call("ec2", "AssociateRouteTable", &json!({})), "vpc/route-table-associated", false),
    ];
    for (record, rule, on) in calls {
        assert_eq!(rules(&record, false).contains(rule), on, "{rule}");
        let all = rules(&record, true);
        assert!(all.contains(rule) && !all.iter().any(|rule| rule.starts_with("securityhub/")), "{rule}: {all:?}");
    }
}

/// A statement means the same in whatever order its members stand, as one or in a list, its principal as one or among
/// others; and who is denied something is let in nowhere.
#[test]
fn a_bucket_policy_is_read_whatever_its_form() {
    let everyone = ["\"*\"", "{\"AWS\":\"*\"}", "{\"AWS\":[\"*\"]}", "{\"AWS\":[\"111122223333\",\"*\"]}"];
    let service = json!({"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::reports-example/${aws:SourceAccount}/*"});
    for principal in everyone {
        for (effect, found) in [("Allow", true), ("Deny", false)] {
            let members = [
                format!("\"Effect\":\"{effect}\""),
                format!("\"Principal\":{principal}"),
                "\"Action\":[\"s3:GetObject\",\"s3:*\"]".to_owned(),
                "\"Resource\":\"arn:aws:s3:::reports-example/${aws:username}/*\"".to_owned(),
            ];
            for turn in 0..members.len() {
                let mut turned = members.clone();
                turned.rotate_left(turn);
                for (list, together) in [(false, false), (true, false), (true, true)] {
                    let text = format!("{{{}}}", turned.join(", "));
                    let others = if together { format!(", {service}") } else { String::new() };
                    let text = if list { format!("[{text}{others}]") } else { text };
                    // Put in as text, since serde_json orders members by name.
                    let record = s3("PutBucketPolicy", &policy(&json!("STATEMENT"))).to_string();
                    let found_on = rules_on(&record.replace("\"STATEMENT\"", &text), false);
                    assert_eq!(found_on.contains("s3/bucket-policy-public"), found, "{text}");
                }
            }
        }
    }
    let limited = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}});
    let found = rules(&s3("PutBucketPolicy", &policy(&limited)), false);
    assert!(found.contains("s3/bucket-policy-conditional") && !found.contains("s3/bucket-policy-public"), "{found:?}");
}

/// Policies within strings, of keys and of secrets: compact, with spaces, over several lines.
#[test]
fn a_policy_in_a_string_is_read_in_every_layout() {
    let everyone = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": "*", "Resource": "*"}]});
    let foreign = json!({"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{FOREIGN}:root")}, "Action": "*", "Resource": "*"}});
    let own = json!({"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{OWN}:root")}, "Action": "*", "Resource": "*"}});
    let limited = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"},
        "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}}});
    for (document, found) in [(everyone, true), (foreign, true), (own, false), (limited, false)] {
        let pretty = serde_json::to_string_pretty(&document).unwrap();
        for text in [document.to_string(), pretty.replace('\n', ""), pretty.replace('\n', "\r\n"), pretty] {
            let key = call("kms", "PutKeyPolicy", &json!({"keyId": "1234abcd", "policy": text}));
            assert_eq!(rules(&key, false).contains("kms/key-policy-opened"), found, "{text}");
            let secret =
                call("secretsmanager", "PutResourcePolicy", &json!({"secretId": "db", "resourcePolicy": text}));
            assert_eq!(rules(&secret, true).contains("secretsmanager/secret-shared"), found, "{text}");
        }
    }
}

/// Who allows all but some lets everyone in, and an empty condition asks for nothing: in each service, whatever the order.
/// What stands as escapes is found for hiding.
#[test]
fn a_policy_for_all_but_some_is_one_for_everyone() {
    type Parameters = fn(&str) -> Value;
    let services: [(&str, &str, Parameters, &str); 6] = [
        ("kms", "PutKeyPolicy", |text| json!({"policy": text}), "kms/key-policy-opened"),
        ("kms", "ReplicateKey", |text| json!({"policy": text}), "kms/key-policy-opened"),
        ("secretsmanager", "PutResourcePolicy", |text| json!({"resourcePolicy": text}), "secretsmanager/secret-shared"),
        ("ecr", "SetRepositoryPolicy", |text| json!({"policyText": text}), "ecr/repository-public"),
        (
            "sns",
            "SetTopicAttributes",
            |text| json!({"attributeName": "Policy", "attributeValue": text}),
            "sns/topic-opened",
        ),
        ("sqs", "SetQueueAttributes", |text| json!({"attributes": {"Policy": text}}), "sqs/queue-opened"),
    ];
    let others = format!(r#""NotPrincipal":{{"AWS":"arn:aws:iam::{OWN}:root"}}"#);
    let statements = [
        ([r#""Effect":"Allow""#, r#""Action":"*""#, &others], true),
        ([r#""Effect":"Allow""#, r#""Principal":"*""#, r#""Condition": { }"#], true),
        ([r#""Effect":"Deny""#, r#""Action":"*""#, &others], false),
    ];
    for (service, event, parameters, rule) in services {
        for (mut members, opens) in statements {
            for _ in 0..members.len() {
                members.rotate_left(1);
                let text = format!(r#"{{"Statement":[{{{}}}]}}"#, members.join(", "));
                let found = rules(&call(service, event, &parameters(&text)), true);
                assert_eq!(found.contains(rule), opens, "{event}: {text}");
                assert!(!found.contains("iam/hidden-document"), "{event}: {text}");
            }
        }
        for hidden in [r#"{"Effect":"Allow","Principal":"\u002a"}"#, r#"{"Effect":"\u0041llow","Principal":"*"}"#] {
            let found = rules(&call(service, event, &parameters(hidden)), false);
            assert!(found.contains("iam/hidden-document") && !found.contains(rule), "{event}: {hidden}");
        }
    }
}

/// Where a record does not say which account it is about, none in a policy counts as another.
#[test]
fn no_account_is_another_in_a_record_that_does_not_say_whose_it_is() {
    let statement = json!({"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "*", "Resource": "*"});
    let document = json!({"Statement": statement}).to_string();
    for record in [
        call("kms", "PutKeyPolicy", &json!({"policy": document})),
        call("secretsmanager", "PutResourcePolicy", &json!({"resourcePolicy": document})),
        s3("PutBucketPolicy", &policy(&statement)),
    ] {
        let opened = |record: &Value| {
            let found = rules(record, true);
            found.iter().any(|rule| rule.ends_with("-opened") || rule.contains("-shared"))
        };
        let foreign: Value = serde_json::from_str(&record.to_string().replace(OWN, FOREIGN)).unwrap();
        let foreign = with(foreign, "/recipientAccountId", json!(OWN));
        assert!(opened(&foreign) && !opened(&record) && !opened(&without(record, "/recipientAccountId")));
    }
}

/// The two forms of a security group's permission mean the same, and what the rule's description says of ranges.
#[test]
fn a_port_is_open_in_both_forms_of_a_permission() {
    let ports = [
        22, 23, 135, 445, 1433, 1521, 2375, 3306, 3389, 5432, 5900, 5985, 5986, 6379, 6443, 9200, 10_250, 11_211,
        27_017,
    ];
    let edges = [0, 1, 21, 22, 23, 80, 443, 3389, 3390, 8080, 9999, 10_000, 27_017, 65_535];
    for (world, is_wide) in
        [("0.0.0.0/0", true), ("128.0.0.0/1", true), ("198.51.100.0/24", false), ("10.0.0.0/10", false)]
    {
        for from in edges {
            for to in edges.into_iter().filter(|to| *to >= from) {
                let is_open = [from, to].iter().any(|port| ports.contains(port))
                    || (from..=to).contains(&22)
                    || (from < 10_000 && to >= 10_000);
                let flat = json!({"groupId": "sg-1", "ipPermissions": {}, "ipProtocol": "tcp", "fromPort": from,
                    "toPort": to, "cidrIp": world});
                // Put in as text, in the order in which EC2 writes it.
                let item = format!(
                    "[{{\"ipProtocol\":\"tcp\",\"fromPort\":{from},\"toPort\":{to},\"groups\":{{}},\"ipRanges\":{{\"items\":\
                     [{{\"cidrIp\":\"{world}\"}}]}},\"ipv6Ranges\":{{}}}}]"
                );
                let listed = json!({"groupId": "sg-1", "ipPermissions": {"items": "ITEMS"}});
                let [flat, listed] = [flat, listed]
                    .map(|parameters| call("ec2", "AuthorizeSecurityGroupIngress", &parameters).to_string());
                for record in [flat, listed.replace("\"ITEMS\"", &item)] {
                    let found = rules_on(&record, false).contains("vpc/admin-port-open-to-world");
                    assert_eq!(found, is_open && is_wide, "{record}");
                }
            }
        }
    }
}
