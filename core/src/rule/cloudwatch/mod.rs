//! CloudWatch Logs filter patterns for JSON events: text → [`Condition`].
//!
//! Takes the pattern as CloudWatch would, gives the condition or every mistake with its place. Strict: what CloudWatch
//! refuses is refused here, so that a rule that loads can be used there too; the few liberties (`: / @ +` in a value
//! without quotes) are those that CloudWatch's documents leave open. Fields that a record lacks satisfy nothing but
//! `NOT EXISTS`, so a comparison becomes a bare test, never the negation of one.

mod lower;
mod parse;
mod question;
mod regex;
mod selector;
#[cfg(test)]
mod tests;
mod text;

use super::condition::Condition;
use super::diagnostic::Code;

/// CloudWatch's quota, in characters of Unicode.
const MAX_CHARACTERS: usize = 1024;

/// One mistake in a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// At which byte of the pattern.
    pub(super) at: usize,
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) help: &'static str,
}

impl Mistake {
    #[cold]
    #[inline(never)]
    fn new(at: usize, code: Code, message: impl Into<String>, help: &'static str) -> Self {
        Self { at, code, message: message.into(), help }
    }
}

/// Is told each comparison: at which bytes of the pattern its field and its value begin, and what it means.
type Asked<'a> = &'a mut dyn FnMut(usize, usize, &Condition);

/// The condition that a pattern states.
pub(super) fn compile(pattern: &str, asked: Asked<'_>) -> Result<Condition, Vec<Mistake>> {
    refuse_other_kinds(pattern).map_err(|mistake| vec![mistake])?;
    refuse_length(pattern).map_err(|mistake| vec![mistake])?;
    let expression = parse::parse(pattern).map_err(|mistake| vec![mistake])?;
    lower::lower(expression, asked)
}

/// The first character decides which of CloudWatch's languages a pattern is written in. Only JSON patterns say
/// something about a record that does not depend on how its text happens to be laid out.
fn refuse_other_kinds(pattern: &str) -> Result<(), Mistake> {
    let at = pattern.len() - pattern.trim_start().len();
    let (message, help) = match pattern.trim_start().chars().next() {
        Some('{') => return Ok(()),
        Some('[') => ("a pattern for space-delimited events is not read", "name fields: `{ $.eventName = \"…\" }`"),
        Some('%') => ("a regular expression for the whole text is not read", "name a field: `{ $.eventName = %…% }`"),
        Some(_) => ("a pattern of search terms is not read", "name fields: `{ $.eventName = \"…\" }`"),
        None => ("an empty pattern would match every event", "`{ $.eventName = * }` does so on purpose"),
    };
    Err(Mistake::new(at, Code::PatternKind, message, help))
}

fn refuse_length(pattern: &str) -> Result<(), Mistake> {
    let length = pattern.trim().chars().count();
    if length <= MAX_CHARACTERS {
        return Ok(());
    }
    let message = format!("the pattern is too long (limit {MAX_CHARACTERS} characters, got {length})");
    let help = "divide it into several rules; `*` at the end of a value may stand for many names";
    Err(Mistake::new(pattern.len() - pattern.trim_start().len(), Code::PatternLimit, message, help))
}
