//! Slips of the pen in the names that CloudTrail gives: takes what a rule, a filter or an override asks for and the text
//! it was read from, gives warnings.
//!
//! A name that is not known is legal, since services add fields and events every week; one that differs from a known
//! name by a letter or two is probably that name, and a rule with it never matches. So only near misses are told, and
//! nothing is refused.

mod vocabulary;

use super::condition::{Condition, Matcher, Pattern, Test, Token};
use super::diagnostic::{Code, Notes, Position, quoted};
use super::suggest::closest;
use crate::record::path::{Path, Step};
use std::collections::BTreeSet;
use vocabulary::{FIELDS, SOURCES, VALUES, WORDS};

/// What all sources of events end with.
const DOMAIN: &str = ".amazonaws.com";

/// Warns of names among the fields and in the condition that are near misses. Both stand in the text from this place on.
pub(super) fn check(fields: &[String], condition: &Condition, text: &str, from: Position, notes: &mut Notes) {
    let mut names = Names { fields: fields.iter().cloned().collect(), ..Names::default() };
    names.gather(condition);
    let fields = names.fields.iter().filter_map(|name| Some((Code::CloudtrailField, "field", name, field(name)?)));
    let sources = names.sources.iter().filter_map(|name| Some((Code::CloudtrailSource, "source", name, source(name)?)));
    let events = names.events.iter().filter_map(|name| Some((Code::CloudtrailEvent, "event", name, event(name)?)));
    let values =
        names.values.iter().map(|(field, name, meant)| (Code::CloudtrailValue, *field, name, (*meant).to_owned()));
    for (code, what, name, meant) in fields.chain(sources).chain(events).chain(values) {
        let message = format!("{} is not a known {what} of CloudTrail", quoted(name));
        let help = format!("did you mean `{meant}`? otherwise leave it: names that are not known are legal");
        notes.warn(place(text, from, name), code, message, help);
    }
}

/// The names that are used.
#[derive(Default)]
struct Names {
    /// With dots between their parts.
    fields: BTreeSet<String>,
    /// Whole values that it looks for in `eventSource` and `eventName`.
    sources: BTreeSet<String>,
    events: BTreeSet<String>,
    /// Near misses of the values that a field may have, and what was probably meant.
    values: Vec<(&'static str, String, &'static str)>,
}

impl Names {
    /// Conditions are nested no deeper than the parsers allow.
    fn gather(&mut self, condition: &Condition) {
        match condition {
            Condition::And(parts) | Condition::Or(parts) => parts.iter().for_each(|part| self.gather(part)),
            Condition::Not(part) | Condition::Named(_, part) => self.gather(part),
            Condition::Pair(one, other, _) => self.fields.extend([one, other].into_iter().filter_map(field_name)),
            Condition::Test(path, test) => {
                let Some(name) = field_name(path) else { return };
                if let Some(text) = whole_text(test) {
                    match name.as_str() {
                        "eventName" => _ = self.events.insert(text.to_owned()),
                        "eventSource" => _ = self.sources.insert(text.to_owned()),
                        _ => self.gather_value(&name, text, matches!(test, Test::Text { .. })),
                    }
                }
                self.fields.insert(name);
            }
        }
    }

    fn gather_value(&mut self, name: &str, text: &str, case_counts: bool) {
        let Some((field, known)) = VALUES.into_iter().find(|(field, _)| *field == name) else { return };
        let Some(meant) = value(text, known, case_counts) else { return };
        let near_miss = (field, text.to_owned(), meant);
        if !self.values.contains(&near_miss) {
            self.values.push(near_miss);
        }
    }
}

/// The path's members up to the first wildcard.
fn field_name(path: &Path) -> Option<String> {
    let names = path.0.iter().map_while(|step| match step {
        Step::Member(name) | Step::Field(name) => Some(name.as_str()),
        _ => None,
    });
    let name = names.collect::<Vec<_>>().join(".");
    (!name.is_empty()).then_some(name)
}

fn whole_text(test: &Test) -> Option<&str> {
    match test {
        Test::Text { matcher: Matcher::Exact(text), .. } => Some(text),
        Test::Pattern(Pattern { tokens, keyword: false, .. }) => match tokens.as_slice() {
            [Token::Text(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// The field that was probably meant. Whatever stands below a part that is not known may be anything.
fn field(name: &str) -> Option<String> {
    let mut start = 0;
    loop {
        let parent = name.get(..start)?.trim_end_matches('.');
        let (_, known) = FIELDS.into_iter().find(|(object, _)| *object == parent)?;
        let rest = name.get(start..)?;
        let (part, after) = rest.split_once('.').unwrap_or((rest, ""));
        if !known.contains(&part) {
            let meant = closest(part, known.iter().copied())?;
            return Some(format!("{}{meant}{}", name.get(..start)?, rest.get(part.len()..)?));
        }
        start += part.len() + 1;
        if after.is_empty() {
            return None;
        }
    }
}

/// Of a field's values the one that was probably meant.
fn value(text: &str, known: &[&'static str], case_counts: bool) -> Option<&'static str> {
    let is = |known: &&str| if case_counts { *known == text } else { known.eq_ignore_ascii_case(text) };
    if known.iter().any(is) { None } else { closest(text, known.iter().copied()) }
}

/// The source that was probably meant.
fn source(name: &str) -> Option<String> {
    let folded = name.to_ascii_lowercase();
    let service = folded.split('.').next().unwrap_or_default();
    if folded.ends_with(DOMAIN) && is_in(service, SOURCES) {
        return None;
    }
    let known = closest(service, SOURCES.split_ascii_whitespace());
    match (folded.strip_suffix(DOMAIN), known) {
        (_, Some(known)) => Some(format!("{known}{DOMAIN}")),
        (Some(_), None) => None,
        // Records of other sources are not judged at all.
        (None, None) => Some(format!("{service}{DOMAIN}")),
    }
}

/// The event that was probably meant: each word of the name is looked at alone, since names that differ by a whole word
/// are as near to each other as slips (`CreateRole`, `CreateRule`).
fn event(name: &str) -> Option<String> {
    let mut meant = String::with_capacity(name.len());
    for word in words(name) {
        let folded = word.to_ascii_lowercase();
        let is_known = is_in(&folded, WORDS) || singulars(&folded).any(|word| is_in(&word, WORDS));
        let is_looked_for = !is_known && folded.len() > 3;
        let near = || WORDS.split_ascii_whitespace().find(|known| is_one_slip(&folded, known));
        match is_looked_for.then(near).flatten() {
            None => meant.push_str(word),
            Some(known) => {
                let (first, rest) = known.split_at(1);
                meant.push_str(&first.to_ascii_uppercase());
                meant.push_str(rest);
            }
        }
    }
    (meant != name).then_some(meant)
}

fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// One letter more, less or other, or two swapped: [`closest`] allows more, which among so many words is too much, and
/// takes longer, which thousands of rules would feel.
fn is_one_slip(word: &str, known: &str) -> bool {
    let (mut one, mut other) = (word.as_bytes(), known.as_bytes());
    while let ([a, one_rest @ ..], [b, other_rest @ ..]) = (one, other)
        && a == b
    {
        (one, other) = (one_rest, other_rest);
    }
    while let ([one_rest @ .., a], [other_rest @ .., b]) = (one, other)
        && a == b
    {
        (one, other) = (one_rest, other_rest);
    }
    match (one, other) {
        ([], []) => false,
        ([] | [_], [] | [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// What a plural may be the plural of.
fn singulars(word: &str) -> impl Iterator<Item = String> {
    let ends = [("ies", "y"), ("es", ""), ("s", "")];
    ends.into_iter().filter_map(move |(plural, singular)| Some(word.strip_suffix(plural)?.to_owned() + singular))
}

/// `GetSigninToken` → `Get`, `Signin`, `Token`. Versions and abbreviations in capitals are no words.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let mut letters = rest.char_indices();
        letters.next()?;
        let end = letters.find(|(_, letter)| !letter.is_ascii_lowercase()).map_or(rest.len(), |(at, _)| at);
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

/// Where the name first stands in the text from this place on; that place if it is written otherwise there.
fn place(text: &str, from: Position, name: &str) -> Position {
    let lines = text.lines().zip(1_u32..).skip_while(|(_, line)| *line < from.line);
    let mut found = lines.filter_map(|(text, line)| {
        let before = text.get(..text.find(name)?)?;
        Some(Position { line, column: before.chars().count() as u32 + 1 })
    });
    found.next().unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::vocabulary::VALUES;
    use super::{event, field, source, value};

    #[test]
    fn slips_in_names_are_recognised() {
        for (name, meant) in [
            ("additionalEventData.MFAUserd", "additionalEventData.MFAUsed"),
            ("additionalEventData.MfaUsed", "additionalEventData.MFAUsed"),
            ("eventname", "eventName"),
            ("useridentity.type", "userIdentity.type"),
            ("userIdentity.sessionContext.sessionIsuer.arn", "userIdentity.sessionContext.sessionIssuer.arn"),
            ("sourceIpAddress", "sourceIPAddress"),
        ] {
            assert_eq!(field(name).as_deref(), Some(meant));
        }
        for (name, meant) in [
            ("GetSinginToken", "GetSigninToken"),
            ("ConsoleLogn", "ConsoleLogin"),
            ("CreatePolciy", "CreatePolicy"),
            ("StopLoging", "StopLogging"),
        ] {
            assert_eq!(event(name).as_deref(), Some(meant));
        }
        for (name, meant) in [
            ("singin.amazonaws.com", "signin.amazonaws.com"),
            ("clouldtrail.amazonaws.com", "cloudtrail.amazonaws.com"),
            ("iam.amazonaws.co", "iam.amazonaws.com"),
            ("iam", "iam.amazonaws.com"),
        ] {
            assert_eq!(source(name).as_deref(), Some(meant));
        }
    }

    /// S1.21: so `rules check` suggests the real name of a sign-in's type.
    #[test]
    fn values_are_recognised_as_the_language_compares_them() {
        let meant = |field: &str, text: &str, case_counts| {
            VALUES.iter().find(|(name, _)| *name == field).and_then(|(_, known)| value(text, known, case_counts))
        };
        assert_eq!(meant("eventType", "AwsConsolSignIn", true), Some("AwsConsoleSignIn"));
        assert_eq!(meant("eventType", "AwsApicall", true), Some("AwsApiCall"));
        assert_eq!(meant("eventType", "AwsApicall", false), None);
        assert_eq!(meant("userIdentity.type", "AssumeRole", false), Some("AssumedRole"));
        for known in ["AwsConsoleSignIn", "AwsConsoleSignin", "AwsBrandNewEvent", ""] {
            assert_eq!(meant("eventType", known, true), None, "{known}");
        }
    }

    #[test]
    fn other_names_are_left_alone() {
        for name in [
            "eventName",
            "status",
            "userIdentity.type",
            "userIdentity.unheardOf.typ",
            "requestParameters.usrName",
            "additionalEventData.bytesTransferredIn",
            "",
            ".",
        ] {
            assert_eq!(field(name), None, "{name}");
        }
        for name in [
            "CreateRule",
            "ListRoles",
            "UpdateFunctionCode20150331v2",
            "GetSAMLProvider",
            "AssumeRoleWithSAML",
            "ListPolicies",
            "DescribeVpcs",
            "",
            "Ünïcode",
        ] {
            assert_eq!(event(name), None, "{name}");
        }
        for name in ["iam.amazonaws.com", "brandnew.amazonaws.com", "sqs.amazonaws.com"] {
            assert_eq!(source(name), None, "{name}");
        }
    }
}
