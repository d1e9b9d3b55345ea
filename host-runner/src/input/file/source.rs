//! The bytes of a followed file, or of one that it was rotated to and that may be packed.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::identity::Identity;
use super::mark::{LENGTH, Mark};
use super::position::Position;
use crate::input::decompressed;

/// How the name of a file ends that is unpacked while it is read.
pub(super) const GZIP: &str = ".gz";

/// An open file.
pub(super) struct Source {
    /// Where it was found, links followed.
    pub(super) path: PathBuf,
    pub(super) identity: Identity,
    /// When it was last changed while it held what was read.
    pub(super) changed: SystemTime,
    file: File,
    /// What reads it if it is packed.
    unpacked: Option<Unpacked>,
}

struct Unpacked {
    bytes: Box<dyn Read + Send>,
    /// How many came out of it; none if that is uncertain.
    offset: Option<u64>,
}

impl Source {
    /// Whatever is no regular file has no place to go on from, and to open it might wait without end.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("only regular files are followed; pipe others into `trailsieve filter`"));
        }
        let file = File::open(path)?;
        let mut source = Self {
            path: fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()),
            identity: Identity::of(&file)?,
            changed: file.metadata()?.modified()?,
            file,
            unpacked: None,
        };
        if path.to_string_lossy().ends_with(GZIP) {
            source.unpack()?;
        }
        Ok(source)
    }

    pub(super) fn is_packed(&self) -> bool {
        self.unpacked.is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.file.metadata().is_ok_and(|found| found.len() == 0)
    }

    /// From its start.
    fn unpack(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.unpacked = Some(Unpacked { bytes: decompressed(Box::new(self.file.try_clone()?)), offset: Some(0) });
        Ok(())
    }

    /// The mark of its start; what is read next stands there.
    pub(super) fn start(&mut self) -> io::Result<Mark> {
        if !self.is_packed() {
            return Mark::of(&mut self.file, 0);
        }
        self.unpack()?;
        let mut head = Vec::new();
        let read = match &mut self.unpacked {
            Some(unpacked) => unpacked.bytes.by_ref().take(LENGTH as u64).read_to_end(&mut head),
            None => Ok(0),
        };
        self.unpack()?;
        // What is wrong with its bytes is met again by who reads them.
        match read {
            Err(error) if !is_of_content(&error) => Err(error),
            _ => Ok(Mark::start(head)),
        }
    }

    /// The mark of this position, if the file holds it; what is read next stands behind it then.
    pub(super) fn at(&mut self, position: &Position) -> io::Result<Option<Mark>> {
        if self.identity != position.identity() && !position.tells_its_file() {
            return Ok(None);
        }
        let start = self.start()?;
        if !start.begins_as(position) {
            return Ok(None);
        }
        let mark = if self.is_packed() {
            match self.skip(start, position.offset) {
                Err(error) if is_of_content(&error) => return Ok(None),
                skipped => skipped?,
            }
        } else if self.file.metadata()?.len() < position.offset {
            return Ok(None);
        } else {
            Mark::of(&mut self.file, position.offset)?
        };
        Ok(Some(mark).filter(|mark| mark.is_at(position)))
    }

    /// Unpacks up to there, or to the end.
    fn skip(&mut self, mut mark: Mark, offset: u64) -> io::Result<Mark> {
        let mut buffer = [0; LENGTH];
        while mark.offset < offset {
            let most = usize::try_from(offset - mark.offset).unwrap_or(LENGTH).min(LENGTH);
            let length = self.read(mark.offset, buffer.get_mut(..most).unwrap_or_default())?;
            mark.add(buffer.get(..length).unwrap_or_default());
            if length == 0 {
                break;
            }
        }
        Ok(mark)
    }

    /// Reads what stands there. What is packed is unpacked anew if that is not where the last read has ended.
    pub(super) fn read(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if self.unpacked.as_ref().is_some_and(|unpacked| unpacked.offset != Some(offset)) {
            self.unpack()?;
        }
        let Some(Unpacked { bytes, offset: reached }) = &mut self.unpacked else {
            self.file.seek(SeekFrom::Start(offset))?;
            return self.file.read(buffer);
        };
        // A read that fails leaves it uncertain where the next one would go on.
        let before = reached.take().unwrap_or_default();
        let passed = io::copy(&mut bytes.take(offset.saturating_sub(before)), &mut io::sink())?;
        let length = bytes.read(buffer)?;
        *reached = Some(before + passed + length as u64);
        Ok(length)
    }

    /// Whether it still holds what was read of it. It does not once somebody has truncated it, even if it has grown
    /// again by now.
    pub(super) fn holds(&mut self, read: &Mark) -> io::Result<bool> {
        let holds = self.is_packed() || read.is_in(&mut self.file)?;
        if holds {
            self.changed = self.file.metadata()?.modified()?;
        }
        Ok(holds)
    }
}

/// Whether bytes that were read are wrong, so that to read them again gives the same.
pub(super) fn is_of_content(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof)
}
