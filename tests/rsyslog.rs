//! The real rsyslog with the configurations of `tests/shippers/rsyslog`, as they stand but for the folders in them.
//!
//! While records pass, Trailsieve is killed, rsyslog is killed, or the disk is full. At the end they are counted as in
//! `nothing_lost.rs`: every record must be there, byte for byte but for our field, and with its verdict or marked. Where rsyslog is not installed, nothing of
//! this runs, and the test says so.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it expects by failing")]

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::nothing_lost::{Came, Issued, Record, Verdict};
use trailsieve_tests::runner::{self, feed, out, program};

/// How long something may take that takes seconds: a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(240);

/// Records in each run.
const RECORDS: usize = 4000;

/// A running rsyslog and its folders.
struct Rsyslog {
    place: TempDir,
    rsyslogd: PathBuf,
    running: Option<Child>,
}

impl Rsyslog {
    /// With this configuration; `None` if there is no rsyslog.
    fn with(configuration: &str) -> Option<Self> {
        let Some(rsyslogd) =
            ["/usr/sbin/rsyslogd", "/sbin/rsyslogd"].map(PathBuf::from).into_iter().find(|it| it.exists())
        else {
            // Not `println!`: the test runner would hide it, and a test that did not run must not look like a pass.
            let _ = io::stderr().write_all(b"SKIPPED: no rsyslogd here; its tests did not run (Debian: rsyslog)\n");
            return None;
        };
        let place = tempfile::tempdir().unwrap();
        for folder in ["spool", "in", "out"] {
            fs::create_dir(place.path().join(folder)).unwrap();
        }
        let text = fs::read_to_string(workspace().join("tests/shippers/rsyslog").join(configuration)).unwrap();
        let here = |folder: &str| place.path().join(folder).display().to_string();
        let cache = program().with_file_name("test-cache");
        let text = [
            ("/var/spool/rsyslog", here("spool")),
            ("/var/log/cloudtrail", here("in")),
            ("/var/log/judged", here("out")),
            ("/var/cache", cache.display().to_string()),
            ("/usr/local/bin/trailsieve", program().display().to_string()),
        ]
        .into_iter()
        .fold(text, |text, (there, here)| {
            assert!(text.contains(there), "{configuration} does not name {there}");
            text.replace(there, &here)
        });
        // What rsyslog has to say itself, which it otherwise tells the machine's own log.
        let own = format!(
            "global(processInternalMessages=\"on\")\naction(type=\"omfile\" file=\"{}\")\n",
            here("rsyslog.log")
        );
        fs::write(place.path().join("rsyslog.conf"), text + &own).unwrap();
        Some(Self { place, rsyslogd, running: None })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn start(&mut self) {
        let log = OpenOptions::new().create(true).append(true).open(self.path("rsyslog.log")).unwrap();
        let mut command = Command::new(&self.rsyslogd);
        command.arg("-n").arg("-f").arg(self.path("rsyslog.conf")).arg("-i").arg(self.path("pid"));
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.running = Some(command.spawn().unwrap());
    }

    /// Ends it with a signal and waits until it and its programs are gone.
    fn stop(&mut self, signal: &str) {
        let Some(mut child) = self.running.take() else { return };
        let programs = children(child.id());
        send(signal, child.id());
        child.wait().unwrap();
        // They see the end of their input; those of a rsyslog that was killed are nobody's.
        wait("its programs end", || programs.iter().all(|pid| !Path::new(&format!("/proc/{pid}")).exists()));
    }

    /// Appends records to the file that rsyslog follows.
    fn append(&self, records: &[String]) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.path("in/cloudtrail.ndjson")).unwrap();
        file.write_all((records.join("\n") + "\n").as_bytes()).unwrap();
    }

    /// Renames the log as logrotate does, with all that it was rotated to before.
    fn rotate(&self) {
        let rotated = |number: usize| self.path(&format!("in/cloudtrail.ndjson.{number}"));
        for number in (1..9).rev().filter(|number| rotated(*number).exists()) {
            fs::rename(rotated(number), rotated(number + 1)).unwrap();
        }
        fs::rename(self.path("in/cloudtrail.ndjson"), rotated(1)).unwrap();
    }

    fn written(&self) -> String {
        fs::read_to_string(self.path("out/cloudtrail.ndjson")).unwrap_or_default()
    }

    fn lines(&self) -> usize {
        self.written().lines().count()
    }

    fn wait_for(&self, lines: usize) {
        let log = || fs::read_to_string(self.path("rsyslog.log")).unwrap_or_default();
        let came = waited(|| self.lines() >= lines);
        assert!(came, "{} of {lines} lines came; rsyslog says:\n{}", self.lines(), log());
    }

    /// The last record has come, whatever comes twice before it.
    fn wait_for_the_last(&self, records: &[String]) {
        let last = records.last().unwrap().trim_end_matches('}');
        wait("the last record comes", || self.written().contains(last) && self.written().ends_with('\n'));
    }

    /// Each record has come, whatever comes twice.
    fn wait_for_all(&self, records: &[String]) {
        let came = || self.written().lines().filter_map(id).collect::<BTreeSet<_>>().len();
        let all = waited(|| came() >= records.len());
        assert!(all, "{} of {} records came", came(), records.len());
    }

    /// One of Trailsieve's processes, if there is one.
    fn a_program(&self, turn: usize) -> Option<u32> {
        let programs = children(self.running.as_ref()?.id());
        programs.get(turn % programs.len().max(1)).copied()
    }
}

impl Drop for Rsyslog {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The processes that this one has started and that are still its own. A list of children may name one that is gone by
/// now, or 0, which as a target of signals would mean everybody.
fn children(of: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{of}/task")).into_iter().flatten().flatten();
    let listed = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let pids: BTreeSet<u32> = listed
        .flat_map(|text| text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect();
    pids.into_iter().filter(|&pid| pid > 1 && parent(pid) == Some(of)).collect()
}

fn parent(of: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{of}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

fn send(signal: &str, pid: u32) {
    assert!(pid > 1, "no process, but many");
    // It may have gone by itself.
    let _ = Command::new("sh").arg("-c").arg(format!("kill {signal} {pid}")).stderr(Stdio::null()).status();
}

fn waited(until: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while !until() {
        if start.elapsed() > PATIENCE {
            return false;
        }
        sleep(Duration::from_millis(10));
    }
    true
}

fn wait(what: &str, until: impl Fn() -> bool) {
    assert!(waited(until), "waited in vain until {what}");
}

/// Records of which every third is flagged, with what parsers like to change: the order of keys, floats, escapes.
fn records() -> Vec<String> {
    let record = |number: usize| {
        let (user, bulk) = match number % 3 {
            0 => (r#"{"type":"Root","accountId":"111122223333"}"#, number % 50 * 40),
            _ => (r#"{"type":"AssumedRole","accountId":"111122223333"}"#, number % 7 * 300),
        };
        format!(
            r#"{{"eventVersion":"1.08","z":1.0,"userIdentity":{user},"eventTime":"2026-01-02T03:04:05Z","eventSource":"s3.amazonaws.com","eventName":"CreateBucket","n":1e2,"requestParameters":{{"key":"\u00e9é\/ \"x\" \\","bulk":"{}"}},"eventType":"AwsApiCall","eventID":"{number:08}"}}"#,
            "x".repeat(bulk)
        )
    };
    (0..RECORDS).map(record).collect()
}

/// What `filter` makes of them.
fn judged(records: &[String]) -> Vec<String> {
    let output = feed(runner::command(["filter"]), (records.join("\n") + "\n").as_bytes());
    out(&output).lines().map(str::to_owned).collect()
}

/// Every record must have come, as it was, with its verdict or marked, and nothing else.
fn came(written: &str, records: &[String]) -> Came {
    let record = |(text, judged): (&String, String)| Record {
        id: id(text).unwrap(),
        text: text.clone(),
        verdict: if judged == *text { Verdict::Clean } else { Verdict::Found },
    };
    let came = Issued::new(records.iter().zip(judged(records)).map(record).collect()).count(written.as_bytes());
    assert!(came.missing().is_empty(), "records are missing: {:?}", came.missing());
    came
}

/// The `eventID` of a line that holds all of it.
fn id(line: &str) -> Option<String> {
    let (_, rest) = line.rsplit_once("\"eventID\":\"")?;
    Some(rest.get(..8)?.to_owned())
}

/// Everything once and in order, byte for byte what `filter` writes.
fn undisturbed(configuration: &str) {
    let Some(mut rsyslog) = Rsyslog::with(configuration) else { return };
    let mut records = records();
    // Longer than a record may be to be judged.
    let long = format!("{{\"bulk\":\"{}\",\"eventID\":\"{RECORDS:08}\"}}", "x".repeat(3 << 20));
    records.insert(RECORDS / 2, long);
    rsyslog.append(&records);
    rsyslog.start();
    rsyslog.wait_for(records.len());
    rsyslog.stop("-TERM");
    assert!(rsyslog.written().lines().eq(judged(&records)), "not what `filter` writes");
}

/// Trailsieve is killed again and again while records come.
fn trailsieve_killed(configuration: &str) -> Option<Came> {
    let mut rsyslog = Rsyslog::with(configuration)?;
    let records = records();
    rsyslog.start();
    let mut kills = 0;
    for (turn, part) in records.chunks(RECORDS / 20).enumerate() {
        rsyslog.append(part);
        // At some moment in the midst of the part, another one each time.
        rsyslog.wait_for(turn * (RECORDS / 20) + turn * 7 % 150 + 1);
        if let Some(pid) = rsyslog.a_program(turn) {
            send("-KILL", pid);
            kills += 1;
        }
    }
    assert!(kills >= 15, "only {kills} times there was somebody to kill");
    rsyslog.wait_for_the_last(&records);
    rsyslog.stop("-TERM");
    Some(came(&rsyslog.written(), &records))
}

/// rsyslog is ended in the midst and started again, several times. Also gives how often it went back in the file.
fn rsyslog_ended(configuration: &str, signal: &str) -> Option<(Came, usize)> {
    let mut rsyslog = Rsyslog::with(configuration)?;
    let records = records();
    for (turn, part) in records.chunks(RECORDS / 5).enumerate() {
        rsyslog.start();
        rsyslog.append(part);
        rsyslog.wait_for(turn * (RECORDS / 5) + 100 + turn * 37);
        rsyslog.stop(signal);
    }
    rsyslog.start();
    rsyslog.wait_for_the_last(&records);
    rsyslog.stop("-TERM");
    let written = rsyslog.written();
    let came = came(&written, &records);
    assert_eq!(came.marked, 0);
    let numbers: Vec<usize> = written.lines().filter_map(|line| id(line)?.parse().ok()).collect();
    let steps = || numbers.iter().zip(numbers.iter().skip(1));
    assert!(steps().all(|(one, next)| *next <= one + 1), "records are passed over");
    let back = steps().filter(|(one, next)| *next <= *one).count();
    Some((came, back))
}

/// The log is renamed twice while Trailsieve, and with it rsyslog, stands still, and twice while rsyslog is away.
fn nothing_is_lost_when_the_log_is_rotated(configuration: &str) {
    let Some(mut rsyslog) = Rsyslog::with(configuration) else { return };
    let records = records();
    let parts: Vec<_> = records.chunks(RECORDS / 8).collect();
    let [one, two, three, four, five, six, seven, eight] = parts.as_slice() else { unreachable!() };
    rsyslog.append(one);
    rsyslog.start();
    rsyslog.wait_for(one.len());
    let program = rsyslog.a_program(0).unwrap();
    send("-STOP", program);
    rsyslog.append(two);
    rsyslog.rotate();
    rsyslog.append(three);
    // So long that rsyslog notices.
    sleep(Duration::from_secs(2));
    rsyslog.rotate();
    rsyslog.append(four);
    send("-CONT", program);
    rsyslog.wait_for(one.len() * 4);
    rsyslog.append(five);
    rsyslog.stop("-TERM");
    rsyslog.append(six);
    rsyslog.rotate();
    rsyslog.append(seven);
    rsyslog.rotate();
    rsyslog.append(eight);
    rsyslog.start();
    rsyslog.wait_for_all(&records);
    rsyslog.stop("-TERM");
    let came = came(&rsyslog.written(), &records);
    // On a loaded machine rsyslog was seen to read a file anew that was renamed while it was away.
    assert_eq!((came.marked, came.torn), (0, 0));
}

#[test]
fn mmexternal_writes_what_filter_writes() {
    undisturbed("mmexternal.conf");
}

#[test]
fn omprog_writes_what_filter_writes() {
    undisturbed("omprog.conf");
}

#[test]
fn with_mmexternal_nothing_passes_unjudged_when_trailsieve_is_killed() {
    let Some(came) = trailsieve_killed("mmexternal.conf") else { return };
    assert_eq!((came.twice(), came.marked, came.torn), (0, 0, 0));
}

#[test]
fn with_omprog_what_was_not_confirmed_comes_again_when_trailsieve_is_killed() {
    let Some(came) = trailsieve_killed("omprog.conf") else { return };
    // Each kill may fall between writing and confirming, or in the midst of writing.
    assert!(came.twice() + came.torn <= 20, "{} came twice, {} lines are torn", came.twice(), came.torn);
    assert_eq!(came.marked, 0);
}

/// A rsyslog that ends in order knows its place; one that is killed knows one before it, or the beginning.
fn nothing_is_lost_when_rsyslog_ends(configuration: &str) {
    let Some((came, back)) = rsyslog_ended(configuration, "-TERM") else { return };
    assert_eq!((back, came.twice(), came.torn), (0, 0, 0), "times it went back, records twice, torn lines");
    let Some((came, back)) = rsyslog_ended(configuration, "-KILL") else { return };
    let (twice, torn) = (came.twice(), came.torn);
    assert!(
        back.max(torn) <= 5,
        "killed five times, it went back {back} times, {twice} came twice, {torn} lines are torn"
    );
}

#[test]
fn with_mmexternal_nothing_is_lost_when_rsyslog_ends_or_is_killed() {
    nothing_is_lost_when_rsyslog_ends("mmexternal.conf");
}

#[test]
fn with_omprog_nothing_is_lost_when_rsyslog_ends_or_is_killed() {
    nothing_is_lost_when_rsyslog_ends("omprog.conf");
}

#[test]
fn with_omprog_a_full_disk_stops_the_records_and_loses_none() {
    let Some(mut rsyslog) = Rsyslog::with("omprog.conf") else { return };
    let records = records();
    let path = rsyslog.path("out/cloudtrail.ndjson");
    symlink("/dev/full", &path).unwrap();
    rsyslog.append(&records);
    rsyslog.start();
    let log = rsyslog.path("rsyslog.log");
    wait("rsyslog reports why", || fs::read_to_string(&log).is_ok_and(|text| text.contains("No space left on device")));
    fs::remove_file(&path).unwrap();
    rsyslog.wait_for_the_last(&records);
    rsyslog.stop("-TERM");
    let came = came(&rsyslog.written(), &records);
    assert_eq!((came.twice(), came.torn), (0, 0));
}

#[test]
fn with_mmexternal_nothing_is_lost_when_the_log_is_rotated() {
    nothing_is_lost_when_the_log_is_rotated("mmexternal.conf");
}

#[test]
fn with_omprog_nothing_is_lost_when_the_log_is_rotated() {
    nothing_is_lost_when_the_log_is_rotated("omprog.conf");
}

/// Without our answer rsyslog passes messages on; they must not look clean.
#[test]
fn with_mmexternal_what_nobody_answers_is_marked() {
    let Some(mut rsyslog) = Rsyslog::with("mmexternal.conf") else { return };
    let path = rsyslog.path("rsyslog.conf");
    let text = fs::read_to_string(&path).expect("the configuration");
    fs::write(&path, text.replace("filter --dialect", "filter --rules /nowhere --dialect")).unwrap();
    let records = records().split_off(RECORDS - 50);
    rsyslog.append(&records);
    rsyslog.append(&["text".to_owned(), "{}".to_owned()]);
    rsyslog.start();
    rsyslog.wait_for(records.len() + 2);
    rsyslog.stop("-TERM");
    let written = rsyslog.written();
    let (judged, rest) = written.split_at(written.find("\ntext\n").expect(&written));
    assert_eq!(rest, "\ntext\n{}\n");
    assert_eq!(came(judged, &records).marked, records.len());
}
