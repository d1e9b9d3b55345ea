//! One record as ECS.

use super::json::{Json, Object};
use super::record::Record;
use crate::enrich::Outcome;
use crate::time::rfc3339;

/// The version of ECS whose fields are meant.
const VERSION: &str = "9.4.0";

/// The event, then an alert for each finding.
pub(super) fn convert<'a>(record: &Record<'_, 'a>) -> Result<Vec<Object<'a>>, String> {
    let time = record.time().ok_or("`eventTime` tells no time, which ECS demands")?;
    let text = |path: &[&str]| record.at(path).filter(|value| value.text().is_some());
    let outcome = match record.outcome {
        Outcome::Success | Outcome::Pending => "success",
        Outcome::Failure => "failure",
        Outcome::Unknown => "unknown",
    };
    let event = Object::new()
        .with("kind", "event")
        .with("type", vec!["info"])
        .with("provider", text(&["eventSource"]))
        .with("action", text(&["eventName"]))
        .with("id", text(&["eventID"]))
        .with("outcome", outcome);
    let document = Object::new()
        .with("@timestamp", rfc3339(time))
        .with("ecs", Object::new().with("version", VERSION))
        .with("data_stream", Object::new().with("dataset", "aws.cloudtrail"))
        .with("event", event)
        .with("cloud", Object::new().with("provider", "aws").with("region", text(&["awsRegion"])));
    Ok(vec![document])
}
