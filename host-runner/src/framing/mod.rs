//! Finds where records begin and end in a stream of bytes.
//!
//! Takes what was read, piece by piece; gives the stretches that are records and those that cannot be; every byte
//! between them is framing and passes as it came. It counts brackets outside strings and reads the keys of envelopes.
//! It must not interpret a record, and the same bytes must give the same items however they were cut into pieces.
//!
//! What records come in has a file each in `forms`; a record within an object is found once the object is complete.

mod brackets;
mod elements;
mod event_time;
mod forms;
mod itself;
mod lines;
mod list;
pub(crate) mod members;
mod open;
mod page;
mod string;

pub(crate) use event_time::event_time;
pub use forms::{EmptyName, Forms, RecordPath};
pub use page::Page;
pub use string::{said_within, spelled};

use std::mem;

use brackets::{Stop, Walk};
use lines::SAYS_OBJECT;

/// What a line feed means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The first line that is not blank decides: if it is incomplete and ends in `{`, `[` or `,`, outside a string,
    /// this is a document; otherwise these are lines.
    #[default]
    Guess,
    /// No value crosses a line feed: an incomplete one is malformed and the next line starts afresh.
    Lines,
    /// A line feed is white space.
    Document,
}

/// What a stretch of the input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An object, for the detector to judge.
    Record,
    /// No object: a line of other text, or another element in an array of records.
    Text,
    /// A string or an array in an array of records, or a string on a line of strings. It may hold records; if not, it is
    /// text like any other.
    Element,
    /// Begins like JSON and breaks off, or breaks the envelope around it.
    Malformed,
    /// Longer than a record may be.
    Oversized,
    /// What follows in an envelope behind its records. It counts for nothing; what may stand in it does.
    Tail,
}

/// One stretch of a page that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it starts in the page.
    pub start: usize,
    /// Where it ends in the page.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
    /// Whether it ends here. A record always does; what is never held in memory as a whole comes in several parts,
    /// the last of which may be empty.
    pub last: bool,
    /// Within how many strings it stands, one in another: so often it is to be read before it is JSON.
    pub level: u8,
    /// How many bytes spell its closing bracket: more than one where that is written as an escape.
    pub closing: usize,
}

/// Locates the items of one input.
#[derive(Debug)]
pub struct Framer {
    mode: Mode,
    max_record: usize,
    /// Envelopes are gone through record by record, as they may be longer than a record may be.
    opens_envelopes: bool,
    state: State,
    around: Around,
    /// Next byte to look at.
    at: usize,
    /// Where the open value, or the open part of one that is not held, starts.
    start: usize,
    walk: Walk,
    /// The open value is over the size limit and streams through.
    over: bool,
    /// The current line holds more than white space. Meaningful only as long as the mode is to be guessed.
    line_has_content: bool,
    /// The last byte of former pieces that was no white space. Meaningful only as long as the mode is to be guessed.
    last_byte: u8,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between values, where a byte order mark may stand: at the start, and where one file was appended to another.
    Between,
    /// Within an object or array.
    Value(Role),
    /// Within an array of records, outside its elements.
    Elements(Awaits),
    /// Within an element that is a string.
    Text { escaped: bool },
    /// Within an element that is a number or a word.
    Word,
    /// Within a line that begins with a quote: it is one string, or several that say objects, or text.
    Quoted,
    /// What is left of a line, or after a break of the whole document.
    Rest(Kind),
}

/// What a value is to become once it is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A record, unless it turns out to be an envelope.
    Top,
    /// A record within an array.
    Element,
    /// An array within an array of records.
    Nested,
    /// What follows the array of records in its envelope.
    Tail,
}

/// What may follow in an array of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    Element,
    Comma,
}

/// What an array of records stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    Nothing,
    Object,
}

impl Framer {
    /// A framer at the start of an input. A record longer than `max_record` bytes is oversized.
    pub fn new(mode: Mode, max_record: usize) -> Self {
        Self {
            mode,
            max_record,
            opens_envelopes: true,
            state: State::Between,
            around: Around::Nothing,
            at: 0,
            start: 0,
            walk: Walk::new(max_record),
            over: false,
            line_has_content: false,
            last_byte: 0,
        }
    }

    /// Hands over the items of a text that is there as a whole, and no part of an input. An object in it is one item
    /// whatever it holds.
    fn each_in(text: &[u8], mode: Mode, mut take: impl FnMut(&Item)) {
        let mut framer = Self { opens_envelopes: false, ..Self::new(mode, usize::MAX) };
        let mut items = Vec::new();
        while framer.at < text.len() && framer.step(text, 0, &mut items) {
            items.drain(..).for_each(|item| take(&item));
        }
        framer.finish(text, &mut items);
        items.iter().for_each(take);
    }

    /// Looks at what is new in `bytes` and appends the items found. Answers how many bytes are settled: the next call
    /// must be given the others again, with more behind them. They are never more than the size limit and what was
    /// read last.
    pub fn push(&mut self, bytes: &[u8], items: &mut Vec<Item>) -> usize {
        let new = self.at;
        while self.at < bytes.len() && self.step(bytes, new, items) {}
        let most = self.max_record.max(SAYS_OBJECT.len() - 1);
        if self.state == State::Quoted && !self.over && self.at - self.start > most {
            self.hold_no_more(bytes);
        }
        let settled = match self.state {
            // All, but for half a byte order mark.
            State::Between => self.at,
            State::Quoted if !self.over => self.start,
            State::Value(_) | State::Text { .. } | State::Word if !self.over => {
                if bytes.len() - self.start <= self.max_record {
                    self.start
                } else {
                    self.over = true;
                    self.part(bytes.len(), items);
                    bytes.len()
                }
            }
            State::Elements(_) => bytes.len(),
            State::Value(_) | State::Text { .. } | State::Word | State::Quoted | State::Rest(_) => {
                self.part(bytes.len(), items);
                bytes.len()
            }
        };
        if self.mode == Mode::Guess {
            let last = bytes.get(new..).unwrap_or_default().trim_ascii_end().last();
            self.last_byte = last.copied().unwrap_or(self.last_byte);
        }
        self.at -= settled;
        self.start = 0;
        settled
    }

    /// The input ends after `bytes`, which are those that the last `push` did not settle.
    pub fn finish(&mut self, bytes: &[u8], items: &mut Vec<Item>) {
        let from = mem::replace(&mut self.at, bytes.len());
        match self.state {
            State::Between if from == bytes.len() => {}
            State::Between => {
                self.start = from;
                self.end(Kind::Text, items);
            }
            State::Quoted => self.end_quoted(bytes, items),
            State::Value(_) | State::Text { .. } | State::Word => self.end(Kind::Malformed, items),
            State::Elements(_) => {
                self.start = self.at;
                self.end(Kind::Malformed, items);
            }
            State::Rest(kind) => self.end(kind, items),
        }
        self.state = State::Between;
    }

    /// Whether nothing is open: another framer could go on from what is settled.
    pub(crate) fn is_between(&self) -> bool {
        self.state == State::Between
    }

    /// Goes on by at least one byte, or answers that it needs more. `new` is where this piece begins.
    fn step(&mut self, bytes: &[u8], new: usize, items: &mut Vec<Item>) -> bool {
        match self.state {
            State::Between => return self.between(bytes),
            State::Value(role) => self.value(role, bytes, new, items),
            State::Elements(awaits) => self.elements(awaits, bytes, new, items),
            State::Text { escaped } => self.text_element(escaped, bytes, new, items),
            State::Word => self.word_element(bytes, items),
            State::Quoted => self.quoted(bytes, items),
            State::Rest(kind) => self.rest(kind, bytes, items),
        }
        true
    }

    fn between(&mut self, bytes: &[u8]) -> bool {
        const MARK: &[u8] = "\u{feff}".as_bytes();
        let rest = bytes.get(self.at..).unwrap_or_default();
        let Some(&byte) = rest.first() else { return false };
        match byte {
            0xef if rest.starts_with(MARK) => self.at += MARK.len(),
            0xef if MARK.starts_with(rest) => return false,
            b'\n' => {
                if self.mode == Mode::Guess && self.line_has_content {
                    self.mode = Mode::Lines;
                }
                self.at += 1;
            }
            // RFC 7464 puts 0x1e before each value; a file that was cut while it was written to begins with zeros.
            b' ' | b'\t' | b'\r' | 0 | 0x1e => self.at += 1,
            _ => {
                self.line_has_content = true;
                match byte {
                    b',' => self.at += 1,
                    b'{' => self.open(State::Value(Role::Top)),
                    b'[' => {
                        self.around = Around::Nothing;
                        self.state = State::Elements(Awaits::Element);
                        self.at += 1;
                    }
                    b'"' => self.open(State::Quoted),
                    _ => self.open(State::Rest(Kind::Text)),
                }
            }
        }
        true
    }

    fn value(&mut self, role: Role, bytes: &[u8], new: usize, items: &mut Vec<Item>) {
        let line_feeds = self.mode != Mode::Document;
        let arrays = self.opens_envelopes && matches!(role, Role::Top | Role::Tail) && !self.over;
        let (at, stop) = self.walk.on(bytes, self.at, line_feeds, arrays);
        self.at = at;
        match stop {
            Stop::End => {}
            Stop::Closed => self.close(role, items),
            Stop::Mismatch | Stop::TooDeep => self.break_off(),
            Stop::LineFeed => {
                if self.ends_line(bytes, new, self.walk.is_in_string()) {
                    self.end(Kind::Malformed, items);
                    self.state = State::Between;
                }
            }
            Stop::Array => {
                let head = bytes.get(self.start..at).unwrap_or_default();
                let before = match role {
                    Role::Tail => list::goes_on(head),
                    _ => list::begins(head).then_some(&[][..]),
                };
                if let Some(before) = before.filter(|_| head.len() <= self.max_record) {
                    if !before.is_empty() {
                        let end = self.start + before.len();
                        items.push(Item { start: self.start, end, kind: Kind::Tail, last: true, level: 0, closing: 1 });
                    }
                    self.around = Around::Object;
                    self.state = State::Elements(Awaits::Element);
                }
            }
        }
    }

    /// The open value is complete.
    fn close(&mut self, role: Role, items: &mut Vec<Item>) {
        match role {
            Role::Top | Role::Element => self.end(Kind::Record, items),
            Role::Nested => self.end(Kind::Element, items),
            Role::Tail => self.end(Kind::Tail, items),
        }
        self.state = match role {
            Role::Top | Role::Tail => State::Between,
            Role::Element | Role::Nested => State::Elements(Awaits::Comma),
        };
    }

    /// What follows until the line or the document ends cannot be framed.
    fn break_off(&mut self) {
        self.state = State::Rest(if self.is_over() { Kind::Oversized } else { Kind::Malformed });
    }

    /// A value begins here.
    fn open(&mut self, state: State) {
        self.start = self.at;
        self.walk = Walk::new(self.deepest());
        self.over = false;
        self.state = state;
    }

    /// How deep a value may be nested before it breaks off: one that is deeper than it may be long is oversized.
    fn deepest(&self) -> usize {
        self.max_record.saturating_add(1)
    }

    /// Whether the value that ends here is too long to be judged.
    fn is_over(&self) -> bool {
        self.over || self.at - self.start > self.max_record
    }

    /// What is open ends here. A rest has been given its kind before, and has no limit.
    fn end(&mut self, kind: Kind, items: &mut Vec<Item>) {
        let has_limit = !matches!(self.state, State::Rest(_) | State::Quoted | State::Between);
        let kind = if has_limit && self.is_over() { Kind::Oversized } else { kind };
        items.push(Item { start: self.start, end: self.at, kind, last: true, level: 0, closing: 1 });
        self.start = self.at;
        self.over = false;
    }

    /// What is open goes on in the next page.
    fn part(&mut self, end: usize, items: &mut Vec<Item>) {
        let kind = match self.state {
            State::Rest(kind) => kind,
            _ => Kind::Oversized,
        };
        if end > self.start {
            items.push(Item { start: self.start, end, kind, last: false, level: 0, closing: 1 });
            self.start = end;
        }
    }
}
