//! What is withheld of the fields that a rule shows.

use super::{enrich, rule, shown};
use crate::rule::Level;
use serde_json::{Value, json};

#[test]
fn secrets_are_withheld_however_they_are_asked_for() {
    const SECRET: &str = "correct-horse";
    let records = [
        ("sts", json!({"responseElements": {"credentials": {"sessionToken": SECRET, "accessKeyId": "ASIAEXAMPLE"}}})),
        ("rds", json!({"requestParameters": {"masterUserPassword": SECRET}})),
        ("rds", json!({"requestParameters": {"MASTERUSERPASSWORD": [SECRET]}})),
        ("rds", json!({"requestParameters": {"pendingModifiedValues": {"masterUserPassword": {"deep": SECRET}}}})),
        ("secretsmanager", json!({"requestParameters": {"secretString": SECRET}})),
        ("ssm", json!({"requestParameters": {"name": "x", "value": SECRET}})),
        ("ssm", json!({"responseElements": {"streamUrl": SECRET, "tokenValue": SECRET}})),
        ("iam", json!({"requestParameters": {"sAMLMetadataDocument": SECRET}})),
        ("ec2", json!({"requestParameters": {"userData": SECRET}, "responseElements": {"keyMaterial": SECRET}})),
        ("s3", json!({"requestParameters": {"url": format!("https://b.s3.amazonaws.com/k?X-Amz-Signature={SECRET}")}})),
        (
            "signin",
            json!({"additionalEventData": {"LoginTo": format!("https://x.awsapps.com/start?auth_code={SECRET}")}}),
        ),
        (
            "lambda",
            json!({"requestParameters": {"secret": SECRET, "apiKey": SECRET, "API_KEY": SECRET, "api-key-2": SECRET}}),
        ),
        ("lambda", json!({"requestParameters": {"environment": {"AWS_SECRET_ACCESS_KEY": SECRET, "DB_PASS": SECRET}}})),
        (
            "lightsail",
            json!({"requestParameters": {"adminPass": SECRET, "authorizationCode": SECRET, "PASSWD": SECRET}}),
        ),
        ("example", json!({"requestParameters": {"passwords": [SECRET, [SECRET]], "tokens": [{"value": SECRET}]}})),
        ("example", json!({"requestParameters": {"secrets": {"a": {"b": [SECRET]}}, "tokens": {"a": 1, "b": SECRET}}})),
        ("glue", json!({"requestParameters": {"connectionString": SECRET, "connection.string": {"x": SECRET}}})),
        ("iam", json!({"requestParameters": {"authenticationCode1": SECRET, "authenticationCode2": SECRET}})),
        ("iam", json!({"secret": SECRET, "additionalEventData": {"x-amz-security-token": SECRET}})),
        ("identitystore", json!({"requestParameters": {"emails": [{"value": format!("{SECRET}@example.com")}]}})),
        ("sso-oauth", json!({"requestParameters": {"to": format!("Jane <{SECRET}@example.com>")}})),
        ("s3", json!({"requestParameters": {"url": format!("https://b/k?AWSAccessKeyId=A&Signature={SECRET}")}})),
        ("example", json!({"requestParameters": {"back": format!("https://example.com/?code={SECRET}")}})),
        ("s3", json!({"requestParameters": {"url": format!("https%3A%2F%2Fb%2Fk%3FSignature%3D{SECRET}")}})),
        ("iam", json!({"requestParameters": {"certificateBody": SECRET, "certificateChain": SECRET}})),
        ("rolesanywhere", json!({"requestParameters": {"crl": {"crlData": SECRET}, "signature": SECRET}})),
        ("appstream", json!({"responseElements": {"streamingURL": SECRET, "embedUrl": SECRET}})),
        ("managedblockchain", json!({"responseElements": {"authorizedUrl": SECRET}})),
        ("example", json!({"requestParameters": {"x": format!(r#" {{"a":[{{"password" : "{SECRET}"}}]}}"#)}})),
    ];
    for (service, mut record) in records {
        record["eventSource"] = json!(format!("{service}.amazonaws.com"));
        let mut names = Vec::new();
        names_of("", &record, &mut names);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (annotation, _) = enrich(&[rule("a/b", Level::Low, &names)], &record.to_string());
        assert!(!annotation.contains(SECRET), "{annotation}");
        assert!(annotation.contains("(withheld)") || service == "signin", "{annotation}");
    }
}

/// The dotted names of all members at any depth, those of objects included.
fn names_of(prefix: &str, value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                names.push(name.clone());
                names_of(&name, value, names);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| names_of(prefix, element, names)),
        _ => {}
    }
}

#[test]
fn what_is_no_secret_is_shown_though_its_key_resembles_one() {
    let record = json!({
        "eventSource": "ec2.amazonaws.com",
        "requestParameters": {"httpTokens": "required", "value": "v", "passwordResetRequired": true, "secretId": "s",
            "secretArn": "arn", "keyId": "k", "tokenType": "bearer", "apiKeyId": "a", "userName": "jane", "hasPassword": true,
            "secretName": "n", "passwordPolicy": "p", "signatureVersion": "4",
            "policyDocument": "{\"Action\":\"iam:PassRole\",\"a:PrincipalTag/token-kind\":\"x\"}", "at": "jane@example.com"},
        "responseElements": {"GetSigninToken": "Success", "accessKey": {"accessKeyId": "AKIAEXAMPLE"}, "password": null},
    });
    let mut names = Vec::new();
    names_of("", &record, &mut names);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let shown = shown(&names, &record.to_string());
    assert_eq!(shown["requestParameters"], record["requestParameters"]);
    assert_eq!(shown["responseElements"], record["responseElements"]);
    assert_eq!(shown["responseElements.GetSigninToken"], "Success");
}

#[test]
fn a_name_that_may_be_a_password_is_shown_in_no_place() {
    const TYPED: &str = "correct-horse";
    let identity = json!({"type": "IAMUser", "userName": TYPED, "onBehalfOf": {"userId": "user-id"}});
    let mut record = json!({"eventType": "AwsConsoleSignIn", "eventName": "ConsoleLogin", "userIdentity": identity,
        "errorMessage": "No username found in supplied account", "additionalEventData": {"UserName": TYPED}});
    let names = [
        "userIdentity",
        "userIdentity.userName",
        "userIdentity.type",
        "additionalEventData",
        "additionalEventData.UserName",
    ];
    let (annotation, event) = enrich(&[rule("a/b", Level::Low, &names)], &record.to_string());
    assert!(!annotation.contains(TYPED) && !event.contains(TYPED), "{annotation} {event}");
    let shown_of = |record: &Value| shown(&names, &record.to_string());
    assert_eq!(shown_of(&record)["userIdentity"]["userName"], "(withheld)");
    assert_eq!(shown_of(&record)["userIdentity.userName"], "(withheld)");
    assert_eq!(shown_of(&record)["userIdentity.type"], "IAMUser");
    // A name that the account has is no secret, whatever else went wrong.
    record["errorMessage"] = json!("Failed authentication");
    assert_eq!(shown_of(&record)["userIdentity.userName"], TYPED);
}
