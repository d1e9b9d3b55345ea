//! What is read from.
//!
//! Takes files and streams; gives named sources of bytes, decompressed. It must not look at what the bytes say.

mod body;
mod cutter;
mod delivery;
pub(crate) mod file;
mod gzip;
pub(crate) mod http;
mod never_4xx;
mod packed;
mod zstd;

pub(crate) use cutter::{Cutter, LONGEST_PAGE};

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub use gzip::{decompressed, text};

/// One source of bytes.
pub struct Input {
    /// What to call it in messages; empty for the only one.
    pub name: String,
    /// Where its bytes come from, or why they cannot be had: then it is reported in its turn.
    pub source: io::Result<Box<dyn Read + Send>>,
}

impl Input {
    /// The only input, as it comes.
    pub fn only(source: impl Read + Send + 'static) -> Self {
        Self { name: String::new(), source: Ok(Box::new(source)) }
    }

    /// A stream that may be compressed. Nothing is read before its turn.
    pub fn stream(name: &str, source: impl Read + Send + 'static) -> Self {
        Self { name: name.to_owned(), source: Ok(text(Box::new(source))) }
    }

    /// A file that may be compressed.
    pub fn file(path: &Path) -> Self {
        let source = File::open(path).map(|file| text(Box::new(file)));
        Self { name: path.display().to_string(), source }
    }
}

/// The folder in which a file lies, or would.
pub(crate) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
