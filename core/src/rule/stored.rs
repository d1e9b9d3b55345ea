//! Trees of YAML and tests of rules as bytes. What is built in is read when core is built (`build.rs`, which writes what
//! is read here): reading it each time that a detector starts would take most of that time. Where the nodes of trees
//! stand is left out, since built-in rules have no mistakes to show.
//!
//! Texts end with a NUL, which YAML has in none. A scalar is a byte for what it means and its text. A list is a byte, its
//! items and [`END`]; a map has a key in front of each value. A test is a byte, its line and column, its name and record.

use super::cases::RuleTest;
use super::diagnostic::Position;
use super::yaml::{Body, Entry, Kind, Node, Scalar, Style};
use std::ffi::CStr;

pub(crate) const END: u8 = 1;
pub(crate) const LIST: u8 = 2;
pub(crate) const MAP: u8 = 3;

/// What scalars mean, each with its byte.
pub(crate) const KINDS: [(u8, Kind); 5] = [
    (b'~', Kind::Null),
    (b't', Kind::Boolean(true)),
    (b'f', Kind::Boolean(false)),
    (b'0', Kind::Number),
    (b'"', Kind::Text),
];

/// Before a test whose record must match, and before one whose record must not.
pub(crate) const MATCH: u8 = b'+';
pub(crate) const NO_MATCH: u8 = b'-';

/// Takes the next test off the bytes; none if they are no test.
pub(crate) fn test(bytes: &mut &[u8]) -> Option<RuleTest> {
    let matches = match *bytes.split_off_first()? {
        MATCH => true,
        NO_MATCH => false,
        _ => return None,
    };
    let mut number = || text(bytes)?.parse().ok();
    let position = (number()?, number()?);
    Some(RuleTest { matches, position, name: text(bytes)?, record: text(bytes)? })
}

/// Takes the next tree off the bytes; none if they are no tree. It is as deep as the YAML was allowed to be.
pub(crate) fn take(bytes: &mut &[u8]) -> Option<Node> {
    let body = match bytes.split_off_first()? {
        &LIST => {
            let mut items = Vec::new();
            while !ends(bytes)? {
                items.push(take(bytes)?);
            }
            Body::List(items)
        }
        &MAP => {
            let mut entries = Vec::new();
            while !ends(bytes)? {
                entries.push(Entry { key: text(bytes)?, at: Position::WHOLE, value: take(bytes)? });
            }
            Body::Map(entries)
        }
        byte => {
            let (_, kind) = *KINDS.iter().find(|(known, _)| known == byte)?;
            Body::Scalar(Scalar { text: text(bytes)?, kind, style: Style::Plain })
        }
    };
    Some(Node { at: Position::WHOLE, body })
}

/// Whether the list or map ends here; takes its end off.
fn ends(bytes: &mut &[u8]) -> Option<bool> {
    let ends = *bytes.first()? == END;
    if ends {
        bytes.split_off_first();
    }
    Some(ends)
}

/// Takes off a text and the NUL behind it.
pub(crate) fn text(bytes: &mut &[u8]) -> Option<String> {
    let text = CStr::from_bytes_until_nul(bytes).ok()?;
    bytes.split_off(..text.count_bytes() + 1)?;
    text.to_str().ok().map(str::to_owned)
}
