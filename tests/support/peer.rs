//! The other engine for Sigma, `rsigma-eval`: which rules it loads, and which of them it finds in a record.
#![expect(clippy::unwrap_used, reason = "records that are no JSON are no records for it")]

use rsigma_eval::{Engine, JsonEvent};
use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

/// The engine with rules in it, which it knows by their titles.
pub struct Peer {
    engine: Engine,
    /// The titles of the rules that it does not load.
    pub refused: BTreeSet<String>,
}

impl Peer {
    /// Loads rules, each given by its title and the text of its file.
    pub fn load<'r>(rules: impl IntoIterator<Item = (&'r str, &'r str)>) -> Self {
        let mut peer = Self { engine: Engine::new(), refused: BTreeSet::new() };
        for (title, text) in rules {
            let loaded = rsigma_parser::parse_sigma_yaml(text).is_ok_and(|collection| {
                collection.errors.is_empty()
                    && collection.rules.len() == 1
                    && peer.engine.add_collection(&collection).is_ok()
            });
            if !loaded {
                peer.refused.insert(title.to_owned());
            }
        }
        peer
    }

    /// The titles of the rules that match.
    pub fn matches(&self, record: &[u8]) -> BTreeSet<String> {
        let value: serde_json::Value = serde_json::from_slice(record).unwrap();
        let results = self.engine.evaluate(&JsonEvent::borrow(&value));
        results.iter().map(|result| result.header.rule_title.to_string()).collect()
    }
}

/// How two engines differ over one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The other engine does not load the rule.
    pub refused: bool,
    /// How many records only we match.
    pub ours: usize,
    /// How many records only it matches.
    pub theirs: usize,
}

impl Display for Difference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.refused {
            true => f.write_str("refused"),
            false => write!(f, "+{} -{}", self.ours, self.theirs),
        }
    }
}
