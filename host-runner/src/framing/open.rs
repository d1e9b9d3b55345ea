//! Finds the records that stand within an object that is none itself.
//!
//! Takes an object and the [`Forms`]; gives where records stand in it, through as many objects, arrays and strings as
//! there are around them. An object that is a record itself is never opened. Where nothing in an object is a record,
//! nothing is found, and the object stays what it is. What stands in an array or a text is framed as an input is.

use std::collections::HashSet;
use std::rc::Rc;

use super::forms::Forms;
use super::itself::{begins_record, is_hinted_by, is_shown_by, is_suggested_by};
use super::members::{Members, after_value, after_white_space};
use super::string::{Places, said};
use super::{Framer, Kind, Mode};

/// How many objects, arrays and strings are opened one within another; each costs a look at all that is in it. A record
/// in an event of EventBridge in a notification of SNS in a batch of SQS needs a dozen.
const DEEPEST: u8 = 24;

/// How many of these may be strings. What is added to a record is spelled as it is, which doubles backslashes with each
/// string: a line of a few kilobytes could grow to gigabytes. Deliveries of deliveries have three or four.
const STRINGS: u8 = 6;

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
    pub(super) text: Option<Rc<[u8]>>,
}

impl Found {
    fn new(start: usize, end: usize, kind: Kind) -> Self {
        let closing = if kind == Kind::Record { end.saturating_sub(1) } else { end };
        Self { start, closing, end, kind, level: 0, text: None }
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
    let found = in_object(object, true, &Wanted::record(Vec::new()), Opening::of(forms));
    if matches!(found.as_slice(), [one] if one.end - one.start == object.len()) { Vec::new() } else { found }
}

/// Where records stand in a string or an array.
pub(super) fn open_element(forms: &Forms, element: &[u8]) -> Vec<Found> {
    in_value(element, true, &Wanted::record(Vec::new()), Opening::of(forms))
}

/// Where records stand in what follows the array of an envelope. Should that show that the whole was a record itself, it
/// is too late to judge it; it must not go by uncounted, and nor must what breaks off.
pub(super) fn open_tail(forms: &Forms, tail: &[u8]) -> Vec<Found> {
    let opening = Opening::of(forms);
    let mut members = Members::behind(tail);
    match look(&mut members, tail, &Wanted::record(Vec::new()), opening.paths) {
        Look::Record => vec![Found::new(0, tail.len(), Kind::Malformed)],
        Look::Parts { parts, .. } => {
            let mut found = in_parts(tail, &parts, opening);
            if let Some(from) = members.broken_at() {
                add_rest(&mut found, from, tail.len());
            }
            found
        }
    }
}

/// How a value is opened.
#[derive(Clone, Copy)]
struct Opening<'p> {
    paths: &'p [Box<[u8]>],
    /// How many objects, arrays and strings may still be opened one within another.
    depth: u8,
    /// Within how many strings it stands. In one, nobody says that a text is JSON.
    strings: u8,
}

impl<'p> Opening<'p> {
    fn of(forms: &'p Forms) -> Self {
        Self { paths: forms.paths(), depth: DEEPEST, strings: 0 }
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
    Parts {
        parts: Vec<Part<'p>>,
        /// Should it break off, it is likely to be what is left of a record.
        is_suggested: bool,
    },
}

/// Looks at the members of an object. They are all seen before any is opened, for the last may show that it is a record.
fn look<'p>(members: &mut Members<'_>, text: &[u8], wanted: &Wanted<'p>, paths: &'p [Box<[u8]>]) -> Look<'p> {
    let mut parts = Vec::new();
    let (mut is_hinted, mut is_suggested) = (false, false);
    for member in members.by_ref() {
        let key = member.key();
        if wanted.is_record {
            if is_shown_by(&key, text.get(member.value.clone()).unwrap_or_default()) {
                return Look::Record;
            }
            is_hinted |= is_hinted_by(&key);
            is_suggested |= is_suggested_by(&key);
        }
        if let Some(wanted) = wanted.member(&key, paths) {
            parts.push(Part { start: member.value.start, end: member.value.end, is_whole: member.is_whole, wanted });
        }
    }
    // What breaks off may have said the rest behind the break.
    if is_hinted && members.broken_at().is_some() { Look::Record } else { Look::Parts { parts, is_suggested } }
}

fn in_value<'p>(value: &[u8], is_whole: bool, wanted: &Wanted<'p>, opening: Opening<'p>) -> Vec<Found> {
    let Some(depth) = opening.depth.checked_sub(1) else { return Vec::new() };
    let opening = Opening { depth, ..opening };
    match value.first() {
        Some(b'{') => in_object(value, is_whole, wanted, opening),
        Some(b'[') => in_text(value, Mode::Document, wanted, opening),
        Some(b'"') if is_whole && opening.strings < STRINGS => in_string(value, wanted, opening),
        _ => Vec::new(),
    }
}

fn in_object<'p>(object: &[u8], is_whole: bool, wanted: &Wanted<'p>, opening: Opening<'p>) -> Vec<Found> {
    let all = |kind| vec![Found::new(0, object.len(), kind)];
    let itself = if is_whole { Kind::Record } else { Kind::Malformed };
    if wanted.is_record && begins_record(object) {
        return all(itself);
    }
    let mut members = Members::of(object);
    let (parts, is_suggested) = match look(&mut members, object, wanted, opening.paths) {
        Look::Record => return all(itself),
        Look::Parts { parts, is_suggested } => (parts, is_suggested),
    };
    let mut found = in_parts(object, &parts, opening);
    let Some(from) = members.broken_at().or((!is_whole).then_some(0)) else { return found };
    if !found.is_empty() {
        add_rest(&mut found, from, object.len());
    } else if is_suggested || opening.strings == 0 {
        return all(Kind::Malformed);
    }
    found
}

fn in_parts<'p>(text: &[u8], parts: &[Part<'p>], opening: Opening<'p>) -> Vec<Found> {
    let (mut all, mut copied) = (Vec::new(), HashSet::new());
    for part in parts {
        let value = text.get(part.start..part.end).unwrap_or_default();
        let found = in_value(value, part.is_whole, &part.wanted, opening);
        if found.is_empty() {
            continue;
        }
        // Logstash keeps the text of `message` as `event.original`, too; a record that comes once counts once.
        let texts: Option<Vec<_>> = found.iter().map(|found| found.text.clone()).collect();
        if texts.is_none_or(|texts| copied.insert(texts)) {
            all.extend(found.into_iter().map(|found| found.moved(part.start)));
        }
    }
    all
}

/// What breaks off behind `from` counts as one that is malformed, unless the last that was found is what is left of it.
fn add_rest(found: &mut Vec<Found>, from: usize, end: usize) {
    let last = found.last();
    if !last.is_some_and(|last| last.kind == Kind::Malformed && last.end == end) {
        let start = last.map_or(from, |last| last.end.max(from));
        found.push(Found::new(start, end, Kind::Malformed));
    }
}

/// What is found in the text that a string says: one value or several.
fn in_string<'p>(quoted: &[u8], wanted: &Wanted<'p>, opening: Opening<'p>) -> Vec<Found> {
    let spelling = quoted.trim_ascii_end().strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let spelling = spelling.unwrap_or_default();
    // Most texts of most logs are plain, and need not be read to know it.
    if !matches!(spelling.trim_ascii_start().first(), Some(b'{' | b'[' | b',' | b'\\' | 0xef)) {
        return Vec::new();
    }
    let Some(text) = said(spelling) else { return Vec::new() };
    // The text has an end: where one value reaches to it, a line feed in that means nothing.
    let is_one_value = after_value(&text, after_white_space(&text, 0)) == Some(text.trim_ascii_end().len());
    let mode = if is_one_value { Mode::Document } else { Mode::Guess };
    let mut all = in_text(&text, mode, wanted, Opening { strings: opening.strings + 1, ..opening });
    let mut places = Places::of(spelling);
    for found in &mut all {
        if found.level == 0 && found.kind == Kind::Record {
            found.text = text.get(found.start..found.end).map(Rc::from);
        }
        for place in [&mut found.start, &mut found.closing, &mut found.end] {
            *place = places.spelled_at(*place) + 1;
        }
        found.level += 1;
    }
    all
}

/// What is found in the elements of an array, or in a text. If there is a record among them, the others count as well.
fn in_text<'p>(text: &[u8], mode: Mode, wanted: &Wanted<'p>, opening: Opening<'p>) -> Vec<Found> {
    let (mut all, mut holds_record) = (Vec::new(), false);
    Framer::each_in(text, mode, |item| {
        let value = text.get(item.start..item.end).unwrap_or_default();
        let found = match item.kind {
            Kind::Record | Kind::Element => in_value(value, true, wanted, opening),
            Kind::Malformed => in_value(value, false, wanted, opening),
            Kind::Text | Kind::Oversized | Kind::Tail => Vec::new(),
        };
        if found.is_empty() {
            let kind = if item.kind == Kind::Element { Kind::Text } else { item.kind };
            all.push(Found::new(item.start, item.end, kind));
        } else {
            holds_record = true;
            all.extend(found.into_iter().map(|found| found.moved(item.start)));
        }
    });
    if holds_record { all } else { Vec::new() }
}
