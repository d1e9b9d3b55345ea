//! What a comparison asks of the field: the operator and what is to the right of it.

use super::Mistake;
use super::text::{Text, found};
use crate::record::decimal::Decimal;
use crate::rule::condition::Relation;
use crate::rule::diagnostic::{Code, quoted};

/// The right side of a comparison with its operator.
#[derive(Debug)]
pub(super) enum Question {
    IsNull,
    Is(bool),
    NotExists,
    /// `=`, or `!=` where negated.
    Equality {
        negated: bool,
        /// At which byte of the pattern the value begins.
        at: usize,
        value: Value,
    },
    Relation(Relation, Decimal),
}

/// What `=` and `!=` compare with.
#[derive(Debug)]
pub(super) enum Value {
    /// Between double quotes, escapes resolved.
    Quoted(String),
    Bare(String),
    /// Between `%`, beginning at this byte.
    Regex(usize, String),
}

/// Reads what follows a selector and white space.
pub(super) fn read(text: &mut Text<'_>) -> Result<Question, Mistake> {
    let at = text.at();
    if text.take("=") {
        return equality(text, false);
    }
    if text.take("!=") {
        return equality(text, true);
    }
    if text.take(">=") {
        return relation(text, Relation::GreaterOrEqual);
    }
    if text.take("<=") {
        return relation(text, Relation::LessOrEqual);
    }
    if text.take(">") {
        return relation(text, Relation::Greater);
    }
    if text.peek() == Some('<') && !text.rest().starts_with("<>") {
        text.take("<");
        return relation(text, Relation::Less);
    }
    match text.take_while(|letter| letter.is_ascii_alphabetic()) {
        "IS" => is(text),
        "NOT" => not(text),
        word => {
            let help = match word.to_ascii_uppercase().as_str() {
                "EXISTS" => "`= *` asks for a field that is there",
                "IS" | "NOT" => "keywords are upper case",
                "" if text.rest().starts_with("<>") => "unequal is written `!=`",
                "" if text.rest().starts_with("!") => "use `!=`, or `NOT EXISTS` for a field that is absent",
                "" if text.peek().is_some_and(|letter| !matches!(letter, ')' | '}' | '&' | '|')) => {
                    "a key with special characters is written `$.['the.key']`"
                }
                _ => "",
            };
            let expected = "an operator (`=`, `!=`, `>`, `>=`, `<`, `<=`, `IS` or `NOT EXISTS`)";
            Err(Mistake::new(at, Code::PatternSyntax, found(expected, word, text.peek()), help))
        }
    }
}

fn not(text: &mut Text<'_>) -> Result<Question, Mistake> {
    text.skip_space();
    let at = text.at();
    match text.take_while(|letter| letter.is_ascii_alphanumeric()) {
        "EXISTS" => Ok(Question::NotExists),
        word => {
            let help = if word.eq_ignore_ascii_case("EXISTS") {
                "keywords are upper case"
            } else {
                "`NOT EXISTS` asks for a field that is absent, `!=` for another value"
            };
            Err(Mistake::new(at, Code::PatternSyntax, found("`EXISTS` behind `NOT`", word, text.peek()), help))
        }
    }
}

fn is(text: &mut Text<'_>) -> Result<Question, Mistake> {
    text.skip_space();
    let at = text.at();
    match text.take_while(|letter| letter.is_ascii_alphanumeric()) {
        "NULL" => Ok(Question::IsNull),
        "TRUE" => Ok(Question::Is(true)),
        "FALSE" => Ok(Question::Is(false)),
        word => {
            let help = match word.to_ascii_uppercase().as_str() {
                "NOT" => "there is no `IS NOT`: `= *` asks for a value, `!= \"…\"` for another one",
                "EXISTS" => "`= *` asks for a field that is there",
                "NULL" | "TRUE" | "FALSE" => "keywords are upper case",
                _ => "a text is compared with `=`",
            };
            Err(Mistake::new(
                at,
                Code::PatternSyntax,
                found("`NULL`, `TRUE` or `FALSE` behind `IS`", word, text.peek()),
                help,
            ))
        }
    }
}

fn equality(text: &mut Text<'_>, negated: bool) -> Result<Question, Mistake> {
    text.skip_space();
    let at = text.at();
    let value = if text.take("\"") {
        Value::Quoted(string(text, at)?)
    } else if text.take("%") {
        let body = text.take_while(|letter| letter != '%').to_owned();
        if !text.take("%") {
            return Err(Mistake::new(
                at,
                Code::PatternSyntax,
                "this regular expression is not closed",
                "it ends with `%`",
            ));
        }
        Value::Regex(at + 1, body)
    } else {
        Value::Bare(bare(text)?.to_owned())
    };
    Ok(Question::Equality { negated, at, value })
}

fn string(text: &mut Text<'_>, at: usize) -> Result<String, Mistake> {
    let mut value = String::new();
    loop {
        value.push_str(text.take_while(|letter| !matches!(letter, '"' | '\\')));
        if text.take("\"") {
            return Ok(value);
        }
        if text.is_at_end() {
            return Err(Mistake::new(at, Code::PatternSyntax, "this text is not closed", "it ends with `\"`"));
        }
        if text.take("\\\"") {
            value.push('"');
        } else if text.take("\\\\") {
            value.push('\\');
        } else {
            let message = "a backslash within quotes must be followed by `\"` or `\\`";
            return Err(Mistake::new(text.at(), Code::PatternSyntax, message, "a backslash itself is written `\\\\`"));
        }
    }
}

fn bare<'p>(text: &mut Text<'p>) -> Result<&'p str, Mistake> {
    let word = text.take_while(is_bare);
    let help = match text.peek() {
        Some(letter) if !is_end(letter) => match letter {
            '=' if word.is_empty() => "equality is written with one `=`",
            '<' | '>' if word.is_empty() => "the relations are written `<=` and `>=`",
            '$' if word.is_empty() => "a field is compared with a value, not with another field",
            '\'' => "a text stands in double quotes",
            _ => {
                let message = format!("{} may stand in a value only within double quotes", quoted(&letter.to_string()));
                return Err(Mistake::new(
                    text.at(),
                    Code::PatternSyntax,
                    message,
                    "put the whole value in double quotes",
                ));
            }
        },
        _ if !word.is_empty() => return Ok(word),
        _ => "",
    };
    Err(text.unexpected("a value", help))
}

fn is_bare(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '*' | '.' | '-' | '+' | ':' | '/' | '@')
}

/// Whether a value without quotes may end before this.
fn is_end(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, ')' | '}' | '&' | '|')
}

fn relation(text: &mut Text<'_>, relation: Relation) -> Result<Question, Mistake> {
    text.skip_space();
    let at = text.at();
    let word = text.take_while(is_bare);
    if let Some(number) = Decimal::parse(word.as_bytes()) {
        return Ok(Question::Relation(relation, number));
    }
    let help = match text.peek() {
        Some('"') if word.is_empty() => "leave the quotes out",
        _ => "`<`, `<=`, `>` and `>=` compare numbers such as `100`, `-2.5` or `1e3`; use `=` for texts",
    };
    Err(Mistake::new(at, Code::PatternNumber, found("a number without quotes", word, text.peek()), help))
}
