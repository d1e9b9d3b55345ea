//! `re`: an expression of a rule → one that can be searched.

use regex::Regex;

/// Reads an expression with these flags: it is searched anywhere, case counts, `\d`, `\w`, `\s` and `\b` are about
/// ASCII. Look-around and references back do not exist here.
pub(super) fn read(expression: &str, flags: &str) -> Result<Regex, String> {
    let flags = if flags.is_empty() { String::new() } else { format!("(?{flags})") };
    Regex::new(&format!("{flags}{}", in_ascii(expression))).map_err(|error| error.to_string())
}

/// The expression with the classes of Perl written out.
fn in_ascii(expression: &str) -> String {
    let mut out = String::new();
    let mut rest = expression.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match rest.next() {
            Some('d') => out.push_str("[0-9]"),
            Some('D') => out.push_str("[^0-9]"),
            Some('w') => out.push_str("[0-9A-Za-z_]"),
            Some('W') => out.push_str("[^0-9A-Za-z_]"),
            Some('s') => out.push_str("[\\t\\n\\x0B\\x0C\\r ]"),
            Some('S') => out.push_str("[^\\t\\n\\x0B\\x0C\\r ]"),
            Some('b') => out.push_str("(?-u:\\b)"),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}
