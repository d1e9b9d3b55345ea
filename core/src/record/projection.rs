//! Which values of a record are wanted: the paths of all rules, merged into one tree that the scanner walks along.
//!
//! Paths with wildcards overlap others (`$.a[*]` and `$.a[0]`), so the tree is made of *sets* of path positions: each
//! node stands for all paths that a value at this place belongs to. The scanner then follows one node at a time and
//! never has to look back.
//!
//! A field of Sigma is followed by how much of its name has been read: each way to divide it at its dots leads to a node
//! of its own, so that a key with a dot in it and a key within an object are two places that both count. What an array
//! holds stands where the array stands. Only the record itself is no such array: it is an object, or no record.

use super::Slot;
use crate::limits::MAX_PROJECTION_NODES;
use crate::record::path::{Path, Step};
use crate::text_table::{Sought, TextTable};
use std::collections::{BTreeMap, HashMap};

/// Collects paths.
#[derive(Debug, Default)]
pub struct ProjectionBuilder {
    paths: Vec<Path>,
    slots: HashMap<Path, Slot>,
}

/// More overlapping paths than the tree may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyPaths {
    /// How many paths were asked for.
    pub paths: usize,
}

/// The tree.
#[derive(Debug)]
pub struct Projection {
    /// The node of the record itself.
    root: NodeId,
    nodes: Vec<Node>,
    /// Numbered array elements of all nodes, one node's after another's.
    elements: Vec<(u32, NodeId)>,
    /// The slots of all nodes, one node's after another's.
    accepts: Vec<Slot>,
    slots: usize,
}

/// Position of a node in the tree, and in the highest bit whether the values there are wanted themselves: that is asked
/// of every value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodeId(u32);

const WANTED: u32 = 1 << 31;

impl NodeId {
    #[inline]
    pub(crate) fn is_wanted(self) -> bool {
        self.0 & WANTED != 0
    }

    #[inline]
    pub(crate) fn number(self) -> usize {
        (self.0 & !WANTED) as usize
    }
}

/// The node of values that nobody wants. It leads only to itself.
pub(crate) const UNWANTED: NodeId = NodeId(0);

/// One place in the tree.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The nodes of the members that have one of their own, by key.
    members: TextTable,
    /// Where all other members lead.
    pub(crate) any_member: NodeId,
    elements: (u32, u32),
    /// Where elements lead whose number is not listed.
    any_element: NodeId,
    accepts: (u32, u32),
    /// Something within objects here is wanted, too.
    pub(crate) members_count: bool,
    /// Something within arrays here is wanted, too.
    pub(crate) elements_count: bool,
    /// The number behind those of its descendants, which follow its own.
    end: u32,
}

/// Where in which path a value stands: how many of its steps have been taken, or of a field how many bytes of its name
/// have been read, each key with a dot behind it.
type Positions = Vec<(u32, u32)>;

impl ProjectionBuilder {
    /// Nothing is wanted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The slot in which the values at this path will be found.
    pub fn slot(&mut self, path: &Path) -> Slot {
        if let Some(&slot) = self.slots.get(path) {
            return slot;
        }
        let slot = Slot(self.paths.len() as u32);
        self.paths.push(path.clone());
        self.slots.insert(path.clone(), slot);
        slot
    }

    /// Merges the paths into one tree.
    pub fn build(&self) -> Result<Projection, TooManyPaths> {
        let mut projection = Projection {
            root: UNWANTED,
            nodes: vec![UNWANTED_NODE.clone()],
            elements: Vec::new(),
            accepts: Vec::new(),
            slots: self.paths.len(),
        };
        let start = (0..self.paths.len() as u32).map(|path| (path, 0)).collect();
        projection.root = self.add_node(&mut projection, start)?;
        Ok(projection)
    }

    fn add_node(&self, projection: &mut Projection, positions: Positions) -> Result<NodeId, TooManyPaths> {
        if projection.nodes.len() >= MAX_PROJECTION_NODES {
            return Err(TooManyPaths { paths: self.paths.len() });
        }
        let number = projection.nodes.len();
        projection.nodes.push(Node::default());

        let accepts_start = projection.accepts.len() as u32;
        let mut members: BTreeMap<&str, Positions> = BTreeMap::new();
        let mut any_member = Positions::new();
        let mut elements: BTreeMap<u32, Positions> = BTreeMap::new();
        let mut any_element = Positions::new();
        for &(path, position) in &positions {
            let next = (path, position + 1);
            let steps = self.paths.get(path as usize).map_or(&[][..], |path| &path.0);
            if let [Step::Field(name)] = steps {
                match name.get(position as usize..) {
                    None => projection.accepts.push(Slot(path)),
                    Some(rest) => {
                        for end in dots(rest).chain([rest.len()]) {
                            let key = rest.get(..end).unwrap_or_default();
                            members.entry(key).or_default().push((path, position + end as u32 + 1));
                        }
                    }
                }
                if position > 0 {
                    any_element.push((path, position));
                }
                continue;
            }
            match steps.get(position as usize) {
                None => projection.accepts.push(Slot(path)),
                Some(Step::Member(key)) => members.entry(key).or_default().push(next),
                Some(Step::AnyMember) => any_member.push(next),
                Some(Step::Element(number)) => elements.entry(*number).or_default().push(next),
                Some(Step::AnyElement) => any_element.push(next),
                // Nothing but a field makes up a whole path.
                Some(Step::Field(_)) => {}
            }
        }
        let mut node = Node { accepts: (accepts_start, projection.accepts.len() as u32), ..Node::default() };
        let wanted = if node.accepts.0 == node.accepts.1 { 0 } else { WANTED };
        let id = NodeId(number as u32 | wanted);

        let mut children = Vec::with_capacity(members.len());
        for (key, mut positions) in members {
            positions.extend_from_slice(&any_member);
            children.push((key.as_bytes(), self.add_node(projection, positions)?.0));
        }
        if !children.is_empty() {
            node.members = TextTable::new(&children);
        }
        let mut numbered = Vec::with_capacity(elements.len());
        for (number, mut positions) in elements {
            positions.extend_from_slice(&any_element);
            numbered.push((number, self.add_node(projection, positions)?));
        }
        let elements_start = projection.elements.len() as u32;
        projection.elements.append(&mut numbered);
        node.elements = (elements_start, projection.elements.len() as u32);
        if !any_member.is_empty() {
            node.any_member = self.add_node(projection, any_member)?;
        }
        if any_element == positions {
            // Fields alone: what an array holds is looked at as the array is, however many arrays lie in each other.
            node.any_element = id;
        } else if !any_element.is_empty() {
            node.any_element = self.add_node(projection, any_element)?;
        }
        node.end = projection.nodes.len() as u32;
        node.members_count = !children.is_empty() || node.any_member != UNWANTED;
        node.elements_count = node.elements.0 < node.elements.1 || node.any_element != UNWANTED;
        if let Some(place) = projection.nodes.get_mut(number) {
            *place = node;
        }
        Ok(id)
    }
}

fn dots(name: &str) -> impl Iterator<Item = usize> {
    name.match_indices('.').map(|(at, _)| at)
}

impl Projection {
    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The nodes at which the values of each slot stand.
    pub(crate) fn nodes_of_slots(&self) -> Vec<Vec<NodeId>> {
        let mut nodes = vec![Vec::new(); self.slots];
        for number in 0..self.nodes.len() as u32 {
            let id = NodeId(number | WANTED);
            for slot in self.accepts(id) {
                if let Some(nodes) = nodes.get_mut(slot.0 as usize) {
                    nodes.push(id);
                }
            }
        }
        nodes
    }

    /// The unwanted node stands in for one that is not there; no scan meets that.
    #[inline]
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.number()).unwrap_or(&UNWANTED_NODE)
    }

    /// The node of the record itself.
    pub(crate) fn root(&self) -> NodeId {
        self.root
    }

    /// For each node the number behind those of its descendants.
    pub(crate) fn ends(&self) -> impl Iterator<Item = u32> + '_ {
        self.nodes.iter().map(|node| node.end)
    }

    /// The slots of the values at this node.
    fn accepts(&self, id: NodeId) -> &[Slot] {
        let (start, end) = self.node(id).accepts;
        self.accepts.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Where the member with this key (escapes resolved) leads.
    #[inline]
    pub(crate) fn member(&self, node: &Node, key: &Sought<'_>) -> NodeId {
        node.members.get(key).map_or(node.any_member, NodeId)
    }

    /// Where the element with this number leads.
    pub(crate) fn element(&self, node: &Node, number: u32) -> NodeId {
        let (start, end) = node.elements;
        let listed = self.elements.get(start as usize..end as usize).unwrap_or_default();
        listed.iter().find(|(listed, _)| *listed == number).map_or(node.any_element, |&(_, child)| child)
    }
}

static UNWANTED_NODE: Node = Node {
    members: TextTable::EMPTY,
    any_member: UNWANTED,
    elements: (0, 0),
    any_element: UNWANTED,
    accepts: (0, 0),
    members_count: false,
    elements_count: false,
    end: 0,
};

impl Default for Node {
    fn default() -> Self {
        UNWANTED_NODE.clone()
    }
}
