//! Records of calls, with all the members that CloudTrail writes, invented for tests of rules.

use crate::signins::with;
use serde_json::{Value, json};

/// A call of a user with an access key; the service is named by its first word, as in `iam`.
pub fn call(service: &str, event: &str, parameters: Value) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "principalId": "AIDAEXAMPLEHIBINO2222", "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:user/hibino", "accessKeyId": "AKIAEXAMPLEEXAMPLE22", "userName": "hibino"},
        "eventTime": "2026-03-02T08:12:05Z",
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": event,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.22",
        "userAgent": "Boto3/1.37.4 md/Botocore#1.37.4 ua/2.0 os/linux#6.8.0",
        "requestParameters": parameters,
        "responseElements": null,
        "eventID": "0b5f7c9e-5a51-4a3c-9f0c-7d9f7e1f2a33",
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "eventCategory": "Management",
        "recipientAccountId": "111122223333",
    })
}

/// The same call, refused. Most services then write no parameters.
pub fn denied(record: Value) -> Value {
    let record = with(record, "/errorCode", json!("AccessDenied"));
    let record = with(record, "/errorMessage", json!("User: hibino is not authorized to perform this"));
    with(record, "/requestParameters", Value::Null)
}
