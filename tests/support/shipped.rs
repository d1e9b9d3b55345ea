//! A shipper at work with one of the configurations of `tests/shippers`, as it stands but for the folders in it.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use crate::checkout::workspace;
use crate::nothing_lost::{Record, Verdict};
use crate::place::Place;
use crate::runner::{self, program};
use crate::shipper::{Running, shipper};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{fs, hint};

/// How long something may take that takes seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// So many records with what shippers' parsers like to change; one of them has 300 kB.
pub fn records(number: usize) -> Vec<Record> {
    let record = |number: usize| {
        let bulk = "x".repeat(if number == 1500 { 300_000 } else { number % 11 * 90 });
        let (kind, verdict) = kind(number);
        let id = format!("{number:08}");
        let text = format!(
            r#"{{"eventVersion":"1.08","z":1.0,"userIdentity":{{"type":"{kind}"}},"eventSource":"s3.amazonaws.com","eventName":"CreateBucket","n":1e2,"requestParameters":{{"key":"\u00e9é\/ \"x\" \\","bulk":"{bulk}"}},"eventType":"AwsApiCall","eventID":"{id}"}}"#
        );
        Record { id, text, verdict }
    };
    (0..number).map(record).collect()
}

/// Who acts in the record of this number, and what the built-in rules say of that.
pub fn kind(number: usize) -> (&'static str, Verdict) {
    if number.is_multiple_of(3) { ("Root", Verdict::Found) } else { ("AssumedRole", Verdict::Clean) }
}

/// A folder with what a configuration names: `in/x/a.ndjson` is what is read.
pub struct Shipped {
    place: Place,
    command: Command,
}

impl Shipped {
    /// Vector with `exec.yaml`; `None`, said aloud, where it is not here.
    pub fn by_vector() -> Option<Self> {
        let vector = shipper("vector", "VECTOR")?;
        let names = [("/var/lib/vector", "data/x"), ("/var/log/cloudtrail", "in/x"), ("/var/log/judged", "judged")];
        Some(Self::with(&vector, "--config", "vector/exec.yaml", &names))
    }

    /// Fluent Bit with `filter-wasm.yaml` and a module that tells no heartbeat; `None`, said aloud, where it is not
    /// here.
    pub fn by_fluent_bit() -> Option<Self> {
        let fluent_bit = shipper("fluent-bit", "FLUENT_BIT")?;
        let names = [
            ("/var/lib/fluent-bit", "data/x"),
            ("/var/log/cloudtrail", "in/x"),
            ("/var/log/judged", "judged"),
            ("/etc/fluent-bit/detect.wasm", "detect.wasm"),
        ];
        let shipped = Self::with(&fluent_bit, "-c", "fluent-bit/filter-wasm.yaml", &names);
        let module = shipped.path("detect.wasm").display().to_string();
        assert!(runner::command(["module", "--heartbeat", "0", "-o", &module]).status().unwrap().success());
        Some(shipped)
    }

    fn with(shipper: &Path, option: &str, configuration: &str, names: &[(&str, &str)]) -> Self {
        let place = Place::new();
        let text = fs::read_to_string(workspace().join("tests/shippers").join(configuration)).unwrap();
        let text = names.iter().fold(text, |text, (there, here)| {
            assert!(text.contains(there), "{configuration} does not name {there}");
            text.replace(there, &place.path().join(here).display().to_string())
        });
        let text = text.replace("/usr/local/bin/trailsieve", &program().display().to_string());
        for folder in ["data/x", "in/x"] {
            fs::create_dir_all(place.path().join(folder)).unwrap();
        }
        let configuration = place.write("shipper.yaml", text);
        let log = fs::File::create(place.path().join("shipper.log")).unwrap();
        let mut command = Command::new(shipper);
        command.arg(option).arg(configuration).current_dir(place.path()).stdin(Stdio::null());
        command.env("XDG_CACHE_HOME", program().with_file_name("test-cache"));
        command.stdout(log.try_clone().unwrap()).stderr(log);
        Self { place, command }
    }

    /// Where something is in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Starts the shipper, once more perhaps.
    pub fn start(&mut self) -> Running {
        Running::start(&mut self.command)
    }

    /// What has been written so far.
    pub fn written(&self) -> Vec<u8> {
        fs::read(self.path("judged/cloudtrail.ndjson")).unwrap_or_default()
    }

    /// Waits until more is being written, for so long at most.
    pub fn writes_within(&self, time: Duration) {
        let length = || fs::metadata(self.path("judged/cloudtrail.ndjson")).map_or(0, |found| found.len());
        let (start, before) = (Instant::now(), length());
        while length() == before && start.elapsed() < time {
            hint::spin_loop();
        }
    }

    /// Waits until what has been written is enough, and gives it.
    pub fn written_once(&self, is_enough: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let start = Instant::now();
        loop {
            let written = self.written();
            if is_enough(&written) {
                return written;
            }
            let log = || fs::read_to_string(self.path("shipper.log")).unwrap_or_default();
            assert!(start.elapsed() < PATIENCE, "only {} bytes came, or others:\n{}", written.len(), log());
            sleep(Duration::from_millis(50));
        }
    }
}
