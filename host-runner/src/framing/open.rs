//! Finds the records that stand within an object that is none itself.
//!
//! Takes an object and the [`Forms`]; gives where records stand in it, through as many objects, arrays and strings as
//! there are around them. An object that is a record itself is never opened. Where nothing in an object is a record,
//! nothing is found, and the object stays what it is.

use std::collections::HashSet;
use std::rc::Rc;

use super::Kind;
use super::forms::Forms;
use super::itself::{begins_record, is_hinted_by, is_shown_by};
use super::members::{Members, after_value, after_white_space};
use super::string::{Places, said};

/// How many objects, arrays and strings are opened one within another; each costs a look at all that is in it. A record
/// in an event of EventBridge in a notification of SNS in a batch of SQS needs a dozen.
const DEEPEST: u8 = 24;

/// What was found at one place.
pub(super) struct Found {
    pub(super) start: usize,
    /// Where its closing bracket starts; its end if it is no object.
    pub(super) closing: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    /// In how many strings it stands.
    pub(super) level: u8,
    /// What the record says, if it stands in a string.
    pub(super) text: Rc<[u8]>,
}

impl Found {
    fn new(start: usize, end: usize, kind: Kind) -> Self {
        let closing = if kind == Kind::Record { end.saturating_sub(1) } else { end };
        Self { start, closing, end, kind, level: 0, text: Rc::default() }
    }

    fn moved(self, by: usize) -> Self {
        Self { start: self.start + by, closing: self.closing + by, end: self.end + by, ..self }
    }
}

/// Where records stand in an object; nowhere if it is one itself.
pub(super) fn open(forms: &Forms, object: &[u8]) -> Vec<Found> {
    if begins_record(object) {
        return Vec::new();
    }
    let paths = forms.paths();
    match look(Members::of(object), object, &Wanted::record(Vec::new()), paths) {
        Look::Record => Vec::new(),
        Look::Parts(parts) => in_parts(object, &parts, paths, DEEPEST),
    }
}

/// Where records stand in a string or an array.
pub(super) fn open_element(forms: &Forms, element: &[u8]) -> Vec<Found> {
    in_value(element, true, &Wanted::record(Vec::new()), forms.paths(), DEEPEST)
}

/// Where records stand in what follows the array of an envelope. Should that show that the whole was a record itself, it
/// is too late to judge it; it must not go by uncounted.
pub(super) fn open_tail(forms: &Forms, tail: &[u8]) -> Vec<Found> {
    let paths = forms.paths();
    match look(Members::behind(tail), tail, &Wanted::record(Vec::new()), paths) {
        Look::Record => vec![Found::new(0, tail.len(), Kind::Malformed)],
        Look::Parts(parts) => in_parts(tail, &parts, paths, DEEPEST),
    }
}

/// What is looked for in a value.
struct Wanted<'p> {
    /// It may be a record, or hold one in any form.
    is_record: bool,
    /// Further paths from here.
    rests: Vec<&'p [u8]>,
}

impl<'p> Wanted<'p> {
    fn record(rests: Vec<&'p [u8]>) -> Self {
        Self { is_record: true, rests }
    }

    /// What is looked for in a member of this name; `None`: nothing.
    fn member(&self, key: &[u8], paths: &'p [Box<[u8]>]) -> Option<Self> {
        let mut wanted = Self { is_record: false, rests: Vec::new() };
        let known = if self.is_record { paths } else { &[] };
        // Most keys begin unlike most paths.
        let may_lead = |path: &&[u8]| path.first() == key.first();
        for path in known.iter().map(|path| &**path).chain(self.rests.iter().copied()).filter(may_lead) {
            match path.strip_prefix(key) {
                Some([]) => wanted.is_record = true,
                Some([b'.', rest @ ..]) => wanted.rests.push(rest),
                _ => {}
            }
        }
        (wanted.is_record || !wanted.rests.is_empty()).then_some(wanted)
    }
}

/// A member under which a record may stand.
struct Part<'p> {
    start: usize,
    end: usize,
    is_whole: bool,
    wanted: Wanted<'p>,
}

enum Look<'p> {
    Record,
    Parts(Vec<Part<'p>>),
}

/// Looks at the members of an object. They are all seen before any is opened, for the last may show that it is a record.
fn look<'p>(mut members: Members<'_>, text: &[u8], wanted: &Wanted<'p>, paths: &'p [Box<[u8]>]) -> Look<'p> {
    let mut parts = Vec::new();
    let mut is_hinted = false;
    for member in members.by_ref() {
        let key = member.key();
        if wanted.is_record {
            if is_shown_by(&key, text.get(member.value.clone()).unwrap_or_default()) {
                return Look::Record;
            }
            is_hinted |= is_hinted_by(&key);
        }
        if let Some(wanted) = wanted.member(&key, paths) {
            parts.push(Part { start: member.value.start, end: member.value.end, is_whole: member.is_whole, wanted });
        }
    }
    // What breaks off may have said the rest behind the break.
    if is_hinted && !members.ended_well() { Look::Record } else { Look::Parts(parts) }
}

fn in_parts<'p>(text: &[u8], parts: &[Part<'p>], paths: &'p [Box<[u8]>], depth: u8) -> Vec<Found> {
    let (mut all, mut copied) = (Vec::new(), HashSet::new());
    for part in parts {
        let value = text.get(part.start..part.end).unwrap_or_default();
        let found = in_value(value, part.is_whole, &part.wanted, paths, depth);
        if texts(&found).is_none_or(|texts| copied.insert(texts)) {
            all.extend(found.into_iter().map(|found| found.moved(part.start)));
        }
    }
    all
}

/// The texts of these records; `None` if there is anything else among them. Logstash keeps the text of `message` as
/// `event.original`, too; where two members say the same, a record that comes once counts once.
fn texts(found: &[Found]) -> Option<Vec<Rc<[u8]>>> {
    let is_text = |found: &Found| found.level > 0 && found.kind == Kind::Record;
    found.iter().map(|found| is_text(found).then(|| Rc::clone(&found.text))).collect()
}

fn in_value<'p>(value: &[u8], is_whole: bool, wanted: &Wanted<'p>, paths: &'p [Box<[u8]>], depth: u8) -> Vec<Found> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    let inside = |value: &[u8], is_whole: bool| in_value(value, is_whole, wanted, paths, depth);
    match value.first() {
        Some(b'{') => {
            let looked = if wanted.is_record && begins_record(value) {
                Look::Record
            } else {
                look(Members::of(value), value, wanted, paths)
            };
            match looked {
                Look::Record if is_whole => vec![Found::new(0, value.len(), Kind::Record)],
                Look::Record => vec![Found::new(0, value.len(), Kind::Malformed)],
                Look::Parts(parts) => in_parts(value, &parts, paths, depth),
            }
        }
        Some(b'[') => in_sequence(value, 1, inside),
        Some(b'"') => in_string(value, inside),
        _ => Vec::new(),
    }
}

/// What is found in the text that a string says: one value or several.
fn in_string(quoted: &[u8], inside: impl Fn(&[u8], bool) -> Vec<Found>) -> Vec<Found> {
    let spelling = quoted.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or_default();
    // Most texts of most logs are plain, and need not be read to know it.
    if !matches!(spelling.trim_ascii_start().first(), Some(b'{' | b'[' | b'\\')) {
        return Vec::new();
    }
    let Some(text) = said(spelling) else { return Vec::new() };
    let mut all = in_sequence(&text, 0, inside);
    let mut places = Places::of(spelling);
    for found in &mut all {
        if found.level == 0 && found.kind == Kind::Record {
            found.text = text.get(found.start..found.end).map(Rc::from).unwrap_or_default();
        }
        for place in [&mut found.start, &mut found.closing, &mut found.end] {
            *place = places.spelled_at(*place) + 1;
        }
        found.level += 1;
    }
    all
}

/// What is found in the elements of an array, from behind its bracket, or in a text, from its start. If there is a
/// record among them, the others count as well.
fn in_sequence(text: &[u8], start: usize, inside: impl Fn(&[u8], bool) -> Vec<Found>) -> Vec<Found> {
    let is_array = start != 0;
    let (mut all, mut holds_record) = (Vec::new(), false);
    let mut next = Some(start);
    while let Some(at) = next.map(|at| after_white_space(text, at)) {
        let first = match text.get(at) {
            None => break,
            Some(b']') if is_array => break,
            Some(b',') if is_array => {
                next = Some(at + 1);
                continue;
            }
            Some(first) => *first,
        };
        let is_json = is_array || matches!(first, b'{' | b'[' | b'"');
        next = if is_json { after_value(text, at) } else { None };
        let end = next.unwrap_or(text.trim_ascii_end().len());
        let found = inside(text.get(at..end).unwrap_or_default(), next.is_some());
        holds_record |= !found.is_empty();
        if found.is_empty() {
            let kind = match first {
                b'{' if next.is_some() => Kind::Record,
                b'{' | b'[' if next.is_none() => Kind::Malformed,
                _ => Kind::Text,
            };
            all.push(Found::new(at, end, kind));
        }
        all.extend(found.into_iter().map(|found| found.moved(at)));
    }
    if holds_record { all } else { Vec::new() }
}
