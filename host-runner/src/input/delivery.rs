//! One request's body, from bytes to pages: plain records in any form, or a delivery of Firehose with records within.
//!
//! A broken body is not acknowledged, and its last page, which is all of most bodies, is not taken in. What is gathered
//! before it can be handed over is bounded: of all bodies together one alone may gather more than a record takes.

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::io::{self, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Cutter;
use super::cutter::gathered;
use super::packed::unpacked;
use crate::framing::Mode;
use crate::service::budget::Held;
use crate::service::intake::Intake;
use crate::service::share::Share;

/// Why a body was not taken in.
#[derive(Debug)]
pub(crate) enum Broken {
    /// It is not what it should be.
    Body(String),
    /// The service ends, or nobody waits for it any more.
    Ending,
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Body(error.to_string())
    }
}

/// Takes in a body of records. The share stands for all of it.
pub(crate) fn plain(mut body: Box<dyn Read + Send>, intake: &Intake, share: Share) -> Result<(), Broken> {
    let gathering = Gathering::of(intake);
    let mut pages = Pages::of(&gathering, share);
    pages.read(body.as_mut())?;
    pages.end()
}

/// Takes in a delivery of Firehose: `{"requestId","timestamp","records":[{"data": base64}]}`. What a record holds may
/// be packed once more, as subscriptions to CloudWatch Logs are.
pub(crate) fn firehose(body: Box<dyn Read + Send>, intake: &Intake, share: Share) -> Result<(), Broken> {
    let gathering = Gathering::of(intake);
    let mut delivery = Delivery { pages: Pages::of(&gathering, share), fault: None, has_records: false };
    let body = Texts { body, gathering: &gathering };
    let mut json = serde_json::Deserializer::from_reader(io::BufReader::new(body));
    let read = json.deserialize_map(&mut delivery).and_then(|()| json.end());
    if let Some(fault) = delivery.fault {
        return Err(fault);
    }
    if gathering.is_ending() {
        return Err(Broken::Ending);
    }
    read.map_err(|error| Broken::Body(format!("not a delivery of Firehose: {error}")))?;
    if !delivery.has_records {
        return Err(Broken::Body("not a delivery of Firehose: it has no `records`".to_owned()));
    }
    delivery.pages.end()
}

/// What one body has gathered and not handed over.
struct Gathering<'i> {
    intake: &'i Intake,
    /// Bytes of a delivery's text since its last record.
    text: Cell<usize>,
    /// The right to gather what is longer than a record; `None` in it once it is not to be had.
    alone: OnceCell<Option<Held>>,
}

impl<'i> Gathering<'i> {
    fn of(intake: &'i Intake) -> Self {
        Self { intake, text: Cell::default(), alone: OnceCell::new() }
    }

    /// So much is gathered in one place. Where it is more than a record takes, this waits until no other body does
    /// that; `false`: it is not wanted any more.
    fn goes_on(&self, bytes: usize) -> bool {
        bytes <= gathered(self.intake.max_record) || self.alone.get_or_init(|| self.intake.gather_alone()).is_some()
    }

    fn is_ending(&self) -> bool {
        self.alone.get().is_some_and(Option::is_none)
    }
}

/// The text of a delivery, whose records are gathered one by one.
struct Texts<'g, 'i> {
    body: Box<dyn Read + Send>,
    gathering: &'g Gathering<'i>,
}

impl Read for Texts<'_, '_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.body.read(to)?;
        let text = self.gathering.text.get() + length;
        self.gathering.text.set(text);
        if self.gathering.goes_on(text) { Ok(length) } else { Err(io::Error::other("nobody waits for it any more")) }
    }
}

/// The pages of one body.
struct Pages<'g, 'i> {
    cutter: Cutter,
    gathering: &'g Gathering<'i>,
    share: Share,
}

impl<'g, 'i> Pages<'g, 'i> {
    fn of(gathering: &'g Gathering<'i>, share: Share) -> Self {
        Self { cutter: Cutter::new(Mode::Guess, gathering.intake.max_record), gathering, share }
    }

    fn read(&mut self, stream: &mut dyn Read) -> Result<(), Broken> {
        while self.cutter.read(stream)? != 0 {
            if self.cutter.is_full() {
                self.cut()?;
            }
            if !self.gathering.goes_on(self.cutter.gathered()) {
                return Err(Broken::Ending);
            }
        }
        self.cutter.end();
        Ok(())
    }

    fn cut(&mut self) -> Result<(), Broken> {
        let Some((page, _)) = self.cutter.cut() else { return Ok(()) };
        if self.gathering.intake.take(page, self.share.another()) { Ok(()) } else { Err(Broken::Ending) }
    }

    fn end(mut self) -> Result<(), Broken> {
        self.cut()?;
        self.share.delivered();
        Ok(())
    }
}

/// A delivery as it is read. Its records go on their way one by one.
struct Delivery<'g, 'i> {
    pages: Pages<'g, 'i>,
    /// What reading the records met, which the library has no place for.
    fault: Option<Broken>,
    has_records: bool,
}

#[derive(Deserialize)]
struct Record {
    data: String,
}

impl Delivery<'_, '_> {
    fn record(&mut self, record: Record) -> Result<(), Broken> {
        let data =
            STANDARD.decode(&record.data).map_err(|error| Broken::Body(format!("`data` is no base64: {error}")))?;
        drop(record);
        // The bound on the body has to hold for what is packed in it, too.
        let limit = self.pages.gathering.intake.body_limit as u64;
        let mut stream = unpacked(Box::new(io::Cursor::new(data))).take(limit);
        self.pages.read(&mut stream)?;
        if stream.limit() == 0 {
            return Err(Broken::Body(format!("a record of the delivery is larger than body_limit ({limit} bytes)")));
        }
        self.pages.gathering.text.set(0);
        Ok(())
    }
}

impl<'de> Visitor<'de> for &mut Delivery<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with `records`")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        while let Some(key) = members.next_key::<String>()? {
            if key == "records" {
                self.has_records = true;
                members.next_value_seed(Records(self))?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The records of a delivery.
struct Records<'d, 'g, 'i>(&'d mut Delivery<'g, 'i>);

impl<'de> DeserializeSeed<'de> for Records<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of records")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut records: S) -> Result<(), S::Error> {
        while let Some(record) = records.next_element::<Record>()? {
            if let Err(fault) = self.0.record(record) {
                self.0.fault = Some(fault);
                return Err(S::Error::custom("a record cannot be read"));
            }
        }
        Ok(())
    }
}
