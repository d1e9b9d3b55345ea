//! The text of a condition → expression tree, by Sigma's grammar. Knows form only: which identifiers there are is for
//! [`super::detection`].

use super::Mistake;
use crate::rule::condition::single_or;
use crate::rule::diagnostic::{Code, quoted};

const CODE: Code = Code::SigmaCondition;

const FORM: &str = "as in `selection and not 1 of filter_*`";

/// How deep brackets and `not` may be nested: public rules nest two deep, and what walks the condition may recurse.
const MAX_NESTING: usize = 64;

/// A condition, or a part of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expression<'t> {
    Any(Vec<Self>),
    All(Vec<Self>),
    Not(Box<Self>),
    /// A search identifier, at this byte.
    Name(usize, &'t str),
    /// One or all of those whose name fits; `None` stands for `them`.
    Of {
        at: usize,
        all: bool,
        pattern: Option<&'t str>,
    },
}

impl Expression<'_> {
    /// Whether it says `not` anywhere.
    pub(super) fn negates(&self) -> bool {
        match self {
            Self::Any(parts) | Self::All(parts) => parts.iter().any(Self::negates),
            Self::Not(_) => true,
            Self::Name(..) | Self::Of { .. } => false,
        }
    }
}

/// A condition and the keywords in it that are not in lower case, with the byte at which each begins.
#[derive(Debug)]
pub(super) struct Parsed<'t> {
    pub(super) expression: Expression<'t>,
    pub(super) shouted: Vec<(usize, &'t str)>,
}

/// Reads a condition.
pub(super) fn parse(text: &str) -> Result<Parsed<'_>, Mistake> {
    let mut parser = Parser { words: words(text), next: 0, end: text.len(), shouted: Vec::new() };
    if let Some((at, _)) = parser.words.iter().find(|(_, word)| *word == "|") {
        let message = "aggregation expressions were replaced by Sigma correlations";
        let help = "end the condition before the `|`; counting over time needs a document with `correlation:`";
        return Err(Mistake::new(*at, Code::SigmaAggregation, message, help));
    }
    let expression = parser.any(0)?;
    match parser.peek() {
        None => Ok(Parsed { expression, shouted: parser.shouted }),
        Some((at, ")")) => Err(Mistake::new(at, CODE, "no bracket is open here", "take it out, or open one")),
        Some((at, word)) => {
            let message = format!("`and` or `or` was expected, found {}", quoted(word));
            Err(Mistake::new(at, CODE, message, operators(word)))
        }
    }
}

/// The way out for those who write operators as programs do.
fn operators(word: &str) -> &'static str {
    let is_other = word.starts_with(['&', '!', ',', ';']);
    if is_other { "operators are `and`, `or` and `not`" } else { FORM }
}

/// Words end at white space; brackets and `|` are words of their own.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut begin = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        let is_sign = matches!(letter, '(' | ')' | '|');
        if !is_sign && !letter.is_whitespace() {
            begin.get_or_insert(at);
            continue;
        }
        if let Some(begin) = begin.take() {
            words.extend(text.get(begin..at).map(|word| (begin, word)));
        }
        if is_sign {
            words.extend(text.get(at..=at).map(|word| (at, word)));
        }
    }
    words
}

struct Parser<'t> {
    words: Vec<(usize, &'t str)>,
    next: usize,
    end: usize,
    shouted: Vec<(usize, &'t str)>,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<(usize, &'t str)> {
        self.words.get(self.next).copied()
    }

    /// Takes the next word if it is this keyword, in any case.
    fn takes(&mut self, keyword: &str) -> bool {
        let Some((at, word)) = self.peek().filter(|(_, word)| word.eq_ignore_ascii_case(keyword)) else { return false };
        if word != keyword {
            self.shouted.push((at, word));
        }
        self.next += 1;
        true
    }

    fn any(&mut self, depth: usize) -> Result<Expression<'t>, Mistake> {
        let mut parts = vec![self.all(depth)?];
        while self.takes("or") {
            parts.push(self.all(depth)?);
        }
        Ok(single_or(parts, Expression::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Expression<'t>, Mistake> {
        let mut parts = vec![self.negation(depth)?];
        while self.takes("and") {
            parts.push(self.negation(depth)?);
        }
        Ok(single_or(parts, Expression::All))
    }

    fn negation(&mut self, depth: usize) -> Result<Expression<'t>, Mistake> {
        let at = self.peek().map_or(self.end, |(at, _)| at);
        if depth > MAX_NESTING {
            let message = format!("brackets and `not` are nested too deep (limit {MAX_NESTING})");
            return Err(Mistake::new(at, CODE, message, "leave out brackets that change nothing"));
        }
        if self.takes("not") {
            return Ok(Expression::Not(Box::new(self.negation(depth + 1)?)));
        }
        if !self.takes("(") {
            return self.operand();
        }
        let inner = self.any(depth + 1)?;
        if self.takes(")") {
            return Ok(inner);
        }
        match self.peek() {
            None => Err(Mistake::new(at, CODE, "this bracket is not closed", "add `)`")),
            Some((at, word)) => {
                let message = format!("`and`, `or` or `)` was expected, found {}", quoted(word));
                Err(Mistake::new(at, CODE, message, operators(word)))
            }
        }
    }

    fn operand(&mut self) -> Result<Expression<'t>, Mistake> {
        let expected = "the name of an identifier, `not`, `(` or `1 of …` was expected";
        let Some((at, word)) = self.peek() else {
            return Err(Mistake::new(self.end, CODE, format!("{expected} at the end"), FORM));
        };
        let is_keyword = ["and", "or", "of", ")"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword));
        if is_keyword {
            return Err(Mistake::new(at, CODE, format!("{expected}, found {}", quoted(word)), FORM));
        }
        self.next += 1;
        let is_selector = self.peek().is_some_and(|(_, word)| word.eq_ignore_ascii_case("of"));
        if is_selector {
            return self.selector(at, word);
        }
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        if word.chars().all(is_part) {
            return Ok(Expression::Name(at, word));
        }
        let help = if operators(word) != FORM {
            operators(word)
        } else if word.contains('*') {
            "a pattern stands behind `1 of` or `all of`"
        } else {
            "a name consists of letters, digits, `_` and `-`; others are reached by a pattern, as in `1 of filter_*`"
        };
        Err(Mistake::new(at, CODE, format!("{} is not the name of an identifier", quoted(word)), help))
    }

    /// What follows `1`, `any` or `all`.
    fn selector(&mut self, at: usize, quantity: &'t str) -> Result<Expression<'t>, Mistake> {
        let all = match quantity.to_ascii_lowercase().as_str() {
            "1" | "any" => false,
            "all" => true,
            _ => {
                let message = format!("before `of` stands `1`, `any` or `all`, found {}", quoted(quantity));
                return Err(Mistake::new(at, CODE, message, "write out which identifiers go together"));
            }
        };
        if quantity.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.shouted.push((at, quantity));
        }
        self.takes("of");
        if self.takes("them") {
            return Ok(Expression::Of { at, all, pattern: None });
        }
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '*');
        match self.peek() {
            Some((at, pattern)) if pattern.chars().all(is_part) => {
                self.next += 1;
                Ok(Expression::Of { at, all, pattern: Some(pattern) })
            }
            found => {
                let message = "behind `of` stands `them`, a name, or a pattern such as `filter_*`";
                Err(Mistake::new(found.map_or(self.end, |(at, _)| at), CODE, message, FORM))
            }
        }
    }
}
