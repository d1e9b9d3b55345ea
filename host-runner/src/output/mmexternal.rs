//! One reply for each line, as rsyslog's `mmexternal` waits for it (`--dialect mmexternal`).
//!
//! Takes judged pages; gives one JSON object on a line for each line feed that came in. It holds only what rsyslog is to
//! change: under `$!` the field, so that rsyslog can route on it, and the message's text where the field was spliced into
//! it. A line with nothing to say is answered, too, with `{"v":1}`: a message without our field is one that nobody judged.

use std::io::{self, Write};
use std::mem;

use super::{Delivery, Output, Recorded, Stretch, send};
use crate::config::typed::Level;
use crate::framing::members::Members;
use crate::metrics::Counters;
use crate::splice::{Field, quoted};

/// The longest line that is handed back; a message of rsyslog is a hundred times shorter. Of a longer one, which nobody
/// could keep in memory, only the field is told.
const LONGEST_LINE: usize = 16 << 20;

/// What is said of a line in which nothing was found.
const NOTHING: &str = r#"{"v":1}"#;

/// What rsyslog writes to a program's standard input: its `interface.input`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InterfaceInput {
    /// The message, and the reply replaces it.
    #[default]
    Msg,
    /// The message as it was received, and the reply replaces that.
    Rawmsg,
    /// One JSON object with the message in `msg`, among its other properties. The reply replaces the message.
    Fulljson,
}

impl InterfaceInput {
    /// The property that a reply sets.
    fn property(self) -> &'static str {
        match self {
            Self::Msg | Self::Fulljson => "msg",
            Self::Rawmsg => "rawmsg",
        }
    }
}

/// Writes replies.
#[derive(Debug)]
pub struct Mmexternal<W> {
    to: W,
    input: InterfaceInput,
    field: Field,
    text: Vec<u8>,
    line: Line,
}

/// What came since the last line feed.
#[derive(Debug, Default)]
struct Line {
    /// Its bytes, with the field where there is one.
    bytes: Vec<u8>,
    /// Bytes are missing, because there are too many.
    is_cut: bool,
    /// The gravest annotation in it, and how grave that is.
    annotation: Option<(Option<Level>, String)>,
}

impl<W: Write> Mmexternal<W> {
    /// Writes to `to`, adding that field.
    pub fn new(to: W, input: InterfaceInput, field: Field) -> Self {
        Self { to, input, field, text: Vec::new(), line: Line::default() }
    }

    fn record(&mut self, record: &Recorded<'_>, counters: &mut Counters) {
        let annotation = record.annotation();
        if annotation.is_empty() {
            self.line.push(record.bytes);
            return;
        }
        let mut text = Vec::with_capacity(record.bytes.len() + annotation.len());
        let existed = self.field.add_within(record.bytes, record.level, record.closing, annotation, &mut text);
        counters.field_existed += u64::from(existed);
        self.line.push(&text);
        let grave = record.findings.iter().map(|finding| Level::of_name(&finding.level)).max().flatten();
        if self.line.annotation.as_ref().is_none_or(|(known, _)| *known < grave) {
            self.line.annotation = Some((grave, annotation.to_owned()));
        }
    }

    /// Bytes that no field is added to.
    fn bytes(&mut self, bytes: &[u8]) {
        let mut lines = bytes.split(|&byte| byte == b'\n');
        self.line.push(lines.next().unwrap_or_default());
        for next in lines {
            self.reply();
            self.line.push(next);
        }
    }

    /// Answers the line that ends here.
    fn reply(&mut self) {
        let Line { bytes, is_cut, annotation } = mem::take(&mut self.line);
        let annotation = annotation.map(|(_, annotation)| annotation);
        let said = annotation.as_deref().unwrap_or(NOTHING);
        self.text.extend_from_slice(format!("{{\"$!\":{{{}:{said}}}", quoted(self.field.name())).as_bytes());
        // rsyslog would end a text at a NUL.
        if annotation.is_some() && !is_cut && !bytes.contains(&0) {
            let start = self.text.len();
            self.text.extend_from_slice(format!(",\"{}\":", self.input.property()).as_bytes());
            match self.input {
                InterfaceInput::Msg | InterfaceInput::Rawmsg => spell(&bytes, &mut self.text),
                InterfaceInput::Fulljson => match spelled_message(&bytes) {
                    Some(message) => self.text.extend_from_slice(message),
                    None => self.text.truncate(start),
                },
            }
        }
        self.text.extend_from_slice(b"}\n");
    }
}

impl Line {
    fn push(&mut self, bytes: &[u8]) {
        self.is_cut |= self.bytes.len() + bytes.len() > LONGEST_LINE;
        if self.is_cut {
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }
}

impl<W: Write> Output for Mmexternal<W> {
    /// All replies to a page leave together: a message of several lines, against the protocol, gets its several replies
    /// in one piece, and the next message does not get what is left of them.
    fn write(&mut self, delivery: &Delivery<'_>, counters: &mut Counters) -> io::Result<()> {
        self.text.clear();
        for stretch in delivery.stretches() {
            match stretch {
                Stretch::Record(record) => self.record(&record, counters),
                Stretch::Other(other) => self.bytes(other.bytes),
                Stretch::Framing(bytes) => self.bytes(bytes),
            }
        }
        send(&mut self.to, &self.text, counters)
    }
}

/// The string that is the member `msg` of what rsyslog hands over, with its quotes.
fn spelled_message(object: &[u8]) -> Option<&[u8]> {
    let object = object.trim_ascii_start();
    let message = Members::of(object).find(|member| *member.key() == *b"msg" && member.is_whole)?;
    object.get(message.value).filter(|value| value.starts_with(b"\""))
}

/// Appends bytes as a JSON string. Bytes that are no text stay what they are, as they do in rsyslog.
fn spell(bytes: &[u8], to: &mut Vec<u8>) {
    to.push(b'"');
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => to.extend_from_slice(&[b'\\', byte]),
            0..b' ' => to.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => to.push(byte),
        }
    }
    to.push(b'"');
}
