//! Pattern text → expression tree, by the grammar of CloudWatch's JSON patterns. Knows form only: what a comparison
//! means, and how many wildcards there may be, is for [`super::lower`].

use super::Mistake;
use super::question::{self, Question};
use super::selector::{self, Selector};
use super::text::Text;
use crate::rule::condition::single_or;
use crate::rule::diagnostic::Code;

/// How deep brackets may be nested: Security Hub's own patterns nest two deep, and what walks the condition may
/// recurse.
const MAX_NESTING: usize = 64;

/// A pattern, or a part of it in brackets.
#[derive(Debug)]
pub(super) enum Expression {
    /// `&&` between all of them.
    All(Vec<Self>),
    /// `||` between all of them.
    Any(Vec<Self>),
    /// One selector and what is asked of it.
    Comparison(Selector, Question),
}

/// Reads a whole pattern, which begins with `{` after white space.
pub(super) fn parse(pattern: &str) -> Result<Expression, Mistake> {
    let mut text = Text::new(pattern);
    text.skip_space();
    text.take("{");
    let mut outer = Vec::new();
    let mut group = Group::opened(text.at());
    loop {
        text.skip_space();
        let at = text.at();
        if text.take("(") {
            if outer.len() == MAX_NESTING {
                let message = format!("brackets are nested too deep (limit {MAX_NESTING})");
                return Err(Mistake::new(at, Code::PatternLimit, message, "leave out brackets that change nothing"));
            }
            outer.push(std::mem::replace(&mut group, Group::opened(at)));
            continue;
        }
        let mut operand = comparison(&mut text)?;
        // Closes as many brackets as end here, each of them an operand of the one around it.
        loop {
            group.all.push(operand);
            text.skip_space();
            if text.take("&&") {
                break;
            }
            if text.take("||") {
                group.close_all();
                break;
            }
            match outer.pop() {
                Some(around) if text.take(")") => operand = std::mem::replace(&mut group, around).close(),
                None if text.take("}") => return end(text, group.close()),
                around => return Err(after_operand(&text, around.map(|_| &group))),
            }
        }
    }
}

/// What stands between two brackets, as far as it is read.
struct Group {
    /// At which byte it was opened.
    at: usize,
    any: Vec<Expression>,
    all: Vec<Expression>,
}

impl Group {
    fn opened(at: usize) -> Self {
        Self { at, any: Vec::new(), all: Vec::new() }
    }

    /// `||` binds weaker: it ends what `&&` holds together.
    fn close_all(&mut self) {
        let all = std::mem::take(&mut self.all);
        self.any.push(single_or(all, Expression::All));
    }

    fn close(mut self) -> Expression {
        self.close_all();
        single_or(self.any, Expression::Any)
    }
}

fn end(mut text: Text<'_>, expression: Expression) -> Result<Expression, Mistake> {
    text.skip_space();
    if text.is_at_end() { Ok(expression) } else { Err(text.unexpected("nothing behind the last `}`", "")) }
}

fn comparison(text: &mut Text<'_>) -> Result<Expression, Mistake> {
    let begins = text.at();
    if !text.take("$") {
        let help = match text.peek() {
            Some('}' | ')') => "a condition names a field, as in `$.eventName = \"…\"`",
            Some('!') => "there is no negation: use `!=`, or `NOT EXISTS` for a field that is absent",
            Some(letter) if letter.is_alphabetic() => "a field begins with `$.`, as in `$.eventName`",
            _ => "",
        };
        return Err(text.unexpected("a field that begins with `$` or `(`", help));
    }
    let selector = selector::read(text, begins)?;
    text.skip_space();
    Ok(Expression::Comparison(selector, question::read(text)?))
}

fn after_operand(text: &Text<'_>, bracket: Option<&Group>) -> Mistake {
    let help = match (text.peek(), text.word().to_ascii_uppercase().as_str()) {
        (Some(')'), _) => "no bracket is open here",
        (Some('&'), _) | (_, "AND") => "and is written `&&`",
        (Some('|'), _) | (_, "OR") => "or is written `||`",
        (Some(letter), _) if letter.is_alphanumeric() => "a value with spaces is put in double quotes",
        _ => "",
    };
    let expected = match bracket {
        Some(bracket) => {
            format!("`&&`, `||` or `)` for the bracket that is character {} of the pattern", text.character(bracket.at))
        }
        None => "`&&`, `||` or `}`".to_owned(),
    };
    text.unexpected(&expected, help)
}
