//! What `filter` added to a record: the findings in it.

use super::json::{Json, Object};

/// An annotation in a record.
#[derive(Clone, Copy)]
pub(super) struct Annotation<'r, 'a> {
    /// The name under which it stands.
    pub(super) key: &'r str,
    pub(super) members: &'r Object<'a>,
}

impl<'r, 'a> Annotation<'r, 'a> {
    /// Where a name is taken a number is put behind it, so that the last of such members is ours.
    pub(super) fn find(record: &'r Object<'a>, field: &str) -> Option<Self> {
        let number = |key: &str| match key.strip_prefix(field)? {
            "" => Some(1),
            rest => rest.strip_prefix('_')?.parse::<u64>().ok().filter(|number| *number > 1),
        };
        let annotations = record.members().filter_map(|(key, value)| {
            let members = value.object()?;
            (members.text(&["v"]) == Some("1")).then_some((number(key)?, Self { key, members }))
        });
        annotations.max_by_key(|(number, _)| *number).map(|(_, annotation)| annotation)
    }

    /// The names of the rules that found something.
    pub(super) fn rules(self) -> Vec<&'r Json<'a>> {
        let rules = self.members.get("rules").map(Json::elements).unwrap_or_default();
        rules.iter().filter(|rule| rule.text().is_some()).collect()
    }

    /// Its findings, those of an odd form left out.
    pub(super) fn findings(self) -> impl Iterator<Item = &'r Object<'a>> {
        self.members.get("findings").map(Json::elements).unwrap_or_default().iter().filter_map(Json::object)
    }
}
