//! A bar on standard error while a scan takes long, on a terminal only.
//!
//! Takes the files of a scan, gives readers that move the bar by the bytes that are read of each file, before they are
//! decompressed.

use super::walk::Found;
use crate::input::decompressed;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::time::Duration;

/// Work shorter than this needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct Progress {
    /// None where there is no terminal, or quiet is wanted.
    bar: Option<ProgressBar>,
}

impl Progress {
    /// For these files.
    pub(super) fn of(files: &[Found], quiet: bool) -> Self {
        if quiet || !io::stderr().is_terminal() {
            return Self { bar: None };
        }
        let sizes = files.iter().flatten().filter_map(|path| fs::metadata(path).ok()).map(|found| found.len());
        let bar = ProgressBar::with_draw_target(Some(sizes.sum()), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {eta} left") {
            bar.set_style(style);
        }
        Self { bar: Some(bar) }
    }

    /// Opens one of them.
    pub(super) fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        let file = File::open(path)?;
        Ok(match &self.bar {
            None => decompressed(Box::new(file)),
            Some(bar) => decompressed(Box::new(Watched { file, bar: bar.clone() })),
        })
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

struct Watched {
    file: File,
    bar: ProgressBar,
}

impl Read for Watched {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let number = self.file.read(to)?;
        if self.bar.is_hidden() && self.bar.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(number as u64);
        Ok(number)
    }
}
