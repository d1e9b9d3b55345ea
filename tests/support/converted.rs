//! Records through the native converter, checked for what holds of every answer: one for each record, the same alone as
//! among others and however often one asks, each line one JSON object.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a converter that answers nonsense ends the test")]

use crate::annotated::{Rules, annotate};
use serde_json::Value;
use trailsieve_core::convert::{Converted, Format, convert};

/// What became of each record; they hold no line feeds.
pub fn converted<B: AsRef<[u8]>>(to: Format, records: &[B]) -> Vec<Converted> {
    let mut all = Vec::new();
    for records in records.chunks(300) {
        let batch = records.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(&b'\n');
        let together = convert(to, &batch, "").unwrap();
        assert_eq!(together.len(), records.len());
        assert_eq!(together, convert(to, &batch, "").unwrap());
        for (record, among_others) in records.iter().zip(&together) {
            assert_eq!(convert(to, record.as_ref(), "").unwrap(), std::slice::from_ref(among_others));
        }
        all.extend(together);
    }
    all
}

/// The objects that a record became; `None` if it became none.
pub fn objects(converted: &Converted) -> Option<Vec<Value>> {
    let Converted::Lines(lines) = converted else { return None };
    assert!(!lines.is_empty());
    let read = |line: &String| {
        assert!(!line.chars().any(char::is_control), "{line}");
        let object: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(object.is_object(), "{line}");
        object
    };
    Some(lines.iter().map(read).collect())
}

/// What a record that can be converted becomes.
pub fn events(to: Format, record: &Value) -> Vec<Value> {
    let converted = converted(to, &[record.to_string()]);
    objects(converted.first().unwrap()).unwrap_or_else(|| panic!("{converted:?}"))
}

/// A record with what the built-in rules say of it, all of them switched on.
pub fn with_findings(mut record: Value) -> Value {
    let annotation = annotate(record.to_string().as_bytes(), Rules::All);
    if let (Some(members), false) = (record.as_object_mut(), annotation.is_null()) {
        members.insert("trailsieve".to_owned(), annotation);
    }
    record
}
