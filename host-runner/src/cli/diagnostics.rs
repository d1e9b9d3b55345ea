//! Shows mistakes in rules and settings, all of them, as editors expect them: `path:line:column: message`.

use super::exit::Exit;
use super::terminal::{self, plain};
use crate::engine::Diagnostic;

/// Writes all mistakes to standard error; the exit code tells rules from settings.
pub(super) fn report(mistakes: &[Diagnostic]) -> Exit {
    for mistake in mistakes {
        terminal::note(&line(mistake));
        for help in mistake.help.lines() {
            terminal::note(&format!("    help: {}", plain(help)));
        }
    }
    match mistakes.iter().filter(|mistake| !mistake.path.is_empty()).count() {
        0 => Exit::Usage,
        1 => {
            terminal::complain("1 mistake in the rules");
            Exit::WrongRule
        }
        number => {
            terminal::complain(&format!("{number} mistakes in the rules"));
            Exit::WrongRule
        }
    }
}

fn line(mistake: &Diagnostic) -> String {
    let mut place = match mistake.path.as_str() {
        "" => "settings".to_owned(),
        path => plain(path),
    };
    for number in [mistake.line, mistake.column] {
        if number == 0 {
            break;
        }
        place = format!("{place}:{number}");
    }
    format!("{place}: {} [{}]", plain(&mistake.message), plain(&mistake.code))
}
