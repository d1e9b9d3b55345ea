//! One request's body, from bytes to pages: plain records in any form, or a delivery of Firehose with records within.
//!
//! A broken body is not acknowledged, and its last page, which is all of most bodies, is not taken in.

use std::fmt;
use std::io::{self, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Cutter, decompressed};
use crate::framing::Mode;
use crate::service::intake::Intake;
use crate::service::receipt::Share;

/// Why a body was not taken in.
#[derive(Debug)]
pub(crate) enum Broken {
    /// It is not what it should be.
    Body(String),
    /// The service ends.
    Ending,
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Body(error.to_string())
    }
}

/// Takes in a body of records. The share stands for all of it.
pub(crate) fn plain(mut body: Box<dyn Read + Send>, intake: &Intake, share: Share) -> Result<(), Broken> {
    let mut pages = Pages { cutter: Cutter::new(Mode::Guess, intake.max_record), intake, share };
    pages.read(body.as_mut())?;
    pages.end()
}

/// Takes in a delivery of Firehose: `{"requestId","timestamp","records":[{"data": base64}]}`. What a record holds may
/// be packed once more, as subscriptions to CloudWatch Logs are.
pub(crate) fn firehose(body: Box<dyn Read + Send>, intake: &Intake, share: Share) -> Result<(), Broken> {
    let pages = Pages { cutter: Cutter::new(Mode::Guess, intake.max_record), intake, share };
    let mut delivery = Delivery { pages, fault: None, has_records: false };
    let mut json = serde_json::Deserializer::from_reader(io::BufReader::new(body));
    let read = json.deserialize_map(&mut delivery).and_then(|()| json.end());
    if let Some(fault) = delivery.fault {
        return Err(fault);
    }
    read.map_err(|error| Broken::Body(format!("not a delivery of Firehose: {error}")))?;
    if !delivery.has_records {
        return Err(Broken::Body("not a delivery of Firehose: it has no `records`".to_owned()));
    }
    delivery.pages.end()
}

/// The pages of one body.
struct Pages<'i> {
    cutter: Cutter,
    intake: &'i Intake,
    share: Share,
}

impl Pages<'_> {
    fn read(&mut self, stream: &mut dyn Read) -> Result<(), Broken> {
        while self.cutter.read(stream)? != 0 {
            if self.cutter.is_full() {
                self.cut()?;
            }
        }
        self.cutter.end();
        Ok(())
    }

    fn cut(&mut self) -> Result<(), Broken> {
        let Some((page, _)) = self.cutter.cut() else { return Ok(()) };
        if self.intake.take(page, self.share.another()) { Ok(()) } else { Err(Broken::Ending) }
    }

    fn end(mut self) -> Result<(), Broken> {
        self.cut()?;
        self.share.delivered();
        Ok(())
    }
}

/// A delivery as it is read. Its records go on their way one by one.
struct Delivery<'i> {
    pages: Pages<'i>,
    /// What reading the records met, which the library has no place for.
    fault: Option<Broken>,
    has_records: bool,
}

#[derive(Deserialize)]
struct Record {
    data: String,
}

impl Delivery<'_> {
    fn record(&mut self, record: &Record) -> Result<(), Broken> {
        let data =
            STANDARD.decode(&record.data).map_err(|error| Broken::Body(format!("`data` is no base64: {error}")))?;
        // The bound on the body has to hold for what is packed in it, too.
        let limit = self.pages.intake.body_limit as u64;
        let mut stream = decompressed(Box::new(io::Cursor::new(data))).take(limit);
        self.pages.read(&mut stream)?;
        if stream.limit() == 0 {
            return Err(Broken::Body(format!("a record of the delivery is larger than body_limit ({limit} bytes)")));
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for &mut Delivery<'_> {
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
struct Records<'d, 'i>(&'d mut Delivery<'i>);

impl<'de> DeserializeSeed<'de> for Records<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of records")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut records: S) -> Result<(), S::Error> {
        while let Some(record) = records.next_element::<Record>()? {
            if let Err(fault) = self.0.record(&record) {
                self.0.fault = Some(fault);
                return Err(S::Error::custom("a record cannot be read"));
            }
        }
        Ok(())
    }
}
