//! Records from where CloudTrail leaves them: files in S3, and what Amazon Data Firehose delivers.
//!
//! S3 and SQS are moto's server from PyPI. A part that needs a program which is not here says that it did not run.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::moto::Moto;
use trailsieve_tests::nothing_lost::{Chance, Issued, Promise, Record, Trial};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{self, feed, out, program};
use trailsieve_tests::service::{Service, Setup, eventually, free_address};
use trailsieve_tests::shipped::kind;
use trailsieve_tests::shipper::{Running, shipper};

/// A bucket, and how the names of files in it begin, as CloudTrail writes them.
const BUCKET: &str = "trail";
const KEY: &str = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/21/111122223333_CloudTrail_us-east-1_";

fn key(file: usize) -> String {
    format!("{KEY}{file}.json.gz")
}

/// The records of one file.
fn records(file: usize) -> Vec<Record> {
    let record = |number: usize| {
        let (kind, verdict) = kind(number);
        let id = format!("{file}-{number:08}");
        let text = format!(
            r#"{{"eventVersion":"1.08","z":1.0,"userIdentity":{{"type":"{kind}"}},"eventSource":"s3.amazonaws.com","eventName":"CreateBucket","n":1e2,"eventType":"AwsApiCall","eventID":"{id}"}}"#
        );
        Record { id, text, verdict }
    };
    (file * 500..(file + 1) * 500).map(record).collect()
}

/// What one file holds.
fn document(file: usize) -> String {
    let texts: Vec<String> = records(file).into_iter().map(|record| record.text).collect();
    format!("{{\"Records\":[{}]}}", texts.join(","))
}

/// What `filter` makes of so many files.
fn filtered(files: usize) -> String {
    let one = |file| out(&feed(runner::command(["filter", "--unwrap"]), document(file).as_bytes()));
    (0..files).map(one).collect()
}

/// Puts so many files into the bucket.
fn deliver(moto: &Moto, place: &Place, files: usize) {
    let mut arguments = vec![BUCKET.to_owned()];
    for file in 0..files {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(document(file).as_bytes()).unwrap();
        let path = place.write(&format!("{file}.json.gz"), packed.finish().unwrap());
        arguments.extend([key(file), path.display().to_string()]);
    }
    let put = "s3.create_bucket(Bucket=sys.argv[1])\n\
               for key, path in zip(sys.argv[2::2], sys.argv[3::2]):\n    \
                   s3.put_object(Bucket=sys.argv[1], Key=key, Body=open(path, 'rb'))";
    moto.run(put, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
}

/// The command for the past, as README shows it.
#[test]
fn records_of_the_past_come_through_a_pipe_from_s3() {
    const SHOWN: &str = "aws s3 cp s3://BUCKET/KEY - | zcat | trailsieve filter";
    assert!(fs::read_to_string(workspace().join("README.md")).unwrap().contains(&format!("`{SHOWN}`")));
    let Some(_) = shipper("aws", "AWS_CLI") else { return };
    let Some(moto) = Moto::start("records of the past") else { return };
    let place = Place::new();
    deliver(&moto, &place, 1);
    let command = SHOWN.replace("BUCKET/KEY", &format!("{BUCKET}/{}", key(0)));
    let command = command.replace("trailsieve", program().to_str().unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &command]).env("XDG_CACHE_HOME", program().with_file_name("test-cache"));
    moto.known_to(&mut bash);
    let output = feed(bash, b"");
    assert!(output.status.success(), "{}", runner::err(&output));
    assert_eq!(out(&output), out(&feed(runner::command(["filter"]), document(0).as_bytes())));
}

/// Vector with s3.yaml as it stands, but for its addresses and folders, and the service for it.
struct Carried {
    moto: Moto,
    place: Place,
    queue: String,
    setup: Setup,
    command: Command,
    vector: Running,
}

impl Carried {
    /// Vector takes so many files that SQS tells of, and tells of again after so many seconds where nobody has deleted
    /// the message. `None`, said aloud, where a program is not here.
    fn start(files: usize, again: usize) -> Option<Self> {
        let vector = shipper("vector", "VECTOR")?;
        let moto = Moto::start("Vector's aws_s3")?;
        let place = Place::new();
        deliver(&moto, &place, files);
        // What S3 writes into the queue.
        let told = |file| {
            let told = json!({"Records": [{
                "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
                "eventName": "ObjectCreated:Put", "eventTime": "2026-11-21T00:00:00Z",
                "s3": {"bucket": {"name": BUCKET}, "object": {"key": key(file)}},
            }]});
            told.to_string()
        };
        let messages: Vec<String> = (0..files).map(told).collect();
        let tell = "url = sqs.create_queue(QueueName='cloudtrail')['QueueUrl']\n\
                    for message in sys.argv[1:]:\n    \
                        sqs.send_message(QueueUrl=url, MessageBody=message)\nprint(url)";
        let queue = moto.run(tell, &messages.iter().map(String::as_str).collect::<Vec<_>>());

        let (to, back) = (free_address(), free_address());
        fs::create_dir_all(place.path().join("data")).unwrap();
        let text = fs::read_to_string(workspace().join("tests/shippers/vector/s3.yaml")).unwrap();
        let here = |name: &str| place.path().join(name).display().to_string();
        let text = [
            ("/var/lib/vector", here("data")),
            ("/var/log/judged", here("judged")),
            ("region: us-east-1", format!("region: us-east-1\n        endpoint: {}", moto.endpoint())),
            ("https://sqs.us-east-1.amazonaws.com/111122223333/cloudtrail", queue.clone()),
            ("visibility_timeout_secs: 900", format!("visibility_timeout_secs: {again}")),
            ("127.0.0.1:8080", to.to_string()),
            ("127.0.0.1:8081", back.to_string()),
        ]
        .into_iter()
        .fold(text, |text, (there, here)| {
            assert!(text.contains(there), "s3.yaml does not name {there}");
            text.replace(there, &here)
        });
        let configuration = place.write("s3.yaml", text);
        let mut command = Command::new(vector);
        command.arg("--config").arg(configuration).env("VECTOR_LOG", "warn").stdin(Stdio::null());
        moto.known_to(&mut command);
        let setup = Setup::to_url(&format!("http://{back}/")).listening(to).rules("");
        let vector = Running::start(&mut command);
        Some(Self { moto, place, queue, setup, command, vector })
    }

    /// What has come back to Vector.
    fn judged(&self) -> String {
        fs::read_to_string(self.place.path().join("judged/cloudtrail.ndjson")).unwrap_or_default()
    }

    /// Only what has been written leaves the queue.
    fn queue_is_empty(&self) -> bool {
        let left = "names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible']\n\
                    print(sqs.get_queue_attributes(QueueUrl=sys.argv[1], AttributeNames=names)['Attributes'])";
        self.moto.run(left, &[&self.queue]).matches("'0'").count() == 2
    }
}

/// Vector takes a file that SQS tells of, and gets its records back one by one.
#[test]
fn vector_carries_files_from_s3_through_the_service() {
    let Some(carried) = Carried::start(1, 900) else { return };
    let mut service = carried.setup.start_in(&carried.place);
    let expected = filtered(1);
    eventually("all records come back", || carried.judged().lines().count() >= expected.lines().count());
    assert_eq!(carried.judged(), expected);
    eventually("the queue is empty", || carried.queue_is_empty());
    assert_eq!(service.terminate(), 0);
}

/// What was not acknowledged Vector sends again: nothing is missing, nothing torn, some of it comes twice.
#[test]
fn vector_loses_nothing_when_the_service_is_killed() {
    const FILES: usize = 20;
    let Some(carried) = Carried::start(FILES, 900) else { return };
    let mut service = carried.setup.start_in(&carried.place);
    for part in 1..4 {
        eventually("records come back", || carried.judged().lines().count() >= part * FILES * 500 / 5);
        service.signal("KILL");
        service.end();
        service = carried.setup.start_in(&carried.place);
    }
    eventually("the queue is empty", || carried.queue_is_empty());
    let (judged, expected) = (carried.judged(), filtered(FILES));
    let distinct = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(distinct(&judged), distinct(&expected));
    assert_eq!(service.terminate(), 0);
}

/// What was not written when Vector itself was killed SQS tells of again.
#[test]
fn vector_loses_nothing_when_it_is_killed_itself() {
    const FILES: usize = 20;
    let Some(mut carried) = Carried::start(FILES, 10) else { return };
    let mut service = carried.setup.start_in(&carried.place);
    let mut chance = Chance::new();
    let mut faults = 0;
    while faults < 3 && !carried.queue_is_empty() {
        let until = carried.judged().len() + chance.between(1, 600_000);
        eventually("records come back", || carried.judged().len() > until || carried.queue_is_empty());
        chance.pause(50_000);
        carried.vector.kill();
        faults += 1;
        carried.vector = Running::start(&mut carried.command);
    }
    eventually("the queue is empty", || carried.queue_is_empty());
    assert_eq!(service.terminate(), 0);
    let issued = Issued::new((0..FILES).flat_map(records).collect());
    let trial = Trial { issued, written: carried.judged().into_bytes(), kept_aside: Vec::new(), faults };
    Promise::of_killed_shipper("Vector's aws_s3").check_but_for_order(&trial);
}

/// The configuration for Firehose as it stands, but for its address and folders, and a delivery as Firehose makes it.
#[test]
fn firehose_delivers_over_tls_to_the_configuration_that_is_shown() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls");
    let place = Place::new();
    place.write("firehose-key", "k3y\n");
    let text = fs::read_to_string(workspace().join("tests/shippers/http/firehose.toml")).unwrap();
    let here = |name: &str| files.join(name).display().to_string();
    let text = [
        ("0.0.0.0:443", "127.0.0.1:0".to_owned()),
        ("127.0.0.1:9464", "127.0.0.1:0".to_owned()),
        ("/etc/trailsieve/cert.pem", here("cert.pem")),
        ("/etc/trailsieve/key.pem", here("key.pem")),
        ("/etc/trailsieve/firehose-key", "PLACE/firehose-key".to_owned()),
        ("/var/log/judged/cloudtrail.ndjson", "PLACE/out".to_owned()),
        ("\"state\"", "\"PLACE/state\"".to_owned()),
    ]
    .into_iter()
    .fold(text, |text, (there, here)| {
        assert!(text.contains(there), "firehose.toml does not name {there}");
        text.replace(there, &here)
    });
    let mut service = Service::start(&place, &text);
    let port = service.address("firehose").port();
    let Some(curl) = shipper("curl", "CURL") else { return };
    // `{"eventSource":"s3.amazonaws.com","eventName":"A"}`
    let data = "eyJldmVudFNvdXJjZSI6InMzLmFtYXpvbmF3cy5jb20iLCJldmVudE5hbWUiOiJBIn0=";
    let body = json!({"requestId": "r-1", "timestamp": 1, "records": [{"data": data}]}).to_string();
    let deliver = |key: &str| -> Value {
        let mut command = Command::new(&curl);
        command.args(["--silent", "--cacert", &here("ca.pem"), "--header", "x-amz-firehose-request-id: r-1"]);
        command.args(["--header", &format!("x-amz-firehose-access-key: {key}"), "--data-binary", &body]);
        let output = command.arg(format!("https://localhost:{port}/")).stdin(Stdio::null()).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let told = |answer: &Value| ["requestId", "errorMessage"].map(|key| answer.get(key).cloned());
    assert_eq!(told(&deliver("wrong")), [Some(json!("r-1")), Some(json!("secret"))]);
    assert_eq!(told(&deliver("k3y")), [Some(json!("r-1")), None]);
    let written: PathBuf = place.path().join("out");
    assert_eq!(fs::read_to_string(written).unwrap(), "{\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"A\"}\n");
    assert_eq!(service.terminate(), 0);
}
