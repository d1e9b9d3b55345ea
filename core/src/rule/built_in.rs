//! The built-in rules as they are stored: read when core was built, packed, and apart from their tests, which are four
//! fifths of the bytes and wanted by nobody who only detects. Gives the files without their tests, and the tests of rules;
//! what the other keys mean is for others to read.

use super::diagnostic::{Code, Diagnostic, Position};
use super::stored;
use super::yaml::Document;
use super::{Rule, RuleTest, Tests};
use miniz_oxide::inflate::decompress_slice_iter_to_slice;
use std::collections::HashMap;
use std::iter;

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// One file.
struct Stored {
    path: &'static str,
    /// How many tests it has.
    tests: usize,
}

/// Packed bytes.
struct Packed {
    bytes: &'static [u8],
    /// How many there are when they are unpacked.
    length: usize,
}

/// A file without its tests.
pub(super) struct Head {
    pub(super) path: &'static str,
    pub(super) document: Document,
    /// The tests left out.
    pub(super) tests: Tests,
}

/// All built-in files without their tests, by path.
pub(super) fn heads() -> Result<Vec<Head>, Diagnostic> {
    let bytes = HEADS.unpacked()?;
    let mut rest = bytes.as_slice();
    FILES
        .iter()
        .map(|file| {
            let root = stored::take(&mut rest).ok_or_else(|| damaged("they end too soon"))?;
            let document = Document { root, mistakes: Vec::new() };
            Ok(Head { path: file.path, document, tests: Tests::BuiltIn(file.tests) })
        })
        .collect()
}

/// The tests of each of these rules. Those of built-in rules are unpacked, once for all.
pub(crate) fn tests_of<'r>(rules: impl Iterator<Item = &'r Rule> + Clone) -> Result<Vec<Vec<RuleTest>>, Diagnostic> {
    let is_stored = |rule: &Rule| matches!(rule.tests, Tests::BuiltIn(_));
    let mut stored = if rules.clone().any(is_stored) { all_tests()? } else { HashMap::new() };
    let tests = |rule: &Rule| match &rule.tests {
        Tests::Given(given) => Ok(given.clone()),
        Tests::BuiltIn(_) => stored.remove(rule.path.as_str()).ok_or_else(|| damaged("a rule has lost its tests")),
    };
    rules.map(tests).collect()
}

/// The tests of each file, by its path.
fn all_tests() -> Result<HashMap<&'static str, Vec<RuleTest>>, Diagnostic> {
    let bytes = TESTS.unpacked()?;
    let mut rest = bytes.as_slice();
    FILES
        .iter()
        .map(|file| {
            let tests: Option<Vec<_>> = iter::repeat_with(|| stored::test(&mut rest)).take(file.tests).collect();
            Ok((file.path, tests.ok_or_else(|| damaged("their tests end too soon"))?))
        })
        .collect()
}

/// The names of events that built-in rules look for, the words of which names of events are made, and the services that
/// write events; each list with white space between. Empty ones if they are damaged: nothing is found with their help.
pub(super) fn names() -> [String; 3] {
    let bytes = NAMES.unpacked().unwrap_or_default();
    let mut rest = bytes.as_slice();
    std::array::from_fn(|_| stored::text(&mut rest).unwrap_or_default())
}

impl Packed {
    fn unpacked(&self) -> Result<Vec<u8>, Diagnostic> {
        let mut bytes = vec![0; self.length];
        let length = decompress_slice_iter_to_slice(&mut bytes, iter::once(self.bytes), false, true);
        if length == Ok(self.length) { Ok(bytes) } else { Err(damaged("they do not unpack")) }
    }
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
