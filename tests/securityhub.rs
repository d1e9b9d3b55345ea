//! The fourteen controls that Security Hub prescribes for CloudWatch, judged by the built-in rules. What they must see
//! stands in the tables here, written from the requirements, not from the rules.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where it fails")]

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use trailsieve_core::{Detector, SourceFile};
use trailsieve_tests::benchmark::benchmark_items;
use trailsieve_tests::signins::{self, with, without};
use trailsieve_tests::spelling::{quoted, unquoted, without_white_space};
use trailsieve_tests::{data, detecting};

/// A control that watches for changes.
struct Control {
    number: u8,
    /// The service that the events belong to.
    source: &'static str,
    /// Whether its pattern asks for that service; the others see the event of any service.
    is_guarded: bool,
    events: &'static [&'static str],
}

#[rustfmt::skip]
const CONTROLS: [Control; 10] = [
    Control { number: 4, source: "iam.amazonaws.com", is_guarded: true, events: &[
        "DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy",
        "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "AttachRolePolicy",
        "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy",
    ] },
    Control { number: 5, source: "cloudtrail.amazonaws.com", is_guarded: false, events: &[
        "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging",
    ] },
    Control { number: 7, source: "kms.amazonaws.com", is_guarded: true, events: &["DisableKey", "ScheduleKeyDeletion"] },
    Control { number: 8, source: "s3.amazonaws.com", is_guarded: true, events: &[
        "PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication",
        "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication",
    ] },
    Control { number: 9, source: "config.amazonaws.com", is_guarded: true, events: &[
        "StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder",
    ] },
    Control { number: 10, source: "ec2.amazonaws.com", is_guarded: false, events: &[
        "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress",
        "RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup",
    ] },
    Control { number: 11, source: "ec2.amazonaws.com", is_guarded: false, events: &[
        "CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry",
        "ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation",
    ] },
    Control { number: 12, source: "ec2.amazonaws.com", is_guarded: false, events: &[
        "CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway", "CreateInternetGateway",
        "DeleteInternetGateway", "DetachInternetGateway",
    ] },
    Control { number: 13, source: "ec2.amazonaws.com", is_guarded: true, events: &[
        "CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation", "DeleteRouteTable",
        "DeleteRoute", "DisassociateRouteTable",
    ] },
    Control { number: 14, source: "ec2.amazonaws.com", is_guarded: false, events: &[
        "CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection", "CreateVpcPeeringConnection",
        "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection", "AttachClassicLinkVpc", "DetachClassicLinkVpc",
        "DisableVpcClassicLink", "EnableVpcClassicLink",
    ] },
];

/// Events that look as if a control saw them, and none does.
#[rustfmt::skip]
const UNSEEN: [(&str, &str); 14] = [
    ("organizations.amazonaws.com", "CreatePolicy"),
    ("iam.amazonaws.com", "SetDefaultPolicyVersion"),
    ("cloudtrail.amazonaws.com", "PutEventSelectors"),
    ("kms.amazonaws.com", "EnableKey"),
    ("kms.amazonaws.com", "CancelKeyDeletion"),
    ("s3.amazonaws.com", "PutObject"),
    ("s3.amazonaws.com", "PutBucketPublicAccessBlock"),
    ("config.amazonaws.com", "DeleteConfigurationRecorder"),
    ("ec2.amazonaws.com", "ModifySecurityGroupRules"),
    ("ec2.amazonaws.com", "DescribeNetworkAcls"),
    ("ec2.amazonaws.com", "CreateNatGateway"),
    ("ec2.amazonaws.com", "AssociateRouteTable"),
    ("ec2.amazonaws.com", "CreateSubnet"),
    ("appmesh.amazonaws.com", "CreateRoute"),
];

/// SHA-256 of each pattern as it was published, so that a changed byte shows without the texts standing here again.
const PUBLISHED: [&str; 14] = [
    "6a0b7f784762869e1dee3b7c7d853e4bbfbd98b8122a937e93bf7a7c672aaf9c",
    "466f930215a099229f4697788aec9818572ae514a45943496173735d1f359a08",
    "0e75d5219d240f953e81dd6e39fdaa2e8ddf7576ec12db6f828250f8f734dfd4",
    "a90c2deef55376fd69503cede11540285b735afd316042c4956612b62d904f02",
    "037532dd537f0b35d84b7c9944d52d26bdad507eeacf1db984d873a903546ca9",
    "bcfb694063da6d427790e2194fd357850cf56aca4caf27b1d2831606f9dfafcf",
    "c7fbbaef305dcd3538f4ef01da163b633f8243a55b40fa6a69ec7140db5731f9",
    "d85ab6c6d49ecdafa1a70004819f25c7fb52e54397f3331b0c8533ebe7742f1c",
    "8b70feeb359142ce61c7a834d4e6fa74f5161183f4b2bc4bc3db29f6d642e924",
    "c6576bd66d8e6515610ecb9e59623208def2ba90a3907964b3505f0fa1554a79",
    "031a82d4527c2b9e6ca5ba09ab1f1facce577d1be20796cef72fa64e1731f7ca",
    "c75ebb0b7f8941a66a9475b214a79478c7d26a44940ba68e652cfab1b7967c0f",
    "bf5bbf2bf4b4d3b5f9ea03c4aea78d8f2420b325cd5ac49b1014e1ee74f5f7ea",
    "f447626dc43e393e423bc77650566ff420ea2f12d86d12a595aa9123f385d594",
];

/// S1.1: root at the console or calling an API; not a service with root's authority, nor a service event. S2.16: that
/// event is a record like the others.
#[test]
fn use_of_root() {
    let call = with(signins::r1(), "/eventType", json!("AwsApiCall"));
    let by_service = with(call.clone(), "/userIdentity/invokedBy", json!("autoscaling.amazonaws.com"));
    let service_event = with(signins::r1(), "/eventType", json!("AwsServiceEvent"));
    assert_eq!(fired(&[signins::r1(), call, by_service, service_event]), [set([1]), set([1]), set([]), set([])]);
}

/// S1.2: the error codes that say "not authorised" in the two spellings of the pattern, and no others.
#[test]
fn calls_that_are_not_authorised() {
    let refused = |code: &str| with(call("ec2.amazonaws.com", "RunInstances"), "/errorCode", json!(code));
    for code in ["Client.UnauthorizedOperation", "UnauthorizedOperation", "AccessDenied", "AccessDeniedException"] {
        assert_eq!(fired(&[refused(code)]), [set([2])], "{code}");
    }
    for code in ["AuthFailure", "VpceAccessDenied", "UnauthorizedOperationException", "accessdenied", ""] {
        assert_eq!(fired(&[refused(code)]), [set([])], "{code}");
    }
    assert_eq!(fired(&[call("ec2.amazonaws.com", "RunInstances")]), [set([])]);
}

/// S1.3: an IAM user without a second factor; a missing field never satisfies `!=`.
#[test]
fn a_sign_in_without_mfa() {
    let silent = without(signins::r6(), "/additionalEventData/MFAUsed");
    let records = [signins::r6(), silent, signins::federated(), signins::r7(), signins::r3b()];
    assert_eq!(fired(&records), [set([3]), set([]), set([]), set([6]), set([])]);
}

/// S1.6: the message of a wrong password or code, and no other message.
#[test]
fn failed_sign_ins() {
    let other = with(signins::r7(), "/errorMessage", json!("Authorization denied because of a resource-based policy"));
    let records = [signins::r2(), signins::r4(), signins::r7(), signins::r5(), other];
    assert_eq!(fired(&records), [set([1, 6]), set([6]), set([6]), set([]), set([])]);
}

/// S1.4, S1.5, S1.7, S1.8, S1.9, S1.10, S1.11, S1.12, S1.13, S1.14: each listed event fires its control and no other;
/// S1.24: so does a created internet gateway.
#[test]
fn each_listed_event_fires_its_control() {
    for Control { number, source, events, .. } in &CONTROLS {
        let records: Vec<Value> = events.iter().map(|event| call(source, event)).collect();
        for (controls, event) in fired(&records).into_iter().zip(*events) {
            assert_eq!(controls, set([*number]), "{event}");
        }
    }
}

/// S1.5, S1.8: a listed event of another service fires only the controls that ask for no service.
#[test]
fn a_foreign_service_is_kept_out_where_the_pattern_asks_for_one() {
    for Control { number, is_guarded, events, .. } in &CONTROLS {
        let records: Vec<Value> = events.iter().map(|event| call("example.amazonaws.com", event)).collect();
        let expected = if *is_guarded { set([]) } else { set([*number]) };
        for (controls, event) in fired(&records).into_iter().zip(*events) {
            assert_eq!(controls, expected, "{event}");
        }
    }
}

/// S1.4, S1.5, S1.7, S1.8, S1.9, S1.10, S1.11, S1.12, S1.13, S1.14: what the controls are silent about.
#[test]
fn neighbours_of_the_listed_events_fire_nothing() {
    for (source, event) in UNSEEN {
        assert_eq!(fired(&[call(source, event)]), [set([])], "{event} of {source}");
    }
}

/// S1.17: a change that was denied fires its control and the one for denied calls, and both say that it failed.
#[test]
fn a_denied_change_fires_two_controls_and_is_shown_as_a_failure() {
    for Control { number, source, events, .. } in &CONTROLS {
        let denied: Vec<Value> = events.iter().map(|event| denied(call(source, event))).collect();
        for (annotation, event) in annotations(&denied).iter().zip(*events) {
            assert_eq!(controls(annotation), set([2, *number]), "{event}");
            for finding in findings(annotation) {
                assert_eq!(finding["outcome"], "failure", "{event}");
                assert_eq!(finding["fields"]["errorCode"], "AccessDenied", "{event}");
            }
        }
        for annotation in annotations(&[call(source, events[0])]) {
            assert_eq!(findings(&annotation)[0]["outcome"], "success");
        }
    }
}

/// S4.1: an error that is absent, null or empty is none; a code, a message or the word under the event's name is one, and
/// the finding shows what it says.
#[test]
fn what_counts_as_a_failure() {
    let change = || call("iam.amazonaws.com", "PutRolePolicy");
    let judged = |record: Value| findings(&annotations(&[record])[0])[0].clone();
    for none in [json!(null), json!("")] {
        for record in [change(), with(change(), "/errorCode", none.clone()), with(change(), "/errorMessage", none)] {
            assert_eq!(judged(record.clone())["outcome"], "success", "{record}");
        }
    }
    for (member, text) in [("errorCode", "LimitExceededException"), ("errorMessage", "Rate exceeded")] {
        let finding = judged(with(change(), &format!("/{member}"), json!(text)));
        assert_eq!(finding["outcome"], "failure");
        assert_eq!(finding["fields"][member], text);
    }
    for (word, outcome) in [("Success", "success"), ("Failure", "failure")] {
        let record = with(signins::r1(), "/responseElements/ConsoleLogin", json!(word));
        assert_eq!(judged(record)["outcome"], outcome);
    }
}

/// S0.10: of the nine records exactly two, one and three fire, in any order and any batching.
#[test]
fn the_nine_sign_ins_fire_the_same_in_any_order_and_batching() {
    let mut records = nine();
    for turn in 0..18 {
        for size in 1..=9 {
            let mut totals = BTreeMap::new();
            for batch in records.chunks(size) {
                fired(batch).into_iter().flatten().for_each(|control| *totals.entry(control).or_insert(0) += 1);
            }
            assert_eq!(totals, BTreeMap::from([(1, 2), (3, 1), (6, 3)]), "turn {turn}, {size} a batch");
        }
        records.rotate_left(1);
        if turn == 8 {
            records.reverse();
        }
    }
}

/// S0.29, S1.16: a finding carries its control's id and title, level low, and every edition of the benchmark that has
/// the control.
#[test]
fn findings_name_the_control_and_every_edition_of_the_benchmark() {
    let mut examples: Vec<(u8, Value)> =
        CONTROLS.iter().map(|control| (control.number, call(control.source, control.events[0]))).collect();
    let refused = denied(call("sts.amazonaws.com", "AssumeRole"));
    examples.extend([(1, signins::r1()), (2, refused), (3, signins::r6()), (6, signins::r7())]);
    let mut ids = BTreeSet::new();
    for (number, record) in &examples {
        let annotations = annotations(std::slice::from_ref(record));
        let finding = &findings(&annotations[0])[0];
        assert_eq!(finding["rule"], json!(format!("securityhub/cloudwatch-{number}")));
        assert_eq!(finding["level"], "low");
        assert!(finding["title"].as_str().is_some_and(|title| !title.is_empty()));
        assert!(ids.insert(finding["id"].to_string()));
        let tags = finding["tags"].as_array().unwrap().iter().filter_map(Value::as_str);
        let benchmark: BTreeSet<String> = tags.filter_map(|tag| tag.strip_prefix("cis.")).map(str::to_owned).collect();
        assert_eq!(benchmark, benchmark_items(*number), "control {number}");
    }
    assert_eq!(ids.len(), 14);
}

/// S1.16: whoever finds low too low replaces the rule by a file of the same name.
#[test]
fn an_operator_raises_the_level() {
    let text = fs::read_to_string(rule_file(1)).unwrap().replace("\nlevel: low\n", "\nlevel: critical\n");
    let raised = SourceFile { path: "securityhub/cloudwatch-1.yml", content: text.as_bytes() };
    let (mut detector, _) = Detector::load(&[raised], "{}").unwrap();
    let verdicts = detector.detect(signins::r1().to_string().as_bytes()).unwrap();
    let annotation: Value = serde_json::from_str(&verdicts.verdicts[0].annotation).unwrap();
    assert_eq!(annotation["level"], "critical");
    assert_eq!(annotation["rules"], json!(["securityhub/cloudwatch-1", "signin/console", "signin/root"]));
}

/// S1.15: the fourteen texts are as published, byte for byte.
#[test]
fn the_patterns_are_as_published() {
    for (pattern, published) in patterns().iter().zip(PUBLISHED) {
        let digest: String = Sha256::digest(pattern).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, published, "{pattern}");
    }
}

/// S1.15: the same texts without white space, and with every value quoted or bare, give the same verdicts.
#[test]
fn white_space_and_quotes_change_no_verdict() {
    let published = patterns();
    let bare: Vec<String> = published.iter().map(|pattern| unquoted(pattern)).collect();
    let spellings = [
        bare.iter().map(|pattern| quoted(pattern)).collect::<Vec<_>>(),
        published.iter().map(|pattern| without_white_space(pattern)).collect(),
        bare.iter().map(|pattern| without_white_space(pattern)).collect(),
        bare,
    ];
    let mut records: Vec<Vec<u8>> = nine().iter().map(|record| record.to_string().into_bytes()).collect();
    for Control { source, events, .. } in &CONTROLS {
        for record in events.iter().flat_map(|event| [call(source, event), call("example.amazonaws.com", event)]) {
            records.push(denied(record.clone()).to_string().into_bytes());
            records.push(record.to_string().into_bytes());
        }
    }
    records.extend(data::records().unwrap_or_default().iter().map(|record| record.bytes.clone()));
    let expected = detecting::judge(&mut detecting::load(&published).unwrap(), &records);
    let seen: BTreeSet<usize> = expected.iter().flat_map(|judgement| judgement.matched.iter().copied()).collect();
    assert_eq!(seen.len(), published.len(), "each pattern sees something");
    for patterns in spellings {
        assert!(patterns.iter().zip(&published).any(|(pattern, published)| pattern != published));
        let mut detector = detecting::load(&patterns).unwrap();
        assert!(detecting::judge(&mut detector, &records) == expected, "{patterns:#?}");
    }
}

/// S2.1: the pattern of the hands-on article matches three of the nine records.
#[test]
fn the_pattern_of_the_alarm_matches_three_of_the_nine() {
    let pattern = r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#;
    let records: Vec<String> = nine().iter().map(Value::to_string).collect();
    let judgements = detecting::judge(&mut detecting::load(&[pattern]).unwrap(), &records);
    let matched: Vec<bool> = judgements.iter().map(|judgement| !judgement.matched.is_empty()).collect();
    let [r1, r2, r3a, r3b, r4, r5, r6, r7, r8] = matched[..] else { panic!("nine records") };
    assert_eq!([r2, r4, r7], [true; 3]);
    assert_eq!([r1, r3a, r3b, r5, r6, r8], [false; 6]);
}

fn nine() -> Vec<Value> {
    use signins::{r1, r2, r3a, r3b, r4, r5, r6, r7, r8};
    vec![r1(), r2(), r3a(), r3b(), r4(), r5(), r6(), r7(), r8()]
}

fn call(source: &str, event: &str) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/alice", "userName": "alice"},
        "eventTime": "2026-03-02T09:14:27Z",
        "eventSource": source,
        "eventName": event,
        "requestParameters": null,
        "responseElements": null,
        "eventType": "AwsApiCall",
    })
}

fn denied(record: Value) -> Value {
    with(record, "/errorCode", json!("AccessDenied"))
}

fn set<const N: usize>(controls: [u8; N]) -> BTreeSet<u8> {
    BTreeSet::from(controls)
}

/// The controls that fire on each record, all judged in one batch.
fn fired(records: &[Value]) -> Vec<BTreeSet<u8>> {
    annotations(records).iter().map(controls).collect()
}

/// What each record gains from the built-in rules, nothing else being set; null where it gains nothing. All are judged.
fn annotations(records: &[Value]) -> Vec<Value> {
    thread_local! {
        static DETECTOR: std::cell::RefCell<Detector> = std::cell::RefCell::new(Detector::load(&[], "{}").unwrap().0);
    }
    let batch = records.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let verdicts = DETECTOR.with_borrow_mut(|detector| detector.detect(batch.as_bytes())).unwrap();
    let judged = verdicts.counts.clean + verdicts.counts.flagged;
    assert_eq!(judged as usize, records.len(), "{:?}: a test's record was not judged", verdicts.counts);
    let mut annotations = vec![Value::Null; records.len()];
    for verdict in verdicts.verdicts {
        annotations[verdict.record as usize] = serde_json::from_str(&verdict.annotation).unwrap();
    }
    annotations
}

fn controls(annotation: &Value) -> BTreeSet<u8> {
    let rules = annotation["rules"].as_array().into_iter().flatten().filter_map(Value::as_str);
    rules.filter_map(|name| name.strip_prefix("securityhub/cloudwatch-")?.parse().ok()).collect()
}

/// The findings of the controls; rules of other groups may have seen the record too.
fn findings(annotation: &Value) -> Vec<&Value> {
    let of_control = |finding: &&Value| finding["rule"].as_str().is_some_and(|name| name.starts_with("securityhub/"));
    annotation["findings"].as_array().into_iter().flatten().filter(of_control).collect()
}

fn rule_file(control: u8) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../core/rules/securityhub/cloudwatch-{control}.yml"))
}

/// The patterns as they stand in the rule files, where none holds a single quote.
fn patterns() -> Vec<String> {
    let pattern = |line: &str| Some(line.strip_prefix("filter_pattern: '")?.strip_suffix('\'')?.to_owned());
    let of_file = |control| fs::read_to_string(rule_file(control)).unwrap().lines().find_map(pattern).unwrap();
    (1..=14).map(of_file).collect()
}
