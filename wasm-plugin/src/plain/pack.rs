//! The rules as `trailsieve module` writes them into the module: the settings, then the path and the content of each
//! file, each text behind its length in four bytes, the lowest first.
//!
//! Takes those bytes, gives what core loads. The host has checked it all with the component before.

use trailsieve_core::{Detector, SourceFile};

/// How often a module that nobody prepared says that it lives, in seconds.
const HEARTBEAT: u32 = 60;

/// Rules and settings.
pub(super) struct Pack {
    settings: String,
    files: Vec<(String, Vec<u8>)>,
    /// Seconds; 0: never.
    pub(super) heartbeat: u32,
}

impl Default for Pack {
    /// The built-in rules.
    fn default() -> Self {
        Self { settings: "{}".to_owned(), files: Vec::new(), heartbeat: HEARTBEAT }
    }
}

impl Pack {
    /// `None`: that is no pack.
    pub(super) fn read(mut bytes: &[u8], heartbeat: u32) -> Option<Self> {
        let settings = text(&mut bytes)?;
        let mut files = Vec::new();
        while !bytes.is_empty() {
            files.push((text(&mut bytes)?, part(&mut bytes)?.to_vec()));
        }
        Some(Self { settings, files, heartbeat })
    }

    /// The detector; `None` if it refuses the rules.
    pub(super) fn load(&self) -> Option<Detector> {
        let files: Vec<SourceFile<'_>> =
            self.files.iter().map(|(path, content)| SourceFile { path, content }).collect();
        Detector::load(&files, &self.settings).ok().map(|(detector, _)| detector)
    }
}

fn text(bytes: &mut &[u8]) -> Option<String> {
    String::from_utf8(part(bytes)?.to_vec()).ok()
}

fn part<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (part, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    *bytes = rest;
    Some(part)
}
