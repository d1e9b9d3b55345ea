//! Events of the YAML parser become trees, within bounds on depth, size and what aliases stand for.

use super::place::place_in;
use super::scalar::{Kind, Scalar, Style, kind};
use super::{Body, Document, Entry, MAX_DEPTH, MAX_NODES, MAX_TEXT_BYTES, Node};
use crate::rule::diagnostic::{Code, Diagnostic, Position, quoted};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use std::collections::{HashMap, HashSet};

/// The documents of a text, those without content left out, and the mistake that keeps its rest from being read.
pub(crate) fn documents(text: &str) -> (Vec<Document>, Option<Diagnostic>) {
    let mut documents = Vec::new();
    if let Some(forbidden) = forbidden_character(text) {
        return (documents, Some(forbidden));
    }
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let at = position(*error.marker());
                let what = format!("not valid YAML: {}", error.info());
                return (documents, Some(Diagnostic::new(at, Code::YamlSyntax, what, way_out(text, at))));
            }
        };
        match builder.take(event, position(span.start)) {
            Ok(Some(document)) => documents.push(document),
            Ok(None) => {}
            Err(mistake) => return (documents, Some(mistake)),
        }
    }
    (documents, None)
}

/// The parser takes a NUL for the end of the text, and would silently drop what follows.
fn forbidden_character(text: &str) -> Option<Diagnostic> {
    let is_forbidden = |byte: u8| byte == 0x7F || (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r'));
    let at = text.bytes().position(is_forbidden)?;
    let letter = text.get(at..)?.chars().next()?;
    let message = format!("the control character U+{:04X} is not allowed in YAML", u32::from(letter));
    let help = "in double quotes it can be written as an escape";
    Some(Diagnostic::new(place_in(text, at), Code::YamlCharacter, message, help))
}

/// What is probably wrong with a text that cannot be read from here on.
fn way_out(text: &str, at: Position) -> &'static str {
    let line = text.lines().nth(at.line.saturating_sub(1) as usize).unwrap_or_default();
    if text.lines().any(is_unquoted_pattern) {
        "YAML reads an unquoted `{` as a map: put the filter pattern in single quotes"
    } else if ["- *", ": *", "- &", ": &"].iter().any(|start| line.contains(start)) {
        "a value that begins with `*` or `&` needs quotes"
    } else if line.contains(":\t") {
        "put a space in the place of the tab"
    } else {
        "the cause may stand above: a quote or bracket that is not closed, a tab, another indentation"
    }
}

fn is_unquoted_pattern(line: &str) -> bool {
    line.strip_prefix("filter_pattern:").is_some_and(|value| value.trim_start().starts_with('{'))
}

fn position(marker: Marker) -> Position {
    Position { line: marker.line() as u32, column: marker.col() as u32 + 1 }
}

/// A list or map whose end has not come yet.
struct Open {
    at: Position,
    anchor: usize,
    /// What had been built when it began; the difference is what it holds.
    before: Cost,
    /// How many levels its members have at most.
    height: usize,
    members: Members,
}

enum Members {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, seen: HashSet<String>, key: Option<Key> },
}

/// A key whose value has not come yet.
struct Key {
    text: String,
    at: Position,
    /// It is a mistake that has been told; what is said of its value would only distract.
    is_refused: bool,
}

#[derive(Clone, Copy, Default)]
struct Cost {
    nodes: usize,
    text: usize,
}

/// What an anchor stands for.
struct Anchored {
    node: Node,
    height: usize,
    cost: Cost,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    /// The highest number of an anchor in the documents before this one.
    earlier: usize,
    built: Cost,
    root: Option<Node>,
    mistakes: Vec<Diagnostic>,
}

impl Builder {
    /// Takes one event; gives the document that it ends. A mistake is one that makes going on pointless; others are
    /// noted and the tree grows on.
    fn take(&mut self, event: Event<'_>, at: Position) -> Result<Option<Document>, Diagnostic> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::SingleQuoted,
                    ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                let text = text.into_owned();
                if self.awaits_key() {
                    return self.key(text, style, at).map(|()| None);
                }
                let kind = self.tagged(tag.as_deref(), at).unwrap_or_else(|| kind(&text, style));
                let cost = Cost { nodes: 1, text: text.len() };
                self.spend(cost, at)?;
                let node = Node { at, body: Body::Scalar(Scalar { text, kind, style }) };
                self.complete(node, anchor, 1, cost)?;
            }
            Event::SequenceStart(anchor, tag) => self.begin(Members::List(Vec::new()), anchor, tag.as_deref(), at)?,
            Event::MappingStart(anchor, tag) => {
                let members = Members::Map { entries: Vec::new(), seen: HashSet::new(), key: None };
                self.begin(members, anchor, tag.as_deref(), at)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end()?,
            Event::Alias(anchor) => self.alias(anchor, at)?,
            Event::DocumentStart(_) => {
                let earlier = self.anchors.keys().copied().fold(self.earlier, usize::max);
                *self = Self { built: self.built, earlier, ..Self::default() };
            }
            Event::DocumentEnd => return Ok(self.document()),
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
        }
        Ok(None)
    }

    /// A document that holds nothing (`---` at the end of a file) is none.
    fn document(&mut self) -> Option<Document> {
        let root = self.root.take()?;
        let mistakes = std::mem::take(&mut self.mistakes);
        let is_empty = matches!(&root.body, Body::Scalar(scalar) if scalar.kind == Kind::Null);
        (!is_empty || !mistakes.is_empty()).then_some(Document { root, mistakes })
    }

    fn awaits_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { members: Members::Map { key: None, .. }, .. }))
    }

    fn key(&mut self, text: String, style: Style, at: Position) -> Result<(), Diagnostic> {
        self.spend(Cost { nodes: 1, text: text.len() }, at)?;
        let Some(Open { members: Members::Map { seen, key, .. }, .. }) = self.open.last_mut() else { return Ok(()) };
        let is_refused = style == Style::Plain && text == "<<";
        if is_refused {
            let help = "write the members out; merge keys are not part of YAML 1.2";
            self.mistakes.push(Diagnostic::new(at, Code::YamlKey, "the merge key `<<` is not read", help));
        } else if !seen.insert(text.clone()) {
            let message = format!("the key {} is there twice in one map", quoted(&text));
            self.mistakes.push(Diagnostic::new(at, Code::YamlDuplicateKey, message, "keep one of them"));
        }
        *key = Some(Key { text, at, is_refused });
        Ok(())
    }

    fn begin(&mut self, members: Members, anchor: usize, tag: Option<&Tag>, at: Position) -> Result<(), Diagnostic> {
        self.refuse_key(at)?;
        let _ = self.tagged(tag, at);
        self.refuse_depth(self.open.len() + 1, at)?;
        let before = self.built;
        self.spend(Cost { nodes: 1, text: 0 }, at)?;
        self.open.push(Open { at, anchor, before, height: 0, members });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Diagnostic> {
        let Some(Open { at, anchor, before, height, members }) = self.open.pop() else { return Ok(()) };
        let body = match members {
            Members::List(items) => Body::List(items),
            Members::Map { entries, .. } => Body::Map(entries),
        };
        let cost = Cost { nodes: self.built.nodes - before.nodes, text: self.built.text - before.text };
        self.complete(Node { at, body }, anchor, height + 1, cost)
    }

    fn alias(&mut self, anchor: usize, at: Position) -> Result<(), Diagnostic> {
        self.refuse_key(at)?;
        let Some((height, cost)) = self.anchors.get(&anchor).map(|anchored| (anchored.height, anchored.cost)) else {
            let message = if anchor <= self.earlier {
                "an anchor ends with its document, and this alias names one of an earlier document"
            } else {
                "an alias stands within what it stands for"
            };
            return Err(Diagnostic::new(at, Code::YamlAlias, message, "write the value out"));
        };
        self.refuse_depth(self.open.len() + height, at)?;
        self.spend(cost, at)?;
        match self.anchors.get(&anchor).map(|anchored| anchored.node.clone()) {
            Some(node) => self.complete(node, 0, height, cost),
            None => Ok(()),
        }
    }

    /// Puts a finished node where it belongs, and remembers it where it has an anchor.
    fn complete(&mut self, node: Node, anchor: usize, height: usize, cost: Cost) -> Result<(), Diagnostic> {
        if anchor != 0 {
            self.spend(cost, node.at)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), height, cost });
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        parent.height = parent.height.max(height);
        match &mut parent.members {
            Members::List(items) => items.push(node),
            Members::Map { entries, key, .. } => {
                if let Some(Key { text, at, is_refused: false }) = key.take() {
                    entries.push(Entry { key: text, at, value: node });
                }
            }
        }
        Ok(())
    }

    /// `!!str` makes a text of anything. Other tags would change what a value means in ways that no rule needs.
    fn tagged(&mut self, tag: Option<&Tag>, at: Position) -> Option<Kind> {
        let tag = tag?;
        if (tag.is_yaml_core_schema() && tag.suffix == "str") || (tag.handle.is_empty() && tag.suffix == "!") {
            return Some(Kind::Text);
        }
        let message = format!("the tag {} is not read", quoted(&tag.to_string()));
        self.mistakes.push(Diagnostic::new(
            at,
            Code::YamlTag,
            message,
            "leave it out; quotes make a text of any value",
        ));
        None
    }

    fn refuse_key(&self, at: Position) -> Result<(), Diagnostic> {
        if !self.awaits_key() {
            return Ok(());
        }
        let help = "put a key that begins with `*`, `[` or `{` in quotes";
        Err(Diagnostic::new(at, Code::YamlKey, "the key of a map must be a text", help))
    }

    fn refuse_depth(&self, depth: usize, at: Position) -> Result<(), Diagnostic> {
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        let message = format!("nested too deep (limit {MAX_DEPTH} levels)");
        Err(Diagnostic::new(at, Code::YamlLimit, message, "a test's record may be given as JSON text instead"))
    }

    fn spend(&mut self, cost: Cost, at: Position) -> Result<(), Diagnostic> {
        self.built.nodes += cost.nodes;
        self.built.text += cost.text;
        if self.built.nodes > MAX_NODES || self.built.text > MAX_TEXT_BYTES {
            let message = format!(
                "too many values with aliases replaced (limit {MAX_NODES} values, {MAX_TEXT_BYTES} bytes of text a file)"
            );
            return Err(Diagnostic::new(at, Code::YamlLimit, message, "divide the file, or use fewer aliases"));
        }
        Ok(())
    }
}
