//! Sign-in records, invented after the nine that S0 describes, with all the members that its table gives.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "records for tests, made here")]

use serde_json::{Value, json};

/// What AWS writes instead of a name that the account does not have.
pub const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// S0 R1: Root, with a second factor.
pub fn r1() -> Value {
    event(
        "ConsoleLogin",
        "2021-01-31T08:33:01Z",
        json!({"type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root",
            "accountId": "111122223333", "accessKeyId": ""}),
        "Success",
        console_login("Yes"),
    )
}

/// S0 R2: Root, failing.
pub fn r2() -> Value {
    let mut record = r1();
    record["eventTime"] = json!("2021-01-31T08:50:23Z");
    failed(record, "Failed authentication")
}

/// S0 R3a: The page asks a user for a second factor.
pub fn r3a() -> Value {
    let mut record = event(
        "CheckMfa",
        "2021-02-01T00:47:39Z",
        json!({"type": "IAMUser", "principalId": "AIDAEXAMPLEHIBINO2222", "accountId": "111122223333",
            "accessKeyId": "", "userName": "hibino"}),
        "Success",
        json!({"MfaType": "Virtual MFA"}),
    );
    record["readOnly"] = json!(true);
    record
}

/// S0 R3b: A user, with a second factor.
pub fn r3b() -> Value {
    event(
        "ConsoleLogin",
        "2021-01-31T08:44:20Z",
        json!({"type": "IAMUser", "principalId": "AIDAEXAMPLEHIBINO2222", "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:user/hibino", "userName": "hibino"}),
        "Success",
        console_login("Yes"),
    )
}

/// S0 R4: A user with MFA, failing.
pub fn r4() -> Value {
    let identity = r3a()["userIdentity"].take();
    let record = event("ConsoleLogin", "2021-02-01T00:47:46Z", identity, "Success", console_login("Yes"));
    failed(record, "Failed authentication")
}

/// S0 R5: A user that does not exist.
pub fn r5() -> Value {
    let identity = json!({"type": "IAMUser", "accountId": "111122223333", "accessKeyId": "", "userName": HIDDEN});
    let record = event("ConsoleLogin", "2020-12-04T14:16:21Z", identity, "Success", console_login("No"));
    failed(record, "No username found in supplied account")
}

/// S0 R6: A user, with a password alone.
pub fn r6() -> Value {
    event(
        "ConsoleLogin",
        "2021-01-31T09:20:03Z",
        json!({"type": "IAMUser", "principalId": "AIDAEXAMPLEHIBINODEV2", "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:user/hibino-dev", "userName": "hibino-dev"}),
        "Success",
        console_login("No"),
    )
}

/// S0 R7: The same user, failing.
pub fn r7() -> Value {
    let mut record = without(r6(), "/userIdentity/arn");
    record["userIdentity"]["accessKeyId"] = json!("");
    record["eventTime"] = json!("2021-01-31T09:20:43Z");
    failed(record, "Failed authentication")
}

/// S0 R8: A user of another account takes a role.
pub fn r8() -> Value {
    event(
        "SwitchRole",
        "2021-01-31T11:14:42Z",
        json!({"type": "AssumedRole", "principalId": "AROAEXAMPLEDEVROLE222:h_hibino", "accountId": "111122223333",
            "arn": "arn:aws:sts::111122223333:assumed-role/dev/h_hibino"}),
        "Success",
        json!({"SwitchFrom": "arn:aws:iam::123456789012:user/h_hibino",
            "RedirectTo": "https://us-east-2.console.aws.amazon.com/console/home?region=us-east-2#"}),
    )
}

/// Someone signs in through Identity Center.
pub fn federated() -> Value {
    let role = "AWSReservedSSO_ReadOnly_0123456789abcdef";
    let mut record = event(
        "ConsoleLogin",
        "2024-03-11T07:19:25Z",
        json!({"type": "AssumedRole", "principalId": "AROAEXAMPLESSOROLE222:jane", "accountId": "111122223333",
        "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/jane"),
        "accessKeyId": "ASIAEXAMPLEEXAMPLE22",
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "principalId": "AROAEXAMPLESSOROLE222", "accountId": "111122223333",
                "arn": format!("arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/{role}"),
                "userName": role},
            "webIdFederationData": {},
            "attributes": {"creationDate": "2024-03-11T07:19:24Z", "mfaAuthenticated": "false"},
        }}),
        "Success",
        json!({"MobileVersion": "No", "MFAUsed": "No"}),
    );
    record["additionalEventData"]["SamlProviderArn"] = json!("arn:aws:iam::111122223333:saml-provider/AWSSSO_EXAMPLE");
    record
}

/// The record with this value at the place.
pub fn with(mut record: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    record.pointer_mut(parent).unwrap()[key] = value;
    record
}

/// The record without that member.
pub fn without(mut record: Value, pointer: &str) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    if let Some(Value::Object(members)) = record.pointer_mut(parent) {
        members.remove(key);
    }
    record
}

fn failed(mut record: Value, message: &str) -> Value {
    let name = record["eventName"].as_str().unwrap().to_owned();
    record["errorMessage"] = json!(message);
    record["responseElements"][name] = json!("Failure");
    record
}

fn console_login(mfa_used: &str) -> Value {
    let login_to = "https://console.aws.amazon.com/console/home?state=hashArgs%23&isauthcode=true";
    json!({"LoginTo": login_to, "MobileVersion": "No", "MFAUsed": mfa_used})
}

fn event(name: &str, time: &str, identity: Value, result: &str, additional: Value) -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": identity,
        "eventTime": time,
        "eventSource": "signin.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.22",
        "userAgent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0",
        "requestParameters": null,
        "responseElements": {name: result},
        "additionalEventData": additional,
        "eventID": "0b5f7c9e-5a51-4a3c-9f0c-7d9f7e1f2a33",
        "readOnly": false,
        "eventType": "AwsConsoleSignIn",
        "managementEvent": true,
        "eventCategory": "Management",
        "recipientAccountId": "111122223333",
    })
}
