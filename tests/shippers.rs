//! The real Vector and Fluent Bit with the configurations of `tests/shippers`, as they stand but for the folders in them.
//!
//! They run wherever their programs are: on PATH, or where VECTOR and FLUENT_BIT say. Where they are not, the test says
//! that it did not run.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use trailsieve_tests::runner::{self, feed, out, program, workspace};
use trailsieve_tests::shipper::{Running, shipper};

/// How long something may take that takes seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder with what a configuration names.
struct Place {
    folder: TempDir,
    configuration: PathBuf,
}

impl Place {
    fn with(configuration: &str, names: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = workspace().join("tests/shippers").join(configuration);
        let mut text = fs::read_to_string(&source).unwrap();
        for (there, here) in names {
            assert!(text.contains(there), "{configuration} does not name {there}");
            let here = folder.path().join(here);
            fs::create_dir_all(here.parent().unwrap()).unwrap();
            text = text.replace(there, &here.display().to_string());
        }
        let text = text.replace("/usr/local/bin/trailsieve", &program().display().to_string());
        let configuration = folder.path().join(source.file_name().unwrap());
        fs::write(&configuration, text).unwrap();
        Self { folder, configuration }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, program: &Path, arguments: &[&str]) -> Running {
        let log = fs::File::create(self.path("shipper.log")).unwrap();
        let mut command = Command::new(program);
        command.args(arguments).arg(&self.configuration).current_dir(&self.folder).stdin(Stdio::null());
        command.env("XDG_CACHE_HOME", runner::program().with_file_name("test-cache"));
        command.stdout(log.try_clone().unwrap()).stderr(log);
        Running::start(command)
    }

    /// What was written once so many lines are there.
    fn written(&self, lines: usize) -> String {
        let start = Instant::now();
        loop {
            let written = fs::read_to_string(self.path("judged/cloudtrail.ndjson")).unwrap_or_default();
            if written.lines().count() >= lines {
                return written;
            }
            let log = || fs::read_to_string(self.path("shipper.log")).unwrap_or_default();
            assert!(start.elapsed() < PATIENCE, "{} of {lines} lines came:\n{}", written.lines().count(), log());
            sleep(Duration::from_millis(50));
        }
    }
}

/// Lines with what shippers' parsers like to change, and one of 300 kB.
fn lines() -> String {
    let record = |number: usize| {
        let bulk = if number == 1500 { 300_000 } else { number % 11 * 90 };
        let kind = if number.is_multiple_of(3) { "Root" } else { "AssumedRole" };
        format!(
            r#"{{"eventVersion":"1.08","z":1.0,"userIdentity":{{"type":"{kind}"}},"eventSource":"s3.amazonaws.com","eventName":"CreateBucket","n":1e2,"requestParameters":{{"key":"\u00e9é\/ \"x\" \\","bulk":"{}"}},"eventType":"AwsApiCall","eventID":"{number:08}"}}"#,
            "x".repeat(bulk)
        ) + "\n"
    };
    (0..3000).map(record).collect()
}

/// What `filter` makes of them.
fn judged(lines: &str) -> String {
    out(&feed(runner::command(["filter"]), lines.as_bytes()))
}

#[test]
fn vector_passes_what_filter_writes() {
    let Some(vector) = shipper("vector", "VECTOR") else { return };
    let names = [("/var/lib/vector", "data/x"), ("/var/log/cloudtrail", "in/x"), ("/var/log/judged", "judged")];
    let place = Place::with("vector/exec.yaml", &names);
    fs::create_dir_all(place.path("data/x")).unwrap();
    fs::create_dir_all(place.path("in/x")).unwrap();
    let lines = lines();
    fs::write(place.path("in/x/a.ndjson"), &lines).unwrap();
    let _running = place.start(&vector, &["--config"]);
    assert_eq!(place.written(lines.lines().count()), judged(&lines));
}

#[test]
fn fluent_bit_passes_what_filter_writes_with_the_module_in_it() {
    let Some(fluent_bit) = shipper("fluent-bit", "FLUENT_BIT") else { return };
    let names = [
        ("/var/lib/fluent-bit", "data"),
        ("/var/log/cloudtrail", "in/x"),
        ("/var/log/judged", "judged"),
        ("/etc/fluent-bit/detect.wasm", "detect.wasm"),
    ];
    let place = Place::with("fluent-bit/filter-wasm.yaml", &names);
    fs::create_dir_all(place.path("data")).unwrap();
    fs::create_dir_all(place.path("in/x")).unwrap();
    let module = place.path("detect.wasm").display().to_string();
    assert!(runner::command(["module", "--heartbeat", "0", "-o", &module]).status().unwrap().success());
    let lines = lines();
    fs::write(place.path("in/x/a.ndjson"), &lines).unwrap();
    let _running = place.start(&fluent_bit, &["-c"]);
    assert_eq!(place.written(lines.lines().count()), judged(&lines));
}
