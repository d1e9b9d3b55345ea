//! `$.a.b[*]` → the path it selects.

use super::Mistake;
use super::text::Text;
use crate::record::path::Step;
use crate::rule::diagnostic::Code;

/// `$.a.b[*]`.
#[derive(Debug)]
pub(super) struct Selector {
    /// At which byte it begins.
    pub(super) at: usize,
    pub(super) steps: Vec<Step>,
}

/// Reads a selector whose `$` has been taken at this byte.
pub(super) fn read(text: &mut Text<'_>, at: usize) -> Result<Selector, Mistake> {
    Ok(Selector { at, steps: steps(text)? })
}

fn steps(text: &mut Text<'_>) -> Result<Vec<Step>, Mistake> {
    let mut steps = Vec::new();
    loop {
        let step = if text.take(".['") || text.take("['") {
            quoted_key(text)?
        } else if text.take("[") {
            element(text)?
        } else if text.take(".") {
            member(text)?
        } else if steps.is_empty() {
            return Err(text.unexpected("`.` and a name behind `$`", "as in `$.eventName`"));
        } else {
            return Ok(steps);
        };
        steps.push(step);
    }
}

fn member(text: &mut Text<'_>) -> Result<Step, Mistake> {
    if text.take("*") {
        return Ok(Step::AnyMember);
    }
    let name = text.take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'));
    if name.is_empty() {
        let help = "a key with other characters than letters, digits, `_` and `-` is written `$.['the.key']`";
        return Err(text.unexpected("a name or `*`", help));
    }
    Ok(Step::Member(name.to_owned()))
}

fn quoted_key(text: &mut Text<'_>) -> Result<Step, Mistake> {
    let at = text.at();
    let key = text.take_while(|letter| letter != '\'').to_owned();
    if !text.take("']") {
        return Err(if text.is_at_end() {
            Mistake::new(at, Code::PatternSyntax, "this key is not closed", "it ends with `']`")
        } else {
            text.unexpected("`']`", "a key in quotes cannot hold `'`")
        });
    }
    if key.is_empty() {
        return Err(Mistake::new(at, Code::PatternSyntax, "this key is empty", "put the key between the quotes"));
    }
    Ok(Step::Member(key))
}

fn element(text: &mut Text<'_>) -> Result<Step, Mistake> {
    let at = text.at();
    let step = if text.take("*") {
        Step::AnyElement
    } else {
        let digits = text.take_while(|letter| letter.is_ascii_digit());
        if digits.is_empty() {
            let help = "a key in brackets stands in single quotes: `$['the.key']`";
            return Err(text.unexpected("the number of an element, counted from 0, or `*`", help));
        }
        let number = digits.parse().map_err(|_| {
            let message = format!("no array has so many elements (limit {})", u32::MAX);
            Mistake::new(at, Code::PatternLimit, message, "elements are counted from 0")
        })?;
        Step::Element(number)
    };
    if text.take("]") { Ok(step) } else { Err(text.unexpected("`]`", "")) }
}
