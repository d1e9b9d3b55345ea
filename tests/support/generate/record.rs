//! Invented CloudTrail records: the members that rules look at, each absent, `null`, as AWS writes it, or anything.

use super::json;
use proptest::prelude::*;
use proptest::sample::select;

const SOURCES: [&str; 10] =
    ["iam", "ec2", "s3", "kms", "config", "signin", "cloudtrail", "organizations", "sts", "a-service-of-the-future"];

const NAMES: [&str; 26] = [
    "ConsoleLogin",
    "CheckMfa",
    "SwitchRole",
    "CreatePolicy",
    "DeleteGroupPolicy",
    "AttachUserPolicy",
    "CreateTrail",
    "StopLogging",
    "DisableKey",
    "ScheduleKeyDeletion",
    "PutBucketAcl",
    "DeleteBucketCors",
    "PutBucketPolicy",
    "StopConfigurationRecorder",
    "AuthorizeSecurityGroupIngress",
    "CreateNetworkAcl",
    "AttachInternetGateway",
    "CreateInternetGateway",
    "CreateRoute",
    "DeleteRouteTable",
    "CreateVpc",
    "AttachClassicLinkVpc",
    "DescribeInstances",
    "AssumeRole",
    "consolelogin",
    "",
];

const ERRORS: [&str; 9] = [
    "AccessDenied",
    "AccessDeniedException",
    "Client.UnauthorizedOperation",
    "UnauthorizedOperation",
    "AuthFailure",
    "VpceAccessDenied",
    "Failed authentication",
    "No username found in supplied account",
    "ThrottlingException",
];

/// A record that the detector takes for one of CloudTrail: its `eventSource` is right, all else is open. No line feed
/// is in it, because a line feed separates the records of a batch.
pub fn record() -> impl Strategy<Value = String> {
    let identity = object(vec![
        member("type", texts(&["Root", "IAMUser", "AssumedRole", "AWSService"])),
        member("userName", texts(&["jane", "HIDDEN_DUE_TO_SECURITY_REASONS", ""])),
        member("invokedBy", texts(&["signin.amazonaws.com", "AWS Internal"])),
        member("accountId", texts(&["111122223333", "123456789012"])),
        member("arn", texts(&["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/jane"])),
    ]);
    let response = object(vec![member("ConsoleLogin", texts(&["Success", "Failure"])), member("a", json::value())]);
    let additional = object(vec![
        member("MFAUsed", texts(&["Yes", "No", "YES"])),
        member("MobileVersion", texts(&["No"])),
        member(
            "bytesTransferredIn",
            select(vec!["0", "0.0", "12", "12.0", "1.2e1", "120", "1e400"]).prop_map(str::to_owned),
        ),
    ]);
    let tags =
        prop::collection::vec(object(vec![member("key", texts(&["Name"])), member("value", json::scalar())]), 0..3);
    let items = tags.prop_map(|tags| format!("{{\"items\":[{{\"tags\":[{}]}}]}}", tags.join(",")));
    let parameters = object(vec![member("tagSpecificationSet", items), member("a", json::value())]);
    let others = vec![
        member("eventName", texts(&NAMES)),
        member("eventType", texts(&["AwsApiCall", "AwsConsoleSignIn", "AwsServiceEvent", "AwsCloudTrailInsight"])),
        member("userIdentity", identity),
        member("errorCode", texts(&ERRORS)),
        member("errorMessage", texts(&ERRORS)),
        member("responseElements", response),
        member("additionalEventData", additional),
        member("requestParameters", parameters),
        member("eventTime", texts(&["2024-03-11T07:19:25Z"])),
        member("sourceIPAddress", texts(&["192.0.2.1", "2001:db8::1", "AWS Internal", "delivery.logs.amazonaws.com"])),
        member("readOnly", select(vec!["true", "false"]).prop_map(str::to_owned)),
        (json::key(), json::value()).prop_map(|(key, value)| vec![format!("{key}:{value}")]).boxed(),
    ];
    let source = select(SOURCES.to_vec()).prop_map(|name| format!("\"eventSource\":\"{name}.amazonaws.com\""));
    (others, source, any::<prop::sample::Index>()).prop_map(|(others, source, place)| {
        let mut members = others.concat();
        members.insert(place.index(members.len() + 1), source);
        format!("{{{}}}", members.join(",")).replace('\n', "\r")
    })
}

/// A member with this key: mostly with a value of this strategy; or absent, `null`, twice, or any value.
fn member(key: &'static str, usual: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Vec<String>> {
    let usual = usual.boxed();
    let write = move |values: Vec<String>, escapes: u64| {
        values.into_iter().map(|value| format!("{}:{value}", json::spell(key, escapes))).collect()
    };
    let values = prop_oneof![
        12 => usual.clone().prop_map(|value| vec![value]),
        4 => Just(Vec::new()),
        1 => Just(vec!["null".to_owned()]),
        1 => json::value().prop_map(|value| vec![value]),
        1 => (usual.clone(), usual).prop_map(|(one, other)| vec![one, other]),
    ];
    (values, prop_oneof![9 => Just(0), 1 => any::<u64>()])
        .prop_map(move |(values, escapes)| write(values, escapes))
        .boxed()
}

fn object(members: Vec<BoxedStrategy<Vec<String>>>) -> impl Strategy<Value = String> {
    members.prop_map(|members| format!("{{{}}}", members.concat().join(",")))
}

fn texts(texts: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    (select(texts.to_vec()), prop_oneof![9 => Just(0), 1 => any::<u64>()])
        .prop_map(|(text, escapes)| json::spell(text, escapes))
}
