//! Recognises gzip by its first two bytes, whatever the file is called.
//!
//! Takes a source; gives the same bytes, or those that were compressed in it, member after member. The first read
//! decides, so that nothing blocks before somebody wants bytes.

use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;

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
            *self = Self::Known(if is_gzip { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) });
            begun?;
        }
        match self {
            Self::Known(source) => source.read(to),
            Self::Unknown(_) => Ok(0),
        }
    }
}
