//! Whether a record is one of CloudTrail's: it names a service of AWS as its source, or is an Insights event, which has
//! no source of its own.

use crate::record::path::{Path, Step};
use crate::record::{Slot, View};

/// Where to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cloudtrail {
    event_source: Slot,
    event_type: Slot,
}

impl Cloudtrail {
    /// Registers the paths it needs.
    pub(crate) fn new(mut slot_of: impl FnMut(&Path) -> Slot) -> Self {
        let mut member = |key: &str| slot_of(&Path(vec![Step::Member(key.to_owned())]));
        Self { event_source: member("eventSource"), event_type: member("eventType") }
    }

    /// Whether this is such a record.
    pub(crate) fn wrote(self, view: View<'_>) -> bool {
        view.is_text(self.event_source, |source| source.last_chunk() == Some(b".amazonaws.com"))
            || view.is_text(self.event_type, |kind| kind == b"AwsCloudTrailInsight")
    }
}
