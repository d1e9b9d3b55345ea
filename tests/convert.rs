//! `trailsieve convert` as a process: what it reads, where it writes, what it refuses and what it says. What becomes of a
//! record is tested in the core, Parquet files in `parquet.rs`, hostile converters in `converter_sandbox.rs`.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Output, Stdio};
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{self, code, command, err, feed, out};

/// How large a file may grow, in KiB, where there is little room: enough for the memory of a guest.
const ROOM: usize = 1_000;

/// A call of this name.
fn record(name: &str) -> Value {
    json!({
        "eventVersion": "1.11", "eventID": format!("id-{name}"), "eventTime": "2026-11-21T08:00:00Z", "eventName": name,
        "eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1", "eventType": "AwsApiCall",
        "sourceIPAddress": "192.0.2.1", "userIdentity": {"type": "IAMUser", "userName": "somebody"},
    })
}

fn lines(output: &Output) -> Vec<Value> {
    out(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What ECS calls the events of these lines.
fn actions(output: &Output) -> Vec<String> {
    let action = |line: &Value| line.pointer("/event/action").and_then(Value::as_str).unwrap_or_default().to_owned();
    lines(output).iter().map(action).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn records_are_found_as_scan_finds_them() {
    let place = Place::new();
    let [a, b, c, d, e] = ["CreateUser", "DeleteUser", "GetUser", "ListUsers", "TagUser"].map(record);
    place.write("logs/a.json.gz", gzip(&json!({"Records": [a, b]}).to_string()));
    place.write("logs/b.ndjson", format!("{}\n", json!({"detail-type": "x", "source": "aws.iam", "detail": c})));
    place.write("logs/ignored.txt", d.to_string());
    let mut command = command(["convert", "--to", "ecs", "--record-path", "odd", "logs", "-"]);
    command.current_dir(place.path());
    let output = feed(command, json!({ "odd": e.to_string() }).to_string().as_bytes());
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    assert_eq!(actions(&output), ["CreateUser", "DeleteUser", "GetUser", "TagUser"]);
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let records: String = (0..3_000).map(|number| format!("{}\n", record(&format!("Call{number}")))).collect();
    for to in ["ecs", "ocsf"] {
        let convert = |workers| feed(command(["convert", "--to", to, "--workers", workers, "-"]), records.as_bytes());
        let one = convert("1");
        assert_eq!(lines(&one).len(), 3_000);
        assert!(one.stdout == convert("7").stdout, "{to}");
    }
}

/// S1.27: what `filter` found stands behind its record.
#[test]
fn what_filter_found_becomes_lines_behind_its_record() {
    let samples = fs::read(workspace().join("host-runner/samples/console-sign-ins.ndjson")).unwrap();
    for field in ["trailsieve", "found"] {
        let judged = feed(command(["filter", "--field", field]), &samples).stdout;
        let annotated: Vec<Value> =
            judged.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        let rules = |record: &Value| -> Vec<String> {
            let findings = record.get(field).and_then(|added| added.get("findings")).and_then(Value::as_array);
            let rule = |finding: &Value| finding.get("id").unwrap().as_str().unwrap().to_owned();
            findings.into_iter().flatten().map(rule).collect()
        };
        // Of each record its own line, which names no rule, then its rules.
        let expected: Vec<Option<String>> =
            annotated.iter().flat_map(|it| std::iter::once(None).chain(rules(it).into_iter().map(Some))).collect();
        assert!(expected.iter().flatten().count() > annotated.len(), "the samples hold enough findings");
        for (to, rule) in [("ecs", "/rule/id"), ("ocsf", "/finding_info/analytic/uid")] {
            let output = feed(command(["convert", "--to", to, "--field", field, "-"]), &judged);
            let told = lines(&output);
            let told: Vec<Option<String>> =
                told.iter().map(|line| line.pointer(rule).and_then(Value::as_str).map(str::to_owned)).collect();
            assert_eq!(told, expected, "{to}");
        }
        let other = feed(command(["convert", "--to", "ecs", "--field", "nothing", "-"]), &judged);
        assert_eq!(lines(&other).len(), annotated.len(), "a field of another name is none of ours");
    }
}

#[test]
fn what_has_no_copy_is_counted_and_said() {
    let with = |parameters: &str| {
        record("GetUser").to_string().replacen('{', &format!("{{\"requestParameters\":{parameters},"), 1)
    };
    let deep = with(&format!("{}1{}", "[".repeat(300), "]".repeat(300)));
    let long = with(&format!("\"{}\"", "x".repeat(5_000)));
    let input = [&record("CreateUser").to_string(), "no JSON", "{\"cut", &deep, &long].join("\n");
    let arguments = ["convert", "--to", "ecs", "--stats", "--max-record-size", "4KiB", "-"];
    let output = feed(command(arguments), input.as_bytes());
    assert_eq!((code(&output), actions(&output)), (4, vec!["CreateUser".to_owned()]));
    let told = err(&output);
    let (remark, stats) = told.split_once('\n').unwrap();
    let expected =
        "trailsieve: not converted: 1 not CloudTrail, 1 malformed, 1 oversized, 1 refused; the first refused: ";
    assert!(remark.starts_with(expected) && remark.contains("levels deep"), "{told}");
    let stats: Value = serde_json::from_str(stats).unwrap();
    let written = out(&output).len();
    assert_eq!(
        stats,
        json!({
            "records_in": 5, "converted": 1, "copies": 1, "malformed": 1, "oversized": 1, "not_cloudtrail": 1,
            "not_converted": 1, "not_converted_by_reason": {"refused": 1}, "bytes_in": input.len(), "bytes_out": written,
        })
    );
    let quiet = feed(command(["convert", "--quiet", "--to", "ecs", "-"]), input.as_bytes());
    assert_eq!((code(&quiet), err(&quiet)), (4, String::new()));
    // A line that is no record is no failure, as for `scan`.
    assert_eq!(code(&feed(command(["convert", "--to", "ecs", "-"]), b"no JSON\n")), 0);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_converted() {
    let place = Place::new();
    place.write("a.json", record("CreateUser").to_string());
    let cut = gzip(&record("GetUser").to_string());
    place.write("cut.json.gz", cut.get(..cut.len() - 4).unwrap());
    let mut command = command(["convert", "--to", "ecs", "missing.json", "cut.json.gz", "a.json"]);
    let output = command.current_dir(place.path()).output().unwrap();
    assert_eq!(code(&output), 4);
    assert!(actions(&output).contains(&"CreateUser".to_owned()));
    let told = err(&output);
    assert!(told.contains("missing.json: No such file") && told.contains("cut.json.gz: "), "{told}");
}

#[test]
fn a_file_appears_when_it_is_whole() {
    let place = Place::new();
    // Texts that no packing makes smaller than the room.
    let mut number = 1_u64;
    let mut next = || {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("C{number:x}")
    };
    let records: String =
        (0..3_000).map(|_| format!("{}\n", record(&(0..60).map(|_| next()).collect::<String>()))).collect();
    place.write("in.ndjson", records);
    let convert = |to: &str, file: &str| {
        let mut command = command(["convert", "--to", to, "in.ndjson", "-o", file]);
        command.current_dir(place.path());
        command
    };
    let names = || {
        let mut names: Vec<_> = fs::read_dir(place.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let streamed = command(["convert", "--to", "ecs", place.path().join("in.ndjson").to_str().unwrap()]).output();
    let streamed = streamed.unwrap().stdout;
    assert!(streamed.len() > 2 * ROOM * 1024);
    for to in ["ecs", "parquet"] {
        let before = names();
        // As on a full disk: neither a part of the file is there afterwards nor what it was written to.
        let output = runner::in_little_room(&convert(to, "out"), ROOM).output().unwrap();
        assert_eq!((code(&output), out(&output)), (4, String::new()), "{to}");
        assert!(err(&output).contains("cannot write out: File too large"), "{}", err(&output));
        assert_eq!(names(), before, "{to}");
        place.write("out", "former");
        assert_eq!(code(&runner::in_little_room(&convert(to, "out"), ROOM).output().unwrap()), 4);
        assert_eq!(fs::read(place.path().join("out")).unwrap(), b"former", "{to}");
        // The one that is there is replaced, behind the link that leads to it, and keeps its mode.
        fs::set_permissions(place.path().join("out"), Permissions::from_mode(0o640)).unwrap();
        symlink("out", place.path().join("link")).unwrap();
        let output = convert(to, "link").output().unwrap();
        assert_eq!((code(&output), err(&output), out(&output)), (0, String::new(), String::new()), "{to}");
        assert!(place.path().join("link").is_symlink());
        assert_eq!(fs::metadata(place.path().join("out")).unwrap().permissions().mode() & 0o777, 0o640);
        let written = fs::read(place.path().join("out")).unwrap();
        assert!(if to == "ecs" {
            written == streamed
        } else {
            written.starts_with(b"PAR1") && written.ends_with(b"PAR1")
        });
        for name in ["out", "link"] {
            fs::remove_file(place.path().join(name)).unwrap();
        }
        assert_eq!(names(), before, "{to}");
    }
    place.write("out", "former");
    let mut missing = command(["convert", "--to", "parquet", "missing.ndjson", "-o", "out"]);
    assert_eq!(code(&missing.current_dir(place.path()).output().unwrap()), 4);
    assert_eq!(fs::read(place.path().join("out")).unwrap(), b"former", "nothing was read, so nothing is replaced");
    let nobody = convert("ecs", "nowhere/out").output().unwrap();
    assert_eq!(code(&nobody), 4);
    assert!(err(&nobody).contains("cannot write nowhere/out: No such file or directory"), "{}", err(&nobody));
}

#[test]
fn what_does_not_go_together_is_refused_with_the_way_out() {
    let place = Place::new();
    place.write("in.ndjson", record("CreateUser").to_string());
    place.write("logs/a.json", record("CreateUser").to_string());
    let refused = [
        (&["--to", "parquet", "in.ndjson"][..], "--to parquet needs -o FILE"),
        (&["--to", "parquet", "-o", "-", "in.ndjson"], "--to parquet needs -o FILE"),
        (&["--to", "ecs", "-o", "in.ndjson", "in.ndjson"], "in.ndjson: that would be written over a file with records"),
        (&["--to", "ecs", "-o", "./logs/../in.ndjson", "in.ndjson"], "over a file with records"),
        (&["--to", "parquet", "-o", "logs/new.json", "logs"], "logs/new.json: that would be written over"),
        (&["--to", "ecs", "-o", "logs", "in.ndjson"], "logs: that is a folder; name a file in it"),
        (&["--to", "ecs", "--ddl"], "--ddl is for --to parquet"),
        (&["--to", "parquet", "--ddl", "in.ndjson"], "cannot be used with"),
        (&["--to", "ocsf", "--parameters", "json", "in.ndjson"], "--parameters is for --to ecs"),
        (&["--to", "ecs", "--field", "", "in.ndjson"], "the field needs a name"),
        (&["--to", "ecs"], "<PATH>"),
        (&["in.ndjson"], "--to <FORMAT>"),
        (&["--to", "cef", "in.ndjson"], "[possible values: ocsf, ecs, parquet]"),
        (&["--to", "ecs", "--component", "in.ndjson", "in.ndjson"], "in.ndjson: not a WebAssembly component"),
        (&["--to", "ecs", "-o", "out", "--stats-file", "out", "in.ndjson"], "--stats-file would be written over"),
    ];
    for (arguments, told) in refused {
        let mut command = command([&["convert"], arguments].concat());
        let output = command.current_dir(place.path()).output().unwrap();
        assert_eq!((code(&output), out(&output)), (3, String::new()), "{arguments:?}");
        assert!(err(&output).contains(told), "{arguments:?}: {}", err(&output));
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2, "nothing was made");
    let to_stdout = command(["convert", "--to", "ecs", "-o", "-", "in.ndjson"]).current_dir(place.path()).output();
    assert_eq!(actions(&to_stdout.unwrap()), ["CreateUser"]);
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let place = Place::new();
    let records = place.write("a.ndjson", format!("{}\n", record("CreateUser")).repeat(20_000));
    let mut child = command(["convert", "--to", "ecs", records.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!((child.wait().unwrap().code(), told), (Some(0), String::new()));
}

#[test]
fn parameters_are_told_in_the_form_that_is_wanted() {
    let mut call = record("CreateUser");
    call.as_object_mut().unwrap().insert("requestParameters".to_owned(), json!({"userName": "new"}));
    let text = |arguments: &[&str]| {
        let output = feed(command([&["convert", "--to", "ecs", "-"], arguments].concat()), call.to_string().as_bytes());
        let parameters = lines(&output).first().unwrap().pointer("/aws/cloudtrail/request_parameters").cloned();
        parameters.unwrap().as_str().unwrap().to_owned()
    };
    assert_eq!(text(&[]), "{userName=new}");
    assert_eq!(text(&["--parameters", "java"]), "{userName=new}");
    assert_eq!(text(&["--parameters", "json"]), "{\"userName\":\"new\"}");
}
