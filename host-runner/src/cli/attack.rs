//! What rules have to do with MITRE ATT&CK: which techniques their tags name, and what is known of those.

use crate::engine::manifest::RuleEntry;
use std::collections::BTreeSet;

/// The version whose techniques are known here. The built-in rules are tagged by it.
pub(super) const VERSION: &str = "19";

/// The domain that they are of.
pub(super) const DOMAIN: &str = "enterprise-attack";

/// Number, name and tactics of each, divided by tabs.
const TECHNIQUES: &str = include_str!("attack.tsv");

/// The tactics in the order of the matrix: as tags name them, and as people do.
pub(super) const TACTICS: [(&str, &str); 15] = [
    ("reconnaissance", "Reconnaissance"),
    ("resource-development", "Resource Development"),
    ("initial-access", "Initial Access"),
    ("execution", "Execution"),
    ("persistence", "Persistence"),
    ("privilege-escalation", "Privilege Escalation"),
    ("stealth", "Stealth"),
    ("defense-impairment", "Defense Impairment"),
    ("credential-access", "Credential Access"),
    ("discovery", "Discovery"),
    ("lateral-movement", "Lateral Movement"),
    ("collection", "Collection"),
    ("command-and-control", "Command and Control"),
    ("exfiltration", "Exfiltration"),
    ("impact", "Impact"),
];

/// One technique or sub-technique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Technique {
    /// Its number, `T1078.004`.
    pub(super) number: &'static str,
    /// Its name, after that of the technique that it is a part of.
    pub(super) name: &'static str,
    /// As tags name them, divided by spaces.
    tactics: &'static str,
}

impl Technique {
    /// Whether an attacker does this to that end.
    pub(super) fn serves(&self, tactic: &str) -> bool {
        self.tactics.split(' ').any(|of_it| of_it == tactic)
    }
}

/// All that are known, in the order of their numbers.
pub(super) fn known() -> impl Iterator<Item = Technique> {
    TECHNIQUES.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        Some(Technique { number: columns.next()?, name: columns.next()?, tactics: columns.next()? })
    })
}

/// The numbers of the techniques that a rule's tags name: `attack.t1078.004` is T1078.004.
pub(super) fn techniques(rule: &RuleEntry) -> BTreeSet<String> {
    let is_technique =
        |name: &&str| name.strip_prefix('t').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let names = rule.tags.iter().filter_map(|tag| tag.strip_prefix("attack.")).filter(is_technique);
    names.map(str::to_uppercase).collect()
}

/// Where a technique is described.
pub(super) fn page(number: &str) -> String {
    format!("https://attack.mitre.org/techniques/{}/", number.replace('.', "/"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]
mod tests {
    use super::*;

    #[test]
    fn each_technique_has_a_name_and_tactics_that_exist() {
        let techniques: Vec<Technique> = known().collect();
        let lines = TECHNIQUES.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(techniques.len(), lines);
        assert!(techniques.windows(2).all(|pair| pair.first().unwrap().number < pair.last().unwrap().number));
        for technique in techniques {
            assert!(!technique.name.is_empty());
            let exist = |tactic: &str| TACTICS.iter().any(|(tag, _)| *tag == tactic);
            assert!(technique.tactics.split(' ').all(exist), "{technique:?}");
        }
    }

    /// ATT&CK 19 moved what Impair Defenses was.
    #[test]
    fn what_a_new_version_moved_is_known_where_it_went() {
        let is_known = |number: &str| known().any(|technique| technique.number == number);
        assert!(is_known("T1685.002") && !is_known("T1562.008") && !is_known("T1562"));
    }
}
