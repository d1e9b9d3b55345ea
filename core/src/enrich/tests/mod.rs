//! Annotations and events of records, as text. What `signin` says is tested in `tests/signin.rs`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

mod secrets;

use super::Enricher;
use crate::detect::Match;
use crate::record::{ProjectionBuilder, Scanner, one_line};
use crate::rule::condition::Condition;
use crate::rule::{Language, Level, Rule, Tests};
use serde_json::{Value, json};
use std::sync::Arc;

fn rule(name: &str, level: Level, fields: &[&str]) -> Rule {
    Rule {
        name: name.to_owned(),
        path: format!("{name}.yml"),
        id: format!("id of {name}"),
        title: format!("Title of \"{name}\""),
        description: String::new(),
        level,
        falsepositives: Vec::new(),
        tags: vec!["attack.t1136.003".to_owned()],
        fields: fields.iter().map(|&field| field.to_owned()).collect(),
        condition: Condition::And(Vec::new()),
        adjustments: Vec::new(),
        language: Language::CloudWatch,
        enabled: true,
        tests: Tests::Given(Vec::new()),
    }
}

/// The annotation of a record that all these rules matched, and the event object.
fn enrich(rules: &[Rule], record: &str) -> (String, String) {
    let rules: Vec<&Rule> = rules.iter().collect();
    let mut builder = ProjectionBuilder::new();
    let mut enricher = Enricher::new(&rules, &mut |path| builder.slot(path)).unwrap();
    let mut scanner = Scanner::new(Arc::new(builder.build().unwrap()));
    let record = one_line(record.as_bytes());
    let view = scanner.scan(&record).unwrap();
    let (mut annotation, mut event) = ("left over".to_owned(), "left over".to_owned());
    let matched: Vec<_> = (0..rules.len()).map(|rule| Match { rule, level: None }).collect();
    enricher.annotate(&view, &matched, &mut annotation);
    enricher.event(&view, &mut event);
    (annotation, event)
}

fn event(record: &Value) -> Value {
    serde_json::from_str(&enrich(&[], &record.to_string()).1).unwrap()
}

/// The `fields` that one rule with this list of fields shows of a record.
fn shown(fields: &[&str], record: &str) -> Value {
    let (annotation, _) = enrich(&[rule("a/b", Level::Low, fields)], record);
    let mut annotation: Value = serde_json::from_str(&annotation).unwrap();
    annotation["findings"][0]["fields"].take()
}

#[test]
fn of_a_call_that_no_rule_matched_nothing_is_said() {
    for record in [
        r#"{"eventType":"AwsApiCall","eventSource":"iam.amazonaws.com","eventName":"CreateUser"}"#,
        r#"{"eventType":"AwsServiceEvent","eventSource":"signin.amazonaws.com","eventName":"UserAuthentication"}"#,
        r#"{"eventSource":"signin.amazonaws.com","eventName":"CreateOAuth2Token"}"#,
        "{}",
    ] {
        assert_eq!(enrich(&[], record).0, "", "{record}");
    }
}

#[test]
fn an_annotation_names_the_rules_their_highest_level_and_each_finding() {
    let rules = [
        rule("iam/created", Level::Medium, &["requestParameters.userName", "requestParameters.path"]),
        rule("iam/any", Level::High, &[]),
    ];
    let record = r#"{"eventType":"AwsApiCall","eventName":"CreateUser","requestParameters":{"userName":"jane"}}"#;
    assert_eq!(
        enrich(&rules, record).0,
        concat!(
            r#"{"v":1,"level":"high","rules":["iam/created","iam/any"],"findings":["#,
            r#"{"rule":"iam/created","id":"id of iam/created","title":"Title of \"iam/created\"","level":"medium","#,
            r#""outcome":"success","tags":["attack.t1136.003"],"fields":{"requestParameters.userName":"jane"}},"#,
            r#"{"rule":"iam/any","id":"id of iam/any","title":"Title of \"iam/any\"","level":"high","#,
            r#""outcome":"success","tags":["attack.t1136.003"],"fields":{}}]}"#,
        )
    );
}

#[test]
fn a_call_failed_if_any_of_the_places_for_it_says_so() {
    let cases = [
        ("success", json!({})),
        ("success", json!({"errorCode": null, "errorMessage": null})),
        ("success", json!({"errorCode": "", "errorMessage": ""})),
        ("success", json!({"responseElements": {"ConsoleLogin": "Success"}})),
        ("success", json!({"responseElements": {"CheckMfa": "Failure"}})),
        ("failure", json!({"errorCode": "AccessDenied"})),
        ("failure", json!({"errorCode": "Client.DryRunOperation", "errorMessage": "would have succeeded"})),
        ("failure", json!({"errorCode": "DryRunOperationException"})),
        ("failure", json!({"errorMessage": "Failed authentication"})),
        ("failure", json!({"errorCode": "", "errorMessage": "Failed authentication"})),
        ("failure", json!({"responseElements": {"ConsoleLogin": "Failure"}})),
        ("failure", json!({"serviceEventDetails": {"ConsoleLogin": "Failure"}, "responseElements": null})),
        ("failure", json!({"additionalEventData": {"success": "false"}})),
    ];
    for (expected, mut record) in cases {
        record["eventName"] = json!("ConsoleLogin");
        let (annotation, _) = enrich(&[rule("a/b", Level::Low, &[])], &record.to_string());
        let annotation: Value = serde_json::from_str(&annotation).unwrap();
        assert_eq!(annotation["findings"][0]["outcome"], expected, "{record}");
    }
}

#[test]
fn a_finding_says_of_a_sign_in_what_its_result_says() {
    let cases = [
        ("success", "ConsoleLogin", json!({"ConsoleLogin": "Success"})),
        ("failure", "ConsoleLogin", json!({"ConsoleLogin": "failure"})),
        ("unknown", "ConsoleLogin", Value::Null),
        ("unknown", "ConsoleLogin", json!({})),
        ("unknown", "ConsoleLogin", json!({"ConsoleLogin": "success"})),
        ("unknown", "ConsoleLogin", json!({"SwitchRole": "Success"})),
        ("pending", "CheckMfa", json!({"CheckMfa": "Success"})),
    ];
    for (expected, name, response) in cases {
        let record = json!({"eventType": "AwsConsoleSignIn", "eventName": name, "responseElements": response});
        let (annotation, _) = enrich(&[rule("a/b", Level::Low, &[])], &record.to_string());
        let annotation: Value = serde_json::from_str(&annotation).unwrap();
        assert_eq!(annotation["signin"]["result"]["outcome"], expected, "{record}");
        assert_eq!(annotation["findings"][0]["outcome"], expected, "{record}");
    }
}

#[test]
fn a_field_is_found_through_arrays_and_through_keys_that_hold_dots() {
    let record = r#"{"requestParameters": {
        "ipPermissions": {"items": [{"ipRanges": {"items": [{"cidrIp": "192.0.2.0/24"}, {"cidrIp": "0.0.0.0/0"}]}}, {}]},
        "criterion": {"resource.type": ["S3", "EC2"], "resource": {"type": "both"}},
        "twice": 1, "twice": {"a": 2}, "Twice": 3,
        "small": 0.0, "big": 123456789012345678901234567890, "huge": 1e400, "yes": true, "nothing": null
    }, "userAgent": "x"}"#;
    let fields = [
        "requestParameters.ipPermissions.items.ipRanges.items.cidrIp",
        "requestParameters.criterion.resource.type",
        "requestParameters.twice",
        "requestParameters.twice.a",
        "requestParameters.small",
        "requestParameters.big",
        "requestParameters.huge",
        "requestParameters.yes",
        "requestParameters.nothing",
        "requestParameters.absent",
        "requestParameters.small.below",
        "requestParameter",
        "userAgent",
    ];
    assert_eq!(
        shown(&fields, record),
        json!({
            "requestParameters.ipPermissions.items.ipRanges.items.cidrIp": ["192.0.2.0/24", "0.0.0.0/0"],
            "requestParameters.criterion.resource.type": [["S3", "EC2"], "both"],
            "requestParameters.twice": {"a": 2},
            "requestParameters.twice.a": 2,
            "requestParameters.small": 0.0,
            "requestParameters.big": 123_456_789_012_345_678_901_234_567_890.0,
            "requestParameters.huge": "1e400",
            "requestParameters.yes": true,
            "requestParameters.nothing": null,
            "userAgent": "x",
        })
    );
}

#[test]
fn fields_whose_names_begin_alike_are_told_apart() {
    let record =
        json!({"userIdentity": {"a": {"b": 1, "": 2}, "a-": 3, "a.b": 4, "ab": {"": 5}, "": 6, "a.": {"b": 7}}});
    let names =
        ["a", "a.b", "a-", "ab", "ab.", "", "a.", "a..b", "b", "a-.b"].map(|rest| format!("userIdentity.{rest}"));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let expected = json!({"userIdentity.a": {"b": 1, "": 2}, "userIdentity.a.b": [1, 4], "userIdentity.a-": 3,
        "userIdentity.ab": {"": 5}, "userIdentity.ab.": 5, "userIdentity.": 6, "userIdentity.a.": [2, {"b": 7}],
        "userIdentity.a..b": 7});
    assert_eq!(shown(&names, &record.to_string()), expected);
    // The same where the member is one that only fields ask for.
    let elsewhere = json!({"requestParameters": record["userIdentity"]}).to_string();
    let renamed: Vec<String> = names.iter().map(|name| name.replace("userIdentity", "requestParameters")).collect();
    let renamed: Vec<&str> = renamed.iter().map(String::as_str).collect();
    let expected = expected.to_string().replace("userIdentity", "requestParameters");
    assert_eq!(shown(&renamed, &elsewhere).to_string(), expected);
}

#[test]
fn whatever_a_record_holds_the_annotation_is_short_valid_and_on_one_line() {
    let long = "\u{9b}31m\u{202e}\\u0007\\ud800\\n".repeat(20_000);
    let nested = format!("{}1{}", "[".repeat(900), "]".repeat(900));
    let many: Vec<String> = (0..20_000).map(|number| format!(r#"{{"x":"{number}","{number}":1e400}}"#)).collect();
    let many = many.join(",\r");
    for hostile in
        [format!(r#""{long}""#), nested, format!("[{many}]"), format!(r#"{{"{long}":[{many}]}}"#), "-0".into()]
    {
        let record = format!(
            r#"{{"eventType":"AwsConsoleSignIn","eventName":{hostile},"eventSource":{hostile},"eventTime":{hostile},
            "userAgent":{hostile},"sourceIPAddress":{hostile},"errorMessage":{hostile},"additionalEventData":{{"LoginTo":
            {hostile},"MfaType":{hostile},"SwitchFrom":{hostile}}},"userIdentity":{{"type":"AssumedRole","arn":{hostile},
            "userName":{hostile},"principalId":{hostile}}},"requestParameters":{{"a":{hostile},"b":[{hostile}]}}}}"#
        );
        let rule = rule(
            "a/b",
            Level::Low,
            &["requestParameters", "requestParameters.a.x", "requestParameters.b", "userAgent"],
        );
        let (annotation, event) = enrich(&[rule], &record);
        for text in [annotation, event] {
            assert!(serde_json::from_str::<Value>(&text).unwrap().is_object());
            assert!(!text.contains(|c: char| c.is_control() || c == '\u{202e}'));
            assert!(text.len() < 64 * 1024, "{}", text.len());
        }
    }
}

#[test]
fn what_is_left_out_of_a_field_leaves_a_mark() {
    let elements: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let objects: Vec<Value> = (0..100).map(|number| json!({"x": number})).collect();
    let record = json!({"requestParameters": {
        "text": "é".repeat(600), "elements": elements, "objects": objects, "deep": [[[[["x"]]]]],
        "long": vec!["é".repeat(500); 20],
    }});
    let record = record.to_string();
    let field = |name: &str| shown(&[name], &record)[name].take();
    assert_eq!(field("requestParameters.text"), format!("{}…", "é".repeat(256)));
    for name in ["requestParameters.elements", "requestParameters.objects.x"] {
        let elements = field(name);
        let elements = elements.as_array().unwrap();
        assert_eq!((elements.len(), elements.last().unwrap()), (33, &json!("…")), "{name}");
    }
    let policy = format!("{}last", "x".repeat(6000));
    let named = json!({"requestParameters": {"policyDocument": policy, "policyName": policy}}).to_string();
    let named = shown(&["requestParameters.policyDocument", "requestParameters.policyName"], &named);
    assert_eq!(named["requestParameters.policyDocument"], policy, "whom it lets in may stand last");
    assert_eq!(named["requestParameters.policyName"].as_str().unwrap().chars().count(), 513);
    assert_eq!(field("requestParameters.deep"), json!([[[["…"]]]]));
    assert_eq!(field("requestParameters.long").as_array().unwrap().len(), 5);
}

#[test]
fn who_is_called_by_an_address_in_identity_center_is_named_by_an_id() {
    let identity = json!({"type": "Unknown", "userName": "jane@example.com", "principalId": "user-id"});
    let mut record = json!({"eventSource": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn",
        "eventName": "ConsoleLogin", "userIdentity": identity});
    let (annotation, written) = enrich(&[rule("a/b", Level::Low, &["userIdentity"])], &record.to_string());
    assert!(!annotation.contains("jane") && !written.contains("jane"), "{annotation} {written}");
    assert_eq!(event(&record)["principal"], "user-id");
    // An IAM user may be called by an address, too; that is the user's name.
    record["userIdentity"]["type"] = json!("IAMUser");
    assert_eq!(event(&record)["principal"], "jane@example.com");
}

#[test]
fn an_event_names_the_actor_as_a_person_would() {
    let role = json!({"type": "AssumedRole", "principalId": "AROAEXAMPLE:jane",
        "arn": "arn:aws:sts::111122223333:assumed-role/dev/jane", "accountId": "111122223333",
        "sessionContext": {"sessionIssuer": {"type": "Role", "userName": "dev"}}});
    let mut with_source = role.clone();
    with_source["sessionContext"]["sourceIdentity"] = json!("jane.doe");
    let mut service_linked = role.clone();
    service_linked["invokedBy"] = json!("autoscaling.amazonaws.com");
    let mut console = role.clone();
    console["invokedBy"] = json!("signin.amazonaws.com");
    let cases = [
        (json!("root"), json!({"type": "Root", "principalId": "111122223333", "userName": "an-alias"})),
        (json!("jane"), json!({"type": "IAMUser", "principalId": "AIDAEXAMPLE", "userName": "jane"})),
        (json!("jo"), json!({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/division/jo"})),
        (json!("AIDAEXAMPLE"), json!({"type": "IAMUser", "principalId": "AIDAEXAMPLE"})),
        (json!("(unknown user)"), json!({"type": "IAMUser", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"})),
        (json!("dev/jane"), role),
        (json!("jane.doe"), with_source),
        (json!("autoscaling.amazonaws.com"), service_linked),
        (json!("dev/jane"), console),
        (
            json!("bob (jane)"),
            json!({"type": "FederatedUser", "principalId": "111122223333:bob",
            "sessionContext": {"sessionIssuer": {"type": "IAMUser", "userName": "jane"}}}),
        ),
        (json!("444455556666"), json!({"type": "AWSAccount", "accountId": "444455556666", "principalId": "AIDAX"})),
        (json!("backup.amazonaws.com"), json!({"type": "AWSService", "invokedBy": "backup.amazonaws.com"})),
        (json!("jane@example.com"), json!({"type": "SAMLUser", "userName": "jane@example.com", "principalId": "x"})),
        (json!("user-id"), json!({"type": "IdentityCenterUser", "onBehalfOf": {"userId": "user-id"}})),
        (json!("anonymous"), json!({"type": "Unknown", "principalId": "anonymous"})),
        (Value::Null, json!({"accountId": "111122223333"})),
    ];
    for (expected, identity) in cases {
        let record = json!({"userIdentity": identity, "additionalEventData": {"UserName": "jane@example.com"}});
        assert_eq!(event(&record)["principal"], expected, "{record}");
    }
}

#[test]
fn an_event_has_all_its_members_and_belongs_to_the_affected_account() {
    let record = json!({"eventID": "id", "eventTime": "2024-03-11T07:19:25Z", "recipientAccountId": "111122223333",
        "userIdentity": {"type": "AWSAccount", "accountId": "444455556666"}, "awsRegion": "eu-central-1",
        "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "sourceIPAddress": "192.0.2.1"});
    assert_eq!(
        enrich(&[], &record.to_string()).1,
        concat!(
            r#"{"eventID":"id","eventTime":"2024-03-11T07:19:25Z","account":"111122223333","awsRegion":"eu-central-1","#,
            r#""eventSource":"sts.amazonaws.com","eventName":"AssumeRole","principal":"444455556666","#,
            r#""sourceIPAddress":"192.0.2.1","sourceKind":"ip"}"#,
        )
    );
    assert_eq!(
        enrich(&[], "{}").1,
        concat!(
            r#"{"eventID":null,"eventTime":null,"account":null,"awsRegion":null,"eventSource":null,"eventName":null,"#,
            r#""principal":null,"sourceIPAddress":null,"sourceKind":"unknown"}"#,
        )
    );
}
