//! Shows mistakes in rules and settings, all of them, as editors expect them: `path:line:column: message`.

use super::counted::counted;
use super::exit::Exit;
use super::terminal::{self, plain};
use crate::engine::Diagnostic;

/// A mistake, and where the user made it.
pub(super) struct Mistake {
    pub(super) place: Place,
    pub(super) told: Diagnostic,
}

/// A place that the user knows.
pub(super) enum Place {
    /// A rule file, by the path that the user gave.
    File(String),
    /// An option, as it was typed.
    Option(String),
    /// Settings in general.
    Settings,
}

impl Place {
    /// What it is called.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::File(name) | Self::Option(name) => name,
            Self::Settings => "settings",
        }
    }
}

/// Writes all mistakes to standard error; the exit code tells rules from settings.
pub(super) fn report(mistakes: &[Mistake]) -> Exit {
    mistakes.iter().for_each(show);
    match mistakes.iter().filter(|mistake| matches!(mistake.place, Place::File(_))).count() {
        0 => Exit::Usage,
        number => {
            terminal::complain(&format!("{} in the rules", counted(number as u64, "mistake")));
            Exit::WrongRule
        }
    }
}

/// Writes one to standard error, with its help below.
pub(super) fn show(mistake: &Mistake) {
    terminal::note(&line(mistake));
    for help in mistake.told.help.lines() {
        terminal::note(&format!("    help: {}", plain(help)));
    }
}

/// Where it is and what it is, without the help.
pub(super) fn line(Mistake { place, told }: &Mistake) -> String {
    let mut place = plain(place.name());
    for number in [told.line, told.column] {
        if number == 0 {
            break;
        }
        place = format!("{place}:{number}");
    }
    format!("{place}: {} [{}]", plain(&told.message), plain(&told.code))
}
