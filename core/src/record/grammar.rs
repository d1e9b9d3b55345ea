//! The grammar of JSON, once: walks over a value, checks every byte of it and tells a visitor what it meets.
//!
//! It neither recurses nor stops early: a later duplicate key must be able to overrule what was seen before, and what
//! lies behind the last wanted value must not be able to hide bytes that are not JSON. A line feed ends a record, so
//! it is not white space here; whoever hands over indented JSON replaces it (see [`super::one_line`]).

use super::nesting::Nesting;
use super::{Kind, number, string};

/// Learns what a value consists of.
pub(super) trait Visitor {
    /// Where a value belongs.
    type Place: Copy;

    /// A string, number or word.
    fn scalar(&mut self, place: Self::Place, scalar: Scalar);

    /// An object or array begins.
    fn open(&mut self, place: Self::Place, is_object: bool, at: usize) -> Inside;

    /// The object or array that was to be skipped ended.
    fn skipped(&mut self, end: usize);

    /// The innermost object or array ended.
    fn close(&mut self, bytes: &[u8], end: usize);

    /// Reads on in the innermost object from its brace or a comma at `at`, mostly a key and a colon by [`key`].
    fn member(&mut self, bytes: &[u8], at: usize) -> Option<Member<Self::Place>>;

    /// An element of the innermost array begins.
    fn element(&mut self) -> Self::Place;
}

/// What was read of an object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Member<P> {
    /// A key and its colon: where the value belongs, and the place behind the colon.
    Key(P, usize),
    /// Whole members; the last value ended here.
    Whole(usize),
}

/// How to go on with an object or array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// The visitor wants to know what it holds.
    Visit,
    /// It must be valid, that is all.
    Skip,
}

/// Walks over the value that begins at `at`. Gives the place behind it, and how many levels it is nested. `None` as
/// soon as a byte stands where the grammar has no place for it.
#[inline(always)]
pub(super) fn walk<V: Visitor>(
    bytes: &[u8],
    mut at: usize,
    mut place: V::Place,
    visitor: &mut V,
) -> Option<(usize, u32)> {
    let mut nesting = Nesting::default();
    loop {
        // Here a value begins.
        match *bytes.get(at)? {
            open @ (b'{' | b'[') => {
                let is_object = open == b'{';
                if visitor.open(place, is_object, at) == Inside::Skip {
                    let (end, depth) = skip(bytes, at)?;
                    visitor.skipped(end);
                    nesting.note_depth_within(depth);
                    at = end;
                } else {
                    nesting.open(is_object);
                    let first = skip_space(bytes, at + 1);
                    match *bytes.get(first)? {
                        // Closed below, where every other one is.
                        b'}' if is_object => at = first,
                        b']' if !is_object => at = first,
                        _ if !is_object => {
                            (place, at) = (visitor.element(), first);
                            continue;
                        }
                        _ => match visitor.member(bytes, at)? {
                            Member::Key(value, behind) => {
                                (place, at) = (value, skip_space(bytes, behind));
                                continue;
                            }
                            Member::Whole(end) => at = end,
                        },
                    }
                }
            }
            _ => {
                let scalar = scalar(bytes, at)?;
                visitor.scalar(place, scalar);
                at = scalar.behind;
            }
        }
        // Here a value ended.
        loop {
            let Some(is_object) = nesting.innermost_is_object() else { return Some((at, nesting.deepest())) };
            at = skip_space(bytes, at);
            match *bytes.get(at)? {
                b',' if is_object => match visitor.member(bytes, at)? {
                    Member::Key(value, behind) => {
                        (place, at) = (value, skip_space(bytes, behind));
                        break;
                    }
                    Member::Whole(end) => {
                        at = end;
                        continue;
                    }
                },
                b',' => {
                    (place, at) = (visitor.element(), skip_space(bytes, at + 1));
                    break;
                }
                b'}' if is_object => {}
                b']' if !is_object => {}
                _ => return None,
            }
            at += 1;
            nesting.close();
            visitor.close(bytes, at);
        }
    }
}

/// A string, number or word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scalar {
    pub(super) kind: Kind,
    /// Where it begins and ends; of a string its inside.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The place behind it.
    pub(super) behind: usize,
}

/// Whether something else than a string, number or word begins here: an object, an array or white space.
#[inline(always)]
pub(super) fn begins_otherwise(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at), None | Some(b'{' | b'[' | ..=b' '))
}

/// Reads the string, number or word at `at`.
#[inline(always)]
pub(super) fn scalar(bytes: &[u8], at: usize) -> Option<Scalar> {
    if *bytes.get(at)? != b'"' {
        return number_or_word(bytes, at);
    }
    let end = string::find_end(bytes, at + 1)?;
    let kind = if end.escaped { Kind::EscapedString } else { Kind::String };
    Some(Scalar { kind, start: at + 1, end: end.quote, behind: end.quote + 1 })
}

#[inline(never)]
fn number_or_word(bytes: &[u8], at: usize) -> Option<Scalar> {
    let word = |word: &[u8], kind| {
        let end = at + word.len();
        (bytes.get(at..end)? == word).then_some((kind, end))
    };
    let (kind, end) = match bytes.get(at)? {
        b't' => word(b"true", Kind::True)?,
        b'f' => word(b"false", Kind::False)?,
        b'n' => word(b"null", Kind::Null)?,
        _ => (Kind::Number, number::find_end(bytes, at)?),
    };
    Some(Scalar { kind, start: at, end, behind: end })
}

/// A key as it stands between its quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'a> {
    pub(super) raw: &'a [u8],
    pub(super) escaped: bool,
    /// Where it begins.
    pub(super) start: usize,
}

/// Reads the key and colon behind the brace or comma at `at`; also gives the place behind the colon.
#[inline(always)]
pub(super) fn key(bytes: &[u8], at: usize) -> Option<(Key<'_>, usize)> {
    let at = skip_space(bytes, at + 1);
    if *bytes.get(at)? != b'"' {
        return None;
    }
    let start = at + 1;
    let end = string::find_end(bytes, start)?;
    let raw = bytes.get(start..end.quote)?;
    let colon = skip_space(bytes, end.quote + 1);
    (*bytes.get(colon)? == b':').then_some((Key { raw, escaped: end.escaped, start }, colon + 1))
}

/// White space as RFC 8259 has it, less the line feed.
#[inline(always)]
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at)
        && byte <= b' '
        && matches!(byte, b' ' | b'\t' | b'\r')
    {
        at += 1;
    }
    at
}

/// The end of an object or array of which nothing is wanted, and how deep it is.
#[inline(never)]
fn skip(bytes: &[u8], at: usize) -> Option<(usize, u32)> {
    walk(bytes, at, (), &mut Nobody)
}

struct Nobody;

impl Visitor for Nobody {
    type Place = ();

    #[inline(always)]
    fn scalar(&mut self, (): (), _: Scalar) {}

    #[inline(always)]
    fn open(&mut self, (): (), _: bool, _: usize) -> Inside {
        Inside::Visit
    }

    #[inline(always)]
    fn skipped(&mut self, _: usize) {}

    #[inline(always)]
    fn close(&mut self, _: &[u8], _: usize) {}

    /// Members whose values are no objects or arrays are passed in one go.
    #[inline(always)]
    fn member(&mut self, bytes: &[u8], mut at: usize) -> Option<Member<()>> {
        loop {
            let (_, end) = key(bytes, at)?;
            if begins_otherwise(bytes, end) {
                return Some(Member::Key((), end));
            }
            at = scalar(bytes, end)?.behind;
            if bytes.get(at) != Some(&b',') {
                return Some(Member::Whole(at));
            }
        }
    }

    #[inline(always)]
    fn element(&mut self) {}
}
