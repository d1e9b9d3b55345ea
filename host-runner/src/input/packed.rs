//! What a request holds, packed or not: gzip and zstd show by their first bytes.
//!
//! What is packed twice is an error: it would pass as text that nobody has looked into.

use std::io::{Error, ErrorKind};

use super::gzip::{self, Begun, Members, Source};
use super::zstd::{self, Frames};

/// A source that unpacks `source` if it is packed.
pub(super) fn unpacked(source: Source) -> Source {
    Box::new(Begun::Unknown(Some(source), |first, whole| {
        Ok(match (is_gzip(first), zstd::begins(first)) {
            (true, _) => once(Box::new(Members::of(whole))),
            (_, true) => unzstd(whole),
            _ => whole,
        })
    }))
}

/// A source that unpacks `source`, which zstd has packed.
pub(super) fn unzstd(source: Source) -> Source {
    once(Box::new(Frames::of(source)))
}

/// What was packed, and must not be packed once more.
fn once(source: Source) -> Source {
    Box::new(Begun::Unknown(Some(source), |first, whole| match is_gzip(first) || zstd::begins(first) {
        true => Err(Error::new(ErrorKind::InvalidData, "it is packed twice")),
        false => Ok(whole),
    }))
}

fn is_gzip(first: &[u8]) -> bool {
    first.starts_with(&gzip::MAGIC)
}
