//! The oracle of OCSF: what version 1.8.0 asks of the events that are written, as tables, and a walk that finds whatever
//! breaks it. It is written from the schema's rules alone and knows nothing of CloudTrail.

#![expect(clippy::indexing_slicing, reason = "members that are absent read as null")]

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Attributes of classes and objects: `name=type`, `!` behind it where it must be there. A type in small letters is an
/// object of that name; `[]` before it: an array of them. `json` is anything.
const ATTRIBUTES: &[(&str, &str)] = &[
    (
        "(all classes)",
        "activity_id=INT! activity_name=STRING category_uid=INT! category_name=STRING class_uid=INT! class_name=STRING \
         type_uid=INT! type_name=STRING severity_id=INT! severity=STRING time=TIME! time_dt=DATE metadata=metadata! \
         message=STRING status_id=INT status=STRING status_code=STRING status_detail=STRING observables=[]observable \
         unmapped=OBJECT cloud=cloud! start_time=TIME end_time=TIME count=INT",
    ),
    (
        "6003",
        "actor=actor! api=api! src_endpoint=endpoint! dst_endpoint=endpoint http_request=http_request \
              resources=[]resource",
    ),
    (
        "3002",
        "user=user! actor=actor api=api src_endpoint=endpoint dst_endpoint=endpoint http_request=http_request \
         service=service session=session is_mfa=BOOL is_remote=BOOL auth_factors=[]auth_factor auth_protocol_id=INT \
         auth_protocol=STRING account_switch_type_id=INT account_switch_type=STRING",
    ),
    (
        "3001",
        "user=user! actor=actor api=api src_endpoint=endpoint http_request=http_request user_result=user \
         policies=[]policy",
    ),
    (
        "2004",
        "finding_info=finding_info! evidences=[]evidence resources=[]resource is_alert=BOOL confidence_id=INT \
         confidence=STRING",
    ),
    (
        "metadata",
        "version=STRING! product=product! profiles=[]STRING uid=STRING original_event_uid=STRING event_code=STRING \
         log_provider=STRING log_name=STRING original_time=STRING correlation_uid=STRING labels=[]STRING",
    ),
    ("product", "name=STRING vendor_name=STRING uid=STRING version=STRING feature=feature"),
    ("feature", "name=STRING uid=STRING version=STRING"),
    ("cloud", "provider=STRING! region=STRING account=account cloud_partition=STRING"),
    ("account", "uid=STRING name=STRING type_id=INT type=STRING"),
    ("api", "operation=STRING! version=STRING service=service request=request response=response"),
    ("service", "name=STRING uid=STRING version=STRING"),
    ("request", "uid=STRING! data=json"),
    ("response", "error=STRING message=STRING data=json code=INT"),
    ("http_request", "user_agent=STRING"),
    ("endpoint", "ip=IP uid=STRING name=STRING hostname=HOST svc_name=STRING domain=STRING"),
    ("actor", "user=user session=session app_name=STRING idp=idp"),
    ("idp", "name=STRING uid=STRING"),
    ("user", "uid=STRING uid_alt=STRING name=STRING type=STRING account=account credential_uid=STRING"),
    (
        "session",
        "uid=STRING uid_alt=STRING issuer=STRING created_time=TIME created_time_dt=DATE is_mfa=BOOL \
         credential_uid=STRING expiration_time=TIME expiration_time_dt=DATE",
    ),
    ("auth_factor", "factor_type_id=INT! factor_type=STRING is_totp=BOOL"),
    ("policy", "uid=STRING name=STRING"),
    (
        "resource",
        "uid=STRING name=STRING type=STRING owner=user role_id=INT role=STRING region=STRING cloud_partition=STRING",
    ),
    ("observable", "name=STRING! type_id=INT! type=STRING value=STRING"),
    (
        "finding_info",
        "uid=STRING! title=STRING desc=STRING analytic=analytic created_time=TIME created_time_dt=DATE attacks=[]attack \
         types=[]STRING tags=[]key_value related_events=[]related_event related_events_count=INT",
    ),
    ("analytic", "type_id=INT! type=STRING uid=STRING name=STRING version=STRING state_id=INT state=STRING"),
    ("attack", "version=STRING tactic=named technique=named sub_technique=named"),
    ("named", "uid=STRING name=STRING"),
    ("key_value", "name=STRING! value=STRING!"),
    ("related_event", "uid=STRING! type_uid=INT type_name=STRING created_time=TIME product=product"),
    (
        "evidence",
        "uid=STRING name=STRING actor=actor api=api src_endpoint=endpoint http_request=http_request tls=tls data=json \
         user=user",
    ),
    ("tls", "version=STRING! cipher=STRING sni=STRING"),
];

/// Of these attributes one must be there.
const AT_LEAST_ONE: &[(&str, &str)] = &[
    ("3002", "service dst_endpoint"),
    ("user", "account name uid"),
    ("actor", "user session process app_name app_uid invoked_by"),
    ("product", "name uid"),
    ("service", "name uid"),
    ("account", "name uid"),
    ("resource", "name uid"),
    ("analytic", "name uid"),
    ("named", "name uid"),
    ("policy", "name uid"),
    ("endpoint", "ip uid name hostname svc_name domain instance_uid"),
    ("attack", "tactic technique sub_technique"),
    ("evidence", "actor api data src_endpoint user"),
];

/// Numbers and their captions: where, which attribute, the attribute of the caption.
const CHOICES: &[(&str, &str, &str, &str)] = &[
    ("(all classes)", "severity_id", "severity", "0 Unknown|1 Informational|2 Low|3 Medium|4 High|5 Critical|6 Fatal"),
    (
        "(all classes)",
        "category_uid",
        "category_name",
        "2 Findings|3 Identity & Access Management|6 Application Activity",
    ),
    (
        "(all classes)",
        "class_uid",
        "class_name",
        "2004 Detection Finding|3001 Account Change|3002 Authentication|6003 API Activity",
    ),
    ("6003", "status_id", "status", "0 Unknown|1 Success|2 Failure"),
    ("3001", "status_id", "status", "0 Unknown|1 Success|2 Failure"),
    ("3002", "status_id", "status", "0 Unknown|1 Success|2 Failure"),
    ("2004", "status_id", "status", "0 Unknown|1 New|2 In Progress|3 Suppressed|4 Resolved|5 Archived|6 Deleted"),
    ("6003", "activity_id", "activity_name", "0 Unknown|1 Create|2 Read|3 Update|4 Delete"),
    ("2004", "activity_id", "activity_name", "0 Unknown|1 Create|2 Update|3 Close"),
    ("3002", "activity_id", "activity_name", "0 Unknown|1 Logon|2 Logoff|6 Preauth|7 Account Switch"),
    (
        "3001",
        "activity_id",
        "activity_name",
        "0 Unknown|1 Create|2 Enable|3 Password Change|4 Password Reset|5 Disable|6 Delete|7 Attach Policy|\
         8 Detach Policy|9 Lock|10 MFA Factor Enable|11 MFA Factor Disable|12 Unlock",
    ),
    ("3002", "auth_protocol_id", "auth_protocol", "4 OpenID|5 SAML|6 OAUTH 2.0"),
    ("3002", "account_switch_type_id", "account_switch_type", "1 Substitute User|2 Impersonate"),
    ("auth_factor", "factor_type_id", "factor_type", "6 Hardware Token|7 OTP|9 U2F|10 WebAuthn|11 Password"),
    ("account", "type_id", "type", "10 AWS Account"),
    ("analytic", "type_id", "type", "1 Rule|2 Behavioral|3 Statistical"),
    ("resource", "role_id", "role", "1 Target|2 Actor|3 Affected|4 Related"),
    (
        "observable",
        "type_id",
        "type",
        "1 Hostname|2 IP Address|4 User Name|10 Resource UID|14 Country|16 HTTP User-Agent|19 User Credential ID|\
         31 User Object: uid|35 Account Object: uid",
    ),
];

/// The category of each class.
const CATEGORIES: [(i64, i64); 4] = [(6003, 6), (3001, 3), (3002, 3), (2004, 2)];

/// Everything that is wrong with an event, each with its place.
pub fn mistakes(event: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let class = event["class_uid"].to_string();
    let Some(members) = event.as_object() else { return vec!["is no object".to_owned()] };
    let attributes = [attributes_of("(all classes)"), attributes_of(&class)].concat();
    check(members, &attributes, &["(all classes)", &class], "", &mut found);
    let number = |key: &str| event[key].as_i64().unwrap_or(-1);
    if number("type_uid") != number("class_uid") * 100 + number("activity_id") {
        found.push("type_uid is not made of class_uid and activity_id".to_owned());
    }
    if !CATEGORIES.contains(&(number("class_uid"), number("category_uid"))) {
        found.push("the class is not of this category".to_owned());
    }
    let activity = event["activity_name"].as_str().filter(|_| number("activity_id") != 99).unwrap_or("Other");
    if event["type_name"] != format!("{}: {activity}", event["class_name"].as_str().unwrap_or_default()) {
        found.push("type_name is not made of class_name and activity_name".to_owned());
    }
    if event["metadata"]["version"] != "1.8.0"
        || event["metadata"]["profiles"] != serde_json::json!(["cloud", "datetime"])
    {
        found.push("metadata names another version or other profiles".to_owned());
    }
    for observable in event["observables"].as_array().into_iter().flatten() {
        let name = observable["name"].as_str().unwrap_or_default();
        if !values_at(event, name).contains(&&observable["value"]) {
            found.push(format!("observable {name} is not what stands there"));
        }
    }
    found
}

/// The values at a path of attributes, `[]` behind those that are arrays.
pub fn values_at<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    path.split('.').fold(vec![value], |values, step| {
        let name = step.trim_end_matches("[]");
        let next = values.into_iter().filter_map(|value| value.get(name));
        match step.ends_with("[]") {
            true => next.filter_map(Value::as_array).flatten().collect(),
            false => next.collect(),
        }
    })
}

/// Name, type, whether it must be there.
type Attribute = (&'static str, &'static str, bool);

fn attributes_of(object: &str) -> Vec<Attribute> {
    let table = ATTRIBUTES.iter().find(|(name, _)| *name == object).map_or("", |(_, attributes)| attributes);
    let attributes = table.split_whitespace().filter_map(|attribute| attribute.split_once('='));
    attributes.map(|(name, kind)| (name, kind.trim_end_matches('!'), kind.ends_with('!'))).collect()
}

fn check(members: &Map<String, Value>, attributes: &[Attribute], of: &[&str], place: &str, found: &mut Vec<String>) {
    for (name, _, is_required) in attributes {
        if *is_required && !members.contains_key(*name) {
            found.push(format!("{place}{name} is missing"));
        }
    }
    for (name, value) in members {
        let at = format!("{place}{name}");
        match attributes.iter().find(|(known, ..)| known == name) {
            None => found.push(format!("{at} is unknown")),
            Some((_, kind, _)) => check_value(value, kind, &at, found),
        }
    }
    for (_, alternatives) in AT_LEAST_ONE.iter().filter(|(object, _)| of.contains(object)) {
        if !alternatives.split(' ').any(|name| members.contains_key(name)) {
            found.push(format!("{place} has none of {alternatives}"));
        }
    }
    for (_, id, caption, choices) in CHOICES.iter().filter(|(object, ..)| of.contains(object)) {
        let Some(number) = members.get(*id) else { continue };
        let choices: BTreeMap<&str, &str> = choices.split('|').filter_map(|choice| choice.split_once(' ')).collect();
        let said = members.get(*caption).and_then(Value::as_str);
        match choices.get(number.to_string().as_str()) {
            Some(choice) if said == Some(choice) => {}
            None if *number == 99 && said.is_some_and(|said| said != "Other" && !said.is_empty()) => {}
            _ => found.push(format!("{place}{id} is {number} and {caption} {said:?}")),
        }
    }
}

fn check_value(value: &Value, kind: &str, at: &str, found: &mut Vec<String>) {
    if let Some(element) = kind.strip_prefix("[]") {
        let Some(elements) = value.as_array().filter(|elements| !elements.is_empty()) else {
            return found.push(format!("{at} is no array with something in it"));
        };
        return elements.iter().for_each(|value| check_value(value, element, &format!("{at}[]"), found));
    }
    let text = value.as_str();
    let is_right = match kind {
        "STRING" => text.is_some(),
        "INT" | "TIME" => value.is_i64(),
        "BOOL" => value.is_boolean(),
        "IP" => text.is_some_and(|text| text.parse::<IpAddr>().is_ok()),
        "HOST" => text.is_some_and(|text| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        }),
        "DATE" => text.is_some_and(|text| {
            text.len() >= 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T' && !text.starts_with('-')
        }),
        "OBJECT" => value.as_object().is_some_and(|object| !object.is_empty()),
        "json" => !value.is_null(),
        object => match value.as_object() {
            Some(members) => {
                return check(members, &attributes_of(object), &[object], &format!("{at}."), found);
            }
            None => false,
        },
    };
    if !is_right {
        found.push(format!("{at} is no {kind}: {value}"));
    }
}

#[cfg(test)]
mod tests {
    use super::mistakes;
    use serde_json::json;

    #[test]
    fn what_is_wrong_is_found() {
        let event = json!({"class_uid": 6003, "category_uid": 3, "activity_id": 2, "type_uid": 600_301, "severity_id": 1,
            "severity": "Low", "time": "now", "cloud": {"provider": "AWS"}, "actor": {"user": {"type": "Root"}},
            "api": {"operation": "GetUser"}, "src_endpoint": {"ip": "somewhere"}, "colour": "red",
            "metadata": {"version": "1.8.0", "profiles": ["cloud", "datetime"], "product": {"version": "1"}},
            "observables": [{"name": "actor.user.name", "type_id": 4, "type": "User Name", "value": "jane"}]});
        let found = mistakes(&event).join("\n");
        for part in [
            "class is not of this category",
            "type_uid is not",
            "severity_id is 1",
            "time is no TIME",
            "actor.user. has none of account name uid",
            "src_endpoint.ip is no IP",
            "colour is unknown",
            "metadata.product. has none of name uid",
            "observable actor.user.name is not",
            "activity_id is 2 and activity_name None",
        ] {
            assert!(found.contains(part), "not found: {part}, but\n{found}");
        }
    }
}
