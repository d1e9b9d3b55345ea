//! The members of one object, in the order in which they stand.
//!
//! Takes an object, or what follows in it, and gives keys and where values stand. It knows strings, brackets, commas and
//! colons and must know nothing else of JSON: whether a value is valid is decided in the sandbox. Where something else
//! stands than may stand there, the members end.

use std::borrow::Cow;
use std::ops::Range;

use super::brackets::{Stop, Walk};
use super::string::said;

/// One member.
pub(crate) struct Member<'a> {
    /// Its key, between its quotes, as it is spelled.
    pub(crate) spelling: &'a [u8],
    /// Where its value stands.
    pub(crate) value: Range<usize>,
    /// Whether all of the value is there. If not, it reaches to the end of what is.
    pub(crate) is_whole: bool,
}

impl<'a> Member<'a> {
    /// What its key says; as it is spelled if it says nothing.
    pub(crate) fn key(&self) -> Cow<'a, [u8]> {
        match memchr::memchr(b'\\', self.spelling).and_then(|_| said(self.spelling)) {
            Some(key) => Cow::Owned(key),
            None => Cow::Borrowed(self.spelling),
        }
    }
}

/// Goes through the members.
pub(crate) struct Members<'a> {
    text: &'a [u8],
    /// Where to go on; `None` where that is not possible.
    at: Option<usize>,
    /// Behind the last member after which one was looked for.
    behind: usize,
    /// Whether a member stands before the next one.
    is_after_member: bool,
    /// Whether further members may follow behind the text.
    is_part: bool,
}

impl<'a> Members<'a> {
    /// Those of an object, whose first byte is its opening bracket.
    pub(crate) fn of(object: &'a [u8]) -> Self {
        Self { text: object, at: Some(1), behind: 1, is_after_member: false, is_part: false }
    }

    /// Those that follow in an object behind one of its members.
    pub(super) fn behind(text: &'a [u8]) -> Self {
        Self { text, at: Some(0), behind: 0, is_after_member: true, is_part: true }
    }

    /// Behind which member something else stands than may stand there, or the text breaks off, after all were gone
    /// through.
    pub(super) fn broken_at(&self) -> Option<usize> {
        let behind = after_white_space(self.text, self.behind);
        match self.text.get(behind) {
            Some(b'}') => None,
            None if self.is_part => None,
            _ => Some(behind),
        }
    }

    /// Where the next byte stands that is no white space, if it is this one.
    fn expect(&self, at: usize, byte: u8) -> Option<usize> {
        let at = after_white_space(self.text, at);
        (self.text.get(at) == Some(&byte)).then_some(at)
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        let mut at = self.at.take()?;
        self.behind = at;
        if self.is_after_member {
            at = self.expect(at, b',')? + 1;
        }
        let key = self.expect(at, b'"')?;
        let after_key = after_string(self.text, key)?;
        let value = after_white_space(self.text, self.expect(after_key, b':')? + 1);
        let end = after_value(self.text, value);
        self.at = end;
        self.is_after_member = true;
        Some(Member {
            spelling: self.text.get(key + 1..after_key - 1)?,
            value: value..end.unwrap_or(self.text.len()),
            is_whole: end.is_some(),
        })
    }
}

/// Where the first byte from `at` on stands that is no white space.
pub(super) fn after_white_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count()
}

/// Where the value that begins at `at` ends, if all of it is there.
pub(super) fn after_value(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'"' => after_string(text, at),
        b'{' | b'[' => match Walk::new(usize::MAX).on(text, at, false, false) {
            (end, Stop::Closed) => Some(end),
            _ => None,
        },
        _ => {
            let rest = text.get(at..)?;
            let ends = |byte: &u8| {
                matches!(byte, b',' | b':' | b'"' | b'{' | b'[' | b'}' | b']' | b'\t' | b'\r' | b'\n' | b' ')
            };
            rest.iter().position(ends).filter(|&length| length > 0).map(|length| at + length)
        }
    }
}

/// Where the string whose quote stands at `at` ends, if it does: behind its closing quote.
fn after_string(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)? + 1;
        if text.get(at - 1) == Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}
