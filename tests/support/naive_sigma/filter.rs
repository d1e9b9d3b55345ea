//! Sigma filters: what they are about, and which records they let through.

use super::yaml::Yaml;
use super::{Detection, Placeholders, Record, Rule, logsource, yaml};
use std::collections::BTreeMap;

/// A filter, read.
#[derive(Clone, Debug)]
pub struct Filter {
    logsource: BTreeMap<String, String>,
    /// The ids of the rules; `None`: any.
    rules: Option<Vec<String>>,
    detection: Detection,
}

impl Filter {
    /// Reads the one filter of a text, or says why it is refused.
    pub fn read(text: &str, placeholders: &Placeholders) -> Result<Self, String> {
        let document = yaml::document(text)?;
        let Some(Yaml::Map(members)) = document.member("filter") else { return Err("no `filter`".to_owned()) };
        let member = |key: &str| members.iter().find(|(name, _)| name == key).map(|(_, value)| value);
        let rules = match member("rules").ok_or("no `rules`")? {
            Yaml::List(rules) => {
                Some(rules.iter().map(Yaml::text).collect::<Option<_>>().ok_or("a rule that is no text")?)
            }
            one if one.text().as_deref() == Some("any") => None,
            _ => return Err("`rules` is a list, or any".to_owned()),
        };
        if member("condition").is_some_and(|condition| matches!(condition, Yaml::List(_))) {
            return Err("the condition of a filter is a text".to_owned());
        }
        let keeps =
            member("intent").map(|intent| intent.text().filter(|intent| intent == "keep").ok_or("an unknown intent"));
        let of_detection = members.iter().filter(|(key, _)| key != "rules" && key != "intent").cloned().collect();
        let detection = Detection::read(&Yaml::Map(of_detection), placeholders)?;
        if keeps.transpose()?.is_none() && !detection.condition.negates() {
            return Err("no `not`, and no `intent: keep`".to_owned());
        }
        Ok(Self { logsource: logsource(&document), rules, detection })
    }

    /// Whether it names the rule, and whether every attribute of its logsource equals the rule's.
    pub(super) fn is_about(&self, rule: &Rule) -> bool {
        let names_it = self.rules.as_ref().is_none_or(|ids| rule.id.as_ref().is_some_and(|id| ids.contains(id)));
        names_it && self.logsource.iter().all(|(key, value)| rule.logsource.get(key) == Some(value))
    }

    /// Whether the rule may match this record.
    pub(super) fn lets_through(&self, record: &Record<'_, '_>) -> bool {
        self.detection.holds(record)
    }
}
