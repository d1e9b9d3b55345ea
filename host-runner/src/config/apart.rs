//! What must not be one and the same: addresses, files that are written, and files that are read and written.
//!
//! Files are told by where their names lead by now, through links, and those that are there already by what they are: a
//! second name is none. Nothing is opened for that.

use super::meant::{Check, Named, dead_letters};
use super::typed::{Admin, General, Input, Output};
use crate::input::file::is_rotated;
use crate::output::dead_letters::FILE as REFUSED;
use crate::service::state_dir::{LOCK, POSITIONS};
use std::fs;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

impl Check<'_> {
    /// No two listen at one address, write one file, or read what is written.
    pub(super) fn are_apart(
        &mut self,
        general: &General,
        admin: Option<&Admin>,
        inputs: &Named<Input>,
        outputs: &Named<Output>,
    ) {
        let mut listening: Vec<(String, SocketAddr)> =
            admin.map(|admin| ("[admin]".to_owned(), admin.listen)).into_iter().collect();
        let mut read: Vec<(String, Led)> = Vec::new();
        for (name, (input, place)) in inputs {
            let who = format!("input `{name}`");
            match input {
                Some(Input::Http(http)) => {
                    if let Some((other, address)) = listening.iter().find(|(_, taken)| is_taken(*taken, http.listen)) {
                        let message = format!("{who} listens on {}, which {other} has ({address})", http.listen);
                        self.add(place, "config-value", message, "give each a port of its own");
                    }
                    listening.push((who, http.listen));
                }
                Some(Input::File(file)) => {
                    let path = Led::to(&file.path);
                    if let Some((other, _)) = read.iter().find(|(_, taken)| taken.is(&path)) {
                        let message = format!("{who} reads {}, and so does {other}", file.path.display());
                        self.add(
                            place,
                            "config-value",
                            message,
                            "records would come twice; let outputs share one input",
                        );
                    }
                    read.push((who, path));
                }
                None => {}
            }
        }
        let mut written: Vec<(Led, String)> = own(general);
        for (name, (output, place)) in outputs {
            let path = match output {
                Some(Output::File(file)) => file.path.clone(),
                Some(Output::Http(http)) => dead_letters(http.dead_letters.as_ref(), general, name).join(REFUSED),
                Some(Output::Stdout(_)) | None => continue,
            };
            let led = Led::to(&path);
            self.is_not_read(name, place, &led, &read);
            if let Some((_, other)) = written.iter().find(|(taken, _)| taken.is(&led) || taken.holds(&led)) {
                let message = format!("output `{name}` writes to {}, and so does {other}", path.display());
                self.add(place, "config-value", message, "give each a file or folder of its own");
            }
            written.push((led, format!("output `{name}`")));
        }
    }

    /// An output must not be an input, nor a file that an input would take for what its own was rotated to.
    fn is_not_read(&mut self, name: &str, place: &Range<usize>, written: &Led, read: &[(String, Led)]) {
        for (input, of_input) in read {
            let is_beside = written.path.parent() == of_input.path.parent();
            let names = of_input.path.file_name().zip(written.path.file_name());
            let message = if written.is(of_input) {
                format!("output `{name}` writes to the file that {input} reads")
            } else if is_beside && names.is_some_and(|(log, file)| is_rotated(Path::new(log), Path::new(file))) {
                format!("output `{name}` writes to a file that {input} takes for its own, rotated")
            } else {
                continue;
            };
            self.add(place, "config-value", message, "write to a file of another name");
        }
    }
}

/// What the service itself writes into its folder.
fn own(general: &General) -> Vec<(Led, String)> {
    let Some(state) = &general.state_dir else { return Vec::new() };
    [LOCK, POSITIONS]
        .map(|name| (Led::to(&state.join(name)), format!("the service itself ({name} in state_dir)")))
        .into()
}

/// Where a name leads.
struct Led {
    path: PathBuf,
    /// The file itself, if it is there: its device and number.
    file: Option<(u64, u64)>,
}

impl Led {
    fn to(path: &Path) -> Self {
        let path = whole(path);
        // What is not there yet will be where its folder is.
        let there = path.ancestors().find_map(|above| {
            let rest = path.strip_prefix(above).ok()?;
            Some(fs::canonicalize(above).ok()?.join(rest))
        });
        Self { file: identity(&path), path: there.unwrap_or(path) }
    }

    fn is(&self, other: &Self) -> bool {
        self.path == other.path || self.file.is_some() && self.file == other.file
    }

    /// Whether the other is below it.
    fn holds(&self, other: &Self) -> bool {
        other.path.starts_with(&self.path)
    }
}

/// What a regular file is, whatever it is called. Devices may well be written twice.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Path) -> Option<(u64, u64)> {
    None
}

/// Whether the second cannot be listened on beside the first.
fn is_taken(taken: SocketAddr, wanted: SocketAddr) -> bool {
    let (one, other) = (taken.ip(), wanted.ip());
    let is_one = one == other || (one.is_ipv4() == other.is_ipv4() && (one.is_unspecified() || other.is_unspecified()));
    // Port 0 stands for any that is free.
    taken.port() == wanted.port() && taken.port() != 0 && is_one
}

/// A path from the root on, without `.` and `..`.
fn whole(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(whole.pop()),
            part => whole.push(part),
        }
    }
    whole
}
