//! When the event of a record happened, for the one number that says how late records come.
//!
//! Takes a record that the detector was handed; gives the value of its member `eventTime`, as it is spelled. It is
//! looked at for a metric and must not decide anything.

use super::members::Members;

/// The time that the record tells; of several the last one, as the detector reads it.
pub(crate) fn event_time(record: &[u8]) -> Option<&str> {
    let named = Members::of(record).filter(|member| member.is_whole && *member.key() == *b"eventTime");
    let spelled = record.get(named.last()?.value)?;
    str::from_utf8(spelled).ok()?.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::event_time;

    #[test]
    fn only_the_last_time_of_the_record_itself_counts() {
        let told = |record: &str| event_time(record.as_bytes()).map(str::to_owned);
        let own = r#"{"detail":{"eventTime":"inner"},"text":"\"eventTime\":\"said\"","eventTime" : "own","n":1}"#;
        assert_eq!(told(own).as_deref(), Some("own"));
        assert_eq!(told(r#"{"eventTime":"one","event\u0054ime":"other"}"#).as_deref(), Some("other"));
        for nothing in ["", "{}", "[\"eventTime\"]", r#"{"eventTime":7}"#, r#"{"eventTime":"cut"#, "eventTime"] {
            assert_eq!(told(nothing), None, "{nothing}");
        }
    }
}
