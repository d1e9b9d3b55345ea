//! Recognises gzip by its first two bytes, whatever the file is called.
//!
//! Takes a source; gives the same bytes, or those that were compressed in it, member after member. The first read
//! decides, so that nothing blocks before somebody wants bytes. Zeros after a member are padding, which is how storage
//! that knows whole blocks only gives files back; anything else there that is no member is an error.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::GzDecoder;

/// Both bytes that every gzip member starts with; no JSON and no other text does.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A source that decompresses `source` if it is gzip.
pub fn decompressed(source: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
    Box::new(Decompressed::Unknown(Some(source)))
}

enum Decompressed {
    /// Nothing has been read. Empty only while it becomes one of the others.
    Unknown(Option<Box<dyn Read + Send>>),
    Known(Box<dyn Read + Send>),
}

impl Read for Decompressed {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if let Self::Unknown(source) = self {
            let Some(mut source) = source.take() else { return Ok(0) };
            let mut first = Vec::with_capacity(MAGIC.len());
            let begun = source.by_ref().take(MAGIC.len() as u64).read_to_end(&mut first);
            let is_gzip = first == MAGIC;
            let whole = Cursor::new(first).chain(source);
            *self = Self::Known(if is_gzip { Box::new(Members::of(whole)) } else { Box::new(whole) });
            begun?;
        }
        match self {
            Self::Known(source) => source.read(to),
            Self::Unknown(_) => Ok(0),
        }
    }
}

/// What the members of a gzip file hold, one after the other.
struct Members<R> {
    /// The current member; none when all were read.
    member: Option<GzDecoder<BufReader<R>>>,
}

impl<R: Read> Members<R> {
    fn of(source: R) -> Self {
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
