//! The cache of compiled code hands out what was stored, and nothing that anybody else may have written.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use trailsieve::batch::{Judge, Records};
use trailsieve::engine::cache::Cache;
use trailsieve::engine::{Component, Limits, Pack};
use trailsieve_tests::guest;

/// Compiles with the cache in this folder and tells by the verdict which guest it is that runs.
fn flags_poison(guest: &str, folder: &Path) -> bool {
    let cache = Cache::open(folder).unwrap();
    let component = Component::compile(&guest::component(guest), Limits::default(), Some(&cache)).unwrap();
    let mut worker = component.load(Pack::default()).unwrap().workers(1).pop().unwrap();
    let mut records = Records::new();
    records.push(b"{\"poison\":\"~\"}");
    worker.judge(&records).counts.flagged == 1
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// A fresh cache folder with the entry of one guest.
fn cached(guest: &str) -> (TempDir, PathBuf, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("caches/trailsieve");
    flags_poison(guest, &folder);
    let [entry] = <[PathBuf; 1]>::try_from(entries(&folder)).unwrap();
    (home, folder, entry)
}

/// Tells one stored file from another: a file that replaces it has another number.
fn number(path: &Path) -> u64 {
    fs::metadata(path).unwrap().ino()
}

#[test]
fn what_is_stored_is_closed_to_others_and_serves_the_next_start() {
    let (_home, folder, entry) = cached("honest");
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(&entry).unwrap().mode() & 0o777, 0o600);
    let stored = number(&entry);
    assert!(flags_poison("honest", &folder));
    assert_eq!(entries(&folder), [entry.as_path()]);
    assert_eq!(number(&entry), stored, "an entry that serves is not written again");
}

#[test]
fn a_changed_byte_anywhere_makes_an_entry_useless() {
    let (_home, folder, entry) = cached("honest");
    let good = fs::read(&entry).unwrap();
    for place in (0..good.len()).step_by(good.len() / 25).chain(0..60).chain([good.len() - 1]) {
        let mut bad = good.clone();
        *bad.get_mut(place).unwrap() ^= 0x10;
        fs::write(&entry, &bad).unwrap();
        assert!(flags_poison("honest", &folder));
        assert_eq!(fs::read(&entry).unwrap(), good, "the entry with byte {place} changed was replaced");
    }
    for length in [0, 17, 49, 50, good.len() / 2, good.len() - 1] {
        fs::write(&entry, good.get(..length).unwrap()).unwrap();
        assert!(flags_poison("honest", &folder));
        assert_eq!(fs::read(&entry).unwrap(), good, "the entry cut to {length} bytes was replaced");
    }
}

#[test]
fn an_entry_does_not_serve_another_component() {
    let (_home, folder, entry) = cached("honest");
    let (_other_home, _, other) = cached("unreachable");
    let in_place = folder.join(other.file_name().unwrap());
    fs::copy(&entry, &in_place).unwrap();
    fs::set_permissions(&in_place, Permissions::from_mode(0o600)).unwrap();
    assert!(!flags_poison("unreachable", &folder), "the honest guest's code must not run in its place");
}

#[test]
fn an_entry_that_others_may_write_is_not_used() {
    let (_home, folder, entry) = cached("honest");
    for mode in [0o620, 0o602, 0o666] {
        fs::set_permissions(&entry, Permissions::from_mode(mode)).unwrap();
        assert!(flags_poison("honest", &folder));
        assert_eq!(fs::metadata(&entry).unwrap().mode() & 0o777, 0o600, "an entry of mode {mode:o} was replaced");
    }
}

#[test]
fn a_folder_that_others_may_write_is_no_cache() {
    let (home, folder, _) = cached("honest");
    for mode in [0o777, 0o770, 0o702, 0o1777] {
        fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
        assert!(Cache::open(&folder).is_err(), "{mode:o}");
    }
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    assert!(Cache::open(&folder).is_ok(), "others may look");
    let link = home.path().join("link");
    symlink(&folder, &link).unwrap();
    assert!(Cache::open(&link).is_err(), "whoever made the link chose the folder");
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(Cache::open(&file).is_err());
}

#[test]
fn what_belongs_to_somebody_else_is_not_used() {
    let (_home, folder, entry) = cached("honest");
    let stored = number(&entry);
    if chown(&entry, Some(12345), None).is_err() {
        println!("SKIPPED: only root can give a file to somebody else; this test did not run");
        return;
    }
    assert!(flags_poison("honest", &folder));
    assert_ne!(number(&entry), stored, "the entry was replaced");
    chown(&folder, Some(12345), None).unwrap();
    assert!(Cache::open(&folder).is_err());
}

#[test]
fn an_entry_of_somebody_else_in_a_folder_of_theirs_is_not_used() {
    let (_home, folder, entry) = cached("honest");
    let cache = Cache::open(&folder).unwrap();
    let stored = number(&entry);
    if [&entry, &folder].into_iter().any(|path| chown(path, Some(12345), None).is_err()) {
        println!("SKIPPED: only root can give a file to somebody else; this test did not run");
        return;
    }
    Component::compile(&guest::component("honest"), Limits::default(), Some(&cache)).unwrap();
    assert_ne!(number(&entry), stored, "the folder was swapped after it was checked, and its entry was compiled anew");
}

#[test]
fn a_folder_that_others_can_replace_is_no_cache() {
    let (home, folder, _) = cached("honest");
    let above = folder.parent().unwrap();
    for mode in [0o777, 0o770, 0o702, 0o720] {
        for replaceable in [above, home.path()] {
            fs::set_permissions(replaceable, Permissions::from_mode(mode)).unwrap();
            assert!(Cache::open(&folder).is_err(), "{} {mode:o}", replaceable.display());
            fs::set_permissions(replaceable, Permissions::from_mode(0o755)).unwrap();
            assert!(Cache::open(&folder).is_ok(), "others may look");
        }
    }
    fs::set_permissions(above, Permissions::from_mode(0o1777)).unwrap();
    assert!(Cache::open(&folder).is_ok(), "the sticky bit keeps others from what is not theirs");

    let link = home.path().join("link");
    symlink(above, &link).unwrap();
    assert!(Cache::open(&link.join("trailsieve")).is_ok(), "a link of ours");
    let open = home.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
    symlink(&open, home.path().join("to-open")).unwrap();
    assert!(Cache::open(&home.path().join("to-open/trailsieve")).is_err(), "what a link leads to counts");
    symlink(above, open.join("link")).unwrap();
    assert!(Cache::open(&open.join("link/trailsieve")).is_err(), "where a link stands counts");
}

#[test]
fn a_folder_below_somebody_elses_is_no_cache() {
    let (home, folder, _) = cached("honest");
    let above = folder.parent().unwrap();
    let link = home.path().join("link");
    symlink(above, &link).unwrap();
    if chown(above, Some(12345), None).is_err() {
        println!("SKIPPED: only root can give a folder to somebody else; this test did not run");
        return;
    }
    assert!(Cache::open(&folder).is_err());
    for mode in [0o700, 0o1777] {
        fs::set_permissions(above, Permissions::from_mode(mode)).unwrap();
        assert!(Cache::open(&folder).is_err(), "its owner may replace it: {mode:o}");
    }
    chown(above, Some(0), None).unwrap();
    assert!(Cache::open(&link.join("trailsieve")).is_ok());
    lchown(&link, Some(12345), None).unwrap();
    assert!(Cache::open(&link.join("trailsieve")).is_err(), "whoever made the link chose the folder");
}

/// Whoever lives there could not use a folder of ours.
#[test]
fn nothing_is_made_in_the_home_of_somebody_else() {
    let home = tempfile::tempdir().unwrap();
    if chown(home.path(), Some(12345), None).is_err() {
        println!("SKIPPED: only root can give a folder to somebody else; this test did not run");
        return;
    }
    let link = home.path().with_extension("link");
    symlink(home.path(), &link).unwrap();
    for home in [home.path(), &link] {
        assert!(Cache::open(&home.join(".cache/trailsieve")).is_err(), "{}", home.display());
    }
    fs::remove_file(&link).unwrap();
    assert_eq!(entries(home.path()), [] as [PathBuf; 0]);
}

#[test]
fn a_cache_stays_small() {
    let (_home, folder, entry) = cached("honest");
    let keep = fs::read(&entry).unwrap();
    for number in 0..20 {
        fs::write(folder.join(format!(".left-behind-{number}")), "").unwrap();
    }
    fs::write(&entry, "damaged").unwrap();
    assert!(flags_poison("honest", &folder));
    assert_eq!(entries(&folder).len(), 8);
    assert_eq!(fs::read(&entry).unwrap(), keep, "the newest is kept");
}
