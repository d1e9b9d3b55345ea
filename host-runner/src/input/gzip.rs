//! Recognises gzip by its first two bytes, whatever the file is called.
//!
//! Takes a source; gives the same bytes, or those that were compressed in it, member after member. The first read
//! decides, so that nothing blocks before somebody wants bytes. Zeros after a member are padding, which is how storage
//! that knows whole blocks only gives files back; anything else there that is no member is an error.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::GzDecoder;

/// Both bytes that every gzip member starts with; no JSON and no other text does.
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];

pub(super) type Source = Box<dyn Read + Send>;

/// A source that decompresses `source` if it is gzip.
pub fn decompressed(source: Source) -> Source {
    Box::new(Begun::Unknown(Some(source), |first, whole| {
        Ok(if first.starts_with(&MAGIC) { Box::new(Members::of(whole)) } else { whole })
    }))
}

/// The same for what people keep. In what is packed twice, or spelled in UTF-16, no record would be found, and nobody
/// would know why.
pub fn text(source: Source) -> Source {
    Box::new(Begun::Unknown(Some(decompressed(source)), |first, whole| match first {
        first if first.starts_with(&MAGIC) => {
            Err(io::Error::other("it is gzip within gzip; unpack it once with `gunzip`"))
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'{' | b'[', 0, ..] | [0, b'{' | b'[', ..] => {
            Err(io::Error::other("it is UTF-16; make it UTF-8 with `iconv -f UTF-16 -t UTF-8`"))
        }
        _ => Ok(whole),
    }))
}

/// How many bytes tell how to go on.
const FIRST: usize = 4;

/// A source whose first bytes tell how to go on.
pub(super) enum Begun {
    /// Nothing has been read. Empty only while it becomes one of the others.
    Unknown(Option<Source>, fn(&[u8], Source) -> io::Result<Source>),
    Known(Source),
}

impl Read for Begun {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if let Self::Unknown(source, go_on) = self {
            let Some(mut source) = source.take() else { return Ok(0) };
            let mut first = Vec::with_capacity(FIRST);
            let begun = source.by_ref().take(FIRST as u64).read_to_end(&mut first);
            *self = Self::Known(go_on(&first, Box::new(Cursor::new(first.clone()).chain(source)))?);
            begun?;
        }
        match self {
            Self::Known(source) => source.read(to),
            Self::Unknown(..) => Ok(0),
        }
    }
}

/// What the members of a gzip file hold, one after the other.
pub(super) struct Members<R> {
    /// The current member; none when all were read.
    member: Option<GzDecoder<BufReader<R>>>,
}

impl<R: Read> Members<R> {
    pub(super) fn of(source: R) -> Self {
        Self { member: Some(GzDecoder::new(BufReader::new(source))) }
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let length = member.read(to)?;
            if length != 0 || to.is_empty() {
                return Ok(length);
            }
            if at_next_member(member.get_mut())? {
                self.member = self.member.take().map(|read| GzDecoder::new(read.into_inner()));
            } else {
                self.member = None;
            }
        }
        Ok(0)
    }
}

/// Passes over padding; whether anything follows.
fn at_next_member(source: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = source.fill_buf()?;
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        if zeros < bytes.len() || bytes.is_empty() {
            let follows = !bytes.is_empty();
            source.consume(zeros);
            return Ok(follows);
        }
        source.consume(zeros);
    }
}
