//! The rules of a pack as a page to read: takes the manifest's rules in their order, gives Markdown.

use super::counted::counted;
use super::terminal::plain;
use crate::engine::manifest::RuleEntry;

/// One table for each group, then what each rule means.
pub(super) fn markdown(rules: &[&RuleEntry]) -> String {
    let on = rules.iter().filter(|rule| rule.enabled).count();
    let mut page = format!("# Rules\n\n{}, {on} on by default.\n", counted(rules.len() as u64, "rule"));
    for group in rules.chunk_by(|one, other| group(one) == group(other)) {
        let name = group.first().map_or("", |rule| self::group(rule));
        if !name.is_empty() {
            page.push_str(&format!("\n## {}\n", shown(name)));
        }
        page.push_str("\n| Rule | Level | State | ATT&CK | What it finds |\n|---|---|---|---|---|\n");
        for rule in group {
            let state = if rule.enabled { "on" } else { "off" };
            let (name, level, title) = (shown(&rule.name), shown(&rule.level), shown(&rule.title));
            page.push_str(&format!("| {name} | {level} | {state} | {} | {title} |\n", techniques(rule)));
        }
        group.iter().for_each(|rule| page.push_str(&meaning(rule)));
    }
    page
}

/// What stands before the last part of its name.
fn group(rule: &RuleEntry) -> &str {
    rule.name.rsplit_once('/').map_or("", |(group, _)| group)
}

fn meaning(rule: &RuleEntry) -> String {
    let mut text = format!("\n### {}\n\n**{}**\n", shown(&rule.name), shown(&rule.title));
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

/// The techniques of ATT&CK that its tags name: `attack.t1078.004` is T1078.004.
fn techniques(rule: &RuleEntry) -> String {
    let is_technique =
        |name: &&str| name.strip_prefix('t').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let names = rule.tags.iter().filter_map(|tag| tag.strip_prefix("attack.")).filter(is_technique);
    names.map(|name| shown(&name.to_uppercase())).collect::<Vec<_>>().join(", ")
}

/// Text of a rule, on one line and without anything that Markdown or a terminal would obey.
fn shown(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    plain(&line).chars().fold(String::with_capacity(line.len()), |mut shown, character| {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' | '!') {
            shown.push('\\');
        }
        shown.push(character);
        shown
    })
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
        assert!(page.starts_with("# Rules\n\n3 rules, 3 on by default.\n\n## a\n"), "{page}");
        assert!(page.contains("| a/2 | low | on | T1078.004 | Two |\n"), "{page}");
        assert!(page.contains("### a/1\n\n**One**\n\nFirst.\n\nSecond line.\n"), "{page}");
        assert_eq!((page.matches("\n## ").count(), page.matches("| Rule |").count()), (2, 2), "{page}");
    }

    #[test]
    fn text_of_rules_stays_text() {
        let page = markdown(&[&rule("x", "<b>|`*\n# [a](b)\u{1b}", "")]);
        assert!(page.contains(r"\<b\>\|\`\* \# \[a\](b)\\u001b |"), "{page}");
        assert!(page.contains(r"- a \| b"), "{page}");
    }
}
