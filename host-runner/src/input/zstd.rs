//! What zstd has packed: frame after frame, as RFC 8878 has them.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Error, ErrorKind, Read};

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// The four bytes that a frame starts with.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The largest window that is unpacked. It is what the standard asks of every decoder, and what all levels but those
/// for archives keep to.
pub(super) const WINDOW: usize = 8 << 20;

/// Whether frames begin with these four bytes; no JSON and no other text does.
pub(super) fn begins(bytes: &[u8]) -> bool {
    bytes.try_into().is_ok_and(|bytes| bytes == MAGIC || is_skippable(bytes))
}

/// Whether a frame begins so that holds nothing for us: what some packers note for themselves, as pzstd does.
fn is_skippable([first, rest @ ..]: [u8; 4]) -> bool {
    first & 0xf0 == 0x50 && rest == [0x2a, 0x4d, 0x18]
}

/// What the frames of a source hold, one after the other.
pub(super) struct Frames<R: Read> {
    /// Empty only after an error.
    state: Option<Frame<R>>,
}

/// The four bytes that were looked at, and all that follows.
type Begun<R> = Chain<Cursor<[u8; 4]>, BufReader<R>>;

enum Frame<R: Read> {
    Between(BufReader<R>),
    Within(Box<StreamingDecoder<Begun<R>, FrameDecoder>>),
}

impl<R: Read> Frames<R> {
    pub(super) fn of(source: R) -> Self {
        Self { state: Some(Frame::Between(BufReader::new(source))) }
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.state.take() {
                None => return Ok(0),
                Some(Frame::Between(mut source)) => {
                    if source.fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                    let mut first = [0; 4];
                    source.read_exact(&mut first)?;
                    self.state = Some(if is_skippable(first) {
                        skip(&mut source)?;
                        Frame::Between(source)
                    } else {
                        let whole = Cursor::new(first).chain(source);
                        let decoder = StreamingDecoder::new_with_max_window_size(whole, WINDOW as u64);
                        Frame::Within(Box::new(decoder.map_err(Error::other)?))
                    });
                }
                Some(Frame::Within(mut frame)) => {
                    let length = frame.read(to)?;
                    if length != 0 || to.is_empty() {
                        self.state = Some(Frame::Within(frame));
                        return Ok(length);
                    }
                    let (whole, decoder) = frame.into_parts();
                    let told = decoder.get_checksum_from_data();
                    if told.is_some() && told != decoder.get_calculated_checksum() {
                        return Err(Error::new(ErrorKind::InvalidData, "the checksum of a zstd frame is wrong"));
                    }
                    self.state = Some(Frame::Between(whole.into_inner().1));
                }
            }
        }
    }
}

/// Passes over what follows in a frame that holds nothing for us: its length, and so many bytes.
fn skip(source: &mut impl Read) -> io::Result<()> {
    let mut length = [0; 4];
    source.read_exact(&mut length)?;
    let length = u64::from(u32::from_le_bytes(length));
    if io::copy(&mut source.take(length), &mut io::sink())? < length {
        return Err(Error::new(ErrorKind::UnexpectedEof, "a zstd frame breaks off"));
    }
    Ok(())
}
