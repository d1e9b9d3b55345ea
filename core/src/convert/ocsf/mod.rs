//! One record as OCSF 1.8.0 with the profiles `cloud` and `datetime`: its event, and a Detection Finding for each of its
//! findings.

mod account_change;
mod authentication;
mod class;
mod event;
mod finding;
mod mfa;
mod observables;
mod people;
mod place;
mod unmapped;

use super::json::Object;
use super::record::Record;
use class::Class;

/// The version of OCSF that is meant. What is written here has not changed since.
const VERSION: &str = "1.8.0";

/// The event, then its findings.
pub(super) fn convert<'r>(record: &Record<'r, '_>) -> Result<Vec<Object<'r>>, String> {
    let time = record.time().ok_or("`eventTime` tells no time, which OCSF demands")?;
    let name = record.event_name().ok_or("there is no `eventName`, which OCSF demands")?;
    let (class, activity) = class::of(record);
    let mut event = event::begin(record, class, activity, name, time);
    match class {
        Class::Authentication => authentication::fill(record, name, &mut event),
        Class::AccountChange => account_change::fill(record, &mut event),
        Class::ApiActivity | Class::DetectionFinding => {
            event.put("actor", people::actor(record));
            event.put("src_endpoint", place::source_or_service(record));
            event.put("resources", place::resources(record, None));
        }
    }
    event.put("observables", observables::of(&event, record));
    event.put("unmapped", unmapped::of(record, class, &event));
    let mut told = vec![event];
    for found in record.findings()? {
        told.push(finding::convert(record, found, (class, activity), name, time));
    }
    Ok(told)
}

/// A number of an enumeration and its caption beside it.
fn put_choice<'r>(
    object: &mut Object<'r>,
    (id_key, key): (&'static str, &'static str),
    id: i64,
    caption: impl Into<super::json::Json<'r>>,
) {
    object.put(id_key, id);
    object.put(key, caption);
}
