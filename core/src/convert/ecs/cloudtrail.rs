//! `aws.cloudtrail.*`: what Elastic's integration keeps of a record beside the fields of ECS, and its rules ask for.

use super::super::json::{Json, Object};
use super::super::limits::{MAX_FLATTENED, MAX_FLATTENED_DEPTH};
use super::super::record::{Record, truth};
use super::super::settings::Parameters;
use super::java;
use crate::enrich::login_url::login_url;
use crate::time::instant;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Members that are texts, and where they go.
const TEXTS: [(&str, &str); 12] = [
    ("error_code", "errorCode"),
    ("error_message", "errorMessage"),
    ("request_id", "requestID"),
    ("event_type", "eventType"),
    ("event_version", "eventVersion"),
    ("event_category", "eventCategory"),
    ("api_version", "apiVersion"),
    ("recipient_account_id", "recipientAccountId"),
    ("shared_event_id", "sharedEventID"),
    ("vpc_endpoint_id", "vpcEndpointId"),
    ("management_event", "managementEvent"),
    ("session_credential_from_console", "sessionCredentialFromConsole"),
];

/// Members whose form differs from event to event: a text of them, and the object.
const FREE: [(&str, &str); 5] = [
    ("request_parameters", "requestParameters"),
    ("response_elements", "responseElements"),
    ("additional_eventdata", "additionalEventData"),
    ("service_event_details", "serviceEventDetails"),
    ("insight_details", "insightDetails"),
];

/// The fields; `whole`: with copies of what was asked and answered.
pub(super) fn fields<'r>(record: &Record<'r, '_>, whole: bool) -> Object<'r> {
    let mut fields = Object::new().with("user_identity", identity(record));
    for (field, member) in TEXTS {
        fields.put(field, record.text(&[member]));
    }
    fields.put("read_only", record.text(&["readOnly"]).and_then(truth));
    fields.put("resources", resources(record));
    if record.event_name() == Some("ConsoleLogin") {
        fields.put("console_login", Object::new().with("additional_eventdata", console_login(record)));
    }
    if whole {
        put_free(record, &mut fields);
    }
    fields
}

fn identity<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let text = |key| record.identity(&[key]);
    let attribute = |key| record.identity(&["sessionContext", "attributes", key]);
    let issuer = |key| record.identity(&["sessionContext", "sessionIssuer", key]);
    let session_issuer = Object::new()
        .with("type", issuer("type"))
        .with("principal_id", issuer("principalId"))
        .with("arn", issuer("arn"))
        .with("account_id", issuer("accountId"));
    let session_context = Object::new()
        .with("mfa_authenticated", attribute("mfaAuthenticated"))
        .with("creation_date", attribute("creationDate").filter(|date| instant(date).is_some()))
        .with("session_issuer", session_issuer);
    Object::new()
        .with("type", text("type"))
        .with("arn", text("arn"))
        .with("access_key_id", text("accessKeyId"))
        .with("invoked_by", text("invokedBy"))
        .with("session_context", session_context)
}

/// Each once.
fn resources<'r>(record: &Record<'r, '_>) -> Vec<Object<'r>> {
    let mut told = BTreeSet::new();
    let mut all = Vec::new();
    for resource in record.at(&["resources"]).map(Json::elements).unwrap_or_default().iter().filter_map(Json::object) {
        let arn = resource.text(&["ARN"]).or_else(|| resource.text(&["ARNPrefix"]));
        let (account, kind) = (resource.text(&["accountId"]), resource.text(&["type"]));
        if told.insert((arn, account, kind)) {
            all.push(Object::new().with("arn", arn).with("account_id", account).with("type", kind));
        }
    }
    all.retain(|resource| !resource.is_empty());
    all
}

/// Where the sign-in led, without what else the address carried.
fn console_login<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let said = |key| record.text(&["additionalEventData", key]);
    Object::new()
        .with("mfa_used", said("MFAUsed").map(|used| used != "No"))
        .with("mobile_version", said("MobileVersion").map(|mobile| mobile != "No"))
        .with("login_to", said("LoginTo").and_then(login_url).map(Cow::into_owned))
}

/// Elasticsearch takes an object of any form only into a field that is flattened, and of that neither too deep nor too
/// long.
fn put_free<'r>(record: &Record<'r, '_>, fields: &mut Object<'r>) {
    let mut flattened = Object::new();
    for (field, member) in FREE {
        let Some(value) = record.at(&[member]).filter(|value| !value.is_empty()) else { continue };
        let json = value.to_line();
        let is_flattened =
            value.object().is_some() && value.depth() <= MAX_FLATTENED_DEPTH && json.len() < MAX_FLATTENED;
        match record.settings.parameters {
            Parameters::Java => fields.put(field, java::text(value)),
            Parameters::Json => fields.put(field, json),
        }
        if is_flattened {
            flattened.put(field, value);
        }
    }
    fields.put("flattened", flattened);
}
