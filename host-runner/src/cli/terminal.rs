//! What may reach a terminal: text without commands hidden in it, and colours only where they are wanted.
//!
//! Records and rules are written by others. A control character in them could clear the screen or hide a line, and a
//! change of writing direction could show a finding as something else.

use super::exit::Failure;
pub(super) use crate::log::plain;
use crate::log::{escaped, is_obeyed};
use crate::patient::Patient;
use serde::Serialize;
use std::env;
use std::io::{self, IsTerminal, Write};

/// One line on standard error. If nobody takes it, there is nobody to tell.
pub(super) fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// An error on standard error.
pub(super) fn complain(message: &str) {
    note(&format!("trailsieve: {}", plain(without_number(message))));
}

/// An error of the system ends in its number, which says nothing that its words do not say.
fn without_number(message: &str) -> &str {
    let number = message.rsplit_once(" (os error ").filter(|(_, rest)| rest.strip_suffix(')').is_some_and(is_number));
    number.map_or(message, |(words, _)| words)
}

fn is_number(text: &str) -> bool {
    text.parse::<i32>().is_ok()
}

/// Standard output for what was written by others: the very bytes into a file or a pipe, escaped text onto a terminal.
/// Our own tables and their colours go to standard output as they are, with each cell made [`plain`].
pub(super) fn guarded_output() -> Box<dyn Write> {
    let output = io::stdout().lock();
    let is_terminal = output.is_terminal();
    let output = Patient(output);
    if is_terminal { Box::new(Guarded::new(output)) } else { Box::new(output) }
}

/// Writes JSON text to standard output, on a line of its own.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::Stream(error.into()))?;
    print_text(&(text + "\n"))
}

/// Writes a text to standard output.
pub(super) fn print_text(text: &str) -> Result<(), Failure> {
    let mut out = guarded_output();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Whether standard output is to be coloured: see <https://no-color.org>.
pub(super) fn is_coloured() -> bool {
    io::stdout().is_terminal()
        && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && env::var_os("TERM").is_none_or(|kind| kind != "dumb")
}

/// How many columns a row may take, if standard output is a terminal. Only the system could tell how wide it is; most
/// are this wide or wider.
pub(super) fn width() -> Option<u16> {
    io::stdout().is_terminal().then_some(80)
}

/// Escapes what passes through it.
struct Guarded<W> {
    to: W,
    /// The beginning of a character whose rest is still to come.
    rest: Vec<u8>,
}

impl<W: Write> Guarded<W> {
    fn new(to: W) -> Self {
        Self { to, rest: Vec::new() }
    }
}

impl<W: Write> Write for Guarded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        let text = std::mem::take(&mut self.rest);
        let mut shown = String::with_capacity(text.len());
        let mut chunks = text.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            for character in chunk.valid().chars() {
                if is_obeyed(character) && !matches!(character, '\n' | '\t') {
                    shown.push_str(&escaped(character));
                } else {
                    shown.push(character);
                }
            }
            let is_begun = std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
            if chunks.peek().is_none() && is_begun {
                self.rest = chunk.invalid().to_vec();
            } else if !chunk.invalid().is_empty() {
                shown.push(char::REPLACEMENT_CHARACTER);
            }
        }
        self.to.write_all(shown.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parts: &[&[u8]]) -> String {
        let mut guarded = Guarded { to: Vec::new(), rest: Vec::new() };
        parts.iter().for_each(|part| assert!(guarded.write_all(part).is_ok()));
        String::from_utf8_lossy(&guarded.to).into_owned()
    }

    #[test]
    fn what_a_terminal_obeys_is_escaped() {
        assert_eq!(
            plain("a\u{1b}[2Jb\n\u{9b}31m\u{202e}x\u{e0041}ü日"),
            "a\\u001b[2Jb\\u000a\\u009b31m\\u202ex\\udb40\\udc41ü日"
        );
        assert_eq!(shown(&[b"{\"a\":\"\xc2\x9b\"}\r\n\tx\x7f"]), "{\"a\":\"\\u009b\"}\\u000d\n\tx\\u007f");
    }

    #[test]
    fn a_character_cut_in_two_is_put_together_before_it_is_looked_at() {
        assert_eq!(shown(&[b"\xc2", b"\x9b", b"\xe2\x80", b"\xae", b"\xf0\x9f", b"\x98", b"\x80"]), "\\u009b\\u202e😀");
        assert_eq!(shown(&[b"\xff\xc2", b"x"]), "\u{fffd}\u{fffd}x");
    }
}
