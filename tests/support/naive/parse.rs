//! From the text of a filter pattern to its meaning, by the grammar of the digest, rule by rule.
//!
//! It gives a [`Pattern`] or `None`: it says that a text is refused, not why.

use super::number::Number;
use super::regex::Regex;
use super::{Pattern, Question, Term};
use crate::tree::Step;
use std::cmp::Ordering::{self, Equal, Greater, Less};

/// Longest pattern in characters.
const LONGEST: usize = 1024;
/// Most wildcards in the selectors of one pattern; one selector has at most one.
const MOST_WILDCARDS: usize = 3;
/// Most regular expressions in one pattern.
const MOST_REGEXES: usize = 2;

/// Reads a pattern for JSON events; `None` if CloudWatch would refuse it or take it for another kind.
pub fn parse(text: &str) -> Option<Pattern> {
    if text.chars().count() > LONGEST {
        return None;
    }
    let mut reader = Reader { rest: text.trim(), wildcards: 0, regexes: 0 };
    reader.take("{")?;
    let pattern = reader.alternatives()?;
    reader.take("}")?;
    let within_limits = reader.wildcards <= MOST_WILDCARDS && reader.regexes <= MOST_REGEXES;
    (reader.rest.is_empty() && within_limits).then_some(pattern)
}

struct Reader<'a> {
    rest: &'a str,
    wildcards: usize,
    regexes: usize,
}

impl<'a> Reader<'a> {
    /// Takes this text from the front, after white space.
    fn take(&mut self, wanted: &str) -> Option<()> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n']).strip_prefix(wanted)?;
        Some(())
    }

    /// Takes the longest run of such characters, which must not be empty.
    fn run(&mut self, belongs: impl Fn(char) -> bool) -> Option<&'a str> {
        let end = self.rest.find(|character| !belongs(character)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!run.is_empty()).then_some(run)
    }

    /// Takes what stands before the mark, and the mark.
    fn until(&mut self, mark: &str) -> Option<&'a str> {
        let (inside, rest) = self.rest.split_once(mark)?;
        self.rest = rest;
        Some(inside)
    }

    fn alternatives(&mut self) -> Option<Pattern> {
        let mut whole = self.conjunction()?;
        while self.take("||").is_some() {
            whole = Pattern::Either(Box::new(whole), Box::new(self.conjunction()?));
        }
        Some(whole)
    }

    fn conjunction(&mut self) -> Option<Pattern> {
        let mut whole = self.primary()?;
        while self.take("&&").is_some() {
            whole = Pattern::Both(Box::new(whole), Box::new(self.primary()?));
        }
        Some(whole)
    }

    fn primary(&mut self) -> Option<Pattern> {
        if self.take("(").is_some() {
            let inner = self.alternatives()?;
            self.take(")")?;
            return Some(inner);
        }
        let selector = self.selector()?;
        Some(Pattern::Compare(selector, self.question()?))
    }

    fn selector(&mut self) -> Option<Vec<Step>> {
        self.take("$")?;
        let mut steps = Vec::new();
        while self.rest.starts_with(['.', '[']) {
            let is_dotted = self.rest.starts_with('.');
            if is_dotted {
                self.rest = &self.rest[1..];
            }
            steps.push(if let Some(rest) = self.rest.strip_prefix("['") {
                self.rest = rest;
                let key = self.until("']")?;
                if key.is_empty() || key.contains('\'') {
                    return None;
                }
                Step::Member(key.to_owned())
            } else if is_dotted && self.rest.starts_with('*') {
                self.rest = &self.rest[1..];
                Step::AnyMember
            } else if is_dotted {
                Step::Member(self.run(|next| next.is_ascii_alphanumeric() || "_-".contains(next))?.to_owned())
            } else {
                self.rest = &self.rest[1..];
                match self.until("]")? {
                    "*" => Step::AnyElement,
                    digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Step::Element(digits.parse().ok()?),
                    _ => return None,
                }
            });
        }
        let wildcards = steps.iter().filter(|step| matches!(step, Step::AnyMember | Step::AnyElement)).count();
        self.wildcards += wildcards;
        (!steps.is_empty() && wildcards <= 1).then_some(steps)
    }

    fn question(&mut self) -> Option<Question> {
        for (first, second, question) in [
            ("IS", "NULL", Question::IsNull),
            ("IS", "TRUE", Question::Is(true)),
            ("IS", "FALSE", Question::Is(false)),
            ("NOT", "EXISTS", Question::NotExists),
        ] {
            let before = self.rest;
            let is_it = self.take(first).is_some() && self.rest.starts_with([' ', '\t', '\n']);
            if is_it && self.take(second).is_some() {
                return Some(question);
            }
            self.rest = before;
        }
        if self.take("!=").is_some() {
            return Some(Question::Unequal(self.term()?));
        }
        if self.take("=").is_some() {
            return Some(Question::Equal(self.term()?));
        }
        let relations: [(&str, &[Ordering]); 4] =
            [("<=", &[Less, Equal]), (">=", &[Greater, Equal]), ("<", &[Less]), (">", &[Greater])];
        for (sign, accepted) in relations {
            if self.take(sign).is_some() {
                self.take("")?;
                return Some(Question::Ordered(accepted.to_vec(), Number::read(self.run(is_bare)?)?));
            }
        }
        None
    }

    fn term(&mut self) -> Option<Term> {
        if self.take("\"").is_some() {
            return self.quoted().map(Term::Quoted);
        }
        if self.take("%").is_some() {
            self.regexes += 1;
            return Regex::read(self.until("%")?).map(Term::Regex);
        }
        self.take("")?;
        self.run(is_bare).map(|text| Term::Bare(text.to_owned()))
    }

    fn quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut characters = self.rest.chars();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => text.push(characters.next().filter(|next| "\"\\".contains(*next))?),
                other => text.push(other),
            }
        }
        self.rest = characters.as_str();
        Some(text)
    }
}

fn is_bare(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_*.-+:/@".contains(character)
}
