//! Slips of the pen in the names that CloudTrail gives: takes what a rule, a filter or an override asks for, where it is
//! read, gives warnings.
//!
//! A name that is not known is legal, since services add fields and events every week; one that differs from a known
//! name by a letter or two is probably that name, and a rule with it never matches. So only near misses are told, and
//! nothing is refused.

mod vocabulary;

use super::built_in;
use super::condition::{Condition, Matcher, Pattern, Test, Token};
use super::diagnostic::{Code, Notes, Position, quoted};
use super::suggest::closest;
use super::yaml::{Body, Node};
use crate::record::path::{Path, Step};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use vocabulary::{FIELDS, VALUES};

/// What all sources of events end with.
const DOMAIN: &str = ".amazonaws.com";

/// What is meant by hosts that stand for a service, but are none of its names' near misses.
const HOSTS: [(&str, &str); 1] = [("sing", "signin")];

/// The names by which others are looked at. They are unpacked when the first one is.
#[derive(Debug, Default)]
pub(crate) struct Names(OnceCell<Known>);

#[derive(Debug)]
struct Known {
    /// Whole names of events by themselves in lower case.
    events: BTreeMap<String, String>,
    words: String,
    sources: String,
}

impl Names {
    fn known(&self) -> &Known {
        self.0.get_or_init(|| {
            let [events, words, sources] = built_in::names();
            let events = events.split_ascii_whitespace().map(|name| (name.to_ascii_lowercase(), name.to_owned()));
            Known { events: events.collect(), words, sources }
        })
    }

    /// Warns of a field, with dots between its parts.
    pub(super) fn look_at_field(&self, name: &str, at: Position, notes: &mut Notes) {
        if let Some(meant) = field(name) {
            warn(Code::CloudtrailField, "field", name, did_you_mean(&meant), at, notes);
        }
    }

    /// Warns of fields that are listed.
    pub(super) fn look_at_list(&self, list: &Node, notes: &mut Notes) {
        let Body::List(items) = &list.body else { return };
        for item in items {
            if let Body::Scalar(scalar) = &item.body {
                self.look_at_field(&scalar.text, item.at, notes);
            }
        }
    }

    /// Warns of the field that a comparison is about.
    pub(super) fn look_at_fields(&self, condition: &Condition, at: Position, notes: &mut Notes) {
        match condition {
            Condition::Test(path, _) => self.look_at_field(&field_name(path), at, notes),
            Condition::Not(part) => self.look_at_fields(part, at, notes),
            _ => {}
        }
    }

    /// Warns of what stands to the right in a comparison. All that one value was made into is asked of the same field.
    pub(super) fn look_at_values(&self, condition: &Condition, at: Position, notes: &mut Notes) {
        match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                parts.iter().for_each(|part| self.look_at_values(part, at, notes));
            }
            Condition::Not(part) | Condition::Named(_, part) => self.look_at_values(part, at, notes),
            Condition::Pair(_, other, _) => self.look_at_field(&field_name(other), at, notes),
            Condition::Test(path, test) => {
                if let Some((text, case_counts)) = whole_text(test) {
                    self.look_at_value(&field_name(path), text, case_counts, at, notes);
                }
            }
        }
    }

    fn look_at_value(&self, field: &str, text: &str, case_counts: bool, at: Position, notes: &mut Notes) {
        let told = match field {
            "eventName" => {
                let meant = self.known().event(text, case_counts);
                meant.map(|meant| (Code::CloudtrailEvent, "event", did_you_mean(&meant)))
            }
            "eventSource" => {
                self.known().source(text, case_counts).map(|help| (Code::CloudtrailSource, "source", help))
            }
            _ => VALUES.into_iter().find(|(name, _)| *name == field).and_then(|(field, known)| {
                Some((Code::CloudtrailValue, field, did_you_mean(value(text, known, case_counts)?)))
            }),
        };
        if let Some((code, what, help)) = told {
            warn(code, what, text, help, at, notes);
        }
    }
}

#[cold]
#[inline(never)]
fn warn(code: Code, what: &str, name: &str, help: String, at: Position, notes: &mut Notes) {
    notes.warn(at, code, format!("{} is not a known {what} of CloudTrail", quoted(name)), help);
}

fn did_you_mean(meant: &str) -> String {
    format!("did you mean `{meant}`? otherwise leave it: names that are not known are legal")
}

/// The path's members up to the first wildcard.
fn field_name(path: &Path) -> String {
    let names = path.0.iter().map_while(|step| match step {
        Step::Member(name) | Step::Field(name) => Some(name.as_str()),
        _ => None,
    });
    names.collect::<Vec<_>>().join(".")
}

/// The text that a value must be, and whether case counts.
fn whole_text(test: &Test) -> Option<(&str, bool)> {
    match test {
        Test::Text { matcher: Matcher::Exact(text), .. } => Some((text, true)),
        Test::Pattern(Pattern { tokens, keyword: false, cased }) => match tokens.as_slice() {
            [Token::Text(text)] => Some((text, *cased)),
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

impl Known {
    /// The way out for a source that is not known.
    fn source(&self, name: &str, case_counts: bool) -> Option<String> {
        let folded = name.to_ascii_lowercase();
        let service = folded.split('.').next().unwrap_or_default();
        let host = HOSTS.iter().find(|(host, _)| *host == service).map(|(_, service)| *service);
        let near = || closest(service, self.sources.split_ascii_whitespace());
        let meant = match (folded.ends_with(DOMAIN), is_in(service, &self.sources)) {
            (true, true) if !case_counts || folded == name => return None,
            (_, true) => Some(service),
            _ => host.or_else(near),
        };
        match meant {
            Some(meant) => Some(did_you_mean(&format!("{meant}{DOMAIN}"))),
            None if folded.ends_with(DOMAIN) => None,
            // Records of other sources are not judged at all.
            None => Some(format!("sources of events end with `{DOMAIN}`, and records of others are not judged")),
        }
    }

    /// The event that was probably meant. Where the whole name is not known, each of its words is looked at alone, since
    /// names that differ by a whole word are as near to each other as slips (`CreateRole`, `CreateRule`).
    fn event(&self, name: &str, case_counts: bool) -> Option<String> {
        let folded = name.to_ascii_lowercase();
        if let Some(known) = self.events.get(&folded) {
            return (case_counts && known != name).then(|| known.clone());
        }
        if let Some(known) = other_ends(&folded, &OF_OTHER_NUMBER).find_map(|other| self.events.get(&other)) {
            return Some(known.clone());
        }
        let mut meant = String::with_capacity(name.len());
        for word in words(name) {
            match self.word(&word.to_ascii_lowercase()) {
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

    /// The word that was probably meant.
    fn word(&self, folded: &str) -> Option<&str> {
        let is_known =
            || is_in(folded, &self.words) || other_ends(folded, &STEMS).any(|word| is_in(&word, &self.words));
        if folded.len() <= 3 || is_known() {
            return None;
        }
        self.words.split_ascii_whitespace().find(|known| is_one_slip(folded, known))
    }
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

/// Plurals and participles with the word that they may have been made of.
const STEMS: [(&str, &str); 6] = [("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e")];

/// Plurals with singulars, and the other way round.
const OF_OTHER_NUMBER: [(&str, &str); 6] = [("ies", "y"), ("es", ""), ("s", ""), ("y", "ies"), ("", "s"), ("", "es")];

/// The word with one end in place of the other, wherever it has that.
fn other_ends(word: &str, ends: &'static [(&str, &str)]) -> impl Iterator<Item = String> {
    ends.iter().filter_map(move |(end, other)| Some(word.strip_suffix(end)?.to_owned() + other))
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]
mod tests {
    use super::vocabulary::VALUES;
    use super::{Names, field, value};

    fn event(name: &str, case_counts: bool) -> Option<String> {
        Names::default().known().event(name, case_counts)
    }

    fn source(name: &str, case_counts: bool) -> Option<String> {
        Names::default().known().source(name, case_counts)
    }

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
            ("RunInstance", "RunInstances"),
            ("TerminateInstance", "TerminateInstances"),
            ("StopInstance", "StopInstances"),
            ("ListUser", "ListUsers"),
            ("ListPolicy", "ListPolicies"),
            ("CreateUsers", "CreateUser"),
            ("ConsoleLogins", "ConsoleLogin"),
        ] {
            assert_eq!(event(name, false).as_deref(), Some(meant));
        }
        for (name, meant) in [("createUser", "CreateUser"), ("consolelogin", "ConsoleLogin")] {
            assert_eq!(event(name, true).as_deref(), Some(meant));
            assert_eq!(event(name, false), None, "{name}");
        }
        for (name, meant) in [
            ("singin.amazonaws.com", "signin.amazonaws.com"),
            ("clouldtrail.amazonaws.com", "cloudtrail.amazonaws.com"),
            ("iam.amazonaws.co", "iam.amazonaws.com"),
            ("iam", "iam.amazonaws.com"),
            ("sing.aws.amazon.com", "signin.amazonaws.com"),
        ] {
            let help = source(name, false).unwrap();
            assert!(help.starts_with(&format!("did you mean `{meant}`?")), "{name}: {help}");
        }
        assert!(source("IAM.amazonaws.com", true).unwrap().contains("`iam.amazonaws.com`"));
        assert!(source("vendor.example.org", false).unwrap().starts_with("sources of events end with"));
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
            "PasswordUpdated",
            "PasswordRecoveryCompleted",
            "ListAssociatedAccessPolicies",
            "",
            "Ünïcode",
        ] {
            assert_eq!(event(name, true), None, "{name}");
        }
        for name in ["iam.amazonaws.com", "brandnew.amazonaws.com", "sqs.amazonaws.com"] {
            assert_eq!(source(name, true), None, "{name}");
        }
    }
}
