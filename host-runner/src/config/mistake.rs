//! Mistakes in the file, with their place: from the byte where the library met one to line, column and a way out.

use crate::engine::Diagnostic;
use std::ops::Range;

/// The text of the file, to find places in.
#[derive(Clone, Copy)]
pub(super) struct Text<'t> {
    pub(super) path: &'t str,
    pub(super) text: &'t str,
}

impl Text<'_> {
    /// The line, from 1, in which this byte stands.
    pub(super) fn line(&self, at: usize) -> usize {
        self.before(at).matches('\n').count() + 1
    }

    fn before(&self, at: usize) -> &str {
        // The library's places are those of characters.
        self.text.get(..at.min(self.text.len())).unwrap_or_default()
    }

    /// The mistake at this place.
    pub(super) fn mistake(&self, at: &Range<usize>, code: &str, message: String, help: String) -> Diagnostic {
        let before = self.before(at.start);
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Diagnostic {
            path: self.path.to_owned(),
            line: number(self.line(at.start)),
            column: number(column),
            code: code.to_owned(),
            message,
            help,
        }
    }

    /// What the library complains of. It quotes what it found and what it expected, from which a near miss is seen.
    /// `others` are keys that could stand there as well.
    pub(super) fn complaint(
        &self,
        error: &toml::de::Error,
        code: &str,
        place: &Range<usize>,
        others: &[&str],
    ) -> Diagnostic {
        let mut message = error.message().trim().replace('\n', ", ");
        if message.starts_with("unknown field") {
            others.iter().for_each(|other| message += &format!(", `{other}`"));
        }
        for (theirs, ours) in EXPECTED {
            if let Some(rest) = message.strip_suffix(theirs) {
                message = format!("{rest}{ours}");
            }
        }
        let help = near_miss(&message).map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        self.mistake(&error.span().unwrap_or_else(|| place.clone()), code, message, help)
    }
}

/// What the library calls the kinds of values, and what somebody is to write.
const EXPECTED: [(&str, &str); 5] = [
    ("expected u16", "expected a whole number without quotes, such as 4"),
    ("expected u32", "expected a whole number without quotes, such as 4"),
    ("expected a sequence", "expected a list, such as [\"one\", \"two\"]"),
    ("expected a boolean", "expected true or false, without quotes"),
    ("expected path string", "expected a path in quotes"),
];

/// For `unknown field `lisen`, expected one of `listen`, `path``, the one that is meant.
fn near_miss(message: &str) -> Option<&str> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let found = quoted.next().filter(|_| message.starts_with("unknown "))?;
    nearest(found, quoted)
}

/// The name that is spelled most like `found`, if one is spelled much like it.
pub(crate) fn nearest<'n>(found: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    /// Two letters are swapped or one is wrong in most typing errors; below this, names that have nothing to do with
    /// each other would be suggested.
    const LIKE: f64 = 0.75;
    let scored = names.map(|name| (strsim::jaro_winkler(found, name), name)).filter(|(score, _)| *score >= LIKE);
    scored.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, name)| name)
}
