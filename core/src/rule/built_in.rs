//! The built-in rules as they are stored: packed, and apart from their tests, which are four fifths of the bytes and
//! wanted by nobody who only detects. Gives the files without their tests, and the tests of rules; what a key means is
//! for others to read. Places in both are those of the file in `core/rules`.

use super::diagnostic::{Code, Diagnostic, Position};
use super::yaml::{self, Body};
use super::{Rule, RuleTest, Tests, cases};
use miniz_oxide::inflate::decompress_slice_iter_to_slice;
use std::collections::HashMap;
use std::iter;

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// One file and how much of the packed texts is its own.
struct Stored {
    path: &'static str,
    /// Bytes of what stands before `tests:`.
    head: usize,
    /// Bytes of the rest.
    tests: usize,
    /// On which line of the file the rest begins.
    first_line: usize,
    /// How many records it has.
    count: usize,
}

/// A packed text.
struct Packed {
    bytes: &'static [u8],
    /// Its length when it is unpacked.
    length: usize,
}

/// A file without its tests.
pub(super) struct Head {
    pub(super) path: &'static str,
    pub(super) text: String,
    /// The tests left out.
    pub(super) tests: Tests,
}

/// All built-in files without their tests, by path.
pub(super) fn heads() -> Result<Vec<Head>, Diagnostic> {
    let text = HEADS.unpacked()?;
    let mut rest = text.as_str();
    FILES
        .iter()
        .map(|file| {
            let text = cut(&mut rest, file.head).ok_or_else(|| damaged("they end too soon"))?;
            Ok(Head { path: file.path, text: text.to_owned(), tests: Tests::BuiltIn(file.count) })
        })
        .collect()
}

/// The tests of each of these rules. Those of built-in rules are unpacked, once for all.
pub(crate) fn tests_of(rules: &[Rule]) -> Result<Vec<Vec<RuleTest>>, Vec<Diagnostic>> {
    let is_stored = |rule: &Rule| matches!(rule.tests, Tests::BuiltIn(_));
    let text = if rules.iter().any(is_stored) { TESTS.unpacked() } else { Ok(String::new()) };
    let text = text.map_err(|mistake| vec![mistake])?;
    let mut rest = text.as_str();
    let stored: HashMap<_, _> = FILES.iter().map(|file| (file.path, (file, cut(&mut rest, file.tests)))).collect();

    let (mut tests, mut mistakes) = (Vec::with_capacity(rules.len()), Vec::new());
    for rule in rules {
        tests.push(match (&rule.tests, stored.get(rule.path.as_str())) {
            (Tests::Given(given), _) => given.clone(),
            (Tests::BuiltIn(_), Some((file, Some(text)))) => file.tests_in(text, &mut mistakes),
            (Tests::BuiltIn(_), _) => {
                mistakes.push(damaged("a rule has lost its tests"));
                Vec::new()
            }
        });
    }
    if mistakes.is_empty() { Ok(tests) } else { Err(mistakes) }
}

impl Stored {
    fn tests_in(&self, text: &str, mistakes: &mut Vec<Diagnostic>) -> Vec<RuleTest> {
        let above = "\n".repeat(self.first_line.saturating_sub(1));
        let text = format!("{above}{text}");
        let (documents, broken) = yaml::documents(&text);
        let before = mistakes.len();
        mistakes.extend(broken);
        let mut tests = Vec::new();
        for document in documents {
            mistakes.extend(document.mistakes);
            let Body::Map(entries) = document.root.body else { continue };
            for entry in entries.iter().filter(|entry| entry.key == "tests") {
                tests.append(&mut cases::read(&entry.value, &text, mistakes));
            }
        }
        for mistake in mistakes.iter_mut().skip(before) {
            self.path.clone_into(&mut mistake.path);
        }
        tests
    }
}

impl Packed {
    fn unpacked(&self) -> Result<String, Diagnostic> {
        let mut bytes = vec![0; self.length];
        let length = decompress_slice_iter_to_slice(&mut bytes, iter::once(self.bytes), false, true);
        if length != Ok(self.length) {
            return Err(damaged("they do not unpack"));
        }
        String::from_utf8(bytes).map_err(|_| damaged("they are not UTF-8"))
    }
}

/// The next bytes of a text.
fn cut<'t>(rest: &mut &'t str, length: usize) -> Option<&'t str> {
    let (text, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(text)
}

fn damaged(what: &str) -> Diagnostic {
    let message = format!("the built-in rules are damaged: {what}");
    Diagnostic::new(
        Position::WHOLE,
        Code::BuiltIn,
        message,
        "get the detector anew, or load without the built-in rules",
    )
}
