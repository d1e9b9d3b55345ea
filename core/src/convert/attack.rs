//! MITRE ATT&CK: which tactics and techniques the tags of a finding name.

/// The version whose techniques are known here. The built-in rules are tagged by it.
pub(super) const VERSION: &str = "19";

/// Number, name and tactics of each, divided by tabs: the runner's own table.
const TECHNIQUES: &str = include_str!("attack.tsv");

/// The tactics: as tags name them, as people do, and their numbers. Version 19 divided Defense Evasion into two, whose
/// numbers are left out rather than guessed.
const TACTICS: [(&str, &str, Option<&str>); 16] = [
    ("reconnaissance", "Reconnaissance", Some("TA0043")),
    ("resource-development", "Resource Development", Some("TA0042")),
    ("initial-access", "Initial Access", Some("TA0001")),
    ("execution", "Execution", Some("TA0002")),
    ("persistence", "Persistence", Some("TA0003")),
    ("privilege-escalation", "Privilege Escalation", Some("TA0004")),
    ("defense-evasion", "Defense Evasion", Some("TA0005")),
    ("stealth", "Stealth", None),
    ("defense-impairment", "Defense Impairment", None),
    ("credential-access", "Credential Access", Some("TA0006")),
    ("discovery", "Discovery", Some("TA0007")),
    ("lateral-movement", "Lateral Movement", Some("TA0008")),
    ("collection", "Collection", Some("TA0009")),
    ("command-and-control", "Command and Control", Some("TA0011")),
    ("exfiltration", "Exfiltration", Some("TA0010")),
    ("impact", "Impact", Some("TA0040")),
];

/// What one tag names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Attack<'r> {
    Tactic {
        id: Option<&'static str>,
        name: &'r str,
    },
    Technique {
        /// `T1078`
        id: String,
        /// Where it is known here.
        name: Option<&'static str>,
        /// Number (`T1078.004`) and name of the sub-technique that is meant.
        part: Option<(String, Option<&'static str>)>,
    },
}

impl<'r> Attack<'r> {
    /// Number and name of a tactic.
    pub(super) fn tactic(&self) -> Option<(Option<&'static str>, &'r str)> {
        match self {
            Self::Tactic { id, name } => Some((*id, *name)),
            Self::Technique { .. } => None,
        }
    }
}

/// What the tags name of ATT&CK, each once, and the other tags.
pub(super) fn divided<'r>(tags: &[&'r str]) -> (Vec<Attack<'r>>, Vec<&'r str>) {
    let (mut attacks, mut others) = (Vec::new(), Vec::new());
    for &tag in tags {
        match tag.strip_prefix("attack.").and_then(|name| tactic(name).or_else(|| technique(name))) {
            Some(attack) if attacks.contains(&attack) => {}
            Some(attack) => attacks.push(attack),
            None => others.push(tag),
        }
    }
    (attacks, others)
}

/// Sigma has written them with `_` and with `-`.
fn tactic<'r>(tag: &str) -> Option<Attack<'r>> {
    let tag = tag.replace('_', "-");
    TACTICS.iter().find(|(known, ..)| *known == tag).map(|(_, name, id)| Attack::Tactic { id: *id, name })
}

fn technique<'r>(tag: &str) -> Option<Attack<'r>> {
    let id = tag.to_ascii_uppercase();
    let (outer, part) = id.split_once('.').map_or((id.as_str(), None), |(outer, part)| (outer, Some(part)));
    let is_number = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(outer.strip_prefix('T')?, 4) || !part.is_none_or(|part| is_number(part, 3)) {
        return None;
    }
    let (outer_name, part_name) = match part {
        Some(_) => name(&id).and_then(|whole| whole.split_once(": ")).unzip(),
        None => (name(&id), None),
    };
    let outer_name = outer_name.or_else(|| name(outer));
    let part = part.map(|_| (id.clone(), part_name));
    Some(Attack::Technique { id: outer.to_owned(), name: outer_name, part })
}

fn name(id: &str) -> Option<&'static str> {
    TECHNIQUES.lines().find_map(|line| line.strip_prefix(id)?.strip_prefix('\t')?.split('\t').next())
}

#[cfg(test)]
mod tests {
    use super::{Attack, divided};

    #[test]
    fn tags_name_tactics_techniques_and_other_things() {
        let tags = [
            "attack.t1078.004",
            "attack.initial_access",
            "attack.initial-access",
            "attack.t9999",
            "attack.g0016",
            "cis.1",
        ];
        let (attacks, others) = divided(&tags);
        assert_eq!(
            attacks,
            [
                Attack::Technique {
                    id: "T1078".to_owned(),
                    name: Some("Valid Accounts"),
                    part: Some(("T1078.004".to_owned(), Some("Cloud Accounts"))),
                },
                Attack::Tactic { id: Some("TA0001"), name: "Initial Access" },
                Attack::Technique { id: "T9999".to_owned(), name: None, part: None },
            ]
        );
        assert_eq!(others, ["attack.g0016", "cis.1"]);
    }
}
