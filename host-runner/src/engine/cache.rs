//! Compiled code, kept in the user's cache folder so that the next start need not compile.
//!
//! Takes a key and code, gives the code back only if it is, byte for byte, what was stored under that key by the user
//! we run as. A cache that cannot be had or trusted is no cache, never an error: everything works without it. It must
//! not hand out a byte that it has not verified, since what it hands out is run outside the sandbox.

use sha2::{Digest, Sha256};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, fs, io, process};

/// Entries to keep: a few versions of the runner, a detector or two that somebody is trying out. An entry has some
/// three megabytes.
const ENTRIES: usize = 8;

/// The first bytes of an entry; the number changes with the form.
const MAGIC: &[u8] = b"trailsieve code 1\n";

/// A folder that nobody but us can write, nor put another one in its place.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    owner: access::User,
}

/// What an entry is stored under: the component, and all of wasmtime that its code depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key([u8; 32]);

/// Code that is known to be what we stored.
#[derive(Debug)]
pub struct Verified {
    file: Vec<u8>,
}

impl Cache {
    /// The cache of the user we run as, if there is one and it can be trusted.
    pub fn of_user() -> Option<Self> {
        let named = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let caches = named("XDG_CACHE_HOME").or_else(|| named("HOME").map(|home| home.join(".cache")))?;
        Self::open(&caches.join("trailsieve")).ok()
    }

    /// The cache in this folder, which is made if it is not there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        access::make(folder)?;
        let (folder, owner) = access::check(folder)?;
        Ok(Self { folder, owner })
    }

    /// The code stored under the key; `None` if there is none, or none that can be trusted.
    pub fn read(&self, key: &Key) -> Option<Verified> {
        let file = access::read(&self.folder.join(key.name()), self.owner).ok()?;
        let (digest, code) = file.strip_prefix(MAGIC)?.split_first_chunk::<32>()?;
        (*digest == key.digest(code)).then_some(Verified { file })
    }

    /// Stores code. A reader sees the whole entry or none: it is written beside its place and then moved there.
    pub fn write(&self, key: &Key, code: &[u8]) {
        let entry = [MAGIC, &key.digest(code), code].concat();
        let unfinished = self.folder.join(unique());
        let stored =
            access::write(&unfinished, &entry).and_then(|()| fs::rename(&unfinished, self.folder.join(key.name())));
        if stored.is_err() {
            // What is left of a failed attempt is of no use; if it cannot be removed, a later sweep will.
            let _ = fs::remove_file(&unfinished);
        }
        self.sweep();
    }

    /// Removes the oldest files, among them what crashes left behind.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let aged = entries.flatten().filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())));
        let mut files: Vec<_> = aged.collect();
        files.sort_by(|one, other| other.cmp(one));
        for (_, path) in files.into_iter().skip(ENTRIES) {
            let _ = fs::remove_file(path);
        }
    }
}

impl Key {
    /// The key of a component's bytes under an engine, of which wasmtime tells everything that matters to code:
    /// its version, the target, the settings.
    pub(super) fn of(component: &[u8], engine: &impl Hash) -> Self {
        let mut everything = Sum(Sha256::new_with_prefix(Sha256::digest(component)));
        engine.hash(&mut everything);
        Self(everything.0.finalize().into())
    }

    fn name(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + ".code"
    }

    /// Covers the key too, so that an entry under another's name is noticed.
    fn digest(&self, code: &[u8]) -> [u8; 32] {
        Sha256::new_with_prefix(self.0).chain_update(code).finalize().into()
    }
}

impl Verified {
    /// The code.
    pub(super) fn bytes(&self) -> &[u8] {
        self.file.get(MAGIC.len() + 32..).unwrap_or_default()
    }
}

/// Feeds what is hashed for a table into a digest that does not collide.
struct Sum(Sha256);

impl Hasher for Sum {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Nobody asks for the short form.
    fn finish(&self) -> u64 {
        0
    }
}

/// A file name that no other thread or process uses.
fn unique() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    format!(".{}-{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Who may write a folder and its files.
#[cfg(unix)]
mod access {
    use super::unique;
    use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
    use std::io::{self, Read, Write};
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
    use std::path::{self, Path, PathBuf};

    /// A user, by number.
    pub(super) type User = u32;

    const ROOT: User = 0;

    /// Makes the folder if it is not there, and what is missing above it: only where a cache could be trusted. Below
    /// the home of somebody else, which root may have been given, they could not use what is ours.
    pub(super) fn make(folder: &Path) -> io::Result<()> {
        let named = path::absolute(folder)?;
        let missing = named.ancestors().take_while(|folder| !folder.exists()).last();
        if let Some(below) = missing.and_then(Path::parent) {
            let real = fs::canonicalize(below)?;
            above(&real.join(unique()), user(&real)?)?;
        }
        DirBuilder::new().recursive(true).mode(0o700).create(named)
    }

    /// Who we are, which a file tells that we make there, without asking the system.
    fn user(folder: &Path) -> io::Result<User> {
        let probe = folder.join(unique());
        let ours = create(&probe)?.metadata()?.uid();
        fs::remove_file(&probe)?;
        Ok(ours)
    }

    /// The folder by a path without links, and who we are. Errs unless it is a real folder, ours, closed to others'
    /// writing, and below folders of which the same is true. What is above is looked at first: what nobody can replace
    /// stays as it was found.
    pub(super) fn check(folder: &Path) -> io::Result<(PathBuf, User)> {
        let ours = user(folder)?;
        let named = path::absolute(folder)?;
        above(&named, ours)?;
        let found = fs::symlink_metadata(&named)?;
        if !found.is_dir() {
            return Err(io::Error::other("the cache is no folder"));
        }
        closed(&found)?;
        if found.uid() != ours {
            return Err(io::Error::other("the cache belongs to somebody else"));
        }
        let real = fs::canonicalize(&named)?;
        above(&real, ours)?;
        Ok((real, ours))
    }

    /// Errs if anybody but us and root can put something else in the place of what is on the way to this path. Where
    /// others may write, as in `/tmp`, the sticky bit keeps them from what is ours.
    fn above(path: &Path, ours: User) -> io::Result<()> {
        let folders: Vec<&Path> = path.ancestors().skip(1).collect();
        for folder in folders.into_iter().rev() {
            let found = fs::symlink_metadata(folder)?;
            let is_open = !found.is_symlink() && found.mode() & 0o022 != 0 && found.mode() & 0o1000 == 0;
            if is_open || ![ours, ROOT].contains(&found.uid()) {
                return Err(io::Error::other("others may replace the cache"));
            }
        }
        Ok(())
    }

    /// Reads a file that must be this user's. What is asked and what is read is the same open file, so that nobody can
    /// put another one in between.
    pub(super) fn read(path: &Path, owner: User) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let found = file.metadata()?;
        closed(&found)?;
        if !found.is_file() || found.uid() != owner {
            return Err(io::Error::other("the entry belongs to somebody else"));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
        create(path)?.write_all(bytes)
    }

    fn create(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
    }

    fn closed(found: &Metadata) -> io::Result<()> {
        if found.mode() & 0o022 == 0 { Ok(()) } else { Err(io::Error::other("others may write the cache")) }
    }
}

/// Elsewhere nothing tells who may write a folder, so there is no cache.
#[cfg(not(unix))]
mod access {
    use std::io::{Error, ErrorKind, Result};
    use std::path::{Path, PathBuf};

    /// Nobody is known.
    pub(super) type User = ();

    pub(super) fn make(_: &Path) -> Result<()> {
        Err(Error::from(ErrorKind::Unsupported))
    }

    pub(super) fn check(_: &Path) -> Result<(PathBuf, User)> {
        Err(Error::from(ErrorKind::Unsupported))
    }

    pub(super) fn read(_: &Path, (): User) -> Result<Vec<u8>> {
        Err(Error::from(ErrorKind::Unsupported))
    }

    pub(super) fn write(_: &Path, _: &[u8]) -> Result<()> {
        Err(Error::from(ErrorKind::Unsupported))
    }
}
