//! One judged page, as an output sees it.
//!
//! Takes a page and the detector's answer; gives the page's bytes as one row of stretches without a gap, each with
//! what is known of it. Findings are read here, once.

use std::borrow::Cow;

use super::Finding;
use crate::batch::{Copies, Judged, Mark, Outcome};
use crate::framing::{Item, Kind, Page, said_within};
use crate::splice::Field;

/// One judged page.
#[derive(Debug)]
pub struct Delivery<'a> {
    input: &'a str,
    page: &'a Page,
    judged: &'a Judged,
    /// Those of each mark.
    findings: Vec<Vec<Finding<'a>>>,
}

/// One stretch of a page.
#[derive(Clone, Copy, Debug)]
pub enum Stretch<'a> {
    /// What stands between the records.
    Framing(&'a [u8]),
    /// A record that was handed to the detector.
    Record(Recorded<'a>),
    /// What stands in a record's place.
    Other(Other<'a>),
}

/// A record that was handed to the detector.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// Its bytes as they came.
    pub bytes: &'a [u8],
    /// Within how many strings it stands.
    pub level: u8,
    /// How many of its bytes spell its closing bracket.
    pub closing: usize,
    /// Where it starts in the input.
    pub offset: u64,
    /// What there is to say of it, if anything.
    pub mark: Option<&'a Mark>,
    /// Its findings. None in a flagged record means that they could not be read.
    pub findings: &'a [Finding<'a>],
}

impl<'a> Recorded<'a> {
    /// What is to be added to the record; empty: nothing. Whatever a detector says, what is not valid is not touched.
    pub fn annotation(&self) -> &'a str {
        match self.mark {
            Some(mark) if !matches!(mark.outcome, Outcome::Malformed | Outcome::NotCloudtrail) => &mark.annotation,
            _ => "",
        }
    }

    /// Appends it as it is spelled, with the field if it gains one. Answers whether the field's name was taken.
    pub(super) fn write_in_place(&self, field: &Field, to: &mut Vec<u8>) -> bool {
        if self.annotation().is_empty() {
            to.extend_from_slice(self.bytes);
            return false;
        }
        field.add_within(self.bytes, self.level, self.closing, self.annotation(), to)
    }

    /// What it says: its bytes, read as often as it stands within a string.
    pub fn text(&self) -> Cow<'a, [u8]> {
        said_within(self.bytes, self.level)
    }

    /// What became of it. Without a mark it is `Clean`, which then stands for `NotCloudtrail` too.
    pub fn outcome(&self) -> Outcome {
        self.mark.map_or(Outcome::Clean, |mark| mark.outcome)
    }
}

/// What stands in a record's place, or a part of it.
#[derive(Clone, Copy, Debug)]
pub struct Other<'a> {
    /// The bytes of this part.
    pub bytes: &'a [u8],
    /// Where this part starts in the input.
    pub offset: u64,
    /// What it is; never `Record` or `Tail`.
    pub kind: Kind,
    /// Whether this is the last part.
    pub last: bool,
}

impl<'a> Delivery<'a> {
    /// A page of the input of that name, with what the detector said of it.
    pub fn new(input: &'a str, page: &'a Page, judged: &'a Judged) -> Self {
        let findings = judged.marks.iter().map(|mark| match mark.outcome {
            Outcome::Flagged => Finding::all_in(&mark.annotation),
            _ => Vec::new(),
        });
        Self { input, page, judged, findings: findings.collect() }
    }

    /// The name of the input; empty for the only one.
    pub fn input(&self) -> &'a str {
        self.input
    }

    /// All bytes as they came.
    pub fn bytes(&self) -> &'a [u8] {
        self.page.bytes()
    }

    /// What the records were converted to.
    pub fn copies(&self) -> &'a Copies {
        &self.judged.copies
    }

    /// Whether some record is to gain a field.
    pub fn adds_fields(&self) -> bool {
        self.judged.marks.iter().any(|mark| !mark.annotation.is_empty())
    }

    /// All findings, in the order of the records.
    pub fn findings(&self) -> impl Iterator<Item = &Finding<'a>> {
        self.findings.iter().flatten()
    }

    /// The page from its first byte to its last.
    pub fn stretches(&self) -> impl Iterator<Item = Stretch<'_>> {
        Stretches {
            page: self.page,
            items: self.page.items.iter().peekable(),
            marks: self.judged.marks.iter().zip(&self.findings).peekable(),
            record: 0,
            at: 0,
        }
    }
}

struct Stretches<'a, I: Iterator, M: Iterator> {
    page: &'a Page,
    items: std::iter::Peekable<I>,
    marks: std::iter::Peekable<M>,
    /// The number of the next record.
    record: u32,
    at: usize,
}

impl<'a, I, M> Iterator for Stretches<'a, I, M>
where
    I: Iterator<Item = &'a Item>,
    M: Iterator<Item = (&'a Mark, &'a Vec<Finding<'a>>)>,
{
    type Item = Stretch<'a>;

    fn next(&mut self) -> Option<Stretch<'a>> {
        let bytes = self.page.bytes();
        let at = self.at;
        let next_item = self.items.peek().map_or(bytes.len(), |item| item.start);
        if next_item > at {
            self.at = next_item;
            return Some(Stretch::Framing(bytes.get(at..next_item).unwrap_or_default()));
        }
        let item = self.items.next()?;
        self.at = item.end;
        let bytes = self.page.item(item);
        let offset = self.page.offset + item.start as u64;
        if item.kind == Kind::Tail {
            return Some(Stretch::Framing(bytes));
        }
        if item.kind != Kind::Record {
            return Some(Stretch::Other(Other { bytes, offset, kind: item.kind, last: item.last }));
        }
        let number = self.record;
        self.record += 1;
        let (mark, findings) = match self.marks.next_if(|(mark, _)| mark.record == number) {
            Some((mark, findings)) => (Some(mark), findings.as_slice()),
            None => (None, [].as_slice()),
        };
        Some(Stretch::Record(Recorded { bytes, level: item.level, closing: item.closing, offset, mark, findings }))
    }
}
