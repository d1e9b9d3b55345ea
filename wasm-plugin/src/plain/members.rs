//! The members of one object, in the order in which they stand.
//!
//! Takes an object, valid as core found it or as Fluent Bit wrote it; gives keys and values as they are written. Of what
//! is not valid it gives less, and never more than there is.

use trailsieve_core::record::closing_quote;

/// Goes through the members.
pub(super) struct Members<'a> {
    text: &'a [u8],
    at: usize,
}

/// A key without its quotes, and a value, each as it is spelled.
pub(super) type Member<'a> = (&'a [u8], &'a [u8]);

impl<'a> Members<'a> {
    /// Those of an object.
    pub(super) fn of(object: &'a [u8]) -> Self {
        Self { text: object, at: object.iter().take_while(|byte| byte.is_ascii_whitespace()).count() + 1 }
    }

    /// What is left behind the members that were given.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, meant: impl Fn(u8) -> bool) {
        self.at += self.rest().iter().take_while(|&&byte| meant(byte)).count();
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        let is_between = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b':');
        self.skip(is_between);
        let key = self.at;
        self.at = value_end(self.text, key)?;
        let key = self.text.get(key..self.at)?.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        self.skip(is_between);
        let value = self.at;
        self.at = value_end(self.text, value)?;
        Some((key, self.text.get(value..self.at)?))
    }
}

/// Where the value ends that begins at `start`.
fn value_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    let mut depth = 0_usize;
    loop {
        match text.get(at)? {
            b'"' => at = closing_quote(text, at + 1)? + 1,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' if depth == 0 => return (at > start).then_some(at),
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            b',' if depth == 0 => return (at > start).then_some(at),
            byte if depth == 0 && byte.is_ascii_whitespace() => return (at > start).then_some(at),
            _ => {
                at += 1;
                continue;
            }
        }
        if depth == 0 {
            return Some(at);
        }
    }
}
