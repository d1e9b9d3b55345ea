//! A second framer, written byte by byte for clarity: the oracle for the real one.
//!
//! It has the whole input before it and goes through it once, from value to value.

use trailsieve::framing::{Framer, Item, Kind, Mode};

/// What, where it starts, where it ends.
pub type Located = (Kind, usize, usize);

/// What the real framer finds when the input comes in pieces that end at `cuts`.
///
/// # Panics
/// When the framer breaks its own promises: about order, bounds of memory, parts.
pub fn in_pieces(input: &[u8], mode: Mode, max_record: usize, cuts: &[usize]) -> Vec<Located> {
    let mut framer = Framer::new(mode, max_record);
    let (mut settled, mut end, mut found) = (0, 0, Vec::new());
    let mut open = None;
    let mut take = |items: Vec<Item>, offset: usize, bound: usize| {
        for item in items {
            assert!(item.start <= item.end && offset + item.end <= bound, "an item lies beyond what is settled");
            let (kind, start) = open.take().unwrap_or((item.kind, offset + item.start));
            assert_eq!(kind, item.kind, "the parts of an item differ");
            if item.last {
                found.push((kind, start, offset + item.end));
            } else {
                assert_ne!(kind, Kind::Record, "a record in parts");
                open = Some((kind, start));
            }
        }
    };
    for &cut in cuts.iter().chain([&input.len()]) {
        let length = cut.saturating_sub(end);
        end = end.max(cut);
        let mut items = Vec::new();
        let piece = input.get(settled..end).unwrap_or_default();
        let more = framer.push(piece, &mut items);
        take(items, settled, settled + more);
        settled += more;
        assert!(
            end - settled <= max_record.max(2) && end - settled <= piece.len(),
            "more is held than allowed: {length}"
        );
    }
    let mut items = Vec::new();
    framer.finish(input.get(settled..).unwrap_or_default(), &mut items);
    take(items, settled, input.len());
    assert_eq!(open, None, "an item never ended");
    found
}

/// What the oracle finds.
pub fn naively(input: &[u8], mode: Mode, max_record: usize) -> Vec<Located> {
    let lines = match mode {
        Mode::Lines => true,
        Mode::Document => false,
        Mode::Guess => !is_document(input, max_record),
    };
    let mut naive = Naive { input, at: 0, lines, max_record, found: Vec::new(), cut: None };
    naive.all();
    naive.found
}

/// Whether the first line that is not blank is broken off by its line feed, outside a string, after an opening bracket
/// or a comma.
fn is_document(input: &[u8], max_record: usize) -> bool {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    let mut rest = input.trim_ascii_start();
    while let Some(after) = [MARK, b"\0", b"\x1e"].iter().find_map(|skipped| rest.strip_prefix(*skipped)) {
        rest = after.trim_ascii_start();
    }
    let Some(length) = rest.iter().position(|&byte| byte == b'\n') else { return false };
    let line = rest.get(..=length).unwrap_or_default();
    let mut naive = Naive { input: line, at: 0, lines: true, max_record, found: Vec::new(), cut: None };
    naive.all();
    let last = line.iter().rfind(|byte| !is_blank(byte));
    naive.cut == Some(Cut::OutsideString) && matches!(last, Some(b'{' | b'[' | b','))
}

/// A byte order mark.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// How a line feed broke off a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    WithinString,
    OutsideString,
}

/// How a walk through an object or array ended.
enum Walked {
    Closed,
    /// An array with the records of an envelope was opened; this is where the comma before it stands.
    Records(usize),
    Broken,
    /// By a line feed or the end of the input.
    BrokenOff,
}

struct Naive<'a> {
    input: &'a [u8],
    at: usize,
    lines: bool,
    max_record: usize,
    found: Vec<Located>,
    cut: Option<Cut>,
}

impl Naive<'_> {
    fn byte(&self) -> Option<u8> {
        self.input.get(self.at).copied()
    }

    fn find(&mut self, kind: Kind, start: usize) {
        self.found.push((kind, start, self.at));
    }

    /// Something with a size limit ends here.
    fn find_limited(&mut self, kind: Kind, start: usize) {
        let kind = if self.at - start > self.max_record { Kind::Oversized } else { kind };
        self.find(kind, start);
    }

    fn all(&mut self) {
        while let Some(byte) = self.byte() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | b'\0' | 0x1e => self.at += 1,
                b'"' => {
                    let start = self.at;
                    self.skip_line();
                    self.strings(start);
                }
                b'{' => self.top(self.at, &mut Vec::new()),
                b'[' => {
                    self.at += 1;
                    self.elements();
                }
                _ if self.input.get(self.at..).is_some_and(|rest| rest.starts_with(MARK)) => self.at += MARK.len(),
                _ => {
                    let start = self.at;
                    self.skip_line();
                    self.find(Kind::Text, start);
                }
            }
        }
    }

    /// What begins with a quote at `start`, up to here, where its line ends.
    fn strings(&mut self, start: usize) {
        let end = self.at;
        let line = self.input.get(start..end).unwrap_or_default();
        let (is_long, says_object) = (line.len() > self.max_record, says_object(line));
        match string_before_commas(line) {
            _ if is_long => self.find(if says_object { Kind::Oversized } else { Kind::Text }, start),
            Some((length, [])) => {
                self.at = start + length;
                self.find(Kind::Element, start);
            }
            Some((length, rest @ [b'"', ..])) if says_object => {
                self.at = start + length;
                self.find(Kind::Element, start);
                self.at = end;
                self.strings(end - rest.len());
            }
            None if says_object => self.find(Kind::Malformed, start),
            _ => self.find(Kind::Text, start),
        }
    }

    fn skip_line(&mut self) {
        while self.byte().is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    /// An object at the top, or what follows in it behind an array of records.
    fn top(&mut self, start: usize, open: &mut Vec<u8>) {
        let is_tail = !open.is_empty();
        let holds_records = if is_tail { holds_more_records } else { begins_envelope };
        match self.walk(start, open, &holds_records) {
            Walked::Closed => self.find_limited(if is_tail { Kind::Tail } else { Kind::Record }, start),
            Walked::Records(before) => {
                if is_tail && before > start {
                    self.found.push((Kind::Tail, start, before));
                }
                if self.elements() {
                    self.top(self.at, &mut vec![b'{']);
                }
            }
            Walked::Broken => self.rest(start),
            Walked::BrokenOff => self.find_limited(Kind::Malformed, start),
        }
    }

    /// The rest of the line or document, which began to go wrong at `at`.
    fn rest(&mut self, start: usize) {
        let kind = if self.at - start > self.max_record { Kind::Oversized } else { Kind::Malformed };
        if self.lines {
            self.skip_line();
        } else {
            self.at = self.input.len();
        }
        self.find(kind, start);
    }

    /// The elements of an array whose bracket has been read; whether it was closed.
    fn elements(&mut self) -> bool {
        let mut may_begin = true;
        while let Some(byte) = self.byte() {
            let start = self.at;
            match byte {
                b'\n' if self.lines => {
                    self.cut = Some(Cut::OutsideString);
                    break;
                }
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return true;
                }
                b',' if !may_begin => {
                    self.at += 1;
                    may_begin = true;
                }
                b'{' | b'[' if may_begin => {
                    let kind = if byte == b'{' { Kind::Record } else { Kind::Element };
                    match self.walk(start, &mut Vec::new(), &|_| false) {
                        Walked::Closed | Walked::Records(_) => self.find_limited(kind, start),
                        Walked::Broken => {
                            self.rest(start);
                            return false;
                        }
                        Walked::BrokenOff => {
                            self.find_limited(Kind::Malformed, start);
                            return false;
                        }
                    }
                    may_begin = false;
                }
                b'"' if may_begin => {
                    if !self.string() {
                        self.find_limited(Kind::Malformed, start);
                        return false;
                    }
                    self.find_limited(Kind::Element, start);
                    may_begin = false;
                }
                _ if may_begin && is_word(byte) => {
                    while self.byte().is_some_and(is_word) {
                        self.at += 1;
                    }
                    let is_broken_off = self.at == self.input.len();
                    self.find_limited(if is_broken_off { Kind::Malformed } else { Kind::Text }, start);
                    if is_broken_off {
                        return false;
                    }
                    may_begin = false;
                }
                _ => {
                    self.rest(start);
                    return false;
                }
            }
        }
        self.find(Kind::Malformed, self.at);
        false
    }

    /// Goes to behind a closing quote; whether there is one.
    fn string(&mut self) -> bool {
        self.at += 1;
        while let Some(byte) = self.byte() {
            match byte {
                b'\n' if self.lines => {
                    self.cut = Some(Cut::WithinString);
                    return false;
                }
                b'"' => {
                    self.at += 1;
                    return true;
                }
                // A backslash takes the next byte with it, but never the end of a line.
                b'\\' if self.input.get(self.at + 1).is_some_and(|&next| next != b'\n') => self.at += 2,
                _ => self.at += 1,
            }
        }
        false
    }

    /// Walks through what is open; `holds_records` tells by what was read so far, without white space outside strings,
    /// whether an array directly within an object holds the records of an envelope.
    fn walk(&mut self, start: usize, open: &mut Vec<u8>, holds_records: &dyn Fn(&[u8]) -> bool) -> Walked {
        let mut tokens = Vec::new();
        let mut last_comma = start;
        while let Some(byte) = self.byte() {
            match byte {
                b'\n' if self.lines => {
                    self.cut = Some(Cut::OutsideString);
                    return Walked::BrokenOff;
                }
                b'"' => {
                    let from = self.at;
                    if !self.string() {
                        return Walked::BrokenOff;
                    }
                    tokens.extend_from_slice(self.input.get(from..self.at).unwrap_or_default());
                    continue;
                }
                b'\\' if self.input.get(self.at + 1) == Some(&b'"') => {
                    tokens.extend_from_slice(b"\\\"");
                    self.at += 2;
                    continue;
                }
                b'\\' if self.input.get(self.at + 1) == Some(&b'\\') => {
                    tokens.extend_from_slice(b"\\\\");
                    self.at += 2;
                    continue;
                }
                // One bit a bracket is the most that may be kept of what is too long to be held.
                b'{' | b'[' if open.len() > self.max_record => {
                    self.at += 1;
                    return Walked::Broken;
                }
                b'{' | b'[' => open.push(byte),
                b',' => last_comma = self.at,
                b'}' | b']' => {
                    // In ASCII a closing bracket comes two after its opening one.
                    if open.last() != Some(&(byte - 2)) {
                        return Walked::Broken;
                    }
                    open.pop();
                }
                _ => {}
            }
            self.at += 1;
            if open.is_empty() {
                return Walked::Closed;
            }
            if !byte.is_ascii_whitespace() {
                tokens.push(byte);
            }
            if byte == b'[' && open.len() == 2 && self.at - start <= self.max_record && holds_records(&tokens) {
                return Walked::Records(last_comma);
            }
        }
        Walked::BrokenOff
    }
}

/// The arrays whose elements are gone through one by one.
const LISTS: [&str; 4] = ["Records", "Events", "Messages", "logEvents"];

/// What may stand before `logEvents`.
const BEFORE_LOG_EVENTS: [&str; 6] =
    ["messageType", "owner", "logGroup", "logStream", "subscriptionFilters", "policyLevel"];

fn begins_envelope(tokens: &[u8]) -> bool {
    let is_first = LISTS.iter().any(|list| tokens == format!("{{\"{list}\":[").as_bytes());
    is_first || tokens.strip_prefix(b"{").is_some_and(is_log_events)
}

fn holds_more_records(tokens: &[u8]) -> bool {
    LISTS.iter().any(|list| tokens.ends_with(format!(",\"{list}\":[").as_bytes()))
}

/// Member after member that may stand before `logEvents`, and then these.
fn is_log_events(tokens: &[u8]) -> bool {
    if tokens == b"\"logEvents\":[" {
        return true;
    }
    let keys = BEFORE_LOG_EVENTS.iter().map(|key| format!("\"{key}\":"));
    let Some(value) = keys.into_iter().find_map(|key| tokens.strip_prefix(key.as_bytes())) else { return false };
    let mut naive = Naive { input: value, at: 0, lines: false, max_record: usize::MAX, found: Vec::new(), cut: None };
    let is_whole = match value.first() {
        Some(b'"') => naive.string(),
        Some(b'[') => matches!(naive.walk(0, &mut Vec::new(), &|_| false), Walked::Closed),
        _ => false,
    };
    let rest = value.get(naive.at..).unwrap_or_default();
    is_whole && rest.strip_prefix(b",").is_some_and(is_log_events)
}

/// Where the string ends with which a line begins, and what stands behind the commas after it; `None`: it does not end.
fn string_before_commas(line: &[u8]) -> Option<(usize, &[u8])> {
    let mut naive = Naive { input: line, at: 0, lines: false, max_record: usize::MAX, found: Vec::new(), cut: None };
    let ends = naive.string();
    let mut rest = line.get(naive.at..).unwrap_or_default();
    while let [b',' | b' ' | b'\t' | b'\r' | b'\n' | b'\x0c', after @ ..] = rest {
        rest = after;
    }
    ends.then_some((naive.at, rest))
}

/// Whether a line begins as a string that says an object with a member.
fn says_object(line: &[u8]) -> bool {
    line.iter().take(3).eq(b"\"{\\")
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)
}
