//! An explanation, as a detector gives it, for a person: the rule, what became of it, and the tree of what was asked with
//! what was seen.
//!
//! Takes the JSON text, gives lines of 80 columns. Everything in it was written by others and is shown as text only.

use super::terminal::plain;
use super::wrap;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Explanation {
    rule: String,
    title: String,
    enabled: bool,
    condition: String,
    verdict: String,
    level: Option<String>,
    suppressed_by: Option<String>,
    parts: Vec<Part>,
    adjustments: Vec<Adjustment>,
}

#[derive(Deserialize)]
struct Part {
    depth: usize,
    holds: bool,
    name: Option<String>,
    text: String,
    #[serde(default)]
    seen: BTreeMap<String, Vec<Box<RawValue>>>,
    #[serde(default)]
    held_by: Vec<String>,
}

#[derive(Deserialize)]
struct Adjustment {
    source: String,
    effect: String,
    level: Option<String>,
    applied: bool,
    parts: Vec<Part>,
}

/// Characters shown of the values of one field; `--format json` has more.
const SHOWN: usize = 320;

/// Levels that are indented; deeper ones stand below each other.
const INDENTED: usize = 20;

/// The whole answer; the error says what a detector should have said.
pub(super) fn text(explanation: &str, coloured: bool) -> Result<String, serde_json::Error> {
    let told: Explanation = serde_json::from_str(explanation)?;
    let mut out = String::new();
    wrap::push(&mut out, "", 2, &format!("{}: {}", plain(&told.rule), plain(&told.title)));
    wrap::push(&mut out, "", 2, &verdict(&told));
    if !told.enabled {
        wrap::push(&mut out, "", 2, "the rule is switched off, so that it finds nothing");
    }
    // Without names and adjustments the tree says it just as well.
    if !told.adjustments.is_empty() || told.parts.iter().any(|part| part.name.is_some()) {
        out.push('\n');
        wrap::push(&mut out, "asks for ", 0, &plain(&told.condition));
    }
    out.push('\n');
    told.parts.iter().for_each(|part| push(&mut out, part, coloured));
    for adjustment in &told.adjustments {
        out.push('\n');
        let effect = match (adjustment.effect.as_str(), &adjustment.level) {
            ("suppress", _) => "suppresses a match".to_owned(),
            ("set_level", Some(level)) => format!("makes a match {}", plain(level)),
            (other, _) => plain(other),
        };
        let applied = if adjustment.applied { "applied" } else { "not applied" };
        wrap::push(&mut out, "", 2, &format!("{} {effect}: {applied}", plain(&adjustment.source)));
        adjustment.parts.iter().for_each(|part| push(&mut out, part, coloured));
    }
    Ok(out)
}

fn verdict(told: &Explanation) -> String {
    match (told.verdict.as_str(), &told.level, &told.suppressed_by) {
        ("match", Some(level), _) if !told.enabled => {
            format!("matches this record: switched on it would give a finding of level {}", plain(level))
        }
        ("match", Some(level), _) => format!("matches this record: a finding of level {}", plain(level)),
        ("suppressed", _, Some(source)) => format!("matches this record, but {} suppresses it", plain(source)),
        ("no_match", ..) => "does not match this record".to_owned(),
        (other, ..) => plain(other),
    }
}

fn push(out: &mut String, part: &Part, coloured: bool) {
    let (mark, colour) = if part.holds { ("✓ yes  ", "32") } else { ("✗ no   ", "31") };
    let margin = format!("{mark}{}", "  ".repeat(part.depth.min(INDENTED)));
    let name = part.name.as_ref().map(|name| format!("{}: ", plain(name))).unwrap_or_default();
    let start = out.len();
    wrap::push(out, &margin, 2, &format!("{name}{}", plain(&part.text)));
    if coloured {
        out.replace_range(start..start + mark.len(), &format!("\x1b[{colour}m{mark}\x1b[0m"));
    }
    let below = " ".repeat(margin.chars().count() + 4);
    if let [held, further @ ..] = part.held_by.as_slice() {
        let more = if further.is_empty() { String::new() } else { format!(" and {} more", further.len()) };
        wrap::push(out, &below, 2, &format!("held by {}{more}", plain(held)));
    }
    for (field, values) in &part.seen {
        let values: Vec<&str> = values.iter().map(|value| value.get()).collect();
        let values = if values.is_empty() { "nothing".to_owned() } else { plain(&values.join(", ")) };
        let shown: String = values.chars().take(SHOWN).collect();
        let cut = if shown.len() < values.len() { " …" } else { "" };
        // Which field is meant stands above, unless there are two.
        let within = if part.seen.len() > 1 { format!(" in {}", plain(field)) } else { String::new() };
        wrap::push(out, &below, 2, &format!("saw {shown}{cut}{within}"));
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]
mod tests {
    use super::text;

    const EXPLANATION: &str = r#"{"format":1,"rule":"a/b","title":"\u001b[2Jx","language":"sigma","enabled":false,
        "condition":"one and two","verdict":"suppressed","level":null,"suppressed_by":"overrides.yml:3","parts":[
        {"depth":0,"kind":"all","holds":false,"text":"all of"},
        {"depth":1,"kind":"test","holds":true,"name":"one","text":"a is 1","seen":{"a":["\u202e",12345678901234567890123]},"held_by":["1"]},
        {"depth":99,"kind":"test","holds":false,"text":"b is 1","seen":{"b":[]}}],
        "adjustments":[{"source":"overrides.yml:3","effect":"suppress","level":null,"applied":true,"parts":[]},
        {"source":"x","effect":"set_level","level":"low","applied":false,"parts":[]}]}"#;

    #[test]
    fn everything_is_told_in_words_and_gives_a_terminal_no_commands() {
        let shown = text(EXPLANATION, false).unwrap();
        for expected in [
            "a/b: \\u001b[2Jx\n",
            "matches this record, but overrides.yml:3 suppresses it\n",
            "switched off",
            "asks for one and two\n",
            "✗ no   all of\n✓ yes    one: a is 1\n",
            "saw \"\\u202e\", 12345678901234567890123\n",
            "saw nothing\n",
            "overrides.yml:3 suppresses a match: applied\n",
            "x makes a match low: not applied\n",
        ] {
            assert!(shown.contains(expected), "{expected:?} in\n{shown}");
        }
        assert!(!shown.contains('\x1b') && shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
        let coloured = text(EXPLANATION, true).unwrap();
        assert_eq!(coloured.matches('\x1b').count(), 6, "three marks and their ends: {coloured}");
    }

    #[test]
    fn a_rule_that_is_off_has_no_finding() {
        let told =
            EXPLANATION.replace("\"verdict\":\"suppressed\",\"level\":null", "\"verdict\":\"match\",\"level\":\"low\"");
        let shown = text(&told, false).unwrap();
        assert!(shown.contains("matches this record: switched on it would give a finding of level low\n"), "{shown}");
        assert!(shown.contains("the rule is switched off"), "{shown}");
    }

    #[test]
    fn what_is_no_explanation_is_refused() {
        assert!(text("{}", false).is_err() && text("[]", false).is_err());
    }
}
