//! A request's body as a source of bytes: what comes over the network piece by piece is read in a thread, unpacked and
//! bounded.

use std::io::{self, Error, ErrorKind, Read};

use hyper::body::{Buf, Bytes};
use tokio::sync::mpsc::Receiver;

use super::packed::{self, unzstd};

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As its first bytes say: gzip, zstd, or not at all.
    Shown,
    Zstd,
}

impl Encoding {
    /// What the header says; `None` if it cannot be unpacked.
    pub(crate) fn named(header: Option<&[u8]>) -> Option<Self> {
        let names = header.unwrap_or_default().split(|byte| *byte == b',');
        let names = names.map(|name| name.trim_ascii().to_ascii_lowercase());
        let mut packings = names.filter(|name| !matches!(name.as_slice(), b"" | b"identity"));
        match (packings.next().as_deref(), packings.next()) {
            (None | Some(b"gzip" | b"x-gzip"), None) => Some(Self::Shown),
            (Some(b"zstd"), None) => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// The body, unpacked. More than `limit` bytes are an error.
pub(crate) fn unpacked(pieces: Pieces, encoding: Encoding, limit: usize) -> Box<dyn Read + Send> {
    let source: Box<dyn Read + Send> = match encoding {
        Encoding::Shown => packed::unpacked(Box::new(pieces)),
        Encoding::Zstd => unzstd(Box::new(pieces)),
    };
    Box::new(Limited { source, left: limit, limit })
}

/// What came over the network. The last piece is `None`: without it the body broke off.
pub(crate) struct Pieces {
    pieces: Receiver<Option<Bytes>>,
    current: Bytes,
    has_ended: bool,
}

impl Pieces {
    pub(crate) fn new(pieces: Receiver<Option<Bytes>>) -> Self {
        Self { pieces, current: Bytes::new(), has_ended: false }
    }
}

impl Read for Pieces {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !self.has_ended {
            match self.pieces.blocking_recv() {
                Some(Some(piece)) => self.current = piece,
                Some(None) => self.has_ended = true,
                None => return Err(Error::new(ErrorKind::UnexpectedEof, "the body broke off")),
            }
        }
        let length = self.current.len().min(to.len());
        self.current.copy_to_slice(to.get_mut(..length).unwrap_or_default());
        Ok(length)
    }
}

struct Limited {
    source: Box<dyn Read + Send>,
    left: usize,
    limit: usize,
}

impl Read for Limited {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(to)?;
        self.left = self.left.checked_sub(length).ok_or_else(|| {
            let why = format!("the body is larger than body_limit ({} bytes)", self.limit);
            Error::new(ErrorKind::FileTooLarge, why)
        })?;
        Ok(length)
    }
}
