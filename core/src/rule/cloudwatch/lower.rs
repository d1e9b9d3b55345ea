//! Expression tree → [`Condition`]: what each comparison means, and the quotas that CloudWatch sets.

use super::parse::Expression;
use super::question::{Question, Value};
use super::selector::Selector;
use super::{Asked, Mistake, regex};
use crate::record::decimal::Decimal;
use crate::record::path::{Path, Step};
use crate::rule::condition::{Condition, Matcher, Test};
use crate::rule::diagnostic::Code;

/// CloudWatch's quotas.
const MAX_WILDCARDS_IN_SELECTOR: usize = 1;
const MAX_WILDCARDS: usize = 3;
const MAX_REGEXES: usize = 2;

/// The condition, or everything that is wrong with a pattern of the right form.
pub(super) fn lower(expression: Expression, asked: Asked<'_>) -> Result<Condition, Vec<Mistake>> {
    let mut lowering = Lowering { asked, mistakes: Vec::new(), wildcards: 0, regexes: 0 };
    let condition = lowering.expression(expression);
    if lowering.mistakes.is_empty() { Ok(condition) } else { Err(lowering.mistakes) }
}

struct Lowering<'a> {
    asked: Asked<'a>,
    mistakes: Vec<Mistake>,
    wildcards: usize,
    regexes: usize,
}

impl Lowering<'_> {
    /// Recursion is bounded by how deep brackets may be nested. Brackets that change nothing leave no trace, so that
    /// patterns which say the same become the same condition.
    fn expression(&mut self, expression: Expression) -> Condition {
        match expression {
            Expression::Comparison(selector, question) => {
                let (field, value) = (selector.at, if let Question::Equality { at, .. } = question { at } else { 0 });
                let condition = self.comparison(selector, question);
                (self.asked)(field, value, &condition);
                condition
            }
            Expression::All(parts) => {
                let flat = |part| if let Condition::And(inner) = part { inner } else { vec![part] };
                Condition::And(parts.into_iter().map(|part| self.expression(part)).flat_map(flat).collect())
            }
            Expression::Any(parts) => {
                let flat = |part| if let Condition::Or(inner) = part { inner } else { vec![part] };
                Condition::Or(parts.into_iter().map(|part| self.expression(part)).flat_map(flat).collect())
            }
        }
    }

    fn comparison(&mut self, selector: Selector, question: Question) -> Condition {
        self.count_wildcards(&selector);
        let path = Path(selector.steps);
        let test = match question {
            Question::NotExists => return Condition::Not(Box::new(Condition::Test(path, Test::Present))),
            Question::IsNull => Test::Null,
            Question::Is(value) => Test::Boolean(value),
            Question::Relation(relation, number) => Test::Number(relation, number),
            Question::Equality { negated, value, .. } => match self.matcher(value) {
                Some(matcher) => Test::Text { matcher, negated },
                None if negated => return never(),
                None => Test::Scalar,
            },
        };
        Condition::Test(path, test)
    }

    /// What the text must be; `None` for a lone `*`, which any value satisfies, and where a mistake was noted.
    fn matcher(&mut self, value: Value) -> Option<Matcher> {
        match value {
            Value::Regex(at, body) => {
                self.count_regex(at);
                match regex::translate(at, &body) {
                    Ok(expression) => Some(Matcher::Regex(expression)),
                    Err(mistake) => {
                        self.mistakes.push(mistake);
                        None
                    }
                }
            }
            Value::Bare(text) => match Decimal::parse(text.as_bytes()) {
                Some(number) => Some(Matcher::Number(text, number)),
                None => wildcards(&text),
            },
            Value::Quoted(text) => wildcards(&text),
        }
    }

    fn count_wildcards(&mut self, selector: &Selector) {
        let is_wildcard = |step: &&Step| matches!(step, Step::AnyMember | Step::AnyElement);
        let own = selector.steps.iter().filter(is_wildcard).count();
        if own > MAX_WILDCARDS_IN_SELECTOR {
            let message = format!("too many wildcards in one field (limit {MAX_WILDCARDS_IN_SELECTOR}, got {own})");
            let help = "name the other keys, or the numbers of the elements";
            self.mistakes.push(Mistake::new(selector.at, Code::PatternLimit, message, help));
        }
        let before = self.wildcards;
        self.wildcards += own;
        if before <= MAX_WILDCARDS && self.wildcards > MAX_WILDCARDS {
            let message = format!("too many wildcards in the fields of one pattern (limit {MAX_WILDCARDS})");
            self.mistakes.push(Mistake::new(selector.at, Code::PatternLimit, message, "divide it into several rules"));
        }
    }

    fn count_regex(&mut self, at: usize) {
        self.regexes += 1;
        if self.regexes == MAX_REGEXES + 1 {
            let message = format!("too many regular expressions in one pattern (limit {MAX_REGEXES})");
            let help = "`*` at the start and end of a value often does; else divide it into several rules";
            self.mistakes.push(Mistake::new(at, Code::PatternLimit, message, help));
        }
    }
}

/// `!= *` asks for a value whose text is not any text. A missing field does not satisfy `!=` either, so nothing does.
fn never() -> Condition {
    Condition::Or(Vec::new())
}

/// A value in which `*` stands for any text. `None` where it may be any altogether.
fn wildcards(text: &str) -> Option<Matcher> {
    if !text.contains('*') {
        return Some(Matcher::Exact(text.to_owned()));
    }
    let begins_open = text.starts_with('*');
    let ends_open = text.ends_with('*');
    // Two `*` in a row say no more than one.
    let literals: Vec<String> = text.split('*').filter(|piece| !piece.is_empty()).map(str::to_owned).collect();
    Some(match (literals.as_slice(), begins_open, ends_open) {
        ([], _, _) => return None,
        ([one], false, true) => Matcher::Prefix(one.clone()),
        ([one], true, false) => Matcher::Suffix(one.clone()),
        ([one], true, true) => Matcher::Contains(one.clone()),
        _ => {
            let open = |is_open: bool| is_open.then(String::new);
            Matcher::Glob(open(begins_open).into_iter().chain(literals).chain(open(ends_open)).collect())
        }
    })
}
