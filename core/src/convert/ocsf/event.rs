//! What events of all classes have: what, when, where, how it ended.

use super::super::json::{Json, Object};
use super::super::record::{Ended, Record};
use super::class::{Class, OTHER};
use super::place::{cloud, user_agent};
use super::{VERSION, put_choice};
use crate::time::rfc3339;

/// The event so far.
pub(super) fn begin<'r>(record: &Record<'r, '_>, class: Class, activity: i64, name: &'r str, time: i64) -> Object<'r> {
    let mut event = Object::new();
    put_class(&mut event, class, activity, name);
    put_choice(&mut event, ("severity_id", "severity"), 1, "Informational");
    event.put("time", time);
    event.put("time_dt", rfc3339(time));
    event.put("metadata", metadata(record));
    event.put("cloud", cloud(record));
    event.put("api", api(record, name, true));
    event.put("http_request", user_agent(record));
    put_status(record, &mut event);
    event.put("status_code", record.text(&["errorCode"]));
    event.put("status_detail", record.text(&["errorMessage"]));
    event
}

/// The class and the activity, in all the ways in which OCSF tells them.
pub(super) fn put_class<'r>(event: &mut Object<'r>, class: Class, activity: i64, name: &'r str) {
    let caption = class.activity(activity).unwrap_or(name);
    put_choice(event, ("activity_id", "activity_name"), activity, caption);
    let (category, category_name) = class.category();
    put_choice(event, ("category_uid", "category_name"), category, category_name);
    put_choice(event, ("class_uid", "class_name"), class.uid(), class.name());
    put_choice(event, ("type_uid", "type_name"), type_uid(class, activity), type_name(class, activity));
}

/// The number of a class and an activity together.
pub(super) fn type_uid(class: Class, activity: i64) -> i64 {
    class.uid() * 100 + activity
}

/// Its caption.
pub(super) fn type_name(class: Class, activity: i64) -> String {
    format!("{}: {}", class.name(), class.activity(activity).unwrap_or("Other"))
}

/// The profiles whose attributes are used.
pub(super) fn profiles<'r>() -> Json<'r> {
    vec!["cloud", "datetime"].into()
}

fn metadata<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let product = Object::new()
        .with("name", "CloudTrail")
        .with("vendor_name", "AWS")
        .with("version", record.text(&["eventVersion"]))
        .with("feature", Object::new().with("name", record.text(&["eventCategory"])));
    let id = record.text(&["eventID"]);
    let shared = record.text(&["sharedEventID"]).or_else(|| record.text(&["additionalEventData", "AuthWorkflowID"]));
    Object::new()
        .with("version", VERSION)
        .with("profiles", profiles())
        .with("product", product)
        .with("log_provider", "CloudTrail")
        .with("uid", id)
        .with("original_event_uid", id)
        .with("event_code", record.text(&["eventType"]))
        .with("correlation_uid", shared)
        .with("original_time", record.written_time())
}

/// The call; `whole`: with copies of what was asked and answered.
pub(super) fn api<'r>(record: &Record<'r, '_>, name: &'r str, whole: bool) -> Object<'r> {
    let copy = |key| record.at(&[key]).filter(|value| whole && !value.is_empty());
    let mut request = Object::new();
    let (id, asked) = (record.text(&["requestID"]), copy("requestParameters"));
    if id.is_some() || asked.is_some() {
        // Sign-ins have none, and OCSF demands one.
        request.push("uid", id.unwrap_or_default());
        request.put("data", asked);
    }
    let response = Object::new()
        .with("error", record.text(&["errorCode"]))
        .with("message", record.text(&["errorMessage"]))
        .with("data", copy("responseElements"));
    Object::new()
        .with("operation", name)
        .with("version", record.text(&["apiVersion"]))
        .with("service", Object::new().with("name", record.event_source()))
        .with("request", request)
        .with("response", response)
}

fn put_status<'r>(record: &Record<'r, '_>, event: &mut Object<'r>) {
    let (id, caption) = match record.ended() {
        Ended::Success => (1, "Success"),
        Ended::Failure => (2, "Failure"),
        Ended::Unknown => (0, "Unknown"),
        Ended::DryRun => (OTHER, record.text(&["errorCode"]).unwrap_or("Other")),
    };
    put_choice(event, ("status_id", "status"), id, caption);
}
