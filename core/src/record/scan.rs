//! One strict pass over the bytes of a record checks all of it and notes where the wanted values stand.

use super::capture::Captures;
use super::foresight::{BEGINNING, BLANK, Foreseen, Foresight, Memory, Trail};
use super::grammar::{self, Inside, Key, Member, Scalar, Visitor};
use super::projection::{NodeId, Projection, UNWANTED};
use super::{Kind, Reject, View, string};
use crate::limits::MAX_DEPTH;
use crate::text_table::Sought;
use std::sync::Arc;

/// Reads records one after another, always for the same values; keeps its memory for the next one.
#[derive(Debug)]
pub struct Scanner {
    projection: Arc<Projection>,
    captures: Captures,
    foresight: Foresight,
    /// Empty between records.
    frames: Vec<Frame>,
    /// How many levels the record read last is nested.
    depth: u32,
}

impl Scanner {
    /// A scanner with no memory yet.
    pub fn new(projection: Arc<Projection>) -> Self {
        let captures = Captures::new(&projection);
        Self { projection, captures, foresight: Foresight::default(), frames: Vec::new(), depth: 0 }
    }

    /// Reads one record, which must be all of `bytes`.
    pub fn scan<'a>(&'a mut self, bytes: &'a [u8]) -> Result<View<'a>, Reject> {
        match self.scan_at(bytes, 0) {
            Some(end) if end == bytes.len() => self.view(bytes),
            _ => Err(Reject::Malformed),
        }
    }

    /// Reads the record that begins at `start` and gives the place behind it and the white space that follows: the
    /// line feed before the next record, or the end. `None`: it is malformed.
    pub(crate) fn scan_at(&mut self, bytes: &[u8], start: usize) -> Option<usize> {
        self.begin();
        let place = Place { node: self.projection.root(), memory: BEGINNING };
        let end = self.walk(bytes, grammar::skip_space(bytes, start), place)?;
        Some(grammar::skip_space(bytes, end))
    }

    /// Forgets the record read last.
    pub(crate) fn begin(&mut self) {
        self.captures.begin();
        self.foresight.begin();
        self.depth = 0;
    }

    /// Reads the value at `start` of the record's member with this key, of a record that is known to be valid and of
    /// which not all members are read.
    pub(crate) fn scan_member(&mut self, bytes: &[u8], key: &str, start: usize) {
        let (root, key) = (self.projection.root(), Sought::new(key.as_bytes()));
        let node = self.projection.member(self.projection.node(root), &key);
        let memory = self.foresight.learn(Trail::NONE, root, &key, node).after;
        self.walk(bytes, start, Place { node, memory });
    }

    /// Reads the value at `start` and gives the place behind it.
    fn walk(&mut self, bytes: &[u8], start: usize, place: Place) -> Option<usize> {
        self.frames.clear();
        let mut taker = Taker {
            projection: &self.projection,
            captures: &mut self.captures,
            foresight: &mut self.foresight,
            outer: &mut self.frames,
            frame: Frame::OUTSIDE,
            skipping: None,
        };
        let (end, depth) = grammar::walk(bytes, start, place, &mut taker)?;
        self.depth = self.depth.max(depth);
        Some(end)
    }

    /// How many objects and arrays lie within each other in the record read last.
    #[cfg(feature = "convert")]
    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// The values of the record read last, unless it is nested too deep.
    pub(crate) fn view<'a>(&'a self, bytes: &'a [u8]) -> Result<View<'a>, Reject> {
        if self.depth > MAX_DEPTH {
            return Err(Reject::TooDeep);
        }
        Ok(View { captures: &self.captures, bytes })
    }
}

/// Takes the wanted values of one record.
struct Taker<'a> {
    projection: &'a Projection,
    captures: &'a mut Captures,
    foresight: &'a mut Foresight,
    /// The innermost object or array that holds, or may hold, wanted values.
    frame: Frame,
    /// Those around it.
    outer: &'a mut Vec<Frame>,
    /// The value of the object or array that is being skipped, if it is wanted as a whole.
    skipping: Option<u32>,
}

/// An open object or array that holds, or may hold, wanted values.
#[derive(Clone, Copy, Debug)]
struct Frame {
    node: NodeId,
    /// Many keys share one node here.
    has_wildcard: bool,
    /// Tells this object from all others seen, so that a key that comes twice in it is noticed.
    serial: u32,
    /// How many array elements have begun.
    elements: u32,
    /// Where this object or array itself was noted, if it is wanted.
    capture: Option<u32>,
    trail: Trail,
}

impl Frame {
    const OUTSIDE: Self =
        Self { node: UNWANTED, has_wildcard: false, serial: 0, elements: 0, capture: None, trail: Trail::NONE };
}

/// Where a value that is about to be read belongs.
#[derive(Clone, Copy, Debug)]
struct Place {
    node: NodeId,
    memory: Memory,
}

impl Visitor for Taker<'_> {
    type Place = Place;

    #[inline(always)]
    fn scalar(&mut self, place: Place, scalar: Scalar) {
        if place.node.is_wanted() {
            self.captures.note(place.node, scalar.kind, scalar.start, scalar.end);
        }
    }

    #[inline(never)]
    fn open(&mut self, place: Place, is_object: bool, at: usize) -> Inside {
        let Place { node, memory } = place;
        let capture = node.is_wanted().then(|| {
            let kind = if is_object { Kind::Object } else { Kind::Array };
            self.captures.note(node, kind, at, at)
        });
        let wanted = self.projection.node(node);
        let leads_on = if is_object { wanted.members_count } else { wanted.elements_count };
        if !leads_on || self.outer.len() >= MAX_DEPTH as usize {
            self.skipping = capture;
            return Inside::Skip;
        }
        let frame = Frame {
            node,
            has_wildcard: wanted.any_member != UNWANTED,
            serial: self.captures.new_object(),
            elements: 0,
            capture,
            trail: self.foresight.within(memory),
        };
        self.outer.push(std::mem::replace(&mut self.frame, frame));
        Inside::Visit
    }

    #[inline]
    fn skipped(&mut self, end: usize) {
        if let Some(capture) = self.skipping.take() {
            self.captures.set_end(capture, end);
        }
    }

    #[inline(never)]
    fn close(&mut self, bytes: &[u8], end: usize) {
        let frame = std::mem::replace(&mut self.frame, self.outer.pop().unwrap_or(Frame::OUTSIDE));
        if frame.has_wildcard {
            self.captures.close_wild_object(bytes, frame.serial);
        }
        if let Some(capture) = frame.capture {
            self.captures.set_end(capture, end);
        }
    }

    /// Reads whole members in one go as long as they come as foreseen and their values are no objects or arrays, which
    /// is what most of a record consists of.
    #[inline]
    fn member(&mut self, bytes: &[u8], mut at: usize) -> Option<Member<Place>> {
        let Frame { serial, mut trail, .. } = self.frame;
        while let Some(Foreseen { trail: onward, node, end }) = self.foresight.foresee(trail, bytes, at) {
            trail = onward;
            if grammar::begins_otherwise(bytes, end) {
                self.captures.member(node, serial);
                self.frame.trail = trail;
                return Some(Member::Key(Place { node, memory: trail.after }, end));
            }
            let scalar = grammar::scalar(bytes, end)?;
            if node.is_wanted() {
                self.captures.member_with_value(node, serial, scalar.kind, scalar.start, scalar.end);
            } else {
                self.captures.member(node, serial);
            }
            at = scalar.behind;
            if bytes.get(at) != Some(&b',') {
                self.frame.trail = trail;
                return Some(Member::Whole(at));
            }
        }
        self.frame.trail = trail;
        self.unforeseen_member(bytes, at)
    }

    #[inline]
    fn element(&mut self) -> Place {
        let node = self.projection.element(self.projection.node(self.frame.node), self.frame.elements);
        self.frame.elements += 1;
        Place { node, memory: BLANK }
    }
}

impl Taker<'_> {
    #[inline(never)]
    fn unforeseen_member(&mut self, bytes: &[u8], at: usize) -> Option<Member<Place>> {
        if let Some(Foreseen { trail, node, end }) = self.foresight.foresee_otherwise(self.frame.trail, bytes, at) {
            self.captures.member(node, self.frame.serial);
            self.frame.trail = trail;
            return Some(Member::Key(Place { node, memory: trail.after }, end));
        }
        let (key, end) = grammar::key(bytes, at)?;
        Some(Member::Key(self.place(key), end))
    }

    fn place(&mut self, key: Key<'_>) -> Place {
        let frame = &mut self.frame;
        let object = self.projection.node(frame.node);
        // Escapes are resolved for finding out where it leads; only keys without any are foreseen.
        let decoded = key.escaped.then(|| string::decode(std::str::from_utf8(key.raw).unwrap_or_default()));
        let sought = Sought::new(decoded.as_ref().map_or(key.raw, |text| text.as_bytes()));
        let node = self.projection.member(object, &sought);
        if frame.has_wildcard {
            self.captures.wild_member(frame.serial, key.start, key.start + key.raw.len(), key.escaped);
            return Place { node, memory: BLANK };
        }
        self.captures.member(node, frame.serial);
        if key.escaped {
            return Place { node, memory: BLANK };
        }
        frame.trail = self.foresight.learn(frame.trail, frame.node, &sought, node);
        Place { node, memory: frame.trail.after }
    }
}
