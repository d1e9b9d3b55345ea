//! `trailsieve rules coverage`: which techniques of ATT&CK the rules of the pack are about.

use super::attack::{self, DOMAIN, TACTICS, VERSION};
use super::catalogue::shown;
use super::counted::counted;
use super::exit::{Exit, Failure};
use super::pack::{Events, PackArguments};
use super::{natural, table, terminal};
use crate::engine::manifest::RuleEntry;
use crate::pipeline::DEFAULT_MAX_RECORD;
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Args)]
pub(super) struct Arguments {
    /// How to show it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    pack: PackArguments,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For each tactic how many of its techniques are looked for, by how many rules
    #[default]
    Table,
    /// A page to read: the rules for each technique
    Markdown,
    /// A layer for the ATT&CK Navigator, of version 4.5; a technique's score is the number of its rules that are on
    Navigator,
}

/// The rules that are about a technique, in the order in which a person looks for their names.
#[derive(Debug, Default, PartialEq, Eq)]
struct Rules<'r> {
    on: Vec<&'r str>,
    off: Vec<&'r str>,
}

/// The techniques of a pack by their numbers.
type Techniques<'r> = BTreeMap<String, Rules<'r>>;

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let loaded = arguments.pack.load(Events::Untold, DEFAULT_MAX_RECORD)?;
    let mut rules: Vec<_> = loaded.manifest().rules.iter().collect();
    rules.sort_by_cached_key(|rule| natural::order(&rule.name));
    let techniques = techniques(&rules);
    let text = match arguments.format {
        Format::Table => lines(&techniques, &rules),
        Format::Markdown => page(&techniques, &rules),
        Format::Navigator => {
            terminal::print_json(&layer(&techniques, &rules))?;
            return Ok(Exit::Ran);
        }
    };
    terminal::print_text(&text)?;
    Ok(Exit::Ran)
}

fn techniques<'r>(rules: &[&'r RuleEntry]) -> Techniques<'r> {
    let mut techniques = Techniques::new();
    for rule in rules {
        for number in attack::techniques(rule) {
            let of_it = techniques.entry(number).or_default();
            if rule.enabled { &mut of_it.on } else { &mut of_it.off }.push(&rule.name);
        }
    }
    techniques
}

/// One technique under one tactic.
struct Covered<'t> {
    number: &'t str,
    /// Empty if the technique is not known.
    name: &'static str,
    rules: &'t Rules<'t>,
}

/// The known techniques of each tactic that rules are about, then the numbers that are not known, under no tactic.
fn by_tactic<'t>(techniques: &'t Techniques<'t>) -> Vec<(&'static str, Vec<Covered<'t>>)> {
    let mut unknown: BTreeSet<&str> = techniques.keys().map(String::as_str).collect();
    let mut tactics = Vec::new();
    for (tag, tactic) in TACTICS {
        let of_tactic = attack::known().filter(|technique| technique.serves(tag));
        let covered = of_tactic.filter_map(|technique| {
            let (number, rules) = techniques.get_key_value(technique.number)?;
            unknown.remove(number.as_str());
            Some(Covered { number, name: technique.name, rules })
        });
        tactics.push((tactic, covered.collect()));
    }
    let unknown =
        unknown.into_iter().filter_map(|number| Some(Covered { number, name: "", rules: techniques.get(number)? }));
    tactics.push((ELSEWHERE, unknown.collect()));
    tactics.retain(|(_, covered): &(_, Vec<_>)| !covered.is_empty());
    tactics
}

/// What stands in the place of a tactic for techniques that are not known.
const ELSEWHERE: &str = "(not known here)";

fn lines(techniques: &Techniques<'_>, rules: &[&RuleEntry]) -> String {
    let rows = by_tactic(techniques).into_iter().map(|(tactic, covered)| {
        let with_rules = covered.iter().filter(|technique| !technique.rules.on.is_empty()).count();
        let on: BTreeSet<&str> = covered.iter().flat_map(|technique| technique.rules.on.iter().copied()).collect();
        [tactic.to_owned(), with_rules.to_string(), on.len().to_string()]
    });
    let lines = table::lines(["TACTIC", "TECHNIQUES", "RULES"], rows, &[1, 2]);
    let table: String = lines.iter().map(|line| format!("{line}\n")).collect();
    format!("{table}\n{}\n", summary(techniques, rules))
}

fn page(techniques: &Techniques<'_>, rules: &[&RuleEntry]) -> String {
    let mut page = format!("# Coverage\n\n{}\n", summary(techniques, rules));
    page.push_str("\n| Tactic | Technique | Rules |\n|---|---|---|\n");
    for (tactic, covered) in by_tactic(techniques) {
        for Covered { number, name, rules } in covered {
            let on = rules.on.iter().map(|name| shown(name));
            let off = rules.off.iter().map(|name| format!("{} (off)", shown(name)));
            let rules = on.chain(off).collect::<Vec<_>>().join(", ");
            let link = format!("[{}]({}) {name}", shown(number), attack::page(number));
            page.push_str(&format!("| {tactic} | {} | {rules} |\n", link.trim_end()));
        }
    }
    page
}

/// One sentence that says how much there is.
fn summary(techniques: &Techniques<'_>, rules: &[&RuleEntry]) -> String {
    let with_rules = techniques.iter().filter(|(_, rules)| !rules.on.is_empty());
    let is_known = |number: &str| attack::known().any(|technique| technique.number == number);
    let (known, unknown): (Vec<_>, Vec<_>) = with_rules.partition(|(number, _)| is_known(number));
    let unknown = if unknown.is_empty() { String::new() } else { format!(", {} more not known here", unknown.len()) };
    let on = rules.iter().filter(|rule| rule.enabled).count();
    let (known, pack) = (counted(known.len() as u64, "technique"), counted(rules.len() as u64, "rule"));
    format!("{known} of ATT&CK {VERSION}{unknown}; {on} of {pack} on")
}

/// A layer of the ATT&CK Navigator: what its format 4.5 asks for, and how to show it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    name: &'static str,
    versions: Versions,
    domain: &'static str,
    description: String,
    sorting: u8,
    layout: Layout,
    techniques: Vec<Scored>,
    gradient: Gradient,
}

#[derive(Serialize)]
struct Versions {
    attack: &'static str,
    navigator: &'static str,
    layer: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Layout {
    layout: &'static str,
    #[serde(rename = "showID")]
    show_id: bool,
    expanded_subtechniques: &'static str,
}

#[derive(Serialize)]
struct Scored {
    #[serde(rename = "techniqueID")]
    number: String,
    score: usize,
    comment: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Gradient {
    colors: [&'static str; 2],
    min_value: usize,
    max_value: usize,
}

fn layer(techniques: &Techniques<'_>, rules: &[&RuleEntry]) -> Layer {
    let comment = |rules: &Rules<'_>| match (rules.on.join(", "), rules.off.join(", ")) {
        (on, off) if off.is_empty() => on,
        (on, off) if on.is_empty() => format!("off: {off}"),
        (on, off) => format!("{on}; off: {off}"),
    };
    let scored = techniques.iter().map(|(number, rules)| Scored {
        number: number.clone(),
        score: rules.on.len(),
        comment: comment(rules),
    });
    Layer {
        name: "Trailsieve",
        // The oldest Navigator that reads this format.
        versions: Versions { attack: VERSION, navigator: "4.9.0", layer: "4.5" },
        domain: DOMAIN,
        description: format!("{}. A score is the number of rules that are on.", summary(techniques, rules)),
        // By name, as the matrix itself does.
        sorting: 0,
        layout: Layout { layout: "side", show_id: true, expanded_subtechniques: "annotated" },
        techniques: scored.collect(),
        gradient: Gradient {
            colors: ["#ffffff", "#2f7ed8"],
            min_value: 0,
            // It must be greater than the least.
            max_value: techniques.values().map(|rules| rules.on.len()).max().unwrap_or_default().max(1),
        },
    }
}
