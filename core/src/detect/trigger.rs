//! What a record must hold for a rule to be able to match. The other rules need not be looked at.

use crate::record::path::{Path, Step};
use crate::rule::condition::{Condition, Matcher, Test};

/// If the rule matches, then something in the record is like this.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Trigger<'a> {
    /// The path has a value with exactly this text.
    Text(&'a Path, &'a str),
    /// The path has a value whose text holds this, at the place said.
    Literal(&'a Path, Place, &'a str),
    /// The path has a value.
    Present(&'a Path),
}

/// Where a literal must stand in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Place {
    Start,
    End,
    Anywhere,
}

/// The triggers of a rule: it cannot match unless at least one of them is met. `None`: it may match any record.
pub(super) fn triggers(condition: &Condition) -> Option<Vec<Trigger<'_>>> {
    Some(necessary(condition)?.triggers)
}

struct Necessary<'a> {
    triggers: Vec<Trigger<'a>>,
    /// How often they are expected to be met; only the order counts.
    cost: u32,
}

fn necessary(condition: &Condition) -> Option<Necessary<'_>> {
    match condition {
        // One necessary part is enough; the rarest saves the most.
        Condition::And(parts) => parts.iter().filter_map(necessary).min_by_key(|part| part.cost),
        Condition::Or(parts) => parts.iter().try_fold(Necessary { triggers: Vec::new(), cost: 0 }, |mut all, part| {
            let part = necessary(part)?;
            all.triggers.extend(part.triggers);
            all.cost = all.cost.saturating_add(part.cost);
            Some(all)
        }),
        Condition::Named(_, part) => necessary(part),
        Condition::Pair(path, ..) => {
            let (trigger, cost) = present(path);
            Some(Necessary { triggers: vec![trigger], cost })
        }
        // Something that is not there triggers nothing.
        Condition::Not(_) => None,
        Condition::Test(path, test) => Some(of_test(path, test)),
    }
}

fn of_test<'a>(path: &'a Path, test: &'a Test) -> Necessary<'a> {
    let (trigger, cost) = match test {
        Test::Text { matcher, negated: false } => match matcher {
            Matcher::Exact(text) => (Trigger::Text(path, text), cost_of_text(path)),
            Matcher::Prefix(text) => literal(path, Place::Start, text),
            Matcher::Suffix(text) => literal(path, Place::End, text),
            Matcher::Contains(text) => literal(path, Place::Anywhere, text),
            Matcher::Glob(pieces) => {
                let longest = pieces.iter().max_by_key(|piece| piece.len()).map_or("", String::as_str);
                literal(path, Place::Anywhere, longest)
            }
            Matcher::Number(..) | Matcher::Regex(_) => present(path),
        },
        _ => present(path),
    };
    Necessary { triggers: vec![trigger], cost }
}

fn literal<'a>(path: &'a Path, place: Place, text: &'a str) -> (Trigger<'a>, u32) {
    if text.is_empty() {
        return present(path);
    }
    (Trigger::Literal(path, place, text), 60)
}

fn present(path: &Path) -> (Trigger<'_>, u32) {
    (Trigger::Present(path), if path.0.len() == 1 { 10_000 } else { 1_000 })
}

/// Rough shares, in thousandths, of the records that have one certain value there: CloudTrail has hundreds of event
/// names, dozens of sources and error codes, and a handful of everything else.
fn cost_of_text(path: &Path) -> u32 {
    match path.0.as_slice() {
        [Step::Member(key)] => match key.as_str() {
            "eventName" => 2,
            "errorCode" | "errorMessage" | "eventID" => 4,
            "eventSource" => 30,
            "userAgent" | "sourceIPAddress" => 40,
            _ => 500,
        },
        [Step::Member(key), ..] if key == "userIdentity" => 200,
        _ => 20,
    }
}
