//! A file that lines are appended to, and that may be rotated under us.
//!
//! Takes bytes; gives them to the file, whole lines or none: what was appended since the last confirmation goes away
//! again if the rest cannot be written. What others wrote is never touched.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The file of that path, open for as long as it is the one of that path.
#[derive(Debug)]
pub struct Appended {
    path: PathBuf,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// How long it is up to the last line that was confirmed; none where a length means nothing, as of a pipe.
    confirmed: Option<u64>,
}

impl Appended {
    /// Opens the file, or makes it for nobody but its owner to read. While another program of ours writes it, this waits.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), open: Some(Open::new(path)?) })
    }

    /// Appends bytes. Where the path leads to another file by now, because somebody has rotated it, they go there.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let open = match self.open.take() {
            Some(open) if is_at(&open.file, &self.path) => open,
            _ => Open::new(&self.path)?,
        };
        self.open.insert(open).file.write_all(bytes)
    }

    /// What was appended stays.
    pub fn confirm(&mut self) {
        if let Some(open) = &mut self.open {
            open.confirmed = open.length();
        }
    }

    /// What was appended since the last confirmation goes away. Where that is not possible either, the file is opened
    /// anew the next time, and a line that breaks off there gets its end then.
    pub fn forget(&mut self) {
        let is_forgotten = |open: &mut Open| match open.confirmed {
            Some(length) => open.file.set_len(length).is_ok(),
            None => true,
        };
        self.open = self.open.take().and_then(|mut open| is_forgotten(&mut open).then_some(open));
    }

    /// The error, with the file's name.
    pub fn cannot_write(&self, error: &io::Error) -> String {
        format!("cannot write {}: {error}", self.path.display())
    }
}

impl Open {
    fn new(path: &Path) -> io::Result<Self> {
        let mut open = Self { file: opened(path)?, confirmed: None };
        if !open.file.metadata()?.is_file() {
            return Ok(open);
        }
        match open.file.lock() {
            Err(error) if error.kind() != ErrorKind::Unsupported => return Err(error),
            _ => end_line(&mut open.file)?,
        }
        open.confirmed = open.length();
        Ok(open)
    }

    fn length(&self) -> Option<u64> {
        self.file.metadata().ok().filter(Metadata::is_file).map(|found| found.len())
    }
}

/// Opens the file behind its last line, or makes it. A line that a crash has torn is ended, so that the next one is
/// whole; its records were not acknowledged and come again.
pub(super) fn behind_last_line(path: &Path) -> io::Result<File> {
    let mut file = opened(path)?;
    if file.metadata()?.is_file() {
        end_line(&mut file)?;
    }
    Ok(file)
}

/// Appends to a file. Where that fails, as on a full disk, what was taken of it goes away again, so that no torn line
/// stays.
pub(super) fn all_or_nothing(file: &mut File, append: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let before = file.metadata()?;
    let appended = append(file);
    if appended.is_err() && before.is_file() {
        file.set_len(before.len())?;
    }
    appended
}

/// Opens the file to append to it, or makes it for nobody but its owner to read. A pipe is opened once somebody reads it.
pub(super) fn opened(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // Who may read it, too, is a reader of a pipe, into which it would go unread for ever.
    options.read(!is_pipe(path)).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whether it is a named pipe.
#[cfg(unix)]
pub(super) fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo())
}

/// Elsewhere pipes are no files.
#[cfg(not(unix))]
pub(super) fn is_pipe(_: &Path) -> bool {
    false
}

/// Ends a line that breaks off, as after a loss of power, so that the next one does not become part of it.
pub(super) fn end_line(file: &mut File) -> io::Result<()> {
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
}

/// Whether this is still the file of that path.
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    match (fs::metadata(path), file.metadata()) {
        (Ok(named), Ok(open)) => is_same(&named, &open),
        _ => false,
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere a file that is open cannot be given another name.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}
