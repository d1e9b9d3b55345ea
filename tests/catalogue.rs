//! The catalogue of the built-in rules, `core/rules/README.md`: what the program prints, with links that lead somewhere. And
//! what the changelog says of how many there are.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::runner::{self, code, command, err, out};
use trailsieve_tests::table;

#[test]
fn the_catalogue_is_what_the_program_prints() {
    table::fresh("core/rules/README.md", &printed(&["rules", "list", "--format", "markdown"]));
}

#[test]
fn each_rule_is_in_the_catalogue_with_its_level_and_whether_it_is_on() {
    let page = printed(&["rules", "list", "--format", "markdown"]);
    for rule in rules() {
        let text = |member: &str| rule[member].as_str().unwrap();
        let state = if rule["enabled"].as_bool().unwrap() { "on" } else { "off" };
        let row = page.lines().find(|line| line.starts_with(&format!("| [{}](", text("name")))).unwrap();
        assert!(row.contains(&format!("| {} | {state} |", text("level"))), "{row}");
        let meaning = page.split(&format!("\n### {}\n", text("name"))).nth(1).unwrap();
        let first = meaning.trim_start().lines().next().unwrap();
        assert_eq!(first.contains(", off unless asked for"), state == "off", "{first}");
    }
}

#[test]
fn each_link_of_the_catalogue_leads_somewhere() {
    let page = printed(&["rules", "list", "--format", "markdown"]);
    let headings = page.lines().filter_map(|line| line.strip_prefix('#'));
    // As GitHub makes a name of a heading whose words are those of our rules.
    let places: BTreeSet<String> =
        headings.map(|it| it.trim_start_matches('#').trim().to_lowercase().replace('/', "")).collect();
    let links: Vec<&str> = page.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let (within, beside): (Vec<&str>, Vec<&str>) = links.into_iter().partition(|link| link.starts_with('#'));
    assert_eq!((within.len(), beside.len()), (rules().len(), rules().len()));
    for link in within {
        assert!(places.contains(&link[1..]), "{link} leads nowhere");
    }
    for link in beside {
        assert!(workspace().join("core/rules").join(link).is_file(), "{link} leads nowhere");
    }
}

/// Groups with how many rules they have, in brackets how many are off.
#[test]
fn the_changelog_counts_the_rules_of_each_group() {
    let mut groups: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for rule in rules() {
        let (group, _) = rule["name"].as_str().unwrap().split_once('/').unwrap();
        let counts = groups.entry(group.to_owned()).or_default();
        counts[0] += 1;
        counts[1] += usize::from(!rule["enabled"].as_bool().unwrap());
    }
    let changelog = fs::read_to_string(workspace().join("CHANGELOG.md")).unwrap().replace("\n    ", " ");
    for (group, [all, off]) in &groups {
        assert!(changelog.contains(&format!("`{group}` {all} ({off})")), "`{group}` {all} ({off})");
    }
    let [all, off] = groups.values().fold([0, 0], |sum, counts| [sum[0] + counts[0], sum[1] + counts[1]]);
    assert!(changelog.contains(&format!("{all} rules, {} of them on", all - off)), "{all}, {off} off");
}

fn rules() -> Vec<Value> {
    let list: Value = serde_json::from_str(&printed(&["rules", "list", "--format", "json"])).unwrap();
    list["rules"].as_array().unwrap().clone()
}

fn printed(arguments: &[&str]) -> String {
    let output = runner::feed(command(arguments), b"");
    assert_eq!(code(&output), 0, "{}", err(&output));
    out(&output)
}
