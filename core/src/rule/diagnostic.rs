//! Mistakes in rules and settings, told so that a person can mend them.

pub use super::code::Code;

/// A place in a file: line and column from 1, columns counted in characters. 0 means the whole file or line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file's path; empty when the settings are meant.
    pub path: String,
    /// First line is 1; 0 means the whole file. In the settings: which choice of `select`, the first being 1.
    pub line: u32,
    /// First column is 1, counted in characters; 0 means the whole line.
    pub column: u32,
    /// Names the kind of mistake and never changes.
    pub code: Code,
    /// What is wrong, what was expected: lower case, no full stop.
    pub message: String,
    /// The way out; may be empty.
    pub help: String,
}

impl Diagnostic {
    /// A mistake at a place of a file whose path the caller fills in, as it reads many files. Cold, like everything
    /// that tells mistakes: less is then inlined into what calls it, which saves the component 23 kB.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(at: Position, code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        let (message, help) = (message.into(), help.into());
        Self { path: String::new(), line: at.line, column: at.column, code, message, help }
    }
}

/// What is noted while a document is read.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// What refuses it.
    pub(crate) mistakes: Vec<Diagnostic>,
    /// What is probably not meant so, but can be read.
    pub(crate) warnings: Vec<Diagnostic>,
}

impl Notes {
    #[cold]
    #[inline(never)]
    pub(crate) fn refuse(&mut self, at: Position, code: Code, message: impl Into<String>, help: impl Into<String>) {
        self.mistakes.push(Diagnostic::new(at, code, message, help));
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn warn(&mut self, at: Position, code: Code, message: impl Into<String>, help: impl Into<String>) {
        self.warnings.push(Diagnostic::new(at, code, message, help));
    }
}

impl Position {
    /// The whole file, or the settings as a whole.
    pub(crate) const WHOLE: Self = Self { line: 0, column: 0 };
}

/// Text of a file as a message shows it: on one line, in back quotes, cut where it would fill the screen.
#[cold]
#[inline(never)]
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown = String::new();
    for letter in text.chars().take(SHOWN) {
        if letter.is_control() { shown.extend(letter.escape_default()) } else { shown.push(letter) }
    }
    let cut = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
    format!("`{shown}{cut}`")
}
