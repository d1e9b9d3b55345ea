//! What a scan found: where the wanted values stand. Values of a key that came again in the same object are struck
//! out, because the last one counts.

use super::projection::{NodeId, Projection, UNWANTED};
use super::{Slot, string};

/// The values of one record.
#[derive(Debug)]
pub(crate) struct Captures {
    values: Vec<Capture>,
    /// What is known of each node.
    places: Vec<Place>,
    /// The serial of the object opened last, of all records.
    serial: u32,
    /// The members so far of those open objects that have a wildcard, innermost last.
    wild: Vec<WildMember>,
    /// The nodes of each slot; only wildcards and the fields of Sigma make it more than one.
    nodes: Vec<Vec<NodeId>>,
    record: u32,
}

/// Where one wanted value stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Capture {
    pub(crate) node: NodeId,
    pub(crate) kind: Kind,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The next value at the same node.
    next: u32,
}

impl Capture {
    /// Its key did not come again.
    fn counts(&self) -> bool {
        self.kind != Kind::StruckOut
    }
}

/// No value has this number: a batch has fewer bytes.
const NO_VALUE: u32 = u32::MAX;

/// What kind of value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    True,
    False,
    Number,
    /// Between its quotes, without escapes.
    String,
    /// Between its quotes, with escapes.
    EscapedString,
    Object,
    Array,
    /// The key came again later.
    StruckOut,
}

/// One node.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// The object in which a member was last begun here.
    serial: u32,
    /// How many values had been noted before that.
    values: u32,
    /// The number behind those of the node's descendants.
    end: u32,
    /// The record in which a value was last noted here.
    record: u32,
    /// That record's first and last value here.
    first: u32,
    last: u32,
}

#[derive(Clone, Copy, Debug)]
struct WildMember {
    serial: u32,
    key_start: u32,
    key_end: u32,
    escaped: bool,
    /// The values of this member: from here up to the next member's.
    values: u32,
}

impl Captures {
    pub(crate) fn new(projection: &Projection) -> Self {
        Self {
            values: Vec::new(),
            places: projection.ends().map(|end| Place { end, ..Place::default() }).collect(),
            serial: 0,
            wild: Vec::new(),
            nodes: projection.nodes_of_slots(),
            record: 0,
        }
    }

    pub(crate) fn begin(&mut self) {
        self.values.clear();
        self.wild.clear();
        // One record has far fewer objects than this leaves room for.
        if self.serial > u32::MAX / 2 {
            self.serial = 0;
            self.places.iter_mut().for_each(|place| place.serial = 0);
        }
        if self.record == u32::MAX {
            self.record = 0;
            self.places.iter_mut().for_each(|place| place.record = 0);
        }
        self.record += 1;
    }

    /// The first value in a slot.
    #[inline]
    pub(crate) fn first_of(&self, slot: Slot) -> Option<Capture> {
        match self.nodes.get(slot.0 as usize)?.as_slice() {
            [node] => self.chain(self.first(*node)).map(|(_, capture)| capture).find(Capture::counts),
            _ => self.of(slot).next(),
        }
    }

    /// The values in a slot, in the record's order.
    pub(crate) fn of(&self, slot: Slot) -> impl Iterator<Item = Capture> + '_ {
        let nodes = self.nodes.get(slot.0 as usize).map_or(&[][..], Vec::as_slice);
        let (one, many) = match nodes {
            [node] => (self.first(*node), Vec::new()),
            nodes => {
                let chains = nodes.iter().flat_map(|node| self.chain(self.first(*node)).map(|(number, _)| number));
                let mut numbers: Vec<u32> = chains.collect();
                numbers.sort_unstable();
                (NO_VALUE, numbers)
            }
        };
        let many = many.into_iter().filter_map(|number| self.values.get(number as usize).copied());
        self.chain(one).map(|(_, capture)| capture).chain(many).filter(Capture::counts)
    }

    /// Whether a value in a slot passes.
    #[inline]
    pub(crate) fn any(&self, slot: Slot, mut passes: impl FnMut(Capture) -> bool) -> bool {
        for node in self.nodes.get(slot.0 as usize).map_or(&[][..], Vec::as_slice) {
            let mut number = self.first(*node);
            while let Some(capture) = self.values.get(number as usize) {
                if capture.counts() && passes(*capture) {
                    return true;
                }
                number = capture.next;
            }
        }
        false
    }

    fn first(&self, node: NodeId) -> u32 {
        let place = self.places.get(node.number()).filter(|place| place.record == self.record);
        place.map_or(NO_VALUE, |place| place.first)
    }

    /// The values at one node from this one on, with their numbers.
    fn chain(&self, mut number: u32) -> impl Iterator<Item = (u32, Capture)> + '_ {
        std::iter::from_fn(move || {
            let capture = *self.values.get(number as usize)?;
            Some((std::mem::replace(&mut number, capture.next), capture))
        })
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = Capture> + '_ {
        self.values.iter().copied().filter(Capture::counts)
    }

    #[inline]
    pub(crate) fn note(&mut self, node: NodeId, kind: Kind, start: usize, end: usize) -> u32 {
        let number = self.push(node, kind, start, end);
        if let Some(place) = self.places.get_mut(node.number()) {
            let earlier = *place;
            place.last = number;
            if earlier.record == self.record {
                self.link(earlier.last, number);
            } else {
                place.record = self.record;
                place.first = number;
            }
        }
        number
    }

    #[inline(always)]
    fn push(&mut self, node: NodeId, kind: Kind, start: usize, end: usize) -> u32 {
        let number = self.values.len() as u32;
        self.values.push(Capture { node, kind, start: start as u32, end: end as u32, next: NO_VALUE });
        number
    }

    fn link(&mut self, earlier: u32, next: u32) {
        if let Some(earlier) = self.values.get_mut(earlier as usize) {
            earlier.next = next;
        }
    }

    pub(crate) fn set_end(&mut self, capture: u32, end: usize) {
        if let Some(capture) = self.values.get_mut(capture as usize) {
            capture.end = end as u32;
        }
    }

    pub(crate) fn new_object(&mut self) -> u32 {
        self.serial += 1;
        self.serial
    }

    /// A member of an object without wildcard begins: the node tells its key, so a key that comes again is one whose
    /// node has been met in the same object.
    #[inline(always)]
    pub(crate) fn member(&mut self, node: NodeId, serial: u32) {
        if node == UNWANTED {
            return;
        }
        let values = self.values.len() as u32;
        if let Some(place) = self.places.get_mut(node.number()) {
            let earlier = *place;
            place.serial = serial;
            place.values = values;
            if earlier.serial == serial {
                self.strike_out(node, earlier.values, values);
            }
        }
    }

    /// The same, and its value, which is wanted and no object or array, in one go.
    #[inline(always)]
    pub(crate) fn member_with_value(&mut self, node: NodeId, serial: u32, kind: Kind, start: usize, end: usize) {
        let number = self.push(node, kind, start, end);
        if let Some(place) = self.places.get_mut(node.number()) {
            let earlier = *place;
            *place =
                Place { serial, values: number, end: earlier.end, record: self.record, first: number, last: number };
            if earlier.record == self.record {
                self.came_before(node, earlier, number);
            }
        }
    }

    /// A value was noted at a node that has earlier ones in this record.
    #[cold]
    fn came_before(&mut self, node: NodeId, earlier: Place, number: u32) {
        self.link(earlier.last, number);
        if let Some(place) = self.places.get_mut(node.number()) {
            place.first = earlier.first;
            if earlier.serial == place.serial {
                self.strike_out(node, earlier.values, number);
            }
        }
    }

    /// Of the values noted from `first` up to `end`, none at this node or below it counts.
    #[cold]
    fn strike_out(&mut self, node: NodeId, first: u32, end: u32) {
        let Some(place) = self.places.get(node.number()) else { return };
        let descendants = node.number()..place.end as usize;
        let values = self.values.get_mut(first as usize..end as usize).unwrap_or_default();
        for capture in values.iter_mut().filter(|capture| descendants.contains(&capture.node.number())) {
            capture.kind = Kind::StruckOut;
        }
    }

    /// A member of an object with a wildcard begins: many keys share one node there, so the keys are kept.
    pub(crate) fn wild_member(&mut self, serial: u32, start: usize, end: usize, escaped: bool) {
        let values = self.values.len() as u32;
        self.wild.push(WildMember { serial, key_start: start as u32, key_end: end as u32, escaped, values });
    }

    /// An object with a wildcard ends. Sorting keeps this quick whatever keys somebody thinks of.
    pub(crate) fn close_wild_object(&mut self, bytes: &[u8], serial: u32) {
        let first = self.wild.iter().rposition(|member| member.serial != serial).map_or(0, |before| before + 1);
        let members = self.wild.get(first..).unwrap_or_default();
        let ends = members.iter().skip(1).map(|next| next.values).chain([self.values.len() as u32]);
        let mut spans: Vec<_> = members
            .iter()
            .zip(ends)
            .map(|(member, end)| {
                let raw = bytes.get(member.key_start as usize..member.key_end as usize).unwrap_or_default();
                let raw = std::str::from_utf8(raw).unwrap_or_default();
                let key = if member.escaped { string::decode(raw) } else { raw.into() };
                (key, member.values, end)
            })
            .collect();
        spans.sort();
        for pair in spans.windows(2) {
            if let [(key, start, end), (next, ..)] = pair
                && key == next
            {
                let earlier = self.values.get_mut(*start as usize..*end as usize).unwrap_or_default();
                earlier.iter_mut().for_each(|capture| capture.kind = Kind::StruckOut);
            }
        }
        self.wild.truncate(first);
    }
}
