//! What must not be one and the same: addresses, files that are written, and files that are read and written.
//!
//! Names are compared as they stand, for nothing is opened here: a file that has a second name through a link is not
//! seen.

use super::meant::{Check, Named, dead_letters};
use super::typed::{Admin, General, Input, Output};
use crate::input::file::is_rotated;
use crate::output::dead_letters::FILE as REFUSED;
use std::collections::BTreeMap;
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
        let mut read = Vec::new();
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
                Some(Input::File(file)) => read.push((who, whole(&file.path))),
                None => {}
            }
        }
        let mut written: BTreeMap<PathBuf, String> = BTreeMap::new();
        for (name, (output, place)) in outputs {
            let path = match output {
                Some(Output::File(file)) => whole(&file.path),
                Some(Output::Http(http)) => {
                    whole(&dead_letters(http.dead_letters.as_ref(), general, name).join(REFUSED))
                }
                Some(Output::Stdout(_)) | None => continue,
            };
            self.is_not_read(name, place, &path, &read);
            if let Some(other) = written.get(&path) {
                let message = format!("output `{name}` writes to {}, and so does output `{other}`", path.display());
                self.add(place, "config-value", message, "give each a file or folder of its own");
            }
            written.insert(path, name.clone());
        }
    }

    /// An output must not be an input, nor a file that an input would take for what its own was rotated to.
    fn is_not_read(&mut self, name: &str, place: &Range<usize>, path: &Path, read: &[(String, PathBuf)]) {
        for (input, of_input) in read {
            let is_beside = path.parent() == of_input.parent();
            let names = of_input.file_name().zip(path.file_name());
            let message = if path == of_input {
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
