//! The rules of a pack as a page to read: takes the manifest's rules in their order, gives Markdown.

use super::attack;
use super::counted::counted;
use super::terminal::plain;
use crate::engine::manifest::RuleEntry;
use std::collections::BTreeMap;

/// One table for each group, then what each rule means. Built-in rules are linked to their files, beside which the page
/// of a pack that has no others belongs.
pub(super) fn markdown(rules: &[&RuleEntry]) -> String {
    let on = rules.iter().filter(|rule| rule.enabled).count();
    let mut page = format!("# {PAGE}\n\n{}, {on} of them on.\n", counted(rules.len() as u64, "rule"));
    let mut anchors = Anchors::default();
    anchors.next(PAGE);
    let is_beside_files = rules.iter().all(|rule| rule.built_in);
    for group in rules.chunk_by(|one, other| group(one) == group(other)) {
        let name = group.first().map_or("", |rule| self::group(rule));
        if !name.is_empty() {
            page.push_str(&format!("\n## {}\n", shown(name)));
            anchors.next(name);
        }
        page.push_str("\n| Rule | Level | State | ATT&CK | What it finds |\n|---|---|---|---|---|\n");
        for rule in group {
            let state = if rule.enabled { "on" } else { "off" };
            let (name, level, title) = (shown(&rule.name), shown(&rule.level), shown(&rule.title));
            let place = anchors.next(&rule.name);
            page.push_str(&format!("| [{name}](#{place}) | {level} | {state} | {} | {title} |\n", techniques(rule)));
        }
        group.iter().for_each(|rule| page.push_str(&meaning(rule, is_beside_files)));
    }
    page
}

/// The heading of the page.
const PAGE: &str = "Rules";

/// The places of headings, as GitHub names them: letters, digits, hyphens and underscores of the heading, and a number
/// if it is not the first of that name.
#[derive(Default)]
struct Anchors {
    taken: BTreeMap<String, usize>,
}

impl Anchors {
    /// The place of the next heading on the page.
    fn next(&mut self, heading: &str) -> String {
        let letters = heading.to_lowercase().replace(' ', "-");
        let name: String = letters.chars().filter(|it| it.is_alphanumeric() || matches!(it, '-' | '_')).collect();
        let before = self.taken.entry(name.clone()).or_default();
        *before += 1;
        if *before == 1 { name } else { format!("{name}-{}", *before - 1) }
    }
}

/// What stands before the last part of its name.
fn group(rule: &RuleEntry) -> &str {
    rule.name.rsplit_once('/').map_or("", |(group, _)| group)
}

fn meaning(rule: &RuleEntry, is_beside_files: bool) -> String {
    let mut text = format!("\n### {}\n\n**{}**, {}", shown(&rule.name), shown(&rule.title), shown(&rule.level));
    if !rule.enabled {
        text.push_str(", off unless asked for");
    }
    if is_beside_files && !rule.path.is_empty() {
        text.push_str(&format!(" ([{}]({}))", shown(&rule.path), rule.path));
    }
    text.push('\n');
    // A blank line parts paragraphs in YAML as in Markdown.
    for paragraph in rule.description.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        text.push_str(&format!("\n{}\n", shown(paragraph)));
    }
    if !rule.falsepositives.is_empty() {
        text.push_str("\nFound, but harmless:\n\n");
        rule.falsepositives.iter().for_each(|case| text.push_str(&format!("- {}\n", shown(case))));
    }
    text
}

fn techniques(rule: &RuleEntry) -> String {
    attack::techniques(rule).iter().map(|number| shown(number)).collect::<Vec<_>>().join(", ")
}

/// Text of a rule, on one line and without anything that Markdown or a terminal would obey, but for pairs of back
/// quotes: what stands between them stays code.
pub(super) fn shown(text: &str) -> String {
    let line = plain(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut shown = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some((before, code, behind)) = next_code(rest) {
        escape(before, &mut shown);
        shown.push_str(&format!("`{code}`"));
        rest = behind;
    }
    escape(rest, &mut shown);
    shown
}

/// The first code, between what is before it and what is behind it. Where back quotes have no partner or touch, or a
/// table would be cut within the code, none of them means code.
fn next_code(text: &str) -> Option<(&str, &str, &str)> {
    if text.contains("``") || !text.matches('`').count().is_multiple_of(2) {
        return None;
    }
    let (before, rest) = text.split_once('`')?;
    let (code, behind) = rest.split_once('`')?;
    (!code.contains('|')).then_some((before, code, behind))
}

fn escape(text: &str, shown: &mut String) {
    for character in text.chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' | '!') {
            shown.push('\\');
        }
        shown.push(character);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]
mod tests {
    use super::*;

    fn rule(name: &str, title: &str, description: &str) -> RuleEntry {
        let json = serde_json::json!({
            "name": name, "id": name, "title": title, "level": "low", "language": "sigma", "enabled": true,
            "built_in": true, "tags": ["attack.t1078.004", "attack.persistence", "cis.1.2-1.1"],
            "description": description, "falsepositives": ["a | b"],
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_group_has_a_table_and_each_rule_a_meaning() {
        let (one, two, other) =
            (rule("a/1", "One", "First.\n\nSecond\nline."), rule("a/2", "Two", ""), rule("b/1", "x", ""));
        let page = markdown(&[&one, &two, &other]);
        assert!(page.starts_with("# Rules\n\n3 rules, 3 of them on.\n\n## a\n"), "{page}");
        assert!(page.contains("| [a/2](#a2) | low | on | T1078.004 | Two |\n"), "{page}");
        assert!(page.contains("### a/1\n\n**One**, low\n\nFirst.\n\nSecond line.\n"), "{page}");
        assert_eq!((page.matches("\n## ").count(), page.matches("| Rule |").count()), (2, 2), "{page}");
    }

    #[test]
    fn a_rule_that_is_off_says_so_and_a_built_in_one_leads_to_its_file() {
        let mut off = rule("a/1", "One", "");
        (off.enabled, off.path) = (false, "a/1.yml".to_owned());
        assert!(markdown(&[&off]).contains("**One**, low, off unless asked for ([a/1.yml](a/1.yml))\n"));
        let mut own = rule("a/2", "Two", "");
        (own.built_in, own.path) = (false, "a/2.yml".to_owned());
        assert!(!markdown(&[&off, &own]).contains("a/1.yml"), "the page lies beside nobody's files");
    }

    #[test]
    fn headings_of_one_name_have_places_of_their_own() {
        let mut anchors = Anchors::default();
        let places = ["Rules", "signin/root", "sign/inroot", "a_b c-d", "rules"].map(|heading| anchors.next(heading));
        assert_eq!(places, ["rules", "signinroot", "signinroot-1", "a_b-c-d", "rules-1"]);
    }

    #[test]
    fn text_of_rules_stays_text() {
        let page = markdown(&[&rule("x", "<b>|`*\n# [a](b)\u{1b}", "")]);
        assert!(page.contains(r"\<b\>\|\`\* \# \[a\](b)\\u001b |"), "{page}");
        assert!(page.contains(r"- a \| b"), "{page}");
    }

    #[test]
    fn code_stays_code_and_what_is_none_stays_text() {
        assert_eq!(shown("the `role_ARN` and `*`, <b>"), r"the `role_ARN` and `*`, \<b\>");
        assert_eq!(shown("`a` and ` b_c"), r"\`a\` and \` b\_c", "one has no partner");
        assert_eq!(shown("`` `_`"), r"\`\` \`\_\`", "two that touch would take the next ones in");
        assert_eq!(shown(r"\`a\` _"), r"\\`a\` \_", "a backslash within code is one");
        assert_eq!(shown("`a|b` _"), r"\`a\|b\` \_", "it would cut a table");
    }
}
