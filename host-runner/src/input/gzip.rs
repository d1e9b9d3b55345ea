//! What gzip has packed: member after member.
//!
//! Zeros after a member are padding, which is how storage that knows whole blocks only gives files back; anything else
//! there that is no member is an error.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

/// Both bytes that every member starts with; no JSON and no other text does.
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];

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
